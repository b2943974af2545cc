"""pass^k: how sure it is that a case is right each time it is run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import comb

from evals.figures import Columns, Figure, Statistic
from evals.statistics.table import Indices, Table

RIGHT = "right"
"""The column that pass^k is computed from: 1 right, 0 not, NaN where a case is not scored."""


def pass_hat(right: npt.NDArray[np.float64], case: Indices, cases: int, runs: int) -> tuple[Table, tuple[Figure, ...]]:
    """pass^k for k = 1 to `runs`: the probability that k runs of a case, picked from its runs, are all right.

    The mean over cases of C(c, k) / C(n, k), with c of a case's n runs right (Yao et al. 2024, "tau-bench", section
    3). A run that is not scored does not count; a case with fewer than k runs says nothing of pass^k.
    """
    scored = ~np.isnan(right)
    n = np.bincount(case[scored], minlength=cases)
    c = np.bincount(case[scored], weights=right[scored] > 0.5, minlength=cases)
    columns = {}
    for k in range(1, runs + 1):
        ways = comb(n, k)
        columns[f"pass_hat_{k}"] = np.divide(comb(c, k), ways, out=np.full(cases, np.nan), where=ways > 0)
    return Table(columns, np.arange(cases), cases), pass_hat_figures(runs)


def pass_hat_figures(runs: int) -> tuple[Figure, ...]:
    return tuple(Figure(f"pass_hat_{k}", _mean(f"pass_hat_{k}")) for k in range(1, runs + 1))


def _mean(name: str) -> Statistic:
    def mean(columns: Columns) -> float:
        defined = columns[name][~np.isnan(columns[name])]
        return float(np.mean(defined)) if len(defined) else float("nan")

    return mean
