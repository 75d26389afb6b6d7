"""Residuals, by the names of R's HLMdiag and by simulation, and what a fit has to be told of."""

from __future__ import annotations

from ctypes import byref, c_void_p
from typing import Any, NamedTuple

from . import _c
from ._frames import frame_of, kind_in
from ._library import FrameHandle, call, lib, text
from ._tables import Table, beside, native
from ._watch import Told


def hlm_resid(model, full_data: bool = True, type: str = "marginal", standardized: bool = False, level=1):
    """Residuals and fitted values of the rows used as a frame: ".resid" and ".fitted", "marginal" (without random effects) or "conditional". `standardized`
    divides residuals by the residual standard deviation. With the name of a grouping factor as `level` its random effects instead: ".ranef.<effect>".
    `full_data` puts the columns of the data before them."""
    if level != 1:
        return native({level: levels_of(model, level), **ranef(model, level)}, model._native)
    if type not in ("marginal", "conditional"):
        raise ValueError(f"type is {type!r}, but it must be 'marginal' or 'conditional'")
    response = model._rows(lib.interlace_fit_response)
    fitted = list(model.fittedvalues if type == "conditional" else model.predict(include_re=False))
    scale = model.scale**0.5 if standardized else 1.0
    own = {".resid": [float(y - mean) / scale for y, mean in zip(response, fitted)], ".fitted": list(map(float, fitted))}
    return with_data(model, own) if full_data else native(own, model._native, model._index())


def levels_of(model, group) -> list:
    if group not in model._groups:
        raise ValueError(f"level is {group!r}, but it must be 1 or one of {', '.join(map(repr, model._groups))}")
    return list(model.random_effects[group].index)


def ranef(model, group) -> dict:
    """The random effects of a grouping factor by ".ranef.<effect>"."""
    own = model.random_effects[group]
    effects = [effect for term in model._groups[group] for effect in term.effects]
    return {f".ranef.{effect}": list(map(float, own.values if len(effects) == 1 else own[effect].values)) for effect in effects}


def with_data(model, columns: dict):
    """The rows of the user's data that the fit has values for, and these values."""
    if model._data is None:
        raise ValueError("the fit has no data: it was loaded from bytes of another program")
    return beside(model._data, model._native, model._used_rows(), columns)


def diagnose(model):
    """How a fit ended and what its data determine: a frame with a row for each finding: check, status (ok, note or warning), subject, value, meaning, advice."""
    return model._frame_table(lib.interlace_fit_diagnose).to(model._native)


class SimulatedResiduals(NamedTuple):
    """`residuals` has a row for each row or group: observed, mean, uniform, normal, outlier. `tests` has a row for each test: uniformity, dispersion, zeros,
    outliers. Both are frames."""

    residuals: Any
    tests: Any


def simulated_residuals(model, nsim: int = 250, seed: int = 0, *, group: str | None = None, conditional: bool = False, progress: Told = None) -> SimulatedResiduals:
    """Quantile residuals by simulation, as DHARMa makes them, and tests of the model by them: the place of each response among `nsim` simulated ones. With
    `group`, a grouping factor or column of the data, sums over its levels are compared. `conditional` keeps the random effects of the fit, otherwise they
    are drawn anew."""
    kind = _c.Simulation.CONDITIONAL if conditional else _c.Simulation.NEW
    residuals, tests = c_void_p(), c_void_p()
    with model._watch(progress) as watch:
        call(
            lib.interlace_fit_simulated_residuals, model._fit, nsim, seed, kind, frame_with(model, group), text(group), model._options(watch), byref(residuals), byref(tests)
        )
    return SimulatedResiduals(*[Table(FrameHandle(own.value)).to(model._native) for own in (residuals, tests)])


def frame_with(model, column):
    """The data of the fit, with a column that the model need not have."""
    own = model._frame_of_fit()
    return own if column is None or kind_in(own, column) is not None else frame_of(model._data)
