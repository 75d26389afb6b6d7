"""Data into frames of the library: from pandas, polars, pyarrow, duckdb, anything with `__arrow_c_stream__`, dicts of columns, structured arrays.

pandas and dicts go column by column, by pointer where the column is numbers; all others as an Arrow stream."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Mapping
from ctypes import byref, c_char_p, c_double, c_int32, c_int64, c_size_t, pythonapi

from . import _c
from ._arrays import numpy
from ._library import FrameHandle, call, lib, string, text, texts
from .errors import ArgumentError, DataError

_pointer_of = pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
MISSING = -(2**63)
MANY = 10_000  # rows from which text of pandas is better sent as Arrow data


class Direct(Exception):
    """A column that only Arrow can carry."""

    def __init__(self, name, column):
        super().__init__(f"column {name!r} of type {column.dtype}")


def bare(data):
    """The frame that a frame of narwhals wraps, and that a lazy one of polars computes; others as they are."""
    if type(data).__module__.split(".")[0] == "narwhals":
        data = data.to_native()
    return data.collect() if library(data) == "polars" and hasattr(data, "collect") else data


def library(data) -> str:
    return type(data).__module__.split(".")[0].lstrip("_")


def library_of(data) -> str:
    """Whose frame the data are: pandas, polars, pyarrow, duckdb, or dict for all others."""
    module = library(bare(data)) if library(data) == "narwhals" else library(data)
    return module if module in ("pandas", "polars", "pyarrow", "duckdb") else "dict"


def frame_of(data, columns=None, response=()) -> FrameHandle:
    """A frame with the columns named, or with all if one of these is not there: the library's message then knows the others' names. `response` are
    columns whose order must be declared: there the categories of pandas count only if they are ordered."""
    data = bare(data)
    kind = library_of(data)
    if kind == "pandas":
        return of_pandas(data, columns, response)
    if hasattr(data, "__arrow_c_stream__"):
        return of_stream(chosen(data, kind, columns))
    if hasattr(data, "__arrow_c_array__"):
        return of_array(data)
    if isinstance(data, Mapping):
        return of_columns({str(name): data[name] for name in wanted(list(data), columns)}, columns, response)
    names = getattr(getattr(data, "dtype", None), "names", None)
    if names:
        return of_columns({name: data[name] for name in wanted(list(names), columns)}, columns, response)
    raise TypeError(
        f"data is a {type(data).__module__}.{type(data).__qualname__}, but it must be a frame of pandas, polars, pyarrow or duckdb, another object with "
        "__arrow_c_stream__, a dict of columns, or a structured array"
    )


def wanted(names, columns):
    return names if columns is None or not set(columns) <= set(names) else [name for name in names if name in columns]


def chosen(data, kind, columns):
    """The columns wanted, without a copy."""
    if kind == "polars":
        return data.select(wanted(data.columns, columns)) if hasattr(data, "columns") else data
    if kind == "pyarrow" and hasattr(data, "select") and hasattr(data, "column_names"):
        return data.select(wanted(data.column_names, columns))
    if kind == "duckdb":
        names = wanted(data.columns, columns)
        return data.project(", ".join('"' + name.replace('"', '""') + '"' for name in names))
    return data


def pointer_of_stream(capsule) -> int:
    """The stream in a capsule, which ends with it."""
    return _pointer_of(capsule, b"arrow_array_stream")


def of_stream(data) -> FrameHandle:
    capsule = data.__arrow_c_stream__()
    return FrameHandle.made(lib.interlace_frame_from_arrow_stream, pointer_of_stream(capsule))


def of_array(data) -> FrameHandle:
    schema, array = data.__arrow_c_array__()
    return FrameHandle.made(lib.interlace_frame_from_arrow, _pointer_of(schema, b"arrow_schema"), _pointer_of(array, b"arrow_array"))


def of_pandas(data, columns, response) -> FrameHandle:
    if not hasattr(data, "columns"):
        raise TypeError("data is a pandas Series, but a DataFrame is wanted")
    names = wanted(list(data.columns), columns)
    own = data if len(names) == data.shape[1] else data[names]
    if own.columns.has_duplicates:
        raise DataError(f"there are {list(own.columns).count(first_twice(own.columns))} columns {first_twice(own.columns)!r}")
    if len(own) > MANY and all(map(is_plain, own.dtypes)) and any(type(dtype).__name__ == "StringDtype" for dtype in own.dtypes):
        try:
            return of_pandas_text(own, response)
        except (ImportError, AttributeError):  # without pyarrow, and in older versions of pandas, text goes one by one
            pass
    frame = FrameHandle.made(lib.interlace_frame_new, len(own))
    try:
        for name in names:
            with passing_over(columns, name):
                add_pandas(frame, str(name), own[name], name in response)
    except Direct as column:
        try:
            return of_stream(own)
        except (ImportError, AttributeError):
            raise DataError(f"{column} needs pandas 2.2 or later, and the package pyarrow") from None
    return frame


@contextlib.contextmanager
def passing_over(columns, name):
    """Where all columns are sent because one that is needed is not there, those that are not needed may be of any type."""
    try:
        yield
    except (DataError, Direct, TypeError):
        if columns is None or name in columns:
            raise


def is_plain(dtype) -> bool:
    """Whether a column means the same as Arrow data and column by column."""
    if type(dtype).__name__ == "CategoricalDtype":
        return type(dtype.categories.dtype).__name__ == "StringDtype"
    return type(dtype).__name__ == "StringDtype" or (isinstance(dtype, numpy().dtype) and dtype.kind in "ifb")


def of_pandas_text(own, response) -> FrameHandle:
    """As Arrow data, where text need not be copied row by row. The order of categories is declared after that: as such data only ordered ones have it."""
    frame = of_stream(own)
    for name in own.columns:
        column = own[name]
        if hasattr(column, "cat") and not column.cat.ordered and name not in response:
            levels = column.cat.remove_unused_categories().cat.categories.tolist()
            call(lib.interlace_frame_set_levels, frame, text(name), texts(levels), len(levels), False)
    return frame


def first_twice(names):
    return next(name for name in names if list(names).count(name) > 1)


def add_pandas(frame, name, column, response=False):
    """A Series. The categories of a response are text unless they are ordered."""
    dtype = column.dtype
    if type(dtype).__name__ == "CategoricalDtype":
        if dtype.ordered or not response:
            add_pandas_categories(frame, name, column)
            return
        column, dtype = column.astype(object), numpy().dtype(object)
    kind = getattr(dtype, "kind", "O")
    if kind in "mM":
        raise Direct(name, column)
    np = numpy()
    if not isinstance(dtype, np.dtype) and kind in "iufb":  # a dtype of pandas with missing values, or of Arrow
        missing = column.isna()
        if kind == "b":
            add_codes(frame, name, np.where(missing, -1, column.fillna(False).to_numpy(dtype=bool).astype(np.int32)), ["FALSE", "TRUE"], False)
        elif kind == "f":
            add_array(frame, name, column.to_numpy(dtype=np.float64, na_value=np.nan))
        elif kind == "u":
            raise Direct(name, column)
        else:
            add_array(frame, name, column.to_numpy(dtype=np.int64, na_value=MISSING))
        return
    if kind in "iufb":
        add_array(frame, name, column.to_numpy())
        return
    add_objects(frame, name, column)


def add_pandas_categories(frame, name, column):
    """Categories in their order, which pandas keeps and its models use: the first is the baseline. Unordered ones that do not occur are left out."""
    own = column.cat if column.cat.ordered else column.cat.remove_unused_categories().cat
    levels = own.categories.tolist()
    if not all(isinstance(level, (str, int, float)) or type(level).__name__ == "Interval" for level in levels):
        raise Direct(name, column)
    add_codes(frame, name, own.codes, [label(level) for level in levels], bool(own.ordered))


def label(value) -> str:
    """As the library labels a level: truth values as R has them, whole numbers without a point."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def add_objects(frame, name, column):
    """A column of texts or other objects. Text goes as text, so that its order means nothing; all else value by value."""
    try:
        codes, found = sys.modules["pandas"].factorize(column)
    except TypeError:  # lists and the like, which have no hash
        codes, found = [], [None]
    if not all(isinstance(value, str) for value in found):
        add_list(frame, name, column.tolist())
        return
    encoded = [text(value) for value in found] + [None]
    own = (c_char_p * len(codes))(*[encoded[code] for code in codes.tolist()])
    call(lib.interlace_frame_add_strings, frame, text(name), own, len(own))


