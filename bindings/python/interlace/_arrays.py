"""Arrays of results: numpy's where numpy is there, otherwise lists. Matrices are in column-major order, as the library has them."""

from __future__ import annotations

import functools
import math
from ctypes import byref, c_double, c_int64

from ._library import call


@functools.lru_cache(None)
def numpy():
    """numpy, or None. It is imported when it is first needed."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def filled(shape, function, *arguments, whole=False):
    """The array of numbers (of integers with `whole`) that a function fills, whose last arguments are the array and its length."""
    count = math.prod(shape)
    np = numpy()
    if np is not None:
        out = np.empty(shape, dtype=np.int64 if whole else np.float64, order="F")
        call(function, *arguments, out.ctypes.data, count)
        return out
    own = ((c_int64 if whole else c_double) * count)()
    call(function, *arguments, own, count)
    return nested(list(own), shape)


def nested(values: list, shape):
    """Lists of lists of numbers in column-major order: element (i, j, ..) is [i][j].."""
    if len(shape) == 1:
        return values
    return [nested(values[i :: shape[0]], shape[1:]) for i in range(shape[0])]


def doubles(values, what: str):
    """Real numbers for the library, and a pointer to them: from an array of numpy, a Series, a list, a number for each row."""
    np = numpy()
    if np is not None:
        try:
            own = np.ascontiguousarray(values, dtype=np.float64)
        except (TypeError, ValueError) as failure:
            raise TypeError(f"{what} must be numbers: {failure}") from None
        if own.ndim != 1:
            raise ValueError(f"{what} must be one column of numbers, but its shape is {own.shape}")
        return own, own.ctypes.data, len(own)
    try:
        listed = [float("nan") if value is None else float(value) for value in values]
    except (TypeError, ValueError) as failure:
        raise TypeError(f"{what} must be numbers: {failure}") from None
    own = (c_double * len(listed))(*listed)
    return own, own, len(listed)


def pair(function, *arguments) -> tuple[float, float]:
    """The two numbers that a function writes."""
    first, second = c_double(), c_double()
    call(function, *arguments, byref(first), byref(second))
    return first.value, second.value
