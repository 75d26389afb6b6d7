"""Residuals of linear models, by the names of R's HLMdiag."""

from __future__ import annotations

from ._library import lib
from ._tables import beside, native


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
    return with_data(model, own) if full_data else native(own, model._native)


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
    rows = list(range(lib.interlace_fit_n_data_rows(model._fit)))
    if lib.interlace_fit_n_rows(model._fit) < len(rows):
        left_out = set(model._frame_table(lib.interlace_fit_table, b"dropped_rows", model.DF).column("row"))
        rows = [row for row in rows if row not in left_out]
    return beside(model._data, model._native, rows, columns)