def add_codes(frame, name, codes, levels, ordered):
    np = numpy()
    own = np.ascontiguousarray(codes, dtype=np.int32)
    call(lib.interlace_frame_add_categorical, frame, text(name), own.ctypes.data, len(own), texts(levels), len(levels), ordered)


def of_columns(data, columns, response) -> FrameHandle:
    lengths = {name: length_of(name, column) for name, column in data.items()}
    n = next(iter(lengths.values()), 0)
    for name, length in lengths.items():
        if length != n:
            raise DataError(f"column {name!r} has {length} values, but column {next(iter(lengths))!r} has {n}")
    first = None  # the first Series: all of them have its index, or nobody knows which values belong together
    for name, column in data.items():
        if library(column) == "pandas" and hasattr(column, "index"):
            first = first or (name, column.index)
            if not column.index.equals(first[1]):
                raise DataError(f"columns {first[0]!r} and {name!r} are Series with different indexes: make a DataFrame of them, which puts them in order")
    frame = FrameHandle.made(lib.interlace_frame_new, n)
    for name, column in data.items():
        with passing_over(columns, name):
            add_column(frame, name, column, name in response)
    return frame


def length_of(name, column) -> int:
    if isinstance(column, (str, bytes)) or not hasattr(column, "__len__"):
        raise TypeError(f"column {name!r} is a {type(column).__name__}, but it must be a list or an array")
    return len(column)


