"""Pictures of fits, drawn by the library as SVG; their coordinates for other programs to draw."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from ctypes import byref, c_size_t, c_void_p

from ._drawing import Svg
from ._frames import frame_of
from ._library import FrameHandle, Handle, call, lib, string, text
from ._tables import Table
from ._watch import Told


class PlotOptionsHandle(Handle):
    NOUN = "plot_options"
    __slots__ = ()


class Picture(Svg):
    """A picture of a fit: `svg` is its text, which notebooks show; `png` gives its pixels; `save` writes either to a file; `data` are its coordinates as a frame."""

    def __init__(self, model, kind: str, data, options: PlotOptionsHandle, progress: Told):
        self.kind = kind
        self._asked = model, text(kind), data, options
        self.svg = self._drawn(progress).decode()

    def _drawn(self, progress: Told = None) -> bytes:
        model, kind, data, options = self._asked
        start, length = c_void_p(), c_size_t()
        with model._watch(progress) as watch:
            call(lib.interlace_fit_plot, model._fit, kind, data, options, model._options(watch), byref(start), byref(length))
        try:
            return ctypes.string_at(start, length.value)
        finally:
            lib.interlace_bytes_free(start)

    def png(self, dpi: float = 192) -> bytes:
        """The picture as PNG; at 96 dots per inch it has as many pixels as `width` and `height` say."""
        options = self._asked[3]
        for name, value in (("dpi", str(dpi)), ("format", "png")):
            call(lib.interlace_plot_options_set, options, text(name), text(value))
        try:
            return self._drawn()
        finally:
            call(lib.interlace_plot_options_set, options, text("format"), text("svg"))

    def save(self, path) -> None:
        """Writes the picture to a file: as PNG if it is called .png, otherwise as SVG."""
        if not str(path).lower().endswith(".png"):
            return super().save(path)
        with open(path, "wb") as file:
            file.write(self.png())

    @property
    def data(self):
        """A row for each point: panel, layer, mark, role, x, y, lower, upper, x_to, y_to, size, label."""
        model, kind, data, options = self._asked
        with model._watch() as watch:
            own = FrameHandle.made(lib.interlace_fit_plot_data, model._fit, kind, data, options, model._options(watch))
        return Table(own).to(model._native)


def kinds_of_pictures() -> dict[str, str]:
    """What `plot` can draw: each kind with what it shows."""
    return {string(lib.interlace_plot_options_picture_name, i): string(lib.interlace_plot_options_picture_doc, i) for i in range(lib.interlace_plot_options_picture_count())}


def plot(model, kind: str = "dashboard", *, data=None, progress: Told = None, **options) -> Picture:
    """A picture of a fit: "dashboard", "residuals", "qq", "caterpillar", "coefficients", "profile_zeta" and others, which `kinds_of_pictures` lists. Options
    are title, width, height, level, term, effect, levels, residual, seed. `data` are those of the fit with a covariate that is not in the model."""
    if not hasattr(model, "_fit"):
        raise TypeError(f"model is a {type(model).__name__}, but pictures are made of results")
    if options.get("format") is not None or options.get("dpi") is not None:
        raise TypeError("format and dpi are no arguments of plot(); its result has png(dpi=192) and save('picture.png')")
    handle = PlotOptionsHandle.made(lib.interlace_plot_options_new)
    for name, value in options.items():
        if value is not None:
            call(lib.interlace_plot_options_set, handle, text(name), text(option_text(value)))
    return Picture(model, kind, model._frame_of_fit() if data is None else frame_of(data), handle, progress)


def option_text(value) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return ", ".join(f'"{own}"' if "," in str(own) else str(own) for own in value)
