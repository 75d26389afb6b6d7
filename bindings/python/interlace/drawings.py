"""Pictures of frames of residuals and of influence, by the names of interlace-lme: those of `hlm_resid` and `hlm_influence`, or others with such columns."""

from __future__ import annotations

from statistics import NormalDist
from typing import Union

from ._drawing import GREY, RUST, Drawing, Plane
from ._frames import frame_of, library_of
from ._tables import Table, native
from .influence import COLUMNS, hlm_influence
from .pictures import Picture, plot

METRICS = {*COLUMNS.values(), "status"}
KINDS = {"resid_vs_fitted": "residuals", "qq": "qq"}


def column_of(table: Table, name: str) -> list:
    if name not in table.columns:
        raise ValueError(f"there is no column {name!r}; the columns are {', '.join(map(repr, table.columns))}")
    return table.column(name)


def finite(value) -> bool:
    return isinstance(value, (int, float)) and value - value == 0


def quartiles(values: list[float]) -> tuple[float, float]:
    """As R's quantile() and numpy's percentile have them."""
    own = sorted(values)

    def at(share):
        place = share * (len(own) - 1)
        low = int(place)
        return own[low] + (place - low) * (own[min(low + 1, len(own) - 1)] - own[low])

    return at(0.25), at(0.75)


def points_of(values: list, what: str) -> list[int]:
    kept = [i for i, value in enumerate(values) if finite(value)]
    if not kept:
        raise ValueError(f"{what} has no numbers")
    return kept


def plot_resid(resid_df, type: str = "resid_vs_fitted", **options) -> Union[Picture, Drawing]:
    """Residuals against fitted values ("resid_vs_fitted") or normal quantiles ("qq"): of a result, whose picture has a smoother and a band, with the options
    of `plot`; or of a frame with the columns ".resid" and ".fitted", such as `hlm_resid` gives."""
    if type not in KINDS:
        raise ValueError(f"type is {type!r}, but it must be 'resid_vs_fitted' or 'qq'")
    if hasattr(resid_df, "_fit"):
        return plot(resid_df, KINDS[type], **options)
    if options:
        raise TypeError(f"{', '.join(options)}: options are for pictures of results")
    table = Table(frame_of(resid_df, [".resid", ".fitted"] if type != "qq" else [".resid"]))
    own = column_of(table, ".resid")
    return against_fitted(resid_df, own, column_of(table, ".fitted")) if type != "qq" else against_quantiles(resid_df, own)


def against_fitted(frame, residuals, fitted) -> Drawing:
    kept = [i for i in points_of(residuals, ".resid") if finite(fitted[i])]
    xs, ys = [fitted[i] for i in kept], [residuals[i] for i in kept]
    plane = Plane("Residuals against fitted values", "fitted", "residual", xs, [*ys, 0.0])
    plane.rule_y(0.0)
    plane.points(xs, ys)
    return Drawing("resid_vs_fitted", plane.svg(), native({"x": xs, "y": ys}, library_of(frame)))


def against_quantiles(frame, residuals) -> Drawing:
    ys = sorted(residuals[i] for i in points_of(residuals, ".resid"))
    normal, n = NormalDist(), len(ys)
    xs = [normal.inv_cdf((i + 0.5) / n) for i in range(n)]
    low, high = quartiles(ys)
    slope = (high - low) / (normal.inv_cdf(0.75) - normal.inv_cdf(0.25))
    middle = (low + high) / 2
    plane = Plane("Normal quantiles", "normal quantile", "residual", xs, ys)
    ends = [max(plane.y[0], min(plane.y[1], middle + slope * x)) for x in plane.x]
    if slope:
        across = [(y - middle) / slope for y in ends]
        plane.line(plane.right(across[0]), plane.up(ends[0]), plane.right(across[1]), plane.up(ends[1]), RUST)
    plane.points(xs, ys)
    return Drawing("qq", plane.svg(), native({"x": xs, "y": ys}, library_of(frame)))


def influence_table(influence, level, method, diag) -> tuple[object, Table]:
    own = hlm_influence(influence, level, method=method) if hasattr(influence, "_fit") else influence
    table = Table(frame_of(own))
    column_of(table, diag)
    return own, table


def plot_influence(influence_df, diag: str = "cooksd", *, level=1, method: str = "refit") -> Drawing:
    """A measure of influence of each case in the order of the cases: of a frame of `hlm_influence`, or of a result, with its `level` and `method`."""
    frame, table = influence_table(influence_df, level, method, diag)
    values = table.column(diag)
    kept = points_of(values, diag)
    xs, ys = [float(i + 1) for i in kept], [values[i] for i in kept]
    plane = Plane(diag, "case", diag, xs, [*ys, 0.0])
    for x, y in zip(xs, ys):
        plane.line(plane.right(x), plane.up(0.0), plane.right(x), plane.up(y), GREY)
    plane.points(xs, ys)
    return Drawing("influence", plane.svg(), native({"x": xs, "y": ys}, library_of(frame)))


def dotplot_diag(influence_df, diag: str = "cooksd", cutoff: Union[str, float] = "internal", name: str | None = None, *, level=1, method: str = "refit") -> Drawing:
    """The cases in the order of a measure of influence, with the names of those beyond a cutoff: a number, or "internal", three interquartile ranges above the
    upper quartile (of covratio also below the lower). `name` is the column with the names, by default the first that is no measure."""
    frame, table = influence_table(influence_df, level, method, diag)
    values = table.column(diag)
    name = name or next((own for own in table.columns if own not in METRICS and not own.startswith("rvc.")), None)
    labels = [str(i + 1) for i in range(len(values))] if name is None else list(map(str, column_of(table, name)))
    order = sorted(points_of(values, diag), key=lambda i: values[i])
    low, high = cutoffs([values[i] for i in order], diag, cutoff)
    xs, ys = [values[i] for i in order], [float(rank + 1) for rank in range(len(order))]
    beyond = [x > high or x < low for x in xs]
    rules = [own for own in (low, high) if finite(own)]
    plane = Plane(diag, diag, "rank", [*xs, *rules], ys)
    for rule in rules:
        plane.rule_x(rule)
    plane.points([x for x, out in zip(xs, beyond) if not out], [y for y, out in zip(ys, beyond) if not out])
    plane.points([x for x, out in zip(xs, beyond) if out], [y for y, out in zip(ys, beyond) if out], RUST)
    above = last = 0.0  # names from the farthest case on, as long as there is room for them
    for i, x, y, out in reversed(list(zip(order, xs, ys, beyond))):
        if out and (plane.up(y) >= above or abs(plane.right(x) - last) > 40):
            plane.text(plane.right(x) - 6, plane.up(y) + 4, labels[i], "end", size=11)
            above, last = plane.up(y) + 12, plane.right(x)
    columns = {"x": xs, "y": ys, "label": [labels[i] for i in order], "beyond": [int(out) for out in beyond]}
    return Drawing("dotplot", plane.svg(), native(columns, library_of(frame)))


def cutoffs(values: list[float], diag: str, cutoff) -> tuple[float, float]:
    if cutoff != "internal":
        if isinstance(cutoff, (str, bool)) or not hasattr(cutoff, "__float__"):
            raise ValueError(f"cutoff is {cutoff!r}, but it must be 'internal' or a number")
        return float("-inf"), float(cutoff)
    lower, upper = quartiles(values)
    return lower - 3 * (upper - lower) if diag == "covratio" else float("-inf"), upper + 3 * (upper - lower)
