"""The library for these tests: its functions with the types that include/interlace.json has."""

import contextlib
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


@contextlib.contextmanager
def stream_of(table):
    """A pointer to the stream of a table, which ends with its capsule."""
    capsule = table.__arrow_c_stream__()
    yield capsule_pointer(capsule, b"arrow_array_stream")


@contextlib.contextmanager
def array_of(batch):
    """Pointers to the schema and the array of a batch, which end with their capsules."""
    schema, array = batch.__arrow_c_array__()
    yield capsule_pointer(schema, b"arrow_schema"), capsule_pointer(array, b"arrow_array")


class Owned:
    """An object of the library that is freed with this: `NOUN` is that of its functions."""

    def __init__(self, pointer):
        self.pointer = pointer

    def __del__(self):
        getattr(library, f"interlace_{self.NOUN}_free")(self.pointer)

    @classmethod
    def made(cls, name, *arguments):
        """What a call makes."""
        out = c_void_p()
        call(name, *arguments, byref(out))
        return cls(out)

    def to_bytes(self):
        start, length = c_void_p(), c_size_t()
        call(f"interlace_{self.NOUN}_to_bytes", self.pointer, byref(start), byref(length))
        try:
            return ctypes.string_at(start, length.value)
        finally:
            library.interlace_bytes_free(start)

    @classmethod
    def from_bytes(cls, own):
        return cls.made(f"interlace_{cls.NOUN}_from_bytes", own, len(own))


class Frame(Owned):
    NOUN = "frame"

    def __init__(self, pointer):
        super().__init__(pointer)
        self.given = []

    @classmethod
    def of(cls, table):
        """From anything that gives a stream: pyarrow, polars, duckdb, pandas."""
        with stream_of(table) as stream:
            return cls.made("interlace_frame_from_arrow_stream", stream)

    @classmethod
    def of_batch(cls, batch):
        """From one schema and one array."""
        with array_of(batch) as (schema, array):
            return cls.made("interlace_frame_from_arrow", schema, array)

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


class Spec(Owned):
    NOUN = "spec"

    @classmethod
    def of(cls, formula, weights=None, offset=None, correlation=None):
        spec = cls.made("interlace_spec_new", LMM, formula.encode())
        for name, column in (("weights", weights), ("offset", offset), ("correlation", correlation)):
            if column is not None:
                call(f"interlace_spec_set_{name}", spec.pointer, column.encode())
        return spec


class Plan(Owned):
    NOUN = "plan"

    @classmethod
    def of(cls, spec, sample, *responses):
        """From a frame with some of the rows; of further responses."""
        plan = cls.made("interlace_plan_new", spec.pointer, None)
        for response in responses:
            call("interlace_plan_add_response", plan.pointer, response.encode())
        call("interlace_plan_learn", plan.pointer, sample.pointer, None)
        return plan


class Accumulator(Owned):
    NOUN = "accumulator"

    @classmethod
    def of(cls, plan, partition):
        return cls.made("interlace_accumulator_new", plan.pointer, partition)

    def add(self, frame):
        call("interlace_accumulator_add", self.pointer, frame.pointer, None)

    def add_batch(self, batch):
        with array_of(batch) as (schema, array):
            call("interlace_accumulator_add_arrow", self.pointer, schema, array, None)

    def add_stream(self, table):
        with stream_of(table) as stream:
            call("interlace_accumulator_add_arrow_stream", self.pointer, stream, None)

    def merge(self, other):
        call("interlace_accumulator_merge", self.pointer, other.pointer)

    def fit(self, response=None):
        if response is None:
            return Fit.made("interlace_accumulator_fit", self.pointer, None)
        return Fit.made("interlace_accumulator_fit_response", self.pointer, response.encode(), None)

    @property
    def n_rows(self):
        return library.interlace_accumulator_n_rows(self.pointer)

    @property
    def n_dropped(self):
        return library.interlace_accumulator_n_dropped(self.pointer)

    @property
    def size(self):
        return library.interlace_accumulator_size(self.pointer)


class Fit(Owned):
    NOUN = "fit"

    @classmethod
    def of(cls, spec, frame):
        return cls.made("interlace_fit_new", spec.pointer, frame.pointer, None)

    @property
    def log_likelihood(self):
        return library.interlace_fit_log_likelihood(self.pointer)

    @property
    def criterion(self):
        return library.interlace_fit_criterion(self.pointer)

    @property
    def sigma(self):
        return library.interlace_fit_sigma(self.pointer)

    @property
    def scaled_gradient(self):
        return library.interlace_fit_scaled_gradient(self.pointer)

    @property
    def n_obs(self):
        return library.interlace_fit_n_obs(self.pointer)

    @property
    def theta(self):
        own = (c_double * library.interlace_fit_n_theta(self.pointer))()
        call("interlace_fit_theta", self.pointer, own, len(own))
        return list(own)

    def table(self, name):
        return Frame.made("interlace_fit_table", self.pointer, name.encode(), 0, None)


def coefficients(formula, data):
    """A linear model's table of coefficients."""
    return Fit.of(Spec.of(formula), data).table("coefficients")
