"""Correlation of the residuals of a linear model within groups."""

from __future__ import annotations

from typing import Union


class AR1:
    """Autoregressive: rho^|difference of times|. `time` is a column; None takes the order of the rows. `group` is the grouping factor, by default the
    first of the model."""

    def __init__(self, time: str | None = None, group: str | None = None):
        self.time, self.group = time, group

    def term(self, group: str) -> str:
        return f"ar1({name_of(self.time) if self.time else 1} | {self.group or group})"

    def __repr__(self):
        return f"AR1({self.time!r})"


class CompoundSymmetry:
    """One correlation for all pairs of rows of a group. `time` is not needed."""

    def __init__(self, time: str | None = None, group: str | None = None):
        self.time, self.group = time, group

    def term(self, group: str) -> str:
        return f"cs(1 | {self.group or group})"

    def __repr__(self):
        return "CompoundSymmetry()"


Correlation = Union[str, AR1, CompoundSymmetry]


def name_of(column: str) -> str:
    """A column as a formula has it: in backticks unless it is a plain name."""
    return column if column.replace(".", "_").isidentifier() else f"`{column}`"
