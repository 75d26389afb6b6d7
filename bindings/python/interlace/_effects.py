"""Random effects of a fit, by grouping factor."""

from __future__ import annotations

from ctypes import c_double
from typing import NamedTuple

from . import _c
from ._arrays import filled
from ._library import call, lib, string, strings
from ._named import frame, series


class Term(NamedTuple):
    place: int  # among the terms of the fit
    group: str
    effects: list[str]
    levels: int


def terms_of(fit, predictor=_c.Predictor.MEAN) -> list[Term]:
    own = []
    for i in range(lib.interlace_fit_n_terms(fit)):
        if lib.interlace_fit_term_predictor(fit, i) == predictor:
            effects = strings(lib.interlace_fit_term_n_effects(fit, i), lib.interlace_fit_term_effect_name, fit, i)
            own.append(Term(i, string(lib.interlace_fit_term_group, fit, i), effects, lib.interlace_fit_term_n_levels(fit, i)))
    return own


def by_group(terms) -> dict[str, list[Term]]:
    own: dict[str, list[Term]] = {}
    for term in terms:
        own.setdefault(term.group, []).append(term)
    return own


def levels_of(fit, term: Term, numbers) -> list:
    """Labels of levels: numbers where the grouping factor is a column of numbers; `numbers` says of which type."""
    own = strings(term.levels, lib.interlace_fit_term_level, fit, term.place)
    return list(map(numbers.get(term.group, str), own))


def rows_of(array, term: Term) -> list[list[float]]:
    """An array [r,l] as a row for each level."""
    return [[float(array[i][j]) for i in range(len(term.effects))] for j in range(term.levels)]


def modes(fit, term):
    return rows_of(filled((len(term.effects), term.levels), lib.interlace_fit_term_ranef, fit, term.place), term)


def std_errors(fit, term):
    r = len(term.effects)
    own = filled((r, r, term.levels), lib.interlace_fit_term_ranef_cov, fit, term.place)
    return [[float(own[i][i][j]) ** 0.5 for i in range(r)] for j in range(term.levels)]


def limits(fit, term, level, full=False):
    """Lower and upper limits, each a row for each level."""
    count = len(term.effects) * term.levels
    lower, upper = (c_double * count)(), (c_double * count)()
    call(lib.interlace_fit_term_ranef_confint_wald, fit, term.place, level, full, lower, upper, count)
    r = len(term.effects)
    return [[own[r * j : r * j + r] for j in range(term.levels)] for own in (lower, upper)]


def table(fit, terms, numbers, values, name=None):
    """The values (a function of fit and term) of all terms of one group: a Series for one effect, otherwise a frame with a column for each."""
    index = levels_of(fit, terms[0], numbers)
    effects = [effect for term in terms for effect in term.effects]
    parts = [values(fit, term) for term in terms]
    rows = [[value for part in parts for value in part[j]] for j in range(len(index))]
    return series(index, [row[0] for row in rows], name) if len(effects) == 1 else frame(index, effects, rows)


def limits_table(fit, terms, numbers, level):
    index = levels_of(fit, terms[0], numbers)
    effects = [effect for term in terms for effect in term.effects]
    parts = [limits(fit, term, level) for term in terms]
    rows = [[bound[j][i] for term, part in zip(terms, parts) for i in range(len(term.effects)) for bound in part] for j in range(len(index))]
    bounds = ("lower", "upper")
    return frame(index, list(bounds) if len(effects) == 1 else [(effect, bound) for effect in effects for bound in bounds], rows)


def covariance(fit, terms, names=None):
    """The covariance matrix of all effects of some terms, in blocks: a number for one effect, otherwise a frame."""
    effects = names or [effect for term in terms for effect in term.effects]
    rows = [[0.0] * len(effects) for _ in effects]
    start = 0
    for term in terms:
        r = len(term.effects)
        own = filled((r, r), lib.interlace_fit_term_cov, fit, term.place)
        for i in range(r):
            rows[start + i][start : start + r] = [float(own[i][j]) for j in range(r)]
        start += r
    return rows[0][0] if len(effects) == 1 and names is None else frame(effects, effects, rows)
