"""Bootstrap percentile intervals (Efron and Tibshirani 1993, chapter 13), drawn by case.

One draw of cases serves all figures, so that figures over outcomes, over turns and over cases move together and two
runs can be drawn alike. The percentile method and not BCa: the latter's acceleration rests on the jackknife, which
is not consistent for the percentiles of latency and is undefined where all cases agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from evals.statistics.table import Indices

CONFIDENCE = 0.95
RESAMPLES = 1000

Interval = tuple[float, float]


def draws(cases: int, *, resamples: int, seed: int) -> Iterator[Indices]:
    """`resamples` times as many cases as there are, with replacement; the same for the same arguments."""
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        yield generator.integers(cases, size=cases)


def intervals(
    statistics: Callable[[Indices], Sequence[float]], cases: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> list[Interval | None]:
    """The interval of each of the statistics of drawn cases.

    None where a statistic is not defined in any resample; a resample in which it is not defined is left out. Raises
    ValueError for fewer than two cases: there is nothing to draw from.
    """
    if cases < 2:
        raise ValueError(f"an interval needs at least two cases; there are {cases}")
    values = np.array([statistics(drawn) for drawn in draws(cases, resamples=resamples, seed=seed)], dtype=float)
    return [_percentiles(column) for column in values.T]


def _percentiles(values: npt.NDArray[np.float64]) -> Interval | None:
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)
