"""The functions that fit models."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any, Union

from . import _c
from ._library import FitHandle, call, code, lib, text, texts
from ._model import Given, frame_for, options_of, spec_of, updated, variables
from ._result import opened
from ._watch import Told, Watch
from .correlation import Correlation
from .cox import CoxmeResult
from .errors import DataError
from .families import AnyFamily, CustomFamily, family_of
from .generalised import GLMMResult
from .linear import CrossedLMEResult
from .ordinal import CLMMResult

Groups = Union[str, Sequence[str], None]
Column = Union[str, Sequence[float], Any, None]
"""The name of a column, or a value for each row of the data; a Series of pandas beside a frame of pandas is taken by its index."""

MODELS = {"fit": _c.Model.LMM, "glmer": _c.Model.GLMM, "clmm": _c.Model.CLMM, "coxme": _c.Model.COXME}
RESULTS = {_c.Model.LMM: CrossedLMEResult, _c.Model.GLMM: GLMMResult, _c.Model.CLMM: CLMMResult, _c.Model.COXME: CoxmeResult}


def fit(
    formula: str, data: Any, groups: Groups = None, method: str = "REML", random: Groups = None, optimizer: str | None = None, theta0=None,
    weights: Column = None, offset: Column = None, correlation: Correlation | None = None, df_method: str = "satterthwaite", *,
    na: str | None = None, threads: int | None = None, progress: Told = None, **options: Any,
) -> CrossedLMEResult:  # fmt: skip
    """Fits a linear mixed model.

    formula      the fixed effects, and random terms if you like: "y ~ x", "y ~ x + (1 + x | g)"
    data         a frame of pandas, polars, pyarrow or duckdb, another object with __arrow_c_stream__, or a dict of columns
    groups       names of grouping factors, each with a random intercept
    method       "REML" or "ML"
    random       random terms as lme4 writes them: ["(1 + x | g)", "(1 | h)"]; `groups` counts only without them
    optimizer    "newton" (the default), "lbfgsb", "bobyqa" or "nelder_mead"
    theta0       where the search starts: covariance parameters in the order of result.theta
    weights      the residual variance of a row is sigma^2 / weight
    offset       a known part of the mean
    correlation  of residuals within groups: AR1("time"), CompoundSymmetry(), or text such as "ar1(time | g)"
    df_method    of tests of fixed effects: "satterthwaite", "kenward-roger", "residual" or "normal"
    na           rows with missing values: "omit" (the default), "error" or "pad"
    threads      that a call may use; no digit of a result depends on it
    progress     True for a line on the terminal, or a function that gets a Progress; it stops the fit by returning False
    options      others by their names in docs: tolerance, max_evaluations, deadline, unidentified, engine ...; prior, one or a list of
                 priors such as "gamma(2.5, 0) on sd" (docs/priors.md)
    """
    code(_c.Df, df_method, "df_method")
    own = locals_of(locals())
    return run("fit", own)


def glmer(
    formula: str, data: Any, family: AnyFamily, groups: Groups = None, random: Groups = None, weights: Column = None, optimizer: str | None = None,
    theta0=None, nAGQ: int = 1, offset: Column = None, dispformula: str | None = None, *, link: str | None = None, ziformula: str | None = None,
    method: str | None = None, na: str | None = None, threads: int | None = None, progress: Told = None, **options: Any,
) -> GLMMResult:  # fmt: skip
    """Fits a generalised linear mixed model. Arguments are those of `fit`, and

    family       a name such as "binomial" or "poisson", a family such as NegativeBinomial2Family() or Family("tweedie"), or one of your own (GLMMFamily)
    link         of a family by name; None is its default
    weights      the numbers of trials of proportions; docs/families.md says what they do in other families
    nAGQ         quadrature points for each random effect; 1 is the Laplace approximation, 0 its fast variant
    dispformula  of the family's first parameter, "~ z", on its working scale: the logarithm of the variance of gaussian models
    ziformula    of the probability of extra zeros, "~ z", on the logit scale
    """
    own = locals_of(locals())
    return run("glmer", own)


def clmm(
    formula: str, data: Any, groups: Groups = None, random: Groups = None, link: str = "logit", optimizer: str | None = None, theta0=None, *,
    weights: Column = None, offset: Column = None, nAGQ: int = 1, threshold: str = "flexible", nominal: str | None = None, scale: str | None = None,
    levels: Sequence[str] | None = None, na: str | None = None, threads: int | None = None, progress: Told = None, **options: Any,
) -> CLMMResult:  # fmt: skip
    """Fits a cumulative link mixed model to ordered categories: link(P(Y <= k)) = threshold_k - x'beta - z'b. Arguments are those of `fit`, and

    link       "logit" (proportional odds), "probit", "cloglog", "loglog" or "cauchit"
    levels     the categories from lowest to highest; needed for a response of text, whose order nobody knows
    threshold  "flexible", "symmetric" or "equidistant"
    nominal    effects that differ from threshold to threshold: "~ z"
    scale      of the logarithm of the scale: "~ z"
    """
    own = locals_of(locals())
    return run("clmm", own)


def coxme(
    formula: str, data: Any, groups: Groups = None, random: Groups = None, optimizer: str | None = None, theta0=None, *, weights: Column = None,
    offset: Column = None, ties: str = "efron", na: str | None = None, threads: int | None = None, progress: Told = None, **options: Any,
) -> CoxmeResult:  # fmt: skip
    """Fits a Cox model with random effects: "Surv(time, event) ~ x", "Surv(start, stop, event) ~ x + strata(s)". Arguments are those of `fit`, and

    ties  events at the same time: "efron" or "breslow"
    """
    own = locals_of(locals())
    return run("coxme", own)


def locals_of(own: dict) -> dict:
    options = own.pop("options")
    return {**own, "options": options}


def run(kind: str, own: dict, spec=None, stacklevel: int = 3):
    """A fit from the arguments of a function; `spec` is its model if that does not follow from them."""
    model = MODELS[kind]
    spec = spec or spec_of(model, own["formula"], own["groups"], own["random"])
    family = set_model(kind, spec, own)
    settings = dict(own["options"])
    set_priors(spec, settings.pop("prior", None))
    given = Given(own["weights"], own["offset"])
    frame = frame_for(spec, own["data"], given, ordinal=kind == "clmm" and own["levels"] is None)
    made = given.give(spec, frame, own["data"])
    custom = family if isinstance(family, CustomFamily) else None
    with Watch(own["progress"], custom) as watch:
        named = {"method": own.get("method"), "optimizer": own["optimizer"], "na": own["na"], "threads": own["threads"], "nagq": own.get("nAGQ")}
        options = options_of(watch, {**named, **settings}, own["theta0"])
        try:
            handle = FitHandle.made(lib.interlace_fit_new, spec, frame, options)
        except DataError as error:
            raise in_words_of_python(error) from None
    kept = {**{name: value for name, value in own.items() if name not in ("data", "progress")}, "kind": kind}
    if family is not None:
        kept["family_object"] = own["family"] if not isinstance(own["family"], str) else family
    result = RESULTS[model](handle, spec, frame, own["data"], made, kept)
    result._family = custom
    result.warn(stacklevel)
    return result


def in_words_of_python(error: DataError) -> DataError:
    """The same error; where the library says what to do in C, what to do here."""
    said, mark, _ = error.message.partition(" and its order is not declared;")
    if not mark:
        return error
    ways = "give levels= from lowest to highest, an ordered categorical of pandas or an Enum of polars, or write ordered(...) in the formula"
    return DataError(f"{said}{mark} {ways}", error.code, error.name, error.position)


def set_model(kind, spec, own):
    """What a model has besides its formula. The family, if it has one."""
    if kind == "clmm":
        call(lib.interlace_spec_set_link, spec, text(own["link"]))
        call(lib.interlace_spec_set_threshold, spec, code(_c.Threshold, own["threshold"], "threshold"))
        for function, formula in ((lib.interlace_spec_set_nominal, own["nominal"]), (lib.interlace_spec_set_scale, own["scale"])):
            if formula is not None:
                call(function, spec, text(formula))
        if own["levels"] is not None:
            levels = texts(list(own["levels"]))
            call(lib.interlace_spec_set_response_levels, spec, levels, len(levels))
    elif kind == "coxme":
        call(lib.interlace_spec_set_ties, spec, code(_c.Ties, own["ties"], "ties"))
    elif kind == "fit" and own["correlation"] is not None:
        set_correlation(spec, own["correlation"])
    elif kind == "glmer":
        family = family_of(own["family"])
        if own["link"] is not None:
            family = with_link(family, own["link"])
        family.give(spec)
        for function, formula in ((lib.interlace_spec_set_dispersion, own["dispformula"]), (lib.interlace_spec_set_zero_inflation, own["ziformula"])):
            if formula is not None:
                call(function, spec, text(formula))
        return family
    return None


def with_link(family, link: str):
    if isinstance(family, CustomFamily):
        raise ValueError("link is for families of the library; one of your own has its link as a method")
    own = copy.copy(family)
    own.link_name = link
    return own


def set_priors(spec, prior):
    if prior is None:
        return
    for one in [prior] if isinstance(prior, str) else prior:
        call(lib.interlace_spec_add_prior, spec, text(one))


def set_correlation(spec, correlation):
    group = next((name for name, role in variables(spec) or [] if role == "group"), None)
    if not isinstance(correlation, str):
        if not hasattr(correlation, "term"):
            raise TypeError(f"correlation is {correlation!r}, but it must be AR1(..), CompoundSymmetry() or text such as 'ar1(time | g)'")
        if group is None and correlation.group is None:
            raise ValueError("correlation needs a grouping factor: give group= to it")
        correlation = correlation.term(group)
    call(lib.interlace_spec_set_correlation, spec, text(correlation))


def update(result, formula: str | None = None, data: Any = None, **changes: Any):
    """Fits a model anew with another formula, in which "." stands for the old left or right side, other data, or other arguments."""
    own = result._call
    if "kind" not in own:
        raise ValueError("update needs the arguments of the fit, which this result does not have (it was loaded, or fitted to data in parts): fit it anew")
    unknown = set(changes) - set(own)
    arguments = {**own, **{name: value for name, value in changes.items() if name in own}, "data": result._data if data is None else data, "progress": None}
    arguments["options"] = {**own["options"], **{name: changes[name] for name in unknown}}
    arguments["progress"] = arguments["options"].pop("progress", None)
    spec = None
    if formula is not None and re.search(r"(?<![\w.])\.(?![\w.])", formula):
        spec = updated(spec_of(MODELS[own["kind"]], own["formula"], arguments["groups"], arguments["random"]), formula)
        arguments.update(groups=None, random=None)
    elif formula is not None:
        arguments["formula"] = formula
    fitted = run(own["kind"], arguments, spec, stacklevel=4)
    if spec is not None:
        fitted._call["formula"] = fitted.formula
    return fitted


def from_bytes(own: bytes):
    """The fit of bytes that this or another host of the library saved."""
    handle, spec = opened(bytes(own))
    return RESULTS[lib.interlace_fit_model(handle)](handle, spec)


def load(path):
    """The fit of a file that `save` of this or another host wrote."""
    with open(path, "rb") as file:
        return from_bytes(file.read())
