"""The figures of a run: those of the suite, those that all have, and pass^k."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Outcome, Verdict
from evals.figures import Columns
from evals.statistics import describe, measure
from evals.statistics.pass_hat import pass_hat
from tests.evals.scripted_suite import Scripted


def outcome(case_id: str, *, run: int = 0, right: float = 1.0, ms: tuple[float, ...] = (), **more: object) -> Outcome:
    verdict = Verdict.RIGHT if right else Verdict.WRONG
    return Outcome(case_id, run, verdict, {"right": right, "score": right}, milliseconds=ms, **more)  # type: ignore[arg-type]


def test_latency_is_over_turns_and_not_over_cases() -> None:
    """Of 1 ... 10 the median is 5.5; the 95th percentile lies 0.55 of the way from the 9th to the 10th: 9.55."""
    outcomes = [outcome("a", ms=(1, 2, 3, 4, 5, 6, 7, 8, 9)), outcome("b", ms=(10,))]
    figures = measure(Scripted(), outcomes, resamples=20).figures
    assert figures["latency_p50_ms"] == pytest.approx(5.5)
    assert figures["latency_p95_ms"] == pytest.approx(9.55)


def test_a_run_without_turns_has_no_latency() -> None:
    measures = measure(Scripted(), [outcome("a"), outcome("b")], resamples=20)
    assert "latency_p50_ms" not in measures.figures
    assert "latency_p50_ms" not in measures.intervals


def test_cases_are_counted_once_however_often_they_ran_and_tokens_and_cost_are_summed() -> None:
    crash = Outcome("a", 1, Verdict.CRASHED, {})
    outcomes = [
        outcome("a", tokens=5, cost=Decimal("0.1")),
        crash,
        Outcome("a", 2, Verdict.CRASHED, {}),
        outcome("b", tokens=7, cost=Decimal("0.2")),
    ]
    measures = measure(Scripted(), outcomes, runs=3, resamples=20)
    totals = {name: measures.figures[name] for name in ("cases", "crashed", "tokens", "cost")}
    assert totals == {"cases": 2, "crashed": 1, "tokens": 12, "cost": pytest.approx(0.3)}
    assert not totals.keys() & measures.intervals.keys()


def test_a_figure_that_is_not_defined_is_left_out() -> None:
    assert "picture_share" not in measure(Scripted(), [outcome("a"), outcome("b")], resamples=20).figures


def test_runs_of_a_case_are_drawn_together() -> None:
    """Two cases of ten runs each: were runs drawn apart, the interval would be far narrower than 0 to 1."""
    outcomes = [outcome(case_id, run=run, right=right) for case_id, right in (("a", 0), ("b", 1)) for run in range(10)]
    assert measure(Scripted(), outcomes, runs=10).intervals["right_share"] == (0.0, 1.0)


def test_one_case_has_figures_and_no_intervals() -> None:
    measures = measure(Scripted(), [outcome("a", ms=(3.0,))])
    assert measures.figures["right_share"] == 1.0
    assert measures.intervals == {}


def test_pass_hat_k_is_the_share_of_ways_to_pick_k_runs_that_are_all_right() -> None:
    """By hand, with 3 of 4 and 1 of 4 runs right: k=1: (3/4 + 1/4)/2; k=2: (3/6 + 0)/2; k=3: (1/4 + 0)/2; k=4: 0."""
    rows = {"a": (1, 1, 0, 1), "b": (0, 0, 1, 0)}
    outcomes = [
        outcome(case_id, run=run, right=right) for case_id, row in rows.items() for run, right in enumerate(row)
    ]
    figures = measure(Scripted(), outcomes, runs=4, resamples=20).figures
    assert [figures[f"pass_hat_{k}"] for k in (1, 2, 3, 4)] == pytest.approx([0.5, 0.25, 0.125, 0.0])


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=6))
def test_pass_hat_k_is_what_listing_all_picks_gives(rows: list[list[bool]]) -> None:
    right = np.array([float(value) for row in rows for value in row])
    table, figures = pass_hat(right, np.repeat(np.arange(len(rows)), 4), len(rows), 4)
    for k, figure in enumerate(figures, start=1):
        picks = [np.mean([all(pick) for pick in combinations(row, k)]) for row in rows]
        assert figure.statistic(table.columns) == pytest.approx(np.mean(picks))


def test_a_case_that_is_not_scored_says_nothing_of_pass_hat_k() -> None:
    right = np.array([1.0, 1.0, np.nan, np.nan])
    table, figures = pass_hat(right, np.array([0, 0, 1, 1]), 2, 2)
    assert [figure.statistic(table.columns) for figure in figures] == [1.0, 1.0]


def test_pass_hat_k_is_a_figure_of_repeated_runs_only() -> None:
    once = measure(Scripted(), [outcome("a"), outcome("b")], resamples=20)
    assert not any(name.startswith("pass_hat") for name in once.figures)
    assert "pass_hat_2" in describe(Scripted(), runs=2)
    assert "pass_hat_1" not in describe(Scripted(), runs=1)


def test_every_measured_figure_is_described() -> None:
    outcomes = [outcome(case_id, run=run, ms=(1.0,)) for case_id in "ab" for run in range(2)]
    assert measure(Scripted(), outcomes, runs=2, resamples=20).figures.keys() <= describe(Scripted(), runs=2).keys()


@given(st.lists(st.tuples(st.booleans(), st.floats(1, 1000), st.floats(0, 1)), min_size=2, max_size=30), st.randoms())
def test_the_order_of_outcomes_changes_no_bit_of_a_figure_or_interval(
    rows: list[tuple[bool, float, float]], chance: random.Random
) -> None:
    outcomes = [
        Outcome(
            f"case {number // 2}",
            number % 2,
            Verdict.RIGHT,
            {"right": float(right), "score": score},
            milliseconds=(ms,),
        )
        for number, (right, ms, score) in enumerate(rows)
    ]
    shuffled = chance.sample(outcomes, len(outcomes))
    assert measure(Scripted(), outcomes, runs=2, resamples=10) == measure(Scripted(), shuffled, runs=2, resamples=10)


def test_a_suite_whose_columns_miss_an_outcome_is_told_so() -> None:
    class Forgetful(Scripted):
        def columns(self, outcomes: Sequence[Outcome]) -> Columns:
            return super().columns(outcomes[1:])

    with pytest.raises(ValueError, match="every column needs 2 rows"):
        measure(Forgetful(), [outcome("a"), outcome("b")])
