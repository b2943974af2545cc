"""What a part of the bench reports: tables for people, checks against what was promised, data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A promise and what was measured of it, both in words."""

    promise: str
    measured: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One part's results. `about` says in a few sentences what was measured and how."""

    name: str
    title: str
    about: str
    tables: tuple[Table, ...]
    checks: tuple[Check, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> Table:
    return Table(tuple(columns), tuple(tuple(row) for row in rows), title)


def at_most(promise: str, measured: float, most: float, unit: str) -> Check:
    return Check(promise, f"{figure(measured)} {unit}", measured <= most)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    return float(np.quantile(np.asarray(values, dtype=float), share, method="higher"))


def figure(value: float) -> str:
    """A number with the digits that mean something: 1,234, 12.3, 1.23, 0.0123. A count, an int, is given whole."""
    if isinstance(value, int) or abs(value) >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
