"""Tests between and within fits, marginal means, contrasts, variances."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Mapping
from ctypes import byref, c_double

from . import _c
from ._arrays import doubles
from ._library import FrameHandle, code, lib, text, texts
from ._model import options_of, request
from ._tables import Table
from ._watch import Watch
from .correlation import name_of

LRT = {"fit": None, "model": "model", "n_obs": "nobs", "n_parameters": "Df", "aic": "AIC", "bic": "BIC", "log_likelihood": "logLik", "deviance": "deviance",
       "chi_square": "Chisq", "df": "Chi Df", "p_value": "Pr(>Chisq)"}  # fmt: skip
F = {"sum_sq": "Sum Sq", "mean_sq": "Mean Sq", "num_df": "NumDF", "den_df": "DenDF", "statistic": "F value", "p_value": "Pr(>F)", "log_likelihood": "logLik",
     "df": "Df", "chi_square": "Chisq"}  # fmt: skip
MEANS = {"std_error": "SE"}
CONTRASTS = {"std_error": "SE", "statistic": "t.ratio", "p_value": "p.value"}
ADJUSTMENTS = {"tukey": "TUKEY", "none": "NONE", "bonferroni": "BONFERRONI", "holm": "HOLM", "fdr": "FDR", "sidak": "SIDAK"}


def isSingular(result, tol: float | None = None) -> bool:
    """Whether some combination of random effects has a variance of exactly zero. `tol` is not needed: zeros are exact."""
    return result.is_singular


def anova(*fits, type: int | str = 3, test: str | None = None, chi_bar: bool = False):
    """Of two or more fits the likelihood-ratio tests between them: a frame with a row for each, in the order of their sizes. Fits by REML with different
    fixed effects cannot be compared: fit them with method="ML". Of one fit the analysis of variance of its terms, of type 1, 2 or 3."""
    if not fits:
        raise TypeError("anova needs a fit, or several")
    if len(fits) == 1:
        return terms_of(fits[0], type)
    own = (ctypes.c_void_p * len(fits))(*[fit._fit._as_parameter_.value for fit in fits])
    with Watch() as watch:
        frame = FrameHandle.made(lib.interlace_fit_compare, own, len(fits), chi_bar, options_of(watch, {}))
    return Table(frame, LRT).to(fits[0]._native)


def terms_of(fit, type):
    name = {"1": "I", "2": "II", "3": "III", "I": "I", "II": "II", "III": "III"}.get(str(type).upper())
    if name is None:
        raise ValueError(f"type is {type!r}, but it must be 1, 2 or 3")
    return fit._frame_table(lib.interlace_fit_anova, fit._frame_of_fit(), _c.AnovaType[name], fit.DF, rename=F).to(fit._native)


def anova_type2(result):
    """F tests of the terms of the fixed effects, each after those that do not contain it."""
    return terms_of(result, 2)


def anova_type3(result):
    """F tests of the terms of the fixed effects, each after all others; they do not depend on contrasts."""
    return terms_of(result, 3)


def Anova(model, type: str = "III"):
    """As `anova` of one fit, or of a list of fits."""
    return anova(*model) if isinstance(model, (list, tuple)) else terms_of(model, type)


def drop1(result):
    """Likelihood-ratio tests of the fit against those without each of its terms, as a frame."""
    return result._frame_table(lib.interlace_fit_drop1, result._frame_of_fit(), rename={"n_parameters": "npar", "aic": "AIC", "chi_square": "LRT", "p_value": "Pr(Chi)"}).to(
        result._native
    )


def wald_test(result, L, rhs=None, joint: bool = False):
    """Tests of linear combinations L beta of the fixed effects: `L` has a row of p weights for each, `rhs` their hypothetical values. A frame with a row for
    each or, with `joint`, one for all together."""
    rows = [list(map(float, row)) for row in L]
    k, p = len(rows), len(result._names())
    if any(len(row) != p for row in rows):
        raise ValueError(f"L has a row of {next(len(row) for row in rows if len(row) != p)} weights, but there are {p} fixed effects")
    own = (c_double * (k * p))(*[row[j] for j in range(p) for row in rows])
    given = doubles(rhs, "rhs") if rhs is not None else (None, None, k)
    if given[2] != k:
        raise ValueError(f"rhs has {given[2]} values, but L has {k} rows")
    return result._frame_table(lib.interlace_fit_wald_test, own, k, p, k, given[1], joint, result.DF).to(result._native)


class EmmResult:
    """Marginal means as a frame of the library that the data came from (`frame`, whose methods and columns it has), and what they are means of."""

    def __init__(self, model, specs, asked, frame):
        self.model, self.specs, self.asked, self.frame = model, specs, asked, frame

    def __getattr__(self, name):
        if name.startswith("__") or name == "frame":
            raise AttributeError(name)
        return getattr(self.frame, name)

    def __getitem__(self, key):
        return self.frame[key]

    def __len__(self):
        return len(self.frame)

    def __repr__(self):
        return repr(self.frame)


def emmeans(model, specs, at: Mapping | None = None, level: float = 0.95, *, scale: str = "link", weights: str = "equal") -> EmmResult:
    """Estimated marginal means of the levels of factors: a name, a list of names, or a formula such as "~ f * g" or "~ f | g". `at` has values of columns:
    {"x": [0, 5]}. Means are averages over the levels of all other factors, with covariates at their means; with scale "response" they are on that
    of the response."""
    own, asked = specs_text(specs), {"at": at_text(at), "level": level, "scale": scale, "weights": weights}
    record = means_request(model, **asked)
    table = model._frame_table(lib.interlace_fit_marginal_means, model._frame_of_fit(), text(own), byref(record), rename=MEANS)
    return EmmResult(model, own, asked, table.to(model._native))


def contrast(emm: EmmResult, method="pairwise", adjust: str = "none"):
    """Contrasts of marginal means as a frame. `method` is "pairwise", "trt.vs.ctrl", "eff", or weights of the means: a list of lists, or a dict of them by
    name. `adjust` of the p-values: none, tukey, bonferroni, holm, fdr or sidak."""
    if adjust not in ADJUSTMENTS:
        raise ValueError(f"adjust is {adjust!r}, but it must be one of {', '.join(map(repr, ADJUSTMENTS))}")
    asked = means_request(emm.model, **emm.asked, adjustment=_c.Adjustment[ADJUSTMENTS[adjust]])
    kinds = {"pairwise": "PAIRWISE", "trt.vs.ctrl": "TREATMENT_CONTROL", "eff": "EFFECTS", "effects": "EFFECTS"}
    if isinstance(method, str):
        if method not in kinds:
            raise ValueError(f"method is {method!r}, but it must be one of {', '.join(map(repr, kinds))}, a list of weights or a dict of them")
        asked.comparisons = _c.Comparisons[kinds[method]]
        kept = ()
    else:
        kept = own_contrasts(asked, method)
    table = emm.model._frame_table(lib.interlace_fit_contrasts, emm.model._frame_of_fit(), text(emm.specs), byref(asked), rename=CONTRASTS)
    del kept
    return table.to(emm.model._native)


def pairs(emm: EmmResult, adjust: str = "tukey"):
    """All pairwise differences of marginal means."""
    return contrast(emm, "pairwise", adjust)


def own_contrasts(asked, method):
    """Gives a request contrasts of the user's own; what it returns must live as long as the request."""
    named = dict(method) if isinstance(method, Mapping) else {f"c{i + 1}": row for i, row in enumerate(method)}
    columns = [list(map(float, row)) for row in named.values()]
    if not columns or len(set(map(len, columns))) > 1:
        raise ValueError("method needs lists of weights of one length, that of the means of a group")
    m, k = len(columns[0]), len(columns)
    weights, names = (c_double * (m * k))(*[value for column in columns for value in column]), texts(list(named))
    asked.coefficients, asked.names = ctypes.addressof(weights), ctypes.addressof(names)
    asked.m, asked.k, asked.ldc = m, k, m
    return weights, names


