"""Small pictures in SVG of points that a frame has, for those that are not pictures of a fit."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 36, 50
BLUE, RUST, GREY = "#2b5f8a", "#b5502c", "#8a8a8a"


class Svg:
    """`svg` is the text of a picture, which notebooks show; `save` writes it to a file."""

    kind: str
    svg: str

    def save(self, path) -> None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self):
        return f"<{type(self).__name__} {self.kind!r}: {len(self.svg)} characters of SVG>"


class Drawing(Svg):
    """A picture of a frame; `data` are the points as a frame."""

    def __init__(self, kind: str, svg: str, data):
        self.kind, self.svg, self.data = kind, svg, data


def ticks(low: float, high: float) -> list[float]:
    """About five round numbers between two."""
    rough = (high - low) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(own * power for own in (1, 2, 5, 10) if own * power >= rough)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def limits(values) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


class Plane:
    """The rectangle of a picture with its axes."""

    def __init__(self, title: str, x_title: str, y_title: str, xs, ys, y_ticks: bool = True):
        self.x, self.y = limits(xs), limits(ys)
        self.marks = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="{GREY}"/>',
        ]
        self.text(WIDTH / 2, 22, title, "middle", size=14)
        self.text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 12, x_title, "middle")
        self.marks.append(
            f'<text transform="translate(18 {TOP + (HEIGHT - TOP - BOTTOM) / 2:g}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>'
        )
        for value in ticks(*self.x):
            self.line(self.right(value), HEIGHT - BOTTOM, self.right(value), HEIGHT - BOTTOM + 5, GREY)
            self.text(self.right(value), HEIGHT - BOTTOM + 18, f"{value:g}", "middle")
        for value in ticks(*self.y) if y_ticks else []:
            self.line(LEFT - 5, self.up(value), LEFT, self.up(value), GREY)
            self.text(LEFT - 8, self.up(value) + 4, f"{value:g}", "end")

    def right(self, value: float) -> float:
        return LEFT + (value - self.x[0]) / (self.x[1] - self.x[0]) * (WIDTH - LEFT - RIGHT)

    def up(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.y[0]) / (self.y[1] - self.y[0]) * (HEIGHT - TOP - BOTTOM)

    def text(self, x, y, own, anchor, size=12):
        self.marks.append(f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size}">{escape(str(own))}</text>')

    def line(self, x1, y1, x2, y2, colour, dashed=False):
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.marks.append(f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{colour}"{dashes}/>')

    def points(self, xs, ys, colour=BLUE):
        self.marks += [f'<circle cx="{self.right(x):.2f}" cy="{self.up(y):.2f}" r="2.5" fill="{colour}"/>' for x, y in zip(xs, ys)]

    def rule_x(self, x):
        self.line(self.right(x), TOP, self.right(x), HEIGHT - BOTTOM, GREY, dashed=True)

    def rule_y(self, y):
        self.line(LEFT, self.up(y), WIDTH - RIGHT, self.up(y), GREY, dashed=True)

    def svg(self) -> str:
        return "\n".join([*self.marks, "</svg>\n"])
