"""The figures that every suite has: latency, cases, crashes, tokens and cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.cases import Outcome, Verdict
from evals.figures import Figure, Statistic
from evals.statistics.table import Indices, Table


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


def waits_of(outcomes: Sequence[Outcome], case: Indices, cases: int) -> Table:
    """One row a turn: how long it took."""
    of = np.repeat(case, [len(outcome.milliseconds) for outcome in outcomes])
    took = [milliseconds for outcome in outcomes for milliseconds in outcome.milliseconds]
    return Table({"ms": np.array(took, dtype=float)}, of, cases)


def totals_of(outcomes: Sequence[Outcome], case: Indices, cases: int) -> Table:
    """One row a case."""
    crashed, tokens, cost = np.zeros(cases), np.zeros(cases), np.zeros(cases)
    for row, outcome in zip(case, outcomes, strict=True):
        crashed[row] = max(crashed[row], outcome.verdict is Verdict.CRASHED)
        tokens[row] += outcome.tokens
        cost[row] += float(outcome.cost)
    return Table({"crashed": crashed, "tokens": tokens, "cost": cost}, np.arange(cases), cases)
