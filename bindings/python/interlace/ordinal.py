"""Fits of ordinal models."""

from __future__ import annotations

from ctypes import c_double

from . import _c
from ._arrays import filled
from ._library import call, lib, string, strings
from ._named import frame
from ._resampled import Resampled

TYPES = {"prob": "PROBABILITIES", "cum.prob": "CUMULATIVE", "linear.predictor": "LINK", "class": "CLASS", "marginal": "MARGINAL"}


class CLMMResult(Resampled):
    """A cumulative link mixed model. `clmm` makes it."""

    @property
    def link(self) -> str:
        return string(lib.interlace_fit_link, self._fit)

    @property
    def categories(self) -> list[str]:
        """From lowest to highest."""
        return strings(lib.interlace_fit_n_categories(self._fit), lib.interlace_fit_category, self._fit)

    def _thresholds(self, function):
        k = lib.interlace_fit_n_thresholds(self._fit)
        names = strings(k, lib.interlace_fit_threshold_name, self._fit)
        return dict(zip(names, map(float, filled((k,), function, self._fit))))

    @property
    def thresholds(self) -> dict[str, float]:
        """By "low|high", on the scale of the latent variable."""
        return self._thresholds(lib.interlace_fit_thresholds)

    @property
    def threshold_bse(self) -> dict[str, float]:
        """Standard errors of the thresholds."""
        return self._thresholds(lib.interlace_fit_thresholds_std_error)

    def predict(self, newdata=None, type: str = "prob", include_re: bool = True, *, new_levels: str = "zero", offset=None):
        """Predictions for newdata, or the rows of the fit: "prob" probabilities [rows,K], "cum.prob" [rows,K-1], "linear.predictor" x'beta + z'b [rows],
        "class" the most probable category from 1 [rows], "marginal" probabilities averaged over the random effects [rows,K]."""
        if type not in TYPES:
            raise ValueError(f"type is {type!r}, but it must be one of {', '.join(map(repr, TYPES))}")
        return self._predict(_c.Quantity[TYPES[type]], newdata, include_re, new_levels, offset)

    def confint(self, level: float = 0.95, method: str = "wald", *, B: int = 1000, seed: int | None = None, progress=None):
        """Intervals as a frame. "wald": estimate, lower, upper of thresholds (then nominal effects) and fixed effects; "profile" or "boot": all parameters, with
        limits such as "2.5 %"."""
        if method != "wald":
            return self._intervals(method, level, B, seed, progress)
        k = lib.interlace_fit_n_family_parameters(self._fit)
        lower, upper = (c_double * k)(), (c_double * k)()
        call(lib.interlace_fit_family_parameters_confint_wald, self._fit, level, lower, upper, k)
        names = strings(k, lib.interlace_fit_family_parameter_name, self._fit)
        rows = [list(map(float, row)) for row in zip(filled((k,), lib.interlace_fit_family_parameters, self._fit), lower, upper)]
        fixed = self._wald(level)
        columns = [list(fixed[name].values) if hasattr(fixed[name], "values") else list(fixed[name]) for name in list(fixed)]
        return frame(names + self._names(), ["estimate", "lower", "upper"], rows + [list(map(float, row)) for row in zip(*columns)])
