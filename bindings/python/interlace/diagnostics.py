"""Residuals of linear models, by the names of R's HLMdiag."""

from __future__ import annotations

from ._arrays import numpy
from ._library import lib
from ._tables import table_of


def hlm_resid(model, full_data: bool = True, type: str = "marginal", standardized: bool = False, level=1):
    """Residuals and fitted values of the rows used as a frame: ".resid" and ".fitted", "marginal" (without random effects) or "conditional". `standardized`
    divides residuals by the residual standard deviation. With the name of a grouping factor as `level` its random effects instead: ".ranef.<effect>".
    `full_data` puts the columns of the data before them; it needs data without missing values."""
    if level != 1:
        return ranef(model, level)
    if type not in ("marginal", "conditional"):
        raise ValueError(f"type is {type!r}, but it must be 'marginal' or 'conditional'")
    response = list(model._rows(lib.interlace_fit_response))
    fitted = list(model.fittedvalues if type == "conditional" else model.predict(include_re=False))
    scale = model.scale**0.5 if standardized else 1.0
    own = {".resid": [(y - mean) / scale for y, mean in zip(response, fitted)], ".fitted": fitted}
    return augmented(model, own) if full_data else table_of(own).to(model._native)


def ranef(model, group):
    if group not in model._groups:
        raise ValueError(f"level is {group!r}, but it must be 1 or one of {', '.join(map(repr, model._groups))}")
    own = model.random_effects[group]
    effects = [effect for term in model._groups[group] for effect in term.effects]
    columns = {f".ranef.{effect}": list(own.values if len(effects) == 1 else own[effect].values) for effect in effects}
    if model._native == "pandas":
        import pandas

        return pandas.DataFrame({group: list(own.index), **columns})
    frame = table_of(columns).to(model._native)
    return with_columns(frame, model._native, {group: list(own.index)})


def augmented(model, columns):
    """The data of the fit with columns for each row."""
    data, native = model._data, model._native
    if data is None:
        raise ValueError("the fit has no data: it was loaded from bytes of another program; full_data=False leaves them out")
    if lib.interlace_fit_n_rows(model._fit) != lib.interlace_fit_n_data_rows(model._fit):
        raise ValueError('the fit left out rows of the data: use full_data=False, or fit with na="pad"')
    return with_columns(data, native, columns)


def with_columns(data, native, columns):
    np = numpy()
    if native == "pandas":
        return data.assign(**{name: np.asarray(values) for name, values in columns.items()})
    if native == "polars":
        import polars

        data = data.collect() if hasattr(data, "collect") else data
        return data.with_columns(*[polars.Series(name, values) for name, values in columns.items()])
    if native in ("pyarrow", "duckdb"):
        import pyarrow

        own = data.to_arrow_table() if native == "duckdb" else data
        for name, values in columns.items():
            own = own.append_column(name, pyarrow.array(values))
        if native == "duckdb":
            import duckdb

            return duckdb.from_arrow(own)
        return own
    return {**{str(name): data[name] for name in data}, **columns}
