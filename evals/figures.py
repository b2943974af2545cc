"""Figures: named statistics over the outcomes of a run, computed from columns so that they can be resampled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]
"""One array a measured name; row i of every array belongs to the same outcome."""

Statistic = Callable[[Columns], float]
"""A figure's value over columns. NaN where it is not defined (no case of the kind). The order of rows never matters."""


@dataclass(frozen=True, slots=True)
class Figure:
    """paired: the column compared case by case with a baseline's (0/1: McNemar; numbers: paired bootstrap)."""

    name: str
    statistic: Statistic
    better: Literal["higher", "lower"] = "higher"
    paired: str | None = None
    unit: str = ""
