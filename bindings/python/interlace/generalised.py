"""Fits of generalised linear mixed models."""

from __future__ import annotations

import math

from . import _c
from ._arrays import filled, numpy
from ._library import lib, string, strings
from ._named import series
from ._resampled import Resampled
from .families import Family

DISPERSION, ZERO_INFLATION = _c.Predictor.DISPERSION, _c.Predictor.ZERO_INFLATION
TYPES = {"response": "RESPONSE", "link": "LINK", "conditional": "CONDITIONAL", "zero_probability": "ZERO_PROBABILITY", "dispersion": "DISPERSION",
         "marginal": "MARGINAL", "location": "LOCATION"}  # fmt: skip
# Families whose sigma() is the root of the factor of the variance function, or that factor itself.
SQUARED, PLAIN = ("gaussian", "lognormal", "gamma", "inverse_gaussian"), ("tweedie",)


class GLMMResult(Resampled):
    """A generalised linear mixed model. `glmer` makes it."""

    @property
    def family(self):
        """The family that was given; its name as a Family for a fit that was loaded."""
        return self._call.get("family_object") or Family(string(lib.interlace_fit_family, self._fit), self.link)

    @property
    def link(self) -> str:
        return string(lib.interlace_fit_link, self._fit)

    @property
    def nAGQ(self) -> int:
        """Quadrature points for each random effect; 1 is the Laplace approximation."""
        return lib.interlace_fit_nagq(self._fit)

    @property
    def scale(self) -> float:
        """The factor of the variance function: the residual variance of gaussian models, 1 / shape of gamma models, 1 for binomial, Poisson and others whose
        parameter is not such a factor; NaN if it depends on the data."""
        family, sigma = string(lib.interlace_fit_family, self._fit), lib.interlace_fit_sigma(self._fit)
        return sigma**2 if family in SQUARED else sigma if family in PLAIN else 1.0

    @property
    def family_params(self):
        """Parameters of the family besides the mean, such as the size of a negative binomial model."""
        k = lib.interlace_fit_n_family_parameters(self._fit)
        values = filled((k,), lib.interlace_fit_family_parameters, self._fit) if k else []
        return series(strings(k, lib.interlace_fit_family_parameter_name, self._fit), values)

    @property
    def resid(self):
        """Response minus fitted values of the rows used."""
        return self.residuals("response")

    def _of_predictor(self, predictor, function):
        return self._fixed(function, predictor=predictor) if lib.interlace_fit_has_predictor(self._fit, predictor) else None

    @property
    def disp_params(self):
        """Coefficients of the dispersion formula, on its working scale (the logarithm of the variance of gaussian models); None without one."""
        return self._of_predictor(DISPERSION, lib.interlace_fit_fixef)

    @property
    def disp_bse(self):
        """Standard errors of disp_params."""
        return self._of_predictor(DISPERSION, lib.interlace_fit_fixef_std_error)

    @property
    def dispersion(self):
        """exp of the predictor of the dispersion of each row used: the variance of gaussian models; None without a dispersion formula."""
        if not lib.interlace_fit_has_predictor(self._fit, DISPERSION):
            return None
        own, np = self._rows(lib.interlace_fit_linear_predictor, DISPERSION), numpy()
        return [math.exp(value) for value in own] if np is None else np.exp(own)

    @property
    def zi_params(self):
        """Coefficients of the zero inflation, on the logit scale; None without one."""
        return self._of_predictor(ZERO_INFLATION, lib.interlace_fit_fixef)

    @property
    def zi_bse(self):
        """Standard errors of zi_params."""
        return self._of_predictor(ZERO_INFLATION, lib.interlace_fit_fixef_std_error)

    def predict(self, newdata=None, type: str = "response", include_re: bool = True, *, new_levels: str = "zero", offset=None, interval: str | None = None,
                level: float = 0.95):  # fmt: skip
        """Predictions: an array [rows] of means ("response"), linear predictors ("link"), or of "conditional", "zero_probability", "dispersion", "marginal",
        "location". `include_re` adds the random effects; levels that the fit does not know have none with new_levels "zero", and are an error with "error". With
        `interval` "confidence" or "prediction" a frame with the columns fit, std_error, lower and upper."""
        if type not in TYPES:
            raise ValueError(f"type is {type!r}, but it must be one of {', '.join(map(repr, TYPES))}")
        return self._predict(_c.Quantity[TYPES[type]], newdata, include_re, new_levels, offset, interval, level)

    def confint(self, method: str = "wald", level: float = 0.95, *, B: int = 1000, seed: int | None = None, progress=None):
        """Intervals as a frame: the estimate and limits such as "2.5 %". "wald" (fixed effects), "profile" or "boot" (all parameters)."""
        return self._intervals(method, level, B, seed, progress)

    def quantile_residuals(self, seed: int = 0):
        """Randomised quantile residuals of the rows used: standard normal if the model is true."""
        return self._rows(lib.interlace_fit_quantile_residuals, seed, None)
