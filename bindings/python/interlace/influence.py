"""Leverages and influence: what single rows, or groups of them, do to a fit."""

from __future__ import annotations

from ctypes import byref, c_double, c_size_t
from typing import NamedTuple

from . import _c
from ._library import FrameHandle, call, code, lib, text
from ._model import request
from ._tables import Table, native
from ._watch import Told
from .diagnostics import frame_with, levels_of, ranef, with_data

KINDS = {"overall": "OVERALL", "fixef": "FIXEF", "ranef": "RANEF", "ranef.uc": "RANEF_VARIANCE"}
COLUMNS = {"cooks_distance": "cooksd", "mdffits": "mdffits", "covtrace": "covtrace", "covratio": "covratio"}


def leverage(model, level: int = 1):
    """Leverages of the rows used by a linear model as a frame: "overall" (the sum of the next two), "fixef", "ranef", and "ranef.uc", the variance of the
    random part in units of the residual variance."""
    if level != 1:
        raise ValueError(f"level is {level!r}, but leverages are of rows: level 1")
    with model._watch() as watch:
        options = model._options(watch)
        own = {name: model._rows(lib.interlace_fit_leverage, _c.Leverage[kind], options) for name, kind in KINDS.items()}
    return native({name: list(map(float, values)) for name, values in own.items()}, model._native, model._index())


hlm_leverage = leverage  # by its other name


class Influence:
    """The table of the library, with the cases as `labels`."""

    def __init__(self, model, level, method, progress=None):
        group = None if level == 1 else level
        frame = model._frame_of_fit() if group is None or group in model._groups else frame_with(model, group)
        asked = request(_c.InfluenceRequest, influence_method=code(_c.InfluenceMethod, method, "method"), group=text(group))
        with model._watch(progress) as watch:
            self.handle = FrameHandle.made(lib.interlace_fit_influence, model._fit, frame, byref(asked), model._options(watch))
        self.table = Table(self.handle)
        cases = self.table.column("case")
        self.labels = [int(case) for case in cases] if group is None else list(map(model._numbers.get(group, str), cases))

    def columns(self) -> dict:
        """Cook's distances and the others by HLMdiag's names, then "rvc." and the name of each standard deviation, then "status"."""
        own = {shown: self.table.column(name) for name, shown in COLUMNS.items()}
        own.update({name: self.table.column(name) for name in self.table.columns if name.startswith("rvc.")})
        return {**own, "status": self.table.column("status")}


def hlm_influence(model, level=1, *, method: str = "refit", full: bool = False, progress: Told = None):
    """What the estimates become without each row (level 1), or without each level of a grouping factor or another column of the data, as a frame: "index" (of
    the row used, from 1) or the factor, cooksd, mdffits, covtrace, covratio, rvc.<standard deviation> (relative change of the variance) and status. `method` is
    "refit" (a fit without each case), "one_step", or of linear models "fixed" (the covariances are held, as HLMdiag does). `full` adds the estimates without each case."""
    own = Influence(model, level, method, progress)
    if full:
        return own.table.to(model._native)
    if level != 1:
        return native({level: own.labels, **own.columns()}, model._native)
    return native({"index": own.labels, **own.columns()}, model._native, model._index([label - 1 for label in own.labels]))


def hlm_augment(model, level=1, include_influence: bool = True, *, method: str = "fixed"):
    """The rows of the data that the fit used with ".resid", ".fitted" (with random effects) and all that the library knows of them; with the name of a grouping
    factor as `level` its levels with random effects. `include_influence` adds cooksd, mdffits, covtrace and covratio."""
    if level != 1:
        own = Influence(model, level, method).columns() if include_influence else {}
        return native({level: levels_of(model, level), **ranef(model, level), **own}, model._native)
    with model._watch() as watch:
        frame = FrameHandle.made(lib.interlace_fit_augment, model._fit, model._frame_of_fit(), 0, include_influence, model._options(watch))
    table = Table(frame)
    known = {f".{name}": shown for name, shown in COLUMNS.items()}
    columns = {known.get(name, name): table.column(name) for name in table.columns if name.startswith(".") and name != ".row"}
    return with_data(model, columns)


def cooks_distance(model, *, method: str = "refit") -> list[float]:
    """Cook's distance of each row used."""
    return Influence(model, 1, method).table.column("cooks_distance")


def mdffits(model, *, method: str = "refit") -> list[float]:
    """MDFFITS of each row used."""
    return Influence(model, 1, method).table.column("mdffits")


class Apart(NamedTuple):
    """Cases that stand out by Cook's distance: how many are above the threshold, the largest gap between neighbours of the ordered distances, and how many are
    above that gap."""

    n_influential: int
    gap: float
    n_above_gap: int


def apart(model, threshold, level, method) -> Apart:
    own = Influence(model, level, method)
    n, gap, above = c_size_t(), c_double(), c_size_t()
    call(lib.interlace_frame_influential, own.handle, threshold or 0.0, byref(n), byref(gap), byref(above))
    return Apart(n.value, gap.value, above.value)


def n_influential(model, threshold: float | None = None, level=1, *, method: str = "refit") -> int:
    """The number of cases whose Cook's distance is above a threshold, by default 4 divided by the number of cases."""
    return apart(model, threshold, level, method).n_influential


def tau_gap(model, level=1, *, method: str = "refit") -> Apart:
    """The largest gap between neighbours of the ordered Cook's distances, and how many cases are above it."""
    return apart(model, None, level, method)
