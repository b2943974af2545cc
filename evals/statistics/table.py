"""Columns whose rows belong to cases, so that whole cases can be drawn: all runs and all turns of a case together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from evals.figures import Columns

Indices = npt.NDArray[np.intp]


class Table:
    """`case` says of each row which case it belongs to, as an index below `cases`; a case may have no row.

    The rows are put into the order of the cases. Raises ValueError where columns are not of one length.
    """

    def __init__(self, columns: Columns, case: Indices, cases: int) -> None:
        wrong = {name: len(column) for name, column in columns.items() if len(column) != len(case)}
        if wrong:
            raise ValueError(f"every column needs {len(case)} rows, one an outcome; these have others: {wrong}")
        order = np.argsort(case, kind="stable")
        self.columns: Columns = {name: np.asarray(column)[order] for name, column in columns.items()}
        self.case, self.cases = case[order], cases
        self._counts = np.bincount(case, minlength=cases)
        self._starts = np.cumsum(self._counts) - self._counts

    def draw(self, drawn: Indices) -> Columns:
        """The columns of the drawn cases; a case that was drawn twice has its rows twice."""
        counts = self._counts[drawn]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        return _Drawn(self.columns, np.repeat(self._starts[drawn], counts) + within)


class _Drawn(Mapping[str, npt.NDArray[Any]]):
    """Takes the rows of a column when it is asked for: most statistics read one or two of many columns."""

    def __init__(self, columns: Columns, rows: Indices) -> None:
        self._columns, self._rows = columns, rows
        self._taken: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._taken:
            self._taken[name] = self._columns[name][self._rows]
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
