"""Whether a fit can be relied on: other optimisers, and data that were left out."""

from __future__ import annotations

from ctypes import byref, c_void_p

from . import _c
from ._frames import library_of
from ._library import FrameHandle, call, lib, text
from ._model import Given, frame_for, options_of, spec_of
from ._tables import Table
from ._watch import Told, Watch
from .families import CustomFamily, family_of


def prepared(formula, data, groups, random, family, weights, offset):
    """A spec, its frame, and a family of the user's own, which must live as long as they."""
    spec = spec_of(_c.Model.LMM if family is None else _c.Model.GLMM, formula, groups, random)
    own = None if family is None else family_of(family)
    if own is not None:
        own.give(spec)
    given = Given(weights, offset)
    frame = frame_for(spec, data, given)
    given.give(spec, frame, data)
    return spec, frame, own if isinstance(own, CustomFamily) else None


def allFit(formula: str, data, groups=None, method: str = "REML", random=None, theta0=None, *, family=None, weights=None, offset=None, progress: Told = None):
    """Fits a model by each optimiser, from several starts: a frame with a row for each, by which estimates and likelihoods can be compared."""
    spec, frame, custom = prepared(formula, data, groups, random, family, weights, offset)
    with Watch(progress, custom) as watch:
        options = options_of(watch, {"method": method if family is None else None}, theta0)
        return Table(FrameHandle.made(lib.interlace_spec_all_optimizers, spec, frame, options)).to(library_of(data))


class CVResult:
    """A cross-validation: `folds` and `rows` are frames (docs/tables.md), `scores` a number for each fold that did not fail, `mean` and `std` theirs."""

    def __init__(self, folds: Table, rows: Table, scoring: str, library: str):
        own = folds.to_dict()
        self.scores = [score for fold, score in zip(own["fold"], own[scoring]) if fold != "all" and score == score]
        self.folds, self.rows = folds.to(library), rows.to(library)

    @property
    def mean(self) -> float:
        return sum(self.scores) / len(self.scores)

    @property
    def std(self) -> float:
        return (sum((score - self.mean) ** 2 for score in self.scores) / len(self.scores)) ** 0.5


def cross_val(
    formula: str, data, groups=None, cv: str = "logo", k: int = 5, scoring: str = "rmse", *, random=None, by: str | None = None, seed: int = 42,
    method: str | None = None, family=None, weights=None, offset=None, threads: int | None = None, progress: Told = None,
) -> CVResult:  # fmt: skip
    """Leaves out levels of a grouping factor in turn, and predicts them from the others. cv "logo" leaves out one level at a time, "kfold" one of `k` parts.
    `by` is the factor whose levels stay together, by default the first of `groups`. `scoring` is "rmse", "mae" or "log_score"."""
    if cv not in ("logo", "kfold"):
        raise ValueError(f"cv is {cv!r}, but it must be 'logo' or 'kfold'")
    if scoring not in ("rmse", "mae", "log_score"):
        raise ValueError(f"scoring is {scoring!r}, but it must be 'rmse', 'mae' or 'log_score'")
    group = by or (groups if isinstance(groups, str) or groups is None else groups[0])
    spec, frame, custom = prepared(formula, data, groups, random, family, weights, offset)
    folds, rows = c_void_p(), c_void_p()
    with Watch(progress, custom) as watch:
        options = options_of(watch, {"method": method, "threads": threads})
        call(lib.interlace_spec_cross_validate, spec, frame, text(group), 0 if cv == "logo" else k, seed, options, byref(folds), byref(rows))
    return CVResult(Table(FrameHandle(folds.value)), Table(FrameHandle(rows.value)), scoring, library_of(data))