def means_request(model, at, level, scale, weights, **members):
    own = request(
        _c.MeansRequest, level=level, df=model.DF, means_scale=code(_c.MeansScale, scale, "scale"), weighting=code(_c.Weighting, weights, "weights"), **members
    )
    if at:
        own.at = text(at)
    return own


def specs_text(specs) -> str:
    if isinstance(specs, str):
        return specs if re.search(r"[~*|:+]", specs) else f"~ {name_of(specs)}"
    return "~ " + " * ".join(map(name_of, specs))


def at_text(at) -> str:
    def value(own):
        return f'"{own}"' if isinstance(own, str) and re.search(r"[,;\"' ]", own) else repr(own) if isinstance(own, float) else str(own)

    def values(own):
        return ", ".join(map(value, own if not isinstance(own, str) and hasattr(own, "__iter__") else [own]))

    return "; ".join(f"{name_of(name)} = {values(own)}" for name, own in (at or {}).items())


class VarCorr:
    """Variances and covariances of random effects, and the residual variance."""

    def __init__(self, result):
        self._result = result

    def as_dataframe(self):
        """A frame: grp, var1, var2, vcov (variance or covariance), sdcor (standard deviation or correlation)."""
        rename = {"group": "grp", "effect1": "var1", "effect2": "var2", "id": None, "term": None, "predictor": None}
        return self._result._frame_table(lib.interlace_fit_table, text("varcorr"), self._result.DF, rename=rename).to(self._result._native)

    def __repr__(self):
        own = Table(FrameHandle.made(lib.interlace_fit_table, self._result._fit, text("varcorr"), self._result.DF, None)).to_dict()
        lines = ["group  effects  vcov  sdcor"]
        for row in zip(own["group"], own["effect1"], own["effect2"], own["vcov"], own["sdcor"]):
            lines.append(f"{row[0]}  {' '.join(filter(None, row[1:3]))}  {row[3]:.6g}  {row[4]:.6g}")
        return "\n".join(lines)


def profile_confint(result, level: float = 0.95, scale: str = "natural"):
    """Profile intervals of all parameters, as `result.confint()`; with scale "theta" those of the covariance parameters themselves."""
    if scale not in ("natural", "theta"):
        raise ValueError(f"scale is {scale!r}, but it must be 'natural' or 'theta'")
    asked = request(_c.ProfileRequest, level=level, profile_scale=_c.ProfileScale.THETA if scale == "theta" else _c.ProfileScale.SD_COR)
    return result._frame_table(lib.interlace_fit_parameters_confint_profile, byref(asked)).to(result._native)


def variance_parameters(result, form: str = "reported", limits: str = "unbounded", level: float = 0.95):
    """Standard errors and Wald limits of variances, correlations and parameters of the family as a frame: term, id, estimate, std_error, lower, upper. `form` is
    "reported" (standard deviations and correlations), "variance", "log" or "working" (theta). `limits` are symmetric on a scale without bounds ("unbounded"), and so
    within the range of the parameter, or on that of the form ("plain")."""
    own, kind = code(_c.ParameterForm, form, "form"), code(_c.ParameterLimits, limits, "limits")
    return result._frame_table(lib.interlace_fit_variance_parameters, own, kind, level).to(result._native)
