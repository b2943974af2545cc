"""Thresholds are as good for the peer as any can be."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from evals.bench.peers.abstaining import abstaining_below, most_fitting, seldom_wrong
from evals.cases import Outcome, Verdict


def answered(*rows: tuple[float, bool, bool]) -> list[Outcome]:
    """Rows of similarity, whether the question is answerable, and whether the answer is right."""
    return [
        Outcome(
            str(number),
            0,
            Verdict.RIGHT if right else Verdict.WRONG,
            {"answerable": answerable, "confidence": similarity},
        )
        for number, (similarity, answerable, right) in enumerate(rows)
    ]


def fitting(outcomes: Sequence[Outcome]) -> int:
    return sum(
        outcome.verdict is Verdict.RIGHT
        or (outcome.verdict is Verdict.ABSTAINED and not outcome.measured["answerable"])
        for outcome in outcomes
    )


def wrong(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.verdict is Verdict.WRONG for outcome in outcomes)


OUTCOMES = answered((0.9, True, True), (0.8, True, False), (0.7, True, True), (0.6, False, False))
ROWS = st.lists(
    st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans(), st.booleans()).map(
        lambda row: (row[0], row[1], row[1] and row[2])  # no answer is right where there is none
    ),
    min_size=1,
    max_size=12,
)


def test_the_best_threshold_parts_what_the_data_answers_from_what_it_does_not() -> None:
    assert most_fitting(OUTCOMES) == 0.7


def test_the_careful_threshold_is_the_lowest_with_so_few_wrong_answers() -> None:
    assert seldom_wrong(OUTCOMES, 2) == 0.6
    assert seldom_wrong(OUTCOMES, 1) == 0.7
    assert seldom_wrong(OUTCOMES, 0) == 0.9


def test_what_was_not_said_counts_as_an_abstention_without_confidence() -> None:
    kept = abstaining_below(0.7, OUTCOMES)
    assert [outcome.verdict for outcome in kept] == [Verdict.RIGHT, Verdict.WRONG, Verdict.RIGHT, Verdict.ABSTAINED]
    assert kept[3].measured["confidence"] == 0
    assert kept[:3] == OUTCOMES[:3]


@given(ROWS, st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]))
def test_no_threshold_is_better_than_the_best(rows: list[tuple[float, bool, bool]], other: float) -> None:
    outcomes = answered(*rows)
    best = abstaining_below(most_fitting(outcomes), outcomes)
    assert fitting(best) >= fitting(abstaining_below(other, outcomes))


@given(ROWS, st.integers(0, 12), st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]))
def test_no_threshold_that_is_as_careful_answers_more(
    rows: list[tuple[float, bool, bool]], most: int, other: float
) -> None:
    outcomes = answered(*rows)
    careful = abstaining_below(seldom_wrong(outcomes, most), outcomes)
    assert wrong(careful) <= most
    rival = abstaining_below(other, outcomes)
    if wrong(rival) <= most:
        assert sum(o.verdict is Verdict.RIGHT for o in careful) >= sum(o.verdict is Verdict.RIGHT for o in rival)
