"""A model and how it is fitted, from the arguments of `fit`, `glmer`, `clmm` and `coxme`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ctypes import sizeof

from . import _c
from ._arrays import doubles
from ._frames import add_numbers, frame_of, free_name
from ._index import aligned, index_of
from ._library import FrameHandle, OptionsHandle, SpecHandle, call, lib, text
from ._tables import Table
from ._watch import Watch
from .errors import FormulaError


def listed(value, what) -> list[str]:
    if value is None:
        return []
    own = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    wrong = next((each for each in own if not isinstance(each, str)), None)
    if wrong is not None:
        raise TypeError(f"{what} has {wrong!r}, but it must be text or a list of texts")
    return own


NUMPY = re.compile(r"\b(?:np|numpy)\.(?=(?:log|log2|log10|log1p|exp|expm1|sqrt|abs|sin|cos|tan|tanh|floor)\()")


def formula_text(formula: str) -> bytes | None:
    """A formula for the library, which has the functions of numpy by their names. Blanks keep the places of all else, for the positions of errors."""
    return text(NUMPY.sub(lambda found: " " * len(found.group()), formula))


def spec_of(model: _c.Model, formula: str, groups, random) -> SpecHandle:
    """The model of a formula. Random terms are in it, in `random`, or in `groups`, which counts only without `random`."""
    if not isinstance(formula, str):
        raise TypeError(f"formula is a {type(formula).__name__}, but it must be text")
    spec = SpecHandle.made(lib.interlace_spec_new, model, formula_text(formula))
    terms = listed(random, "random")
    for term in terms:
        call(lib.interlace_spec_add_random, spec, formula_text(term))
    for group in [] if terms else listed(groups, "groups"):
        call(lib.interlace_spec_add_groups, spec, text(group))
    return spec


def updated(spec: SpecHandle, formula: str) -> SpecHandle:
    return SpecHandle.made(lib.interlace_spec_update, spec, formula_text(formula))


def variables(spec: SpecHandle) -> list[tuple[str, str]] | None:
    """The columns that a model needs, with their roles; None if these depend on the data, as with `y ~ .`."""
    try:
        own = Table(FrameHandle.made(lib.interlace_spec_variables, spec))
    except FormulaError:
        return None
    return list(zip(own.column("name"), own.column("role")))


class Given:
    """What is given beside the data for each row: weights and the offset, as the name of a column or as values. `columns` has the names of columns that
    are made of values, which new data for predictions do not have."""

    def __init__(self, weights=None, offset=None):
        self.weights, self.offset = weights, offset

    def names(self):
        return [own for own in (self.weights, self.offset) if isinstance(own, str)]

    def give(self, spec, frame, data) -> dict[str, str]:
        made = {}
        for what, function in (("weights", lib.interlace_spec_set_weights), ("offset", lib.interlace_spec_set_offset)):
            own = getattr(self, what)
            if own is None:
                continue
            if not isinstance(own, str):
                made[what] = free_name(frame, f"({what})")
                add_numbers(frame, made[what], aligned(own, index_of(data), what), what)
            call(function, spec, text(made.get(what, own)))
        return made


def frame_for(spec: SpecHandle, data, given: Given, ordinal=False) -> FrameHandle:
    """The columns of the data that a model needs. The order of an ordinal response must be declared."""
    roles = variables(spec)
    columns = None if roles is None else [name for name, _ in roles] + given.names()
    response = [name for name, role in roles or [] if role == "response"] if ordinal else []
    return frame_of(data, columns, response)


def options_of(watch: Watch, named: dict, theta0=None) -> OptionsHandle:
    """Options by their names in the C API, from values that are not None."""
    own = OptionsHandle.made(lib.interlace_options_new)
    for name, value in named.items():
        if value is not None:
            call(lib.interlace_options_set, own, text(name), text(value_text(value)))
    if theta0 is not None:
        _, pointer, length = doubles(theta0, "theta0")
        call(lib.interlace_options_set_theta0, own, pointer, length)
    call(lib.interlace_options_set_progress, own, watch.function, None)
    return own


def value_text(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def request(structure, **members):
    """A request with its size and the members that are not None."""
    return structure(struct_size=sizeof(structure), **{name: value for name, value in members.items() if value is not None})