def add_column(frame, name, column, response=False):
    module = type(column).__module__.split(".")[0]
    if module == "pandas":
        pandas = sys.modules["pandas"]
        try:
            return add_pandas(frame, name, column if isinstance(column, pandas.Series) else pandas.Series(column), response)
        except Direct as own:
            raise DataError(f"{own} can only be given in a DataFrame") from None
    if module == "numpy":
        return add_array(frame, name, column)
    if module == "polars":
        column = column.to_list()
    elif module == "pyarrow":
        column = column.to_pylist()
    return add_list(frame, name, list(column))


def add_array(frame, name, column):
    """An array of numpy."""
    np = numpy()
    if column.ndim != 1:
        raise DataError(f"column {name!r} has the shape {column.shape}, but it must have one dimension")
    kind = column.dtype.kind
    if kind == "f":
        own = np.ascontiguousarray(column, dtype=np.float64)
        call(lib.interlace_frame_add_f64, frame, text(name), own.ctypes.data, len(own))
    elif kind == "b":
        add_codes(frame, name, column, ["FALSE", "TRUE"], False)
    elif kind == "i" or (kind == "u" and (column.dtype.itemsize < 8 or not len(column) or int(column.max()) < 2**63)):
        own = np.ascontiguousarray(column, dtype=np.int64)
        call(lib.interlace_frame_add_i64, frame, text(name), own.ctypes.data, len(own))
    elif kind in "OUu":
        add_list(frame, name, column.tolist())
    else:
        raise DataError(f"column {name!r} has the type {column.dtype}, which is not read")


PLAIN = {int: "integer", float: "real", str: "text", bool: "truth", type(None): "missing"}


def add_list(frame, name, values):
    """A list of numbers, truth values or texts; None and NaN are missing."""
    kinds = {PLAIN.get(each, "other") for each in set(map(type, values))}
    if "other" in kinds or ("real" in kinds and len(kinds) > 1):
        kinds = set(map(kind_of, values))  # numbers of other types, and NaN beside what is not a number
    held = kinds - {"missing"}
    if "other" in held or (len(held) > 1 and held != {"real", "integer"}):
        raise mixed(name, values)
    key, n = text(name), len(values)
    if "missing" in kinds:
        values = [None if kind_of(value) == "missing" else value for value in values]
    if held == {"text"}:
        call(lib.interlace_frame_add_strings, frame, key, texts(values), n)
    elif held == {"truth"}:
        codes = (c_int32 * n)(*[-1 if value is None else int(value) for value in values])
        call(lib.interlace_frame_add_categorical, frame, key, codes, n, texts(["FALSE", "TRUE"]), 2, False)
    elif held == {"integer"} and all(value is None or -(2**63) < value < 2**63 for value in values):
        call(lib.interlace_frame_add_i64, frame, key, (c_int64 * n)(*[MISSING if value is None else int(value) for value in values]), n)
    else:
        call(lib.interlace_frame_add_f64, frame, key, (c_double * n)(*[float("nan") if value is None else float(value) for value in values]), n)


def mixed(name, values) -> DataError:
    """The error of a column whose values are not of one kind, with the first row that shows it."""
    number = {"integer": "number", "real": "number"}
    kinds = [number.get(kind_of(value), kind_of(value)) for value in values]
    first = next((kind for kind in kinds if kind != "missing"), "other")
    row = next(i for i, kind in enumerate(kinds) if kind == "other" or kind not in (first, "missing"))
    return DataError(
        f"column {name!r} has {values[row]!r} in row {row + 1} (counting from 1), but a column must be all numbers, all truth values or all texts",
        _c.Status.E_DATA, "data", row,
    )  # fmt: skip


def kind_of(value) -> str:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return "missing"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "truth"
    if isinstance(value, int) or hasattr(value, "__index__"):
        return "integer"
    if not hasattr(value, "__float__"):
        return "other"
    return "missing" if value != value else "real"


def n_rows(frame) -> int:
    return lib.interlace_frame_n_rows(frame)


def names(frame) -> list[str]:
    return [string(lib.interlace_frame_column_name, frame, i) for i in range(lib.interlace_frame_n_columns(frame))]


def kind_in(frame, name) -> str | None:
    """What a column holds: real, integer, category or time; None if there is none of that name."""
    index = c_size_t()
    error = _c.Error()
    if lib.interlace_frame_column_index(frame, text(name), byref(index), byref(error)) != 0:
        return None
    return _c.ColumnKind(lib.interlace_frame_column_kind(frame, index.value)).name.lower()


def numbers_of(frame, name):
    """A column of numbers."""
    index, n = c_size_t(), n_rows(frame)
    call(lib.interlace_frame_column_index, frame, text(name), byref(index))
    own = (c_double * n)()
    call(lib.interlace_frame_column_f64, frame, index.value, own, n)
    return own


def free_name(frame, name) -> str:
    """A name like this that no column has."""
    taken = set(names(frame))
    while name in taken:
        name += "."
    return name


def add_numbers(frame, name, values, what):
    """Adds a column of numbers that the user gave beside the data: `what` is the argument's name."""
    from ._arrays import doubles

    own, pointer, length = doubles(values, what)
    if length != n_rows(frame):
        raise ArgumentError(f"{what} has {length} values, but the data have {n_rows(frame)} rows", 1, "argument")
    call(lib.interlace_frame_add_f64, frame, text(name), pointer, length)
    return own
