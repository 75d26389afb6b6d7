"""The library for these tests: its functions with the types that include/interlace.json has."""

import ctypes
import json
import os
from ctypes import byref, c_bool, c_char, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_uint64, c_void_p, pythonapi
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
library = ctypes.CDLL(os.environ["INTERLACE_LIBRARY"])
PLAIN = {"void": None, "char": c_char, "double": c_double, "size_t": c_size_t, "bool": c_bool, "int32_t": c_int32, "int64_t": c_int64, "uint64_t": c_uint64}


class Error(ctypes.Structure):
    _fields_ = [("code", c_int32), ("reserved", c_int32), ("position", c_int64), ("message", c_char * 1008)]


assert ctypes.sizeof(Error) == 1024


def declare():
    document = json.loads((ROOT / "include" / "interlace.json").read_text())
    enums = {own["name"] for own in document["enums"]}

    def of(text):
        if text in ("const char *", "char *"):
            return c_char_p
        if text.endswith("*") or text.endswith("_fn"):
            return c_void_p
        return c_int if text in enums else PLAIN[text]

    for own in document["functions"]:
        function = getattr(library, own["name"])
        function.argtypes = [of(parameter["type"]) for parameter in own["parameters"]]
        function.restype = of(own["returns"]["type"])


declare()


class Failure(Exception):
    """What a call said, with its status."""

    def __init__(self, error):
        super().__init__(error.message.decode())
        self.code, self.position = error.code, error.position


def call(name, *arguments):
    """A call that can fail."""
    error = Error()
    if getattr(library, name)(*arguments, byref(error)) != 0:
        raise Failure(error)


capsule_pointer = pythonapi.PyCapsule_GetPointer
capsule_pointer.restype, capsule_pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]
capsule_new = pythonapi.PyCapsule_New
capsule_new.restype, capsule_new.argtypes = ctypes.py_object, [c_void_p, c_char_p, c_void_p]
LMM = 1
KINDS = ("real", "integer", "category", "time")


class Frame:
    """A frame that is freed with this."""

    def __init__(self, pointer):
        self.pointer, self.given = pointer, []

    def __del__(self):
        library.interlace_frame_free(self.pointer)

    @classmethod
    def of(cls, table):
        """From anything that gives a stream: pyarrow, polars, duckdb, pandas."""
        out, capsule = c_void_p(), table.__arrow_c_stream__()
        call("interlace_frame_from_arrow_stream", capsule_pointer(capsule, b"arrow_array_stream"), byref(out))
        return cls(out)

    @classmethod
    def of_batch(cls, batch):
        """From one schema and one array."""
        out, (schema, array) = c_void_p(), batch.__arrow_c_array__()
        pointers = capsule_pointer(schema, b"arrow_schema"), capsule_pointer(array, b"arrow_array")
        call("interlace_frame_from_arrow", *pointers, byref(out))
        return cls(out)

    def __arrow_c_stream__(self, requested_schema=None):
        stream = (c_char * 40)()
        self.given.append(stream)
        call("interlace_frame_to_arrow_stream", self.pointer, stream)
        return capsule_new(ctypes.addressof(stream), b"arrow_array_stream", None)

    @property
    def n_rows(self):
        return library.interlace_frame_n_rows(self.pointer)

    @property
    def names(self):
        count = library.interlace_frame_n_columns(self.pointer)
        return [library.interlace_frame_column_name(self.pointer, i).decode() for i in range(count)]

    def index(self, name):
        out = c_size_t()
        call("interlace_frame_column_index", self.pointer, name.encode(), byref(out))
        return out.value

    def kind(self, name):
        return KINDS[library.interlace_frame_column_kind(self.pointer, self.index(name))]

    def levels(self, name):
        column = self.index(name)
        count = library.interlace_frame_column_n_levels(self.pointer, column)
        return [library.interlace_frame_column_level(self.pointer, column, i).decode() for i in range(count)]

    def is_ordered(self, name):
        return library.interlace_frame_column_is_ordered(self.pointer, self.index(name))

    def values(self, name):
        """Numbers or labels, None where missing."""
        column, n = self.index(name), self.n_rows
        if self.kind(name) == "category":
            texts = (library.interlace_frame_column_string(self.pointer, column, row) for row in range(n))
            return [None if text is None else text.decode() for text in texts]
        if self.kind(name) == "integer":
            out = (c_int64 * n)()
            call("interlace_frame_column_i64", self.pointer, column, out, n)
            return [None if value == -(2**63) else value for value in out]
        out = (c_double * n)()
        call("interlace_frame_column_f64", self.pointer, column, out, n)
        return [None if value != value else value for value in out]

    def make_categorical(self, name):
        call("interlace_frame_make_categorical", self.pointer, name.encode())


def coefficients(formula, data):
    """A linear model's table of coefficients."""
    spec, fit, table = c_void_p(), c_void_p(), c_void_p()
    call("interlace_spec_new", LMM, formula.encode(), byref(spec))
    try:
        call("interlace_fit_new", spec, data.pointer, None, byref(fit))
        call("interlace_fit_table", fit, b"coefficients", 0, None, byref(table))
    finally:
        library.interlace_fit_free(fit)
        library.interlace_spec_free(spec)
    return Frame(table)
