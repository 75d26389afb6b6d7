"""Named numbers and tables with names of rows: pandas' where it is installed, otherwise two small classes."""

from __future__ import annotations

import functools
from collections.abc import Mapping


@functools.lru_cache(None)
def pandas():
    try:
        import pandas
    except ImportError:
        return None
    return pandas


def series(index, values, name=None):
    """Numbers with names."""
    own = pandas()
    return Series(index, values, name) if own is None else own.Series(list(values), index=own.Index(index), name=name, dtype=float)


def frame(index, columns, rows):
    """Rows of numbers with names, and names of columns: `rows` [n][p]. Pairs are names of columns on two levels."""
    own = pandas()
    if own is None:
        return Frame(index, columns, rows)
    pairs = columns and isinstance(columns[0], tuple)
    return own.DataFrame(rows, index=own.Index(index), columns=own.MultiIndex.from_tuples(columns) if pairs else columns)


class Series(Mapping):
    """Numbers with names, in their order: what pandas.Series is where pandas is installed."""

    def __init__(self, index, values, name=None):
        self.index, self.values, self.name = list(index), [float(value) for value in values], name
        self._place = {label: i for i, label in enumerate(self.index)}

    def __getitem__(self, label):
        return self.values[self._place[label]]

    def __iter__(self):
        return iter(self.index)

    def __len__(self):
        return len(self.index)

    def head(self, n=5):
        return Series(self.index[:n], self.values[:n], self.name)

    def to_dict(self):
        return dict(zip(self.index, self.values))

    def __repr__(self):
        return columns_of_text([[str(label) for label in self.index], [format(value, ".6g") for value in self.values]])


class Frame(Mapping):
    """Rows of numbers with names: what pandas.DataFrame is where pandas is installed. A column is a Series."""

    def __init__(self, index, columns, rows):
        self.index, self.columns, self.values = list(index), list(columns), [list(row) for row in rows]

    def __getitem__(self, column):
        if column not in self.columns:
            raise KeyError(column)
        place = self.columns.index(column)
        return Series(self.index, [row[place] for row in self.values], column)

    def __iter__(self):
        return iter(self.columns)

    def __len__(self):
        return len(self.index)

    def head(self, n=5):
        return Frame(self.index[:n], self.columns, self.values[:n])

    def to_dict(self):
        return {column: self[column].to_dict() for column in self.columns}

    def __repr__(self):
        cells = [[""] + [str(label) for label in self.index]]
        for j, column in enumerate(self.columns):
            cells.append([str(column)] + [row[j] if isinstance(row[j], str) else format(row[j], ".6g") for row in self.values])
        return columns_of_text(cells)


def columns_of_text(columns) -> str:
    widths = [max(map(len, column), default=0) for column in columns]
    rows = zip(*columns)
    return "\n".join("  ".join(cell.ljust(width) if j == 0 else cell.rjust(width) for j, (cell, width) in enumerate(zip(row, widths))) for row in rows)
