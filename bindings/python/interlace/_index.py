"""Rows of pandas by their index: what is given beside data is put into the order of their rows, and results of rows have their index."""

from __future__ import annotations

from collections.abc import Mapping

from ._frames import library
from .errors import ArgumentError


def unwrapped(data):
    return data.to_native() if library(data) == "narwhals" else data


def is_series(values) -> bool:
    return library(values) == "pandas" and hasattr(values, "index") and not hasattr(values, "columns")


def index_of(data):
    """The index of the rows of a frame of pandas, or of a dict with Series among its columns; None for other data."""
    data = unwrapped(data)
    if library(data) == "pandas" and hasattr(data, "columns"):
        return data.index
    if isinstance(data, Mapping):
        return next((column.index for column in data.values() if is_series(column)), None)
    return None


def aligned(values, index, what: str):
    """Values for rows with this index: those of a Series go to the rows with their labels, and it must have these and no others. Values without an index
    are in the order of the rows."""
    values = unwrapped(values)
    if index is None or not is_series(values) or values.index.equals(index):
        return values
    if len(values) != len(index):
        raise ArgumentError(f"{what} has {len(values)} values, but the data have {len(index)} rows", 1, "argument")
    if values.index.is_unique and index.is_unique and index.isin(values.index).all():
        return values.reindex(index)
    if values.index.is_unique and index.is_unique:
        stranger = values.index[~values.index.isin(index)][:1].tolist()[0]
        why = f"has the label {stranger!r}, which no row of the data has"
    else:
        why = "has labels that come twice, in another order than those of the data"
    raise ArgumentError(f"the index of {what} {why}: give it the index of the data, or {what}.to_numpy() to take the values in the order of the rows", 1, "argument")
