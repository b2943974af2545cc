"""The figures that every suite has: latency, cases, crashes, tokens and cost; and pass^k where cases run many times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import comb

from evals.cases import Outcome, Verdict
from evals.figures import Columns, Figure, Statistic
from evals.statistics.table import Indices, Table

RIGHT = "right"
"""The column that pass^k is computed from: 1 right, 0 not, NaN where a case is not scored."""


def _percentile(share: float) -> Statistic:
    return lambda columns: float(np.percentile(columns["ms"], share)) if len(columns["ms"]) else float("nan")


def _total(name: str) -> Statistic:
    return lambda columns: float(np.sum(columns[name]))


LATENCY = (
    Figure("latency_p50_ms", _percentile(50), better="lower", unit="ms"),
    Figure("latency_p95_ms", _percentile(95), better="lower", unit="ms"),
)
"""Over turns: each time that the shopper waited."""

TOTALS = (
    Figure("cases", lambda columns: float(len(columns["crashed"])), unit="cases"),
    Figure("crashed", _total("crashed"), better="lower", unit="cases"),
    Figure("tokens", _total("tokens"), better="lower", unit="tokens"),
    Figure("cost", _total("cost"), better="lower"),
)
"""Over cases. `crashed` counts cases that crashed in at least one run. Sums of this run: they have no interval."""


def turns(outcomes: Sequence[Outcome], case: Indices, cases: int) -> Table:
    """One row a turn: how long it took."""
    of = np.repeat(case, [len(outcome.milliseconds) for outcome in outcomes])
    took = [milliseconds for outcome in outcomes for milliseconds in outcome.milliseconds]
    return Table({"ms": np.array(took, dtype=float)}, of, cases)


def totals(outcomes: Sequence[Outcome], case: Indices, cases: int) -> Table:
    """One row a case."""
    crashed, tokens, cost = np.zeros(cases), np.zeros(cases), np.zeros(cases)
    for row, outcome in zip(case, outcomes, strict=True):
        crashed[row] = max(crashed[row], outcome.verdict is Verdict.CRASHED)
        tokens[row] += outcome.tokens
        cost[row] += float(outcome.cost)
    return Table({"crashed": crashed, "tokens": tokens, "cost": cost}, np.arange(cases), cases)


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
