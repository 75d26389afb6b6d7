"""Tables of results: frames of the library, to a frame of whatever library the data came from."""

from __future__ import annotations

import ctypes
from ctypes import c_char, c_char_p, c_double, c_int32, c_int64, c_void_p, py_object, pythonapi

from . import _c
from ._arrays import numpy
from ._frames import MISSING, n_rows, names
from ._library import call, lib, strings

_capsule_of = pythonapi.PyCapsule_New
_capsule_of.restype, _capsule_of.argtypes = py_object, [c_void_p, c_char_p, c_void_p]
KIND = _c.ColumnKind


class Table:
    """A table of the library with the Arrow stream interface: pyarrow.table(table), polars.DataFrame(table) and others read it. `rename` has other
    names for columns; those that it has None for are left out."""

    def __init__(self, frame, rename=None):
        own = {name: (rename or {}).get(name, name) for name in names(frame)}
        self.frame, self.streams = frame, []
        self.shown = {name: shown for name, shown in own.items() if shown is not None}
        self.places = [i for i, name in enumerate(own) if name in self.shown]

    @property
    def columns(self) -> list[str]:
        return list(self.shown.values())

    def __len__(self):
        return n_rows(self.frame)

    def __arrow_c_stream__(self, requested_schema=None):
        stream = (c_char * 40)()
        self.streams.append(stream)
        call(lib.interlace_frame_to_arrow_stream, self.frame, stream)
        return _capsule_of(ctypes.addressof(stream), b"arrow_array_stream", None)

    def column(self, name) -> list:
        """The values of a column: numbers (NaN where a real number is missing), integers or texts (None where missing)."""
        return self.values(self.places[self.columns.index(name)])

    def values(self, column: int) -> list:
        kind, n = lib.interlace_frame_column_kind(self.frame, column), len(self)
        if kind == KIND.CATEGORY:
            codes = (c_int32 * n)()
            call(lib.interlace_frame_column_codes, self.frame, column, codes, n)
            levels = strings(lib.interlace_frame_column_n_levels(self.frame, column), lib.interlace_frame_column_level, self.frame, column)
            return [levels[code] if code >= 0 else None for code in codes]
        if kind == KIND.INTEGER:
            integers = (c_int64 * n)()
            call(lib.interlace_frame_column_i64, self.frame, column, integers, n)
            return [None if value == MISSING else value for value in integers]
        numbers = (c_double * n)()
        call(lib.interlace_frame_column_f64, self.frame, column, numbers, n)
        return list(numbers)

    def to_dict(self) -> dict[str, list]:
        return {name: self.values(i) for i, name in zip(self.places, self.columns)}

    def to(self, library: str):
        """A frame of that library: pandas, polars, pyarrow, duckdb; otherwise a dict of lists."""
        return {"pandas": self.pandas, "polars": self.polars, "pyarrow": self.pyarrow, "duckdb": self.duckdb}.get(library, self.to_dict)()

    def pandas(self):
        import pandas

        return pandas.DataFrame({name: self.array(i) for i, name in zip(self.places, self.columns)}, columns=self.columns)

    def array(self, column):
        """A column for pandas: an array of numpy, or of nullable integers where one is missing."""
        np = numpy()
        kind, n = lib.interlace_frame_column_kind(self.frame, column), len(self)
        if kind == KIND.CATEGORY:
            return np.array(self.values(column), dtype=object)
        out = np.empty(n, dtype=np.int64 if kind == KIND.INTEGER else np.float64)
        function = lib.interlace_frame_column_i64 if kind == KIND.INTEGER else lib.interlace_frame_column_f64
        call(function, self.frame, column, out.ctypes.data, n)
        if kind == KIND.INTEGER and (out == MISSING).any():
            import pandas

            return pandas.array([None if value == MISSING else value for value in out.tolist()], dtype="Int64")
        return out

    def polars(self):
        import polars

        own = polars.DataFrame(self).select(polars.col(name).alias(shown) for name, shown in self.shown.items())
        return own.with_columns(polars.col(polars.Categorical).cast(polars.String))

    def pyarrow(self):
        import pyarrow

        own = pyarrow.table(self).select(list(self.shown)).rename_columns(self.columns)
        texts = [pyarrow.types.is_dictionary(field.type) for field in own.schema]
        return pyarrow.table([column.cast(pyarrow.string()) if text else column for column, text in zip(own.columns, texts)], names=self.columns)

    def duckdb(self):
        return of_arrow(self.pyarrow(), "duckdb")


def native(columns: dict, library: str, index=None):
    """A frame of that library from columns of numbers or texts; `index` is that of a frame of pandas."""
    if library == "pandas":
        import pandas

        own = pandas.DataFrame({name: list(values) for name, values in columns.items()}, columns=list(columns))
        return own if index is None or len(index) != len(own) else own.set_axis(index)
    if library == "polars":
        import polars

        return polars.DataFrame({name: list(values) for name, values in columns.items()})
    if library in ("pyarrow", "duckdb"):
        import pyarrow

        return of_arrow(pyarrow.table({name: pyarrow.array(list(values)) for name, values in columns.items()}), library)
    return {name: list(values) for name, values in columns.items()}


def of_arrow(table, library: str):
    if library != "duckdb":
        return table
    import duckdb

    return duckdb.from_arrow(table)


def beside(data, library: str, rows, columns: dict):
    """The rows of the user's data with these places, and more columns."""
    if library == "pandas":
        return data.iloc[list(rows)].assign(**{name: list(values) for name, values in columns.items()})
    if library == "polars":
        import polars

        data = data.collect() if hasattr(data, "collect") else data
        return data[list(rows)].with_columns(*[polars.Series(name, list(values)) for name, values in columns.items()])
    if library in ("pyarrow", "duckdb"):
        import pyarrow

        own = (data.to_arrow_table() if library == "duckdb" else data if hasattr(data, "append_column") else pyarrow.table(data)).take(pyarrow.array(list(rows)))
        for name, values in columns.items():
            own = own.append_column(name, pyarrow.array(list(values)))
        return of_arrow(own, library)
    names = getattr(getattr(data, "dtype", None), "names", None) or list(data)  # of a structured array, or a dict
    return {**{str(name): [data[name][row] for row in rows] for name in names}, **{name: list(values) for name, values in columns.items()}}
