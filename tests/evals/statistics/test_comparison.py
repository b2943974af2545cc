"""Two runs compared, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Outcome, Verdict
from evals.figures import Columns, Figure
from evals.statistics import CaseChange, Comparison, FigureChange, Incomparable, compare
from evals.statistics.pairing import mcnemar
from tests.evals.runs import of, outcome, result
from tests.evals.scripted_suite import Scripted

SUITE = Scripted()


def figure(comparison: Comparison, name: str) -> FigureChange:
    change = comparison.figure(name)
    assert change is not None
    return change


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (0, 5, 2 / 32),  # both tails of five throws of a coin
        (1, 9, 2 * (1 + 10) / 1024),
        (2, 8, 2 * (1 + 10 + 45) / 1024),
    ],
)
def test_mcnemar_is_the_exact_test_of_a_fair_coin(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)
    assert mcnemar(lost, gained) == pytest.approx(p)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_twice_the_smaller_tail(gained: int, lost: int) -> None:
    n = gained + lost
    tail = sum(comb(n, k) for k in range(min(gained, lost) + 1)) / 2**n
    assert mcnemar(gained, lost) == pytest.approx(min(1.0, 2 * tail))


def test_a_run_against_itself_shows_no_change() -> None:
    run = result({"a": 1, "b": 0, "c": 1})
    comparison = compare(SUITE, run, run, resamples=50)
    assert (comparison.better, comparison.broke, comparison.new, comparison.gone) == ((), (), (), ())
    assert comparison.warnings == ()
    assert {(change.difference, change.finding) for change in comparison.figures} == {(0.0, "same")}
    assert figure(comparison, "right_share").p_value == 1.0


def test_what_got_better_and_what_broke_is_listed_in_the_order_of_the_cases() -> None:
    before = result({"a": 1, "b": 0, "c": 1, "d": 0})
    now = result({"d": 1, "c": 0, "b": 1, "a": 1})
    comparison = compare(SUITE, before, now, resamples=50)
    figures = ("right_share", "wrong_share", "score_mean")
    assert comparison.better == (
        CaseChange("d", figures, "wrong", "right"),
        CaseChange("b", figures, "wrong", "right"),
    )
    assert comparison.broke == (CaseChange("c", figures, "right", "wrong"),)
    change = figure(comparison, "right_share")
    assert (change.baseline, change.now, change.gained, change.lost, change.p_value) == (0.5, 0.75, 2, 1, 1.0)
    fewer_wrong = figure(comparison, "wrong_share")
    assert (fewer_wrong.gained, fewer_wrong.lost) == (2, 1)


def test_a_case_that_crashes_now_broke() -> None:
    now = of([outcome("a", 1), Outcome("b", 0, Verdict.CRASHED, {}, note="RuntimeError: no")])
    [broken] = compare(SUITE, result({"a": 1, "b": 1}), now, resamples=20).broke
    assert (broken.case_id, broken.before, broken.now) == ("b", "right", "crashed")


def test_six_of_six_changed_cases_are_no_chance_and_five_may_be() -> None:
    """2 / 2^6 = 0.03 and 2 / 2^5 = 0.06."""
    for changed, finding in ((6, "better"), (5, "unclear")):
        before = result({str(number): number >= changed for number in range(20)})
        comparison = compare(SUITE, before, result({str(number): 1 for number in range(20)}), resamples=50)
        assert figure(comparison, "right_share").finding == finding
        assert figure(comparison, "wrong_share").finding == finding
        worse = {"better": "worse"}.get(finding, finding)
        back = compare(SUITE, result({str(number): 1 for number in range(20)}), before, resamples=50)
        assert figure(back, "wrong_share").finding == worse


def test_figures_without_right_and_wrong_are_judged_by_the_interval_of_their_difference() -> None:
    scores = np.linspace(0.1, 0.9, 30)
    before = of([outcome(str(number), 1, score=score) for number, score in enumerate(scores)])
    shifted = of([outcome(str(number), 1, score=score - 0.05) for number, score in enumerate(scores)])
    change = figure(compare(SUITE, before, shifted), "score_mean")
    assert change.p_value is None
    assert change.finding == "worse"
    # Every case lost the same, so that the paired interval has no width, however far the scores are from each other.
    assert change.interval == pytest.approx((-0.05, -0.05))
    assert figure(compare(SUITE, before, shifted), "right_share").finding == "same"


def test_repeated_runs_are_compared_by_the_mean_of_each_case_and_not_by_mcnemar() -> None:
    steady = result({"a": [1, 1], "b": [0, 0]})
    assert figure(compare(SUITE, result({"a": 0, "b": 0}), steady, resamples=50), "right_share").p_value is None
    before = result({"a": [1, 1, 0, 0], "b": [1, 1, 1, 1]})
    now = result({"a": [1, 1, 1, 0], "b": [1, 1, 1, 1]})
    comparison = compare(SUITE, before, now, resamples=50)
    change = figure(comparison, "right_share")
    assert (change.gained, change.lost, change.p_value) == (1, 0, None)
    assert comparison.better[0].before == "right 2, wrong 2"
    assert figure(comparison, "pass_hat_2").baseline == pytest.approx((1 / 6 + 1) / 2)


def test_figures_are_compared_on_the_cases_of_both_runs_and_others_are_named() -> None:
    comparison = compare(SUITE, result({"a": 1, "gone": 0}), result({"a": 1, "new": 0}), resamples=20)
    assert (comparison.new, comparison.gone, comparison.cases) == (("new",), ("gone",), 1)
    change = figure(comparison, "right_share")
    assert (change.baseline, change.now, change.interval) == (1.0, 1.0, None)


def test_cases_that_a_figure_does_not_concern_do_not_count_in_its_test() -> None:
    class Partly(Scripted):
        def columns(self, outcomes: Sequence[Outcome]) -> Columns:
            columns = dict(super().columns(outcomes))
            others = np.array([outcome.case_id.startswith("other") for outcome in outcomes])
            columns["right"] = np.where(others, np.nan, columns["right"])
            return columns

    before, now = result({"a": 1, "b": 0, "other": 1}), result({"a": 1, "b": 1, "other": 0})
    change = figure(compare(Partly(), before, now, resamples=20), "wrong_share")
    assert (change.gained, change.lost) == (1, 1)
    better = compare(Partly(), before, now, resamples=20).better
    assert [(case.case_id, "right_share" in case.figures) for case in better] == [("b", True)]


def test_a_figure_that_is_not_the_share_of_its_column_is_not_judged_by_the_test_of_it() -> None:
    """No case of the paired column changed, and the figure did by much."""
    suite = Scripted(figures=(Figure("spread", lambda columns: float(np.mean(columns["score"])), paired="right"),))
    before = of([outcome(str(number), 1, score=0.2) for number in range(10)])
    now = of([outcome(str(number), 1, score=0.6) for number in range(10)])
    change = figure(compare(suite, before, now, resamples=50), "spread")
    assert (change.finding, change.p_value, change.gained) == ("better", None, 0)


def test_a_run_of_another_suite_is_refused() -> None:
    run = result({"a": 1})
    with pytest.raises(Incomparable, match="suite qa"):
        compare(SUITE, replace(run, suite="qa"), run)


def test_runs_without_a_case_in_common_are_refused() -> None:
    with pytest.raises(Incomparable, match="no case in common"):
        compare(SUITE, result({"a": 1}), result({"b": 1}))


def test_differences_of_data_and_of_what_was_asked_for_are_warned_of() -> None:
    before, now = result({"a": 1}, data_hash="d1", seed=1), result({"a": 1}, data_hash="d2", seed=2)
    warnings = compare(SUITE, before, now, resamples=20).warnings
    assert warnings[0].startswith("the data differ")
    assert "seed differs: 1 in the baseline, 2 now" in warnings
