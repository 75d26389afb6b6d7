"""Fits of Cox models with frailties."""

from __future__ import annotations

from . import _c
from ._library import code, lib
from ._resampled import Resampled

TYPES = {"lp": "LINK", "risk": "RISK", "expected": "RESPONSE", "survival": "SURVIVAL"}


class CoxmeResult(Resampled):
    """A Cox model with random effects. `coxme` makes it."""

    @property
    def n_events(self) -> int:
        """Rows used that have an event."""
        return lib.interlace_fit_n_events(self._fit)

    @property
    def concordance(self) -> float:
        """Of the linear predictor with frailties."""
        return lib.interlace_fit_concordance(self._fit)

    @property
    def baseline_hazard(self):
        """A frame with a row for each event time of each stratum: docs/tables.md has its columns."""
        return self.table("baseline_hazard")

    @property
    def hazard_ratios(self):
        """exp of the fixed effects with limits of 95 %: a frame."""
        return self.table("hazard_ratios")

    def predict(self, newdata=None, type: str = "lp", include_re: bool = True, *, new_levels: str = "zero", offset=None, interval: str | None = None,
                level: float = 0.95):  # fmt: skip
        """Predictions [rows]: "lp" the linear predictor, "risk" its exponential, "expected" the events expected, "survival" exp(-expected); the last two need
        the times of newdata."""
        if type not in TYPES:
            raise ValueError(f"type is {type!r}, but it must be one of {', '.join(map(repr, TYPES))}")
        return self._predict(_c.Quantity[TYPES[type]], newdata, include_re, new_levels, offset, interval, level)

    def resid(self, type: str = "martingale"):
        """Residuals of the rows used: martingale or deviance; "schoenfeld" is a frame with a row for each event."""
        if type == "schoenfeld":
            return self._frame_table(lib.interlace_fit_schoenfeld_residuals).to(self._native)
        return self.residuals({"martingale": "response"}.get(type, type))

    def confint(self, method: str = "wald", level: float = 0.95, *, B: int = 1000, seed: int | None = None, progress=None):
        """Intervals as a frame: the estimate and limits such as "2.5 %". "wald" (fixed effects), "profile" or "boot" (all parameters)."""
        return self._intervals(method, level, B, seed, progress)

    def proportional_hazards(self, transform: str = "km"):
        """Tests of proportional hazards: a frame with a row for each term and one for all."""
        return self._frame_table(lib.interlace_fit_proportional_hazards, code(_c.TimeTransform, transform, "transform")).to(self._native)
