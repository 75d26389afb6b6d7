"""Fits of linear mixed models."""

from __future__ import annotations

import functools
from ctypes import byref, c_double
from types import SimpleNamespace

from . import _c, _effects
from ._arrays import filled, pair
from ._library import FitHandle, call, code, lib
from ._model import variables
from ._resampled import Resampled


class ModelInfo:
    """The matrices of a fit and what they are made of."""

    def __init__(self, result):
        self._result = result
        roles = variables(result._spec) if result._spec is not None else None
        self.endog_names = ", ".join(name for name, role in roles or [] if role == "response") or result.formula.split("~")[0].strip()
        self.formula = result.formula
        self.data = SimpleNamespace(frame=result._data)

    @property
    def exog(self):
        """The model matrix of the fixed effects [nobs,p]."""
        fit = self._result._fit
        return filled((self._result.nobs, len(self._result._names())), lib.interlace_fit_x, fit)

    @property
    def endog(self):
        """The response of the rows used."""
        return self._result._rows(lib.interlace_fit_response)

    @property
    def groups(self):
        """The level of each row used in the first grouping factor; None without random effects."""
        fit, term = self._result._fit, next((terms[0] for terms in self._result._groups.values()), None)
        if term is None:
            return None
        levels = _effects.levels_of(fit, term, self._result._numbers)
        return [levels[i] for i in filled((self._result.nobs,), lib.interlace_fit_term_index, fit, term.place, whole=True)]


class CrossedLMEResult(Resampled):
    """A linear mixed model. `fit` makes it."""

    @property
    def DF(self):
        return code(_c.Df, self.df_method, "df_method")

    @property
    def df_method(self) -> str:
        """How degrees of freedom of the tests of the fixed effects are found: satterthwaite, kenward-roger, residual or normal."""
        return self._call.get("df_method") or "satterthwaite"

    @functools.cached_property
    def fe_bse(self):
        """Standard errors of the fixed effects [p]; those of Kenward and Roger with df_method "kenward-roger"."""
        return self._tested("std_error") if self.DF == _c.Df.KENWARD_ROGER else self._fixed(lib.interlace_fit_fixef_std_error)

    @property
    def fe_cov_kenward_roger(self):
        """The covariance matrix of the fixed effects with Kenward and Roger's adjustment [p,p]."""
        p = len(self._names())
        return filled((p, p), lib.interlace_fit_fixef_vcov_kenward_roger, self._fit, None)

    @property
    def method(self) -> str:
        """REML or ML."""
        return _c.Method(lib.interlace_fit_method(self._fit)).name

    @property
    def llf_restricted(self) -> float | None:
        """The restricted log-likelihood of a fit by REML, otherwise None."""
        return self.llf if self.method == "REML" else None

    @property
    def scale(self) -> float:
        """The residual variance, in squared units of the response."""
        return lib.interlace_fit_sigma(self._fit) ** 2

    @property
    def resid(self):
        """Response minus fitted values of the rows used."""
        return self.residuals("response")

    @property
    def model(self) -> ModelInfo:
        return ModelInfo(self)

    @property
    def correlation_params(self) -> dict[str, float]:
        """The correlation of residuals within groups, as "rho"; empty without one."""
        if lib.interlace_fit_correlation(self._fit) == _c.Correlation.NONE:
            return {}
        return {"rho": pair(lib.interlace_fit_correlation_estimate, self._fit)[0]}

    def predict(self, newdata=None, include_re: bool = True, *, new_levels: str = "zero", offset=None, interval: str | None = None, level: float = 0.95):
        """Predictions of the response: an array [rows]. `include_re` adds the random effects; levels that the fit does not know have none with
        new_levels "zero", and are an error with "error". With `interval` "confidence" or "prediction" a frame with the columns fit, std_error, lower and
        upper. `offset` gives that of newdata if the offset of the fit was given as values."""
        return self._predict(_c.Quantity.RESPONSE, newdata, include_re, new_levels, offset, interval, level)

    def confint(self, method: str = "profile", level: float = 0.95, *, B: int = 1000, seed: int | None = None, progress=None):
        """Intervals as a frame: the estimate and limits such as "2.5 %". "profile" (all parameters, by the likelihood), "boot" (all parameters, from B
        replicates) or "wald" (fixed effects, with the degrees of freedom of df_method)."""
        return self._intervals(method, level, B, seed, progress)

    def r2(self) -> tuple[float, float]:
        """R2 of Nakagawa and Schielzeth: marginal and conditional."""
        marginal, conditional = c_double(), c_double()
        call(lib.interlace_fit_r2, self._fit, None, byref(marginal), byref(conditional))
        return marginal.value, conditional.value


def refitted_by_ml(result: CrossedLMEResult) -> CrossedLMEResult:
    """The same model on the same rows by maximum likelihood."""
    return result._like(FitHandle.made(lib.interlace_fit_refit_ml, result._fit, None), {**result._call, "method": "ML"})
