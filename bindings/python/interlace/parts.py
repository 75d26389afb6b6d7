"""Linear models of data in parts: streams larger than memory, and data spread over workers. docs/scale.md says how it works."""

from __future__ import annotations

from ctypes import byref, c_double

from . import _c
from ._frames import bare, frame_of, pointer_of_stream
from ._library import FitHandle, Handle, call, lib
from ._model import Given, options_of, spec_of, variables
from ._watch import Told, Watch
from .linear import CrossedLMEResult


class PlanHandle(Handle):
    NOUN = "plan"
    __slots__ = ()


class AccumulatorHandle(Handle):
    NOUN = "accumulator"
    __slots__ = ()


class Plan:
    """What all parts have in common: the model, and what it learns from a sample of the data, such as its first thousand rows. Plans can be pickled, and sent
    to workers."""

    def __init__(self, formula: str, sample, groups=None, random=None, *, weights: str | None = None, offset: str | None = None, method: str = "REML", **options):
        spec = spec_of(_c.Model.LMM, formula, groups, random)
        given = Given(weights, offset)
        for name, own in (("weights", weights), ("offset", offset)):
            if own is not None and not isinstance(own, str):
                raise TypeError(f"{name} must be the name of a column of each part")
        needed = variables(spec)
        self._columns = None if needed is None else [name for name, _ in needed] + given.names()
        frame = frame_of(sample, self._columns)
        given.give(spec, frame, sample)
        with Watch() as watch:
            own_options = options_of(watch, {"method": method, **options})
            self._handle = PlanHandle.made(lib.interlace_plan_new, spec, own_options)
            call(lib.interlace_plan_learn, self._handle, frame, own_options)

    def accumulator(self, partition: int = 0) -> Accumulator:
        """An accumulator without rows. Each part of the data has a number of its own: parts with the same number are not merged."""
        return Accumulator(AccumulatorHandle.made(lib.interlace_accumulator_new, self._handle, partition), self._columns)

    def __getstate__(self):
        return self._handle.to_bytes(), self._columns

    def __setstate__(self, state):
        own, self._columns = state
        self._handle = PlanHandle.made(lib.interlace_plan_from_bytes, own, len(own))


class Accumulator:
    """Sums over the rows that were added, of a size that does not grow with them. Accumulators can be pickled."""

    def __init__(self, handle, columns):
        self._handle, self._columns = handle, columns

    def add(self, data, *, progress: Told = None) -> Accumulator:
        """Adds the rows of a frame, as `fit` takes it."""
        with Watch(progress) as watch:
            call(lib.interlace_accumulator_add, self._handle, frame_of(data, self._columns), options_of(watch, {}))
        return self

    def add_stream(self, data, *, progress: Told = None) -> Accumulator:
        """Adds the rows of anything with __arrow_c_stream__, such as a RecordBatchReader of pyarrow or a relation of duckdb, of which one batch at a time is
        in memory. If it fails half-way, nothing has been added."""
        capsule = bare(data).__arrow_c_stream__()
        with Watch(progress) as watch:
            call(lib.interlace_accumulator_add_arrow_stream, self._handle, pointer_of_stream(capsule), options_of(watch, {}))
        return self

    def merge(self, other: Accumulator) -> Accumulator:
        """Adds what another accumulator of the same plan has. The order of merging changes no bit of a result."""
        call(lib.interlace_accumulator_merge, self._handle, other._handle)
        return self

    @property
    def n_rows(self) -> int:
        """Rows that are used."""
        return lib.interlace_accumulator_n_rows(self._handle)

    @property
    def n_dropped(self) -> int:
        """Rows that were left out for missing values or weights of zero."""
        return lib.interlace_accumulator_n_dropped(self._handle)

    @property
    def size(self) -> int:
        """Bytes of memory of the sums."""
        return lib.interlace_accumulator_size(self._handle)

    def forecast(self) -> dict[str, float]:
        """What one factorisation of the model would take: bytes of "memory", and "multiplications"."""
        memory, multiplications = c_double(), c_double()
        call(lib.interlace_accumulator_forecast, self._handle, None, byref(memory), byref(multiplications))
        return {"memory": memory.value, "multiplications": multiplications.value}

    def fit(self, *, progress: Told = None, **options) -> CrossedLMEResult:
        """Fits the model to all rows. The result has nothing per row, such as residuals; `predict` has it for each part again."""
        with Watch(progress) as watch:
            handle = FitHandle.made(lib.interlace_accumulator_fit, self._handle, options_of(watch, options))
        result = CrossedLMEResult(handle)
        result.warn(2)
        return result

    def __getstate__(self):
        return self._handle.to_bytes(), self._columns

    def __setstate__(self, state):
        own, self._columns = state
        self._handle = AccumulatorHandle.made(lib.interlace_accumulator_from_bytes, own, len(own))
