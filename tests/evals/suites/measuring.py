"""Runs a suite on cases, and tells its figures."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.cases import Case, Outcome, Verdict
from evals.suites.suite import MalformedSuite, Suite
from evals.target import Target


async def outcomes_of(suite: Suite, cases: Sequence[Case], target: Target) -> list[Outcome]:
    async with suite.open(target, cases) as runner:
        outcomes = [await runner(case, run=0) for case in cases]
    for outcome in outcomes:
        json.dumps(dict(outcome.measured), allow_nan=False)  # what a run writes down
    return outcomes


def figures_of(suite: Suite, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures, which are the same in whatever order the outcomes come."""
    columns, shuffled = suite.columns(outcomes), suite.columns(random.Random(7).sample(outcomes, len(outcomes)))
    assert {len(column) for column in columns.values()} == {len(outcomes)}
    figures = {figure.name: figure.statistic(columns) for figure in suite.figures}
    assert {figure.name: figure.statistic(shuffled) for figure in suite.figures} == pytest.approx(figures, nan_ok=True)
    return figures


def defined(figures: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if not math.isnan(value)}


async def measured(suite: Suite, cases: Sequence[Case], target: Target) -> dict[str, float]:
    return figures_of(suite, await outcomes_of(suite, cases, target))


def crashed(case_id: str) -> Outcome:
    """As the runner records a case that raised."""
    return Outcome(case_id, 0, Verdict.CRASHED, {}, note="ValueError")


def faults_of(suite: Suite, data: Path) -> list[tuple[str, str]]:
    with pytest.raises(MalformedSuite) as refused:
        suite.read(data)
    return [(str(fault.place), fault.reason) for fault in refused.value.faults]
