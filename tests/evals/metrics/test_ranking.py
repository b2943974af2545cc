from __future__ import annotations

import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics import ranking

grades = st.lists(st.integers(0, 3), min_size=1, max_size=30)


def test_the_first_relevant_place_decides_the_reciprocal_rank() -> None:
    assert ranking.reciprocal_rank_at(10, [0, 0, 1, 1]) == pytest.approx(1 / 3)
    assert ranking.reciprocal_rank_at(2, [0, 0, 1, 1]) == 0


def test_recall_counts_what_was_not_retrieved_too() -> None:
    assert ranking.recall_at(2, [1, 0, 2], relevant=4) == 0.25
    assert ranking.recall_at(10, [1, 0, 2], relevant=4) == 0.5


def test_places_that_are_not_filled_lower_the_precision() -> None:
    assert ranking.precision_at(1, [2, 0]) == 1
    assert ranking.precision_at(4, [2, 0]) == 0.25
    assert ranking.precision_at(1, []) == 0


def test_average_precision_by_hand() -> None:
    assert ranking.average_precision([1, 0, 1], relevant=2) == pytest.approx((1 + 2 / 3) / 2)
    assert ranking.average_precision([1, 0, 1], relevant=4) == pytest.approx((1 + 2 / 3) / 4)


def test_the_gain_of_a_better_document_further_up_is_worth_more() -> None:
    assert ranking.ndcg_at(10, [2, 1], ideal=[1, 2, 0]) == 1
    expected = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert ranking.ndcg_at(10, [1, 2], ideal=[1, 2, 0]) == pytest.approx(expected)


def test_without_a_relevant_document_what_is_a_share_of_them_is_not_defined() -> None:
    assert math.isnan(ranking.recall_at(10, [0, 0], relevant=0))
    assert math.isnan(ranking.average_precision([0, 0], relevant=0))
    assert math.isnan(ranking.ndcg_at(10, [0, 0], ideal=[0, 0]))
    assert ranking.reciprocal_rank_at(10, [0, 0]) == 0


def test_what_retrieves_nothing_scores_nothing() -> None:
    assert ranking.recall_at(10, [], relevant=2) == 0
    assert ranking.average_precision([], relevant=2) == 0
    assert ranking.ndcg_at(10, [], ideal=[1]) == 0
    assert ranking.reciprocal_rank_at(10, []) == 0


@given(retrieved=grades, missed=grades)
def test_every_measure_agrees_with_trec_eval(retrieved: list[int], missed: list[int]) -> None:
    judged = [*retrieved, *missed]
    relevant = int((np.array(judged) > 0).sum())
    if not relevant:
        return
    qrels = {"q": {f"d{number}": grade for number, grade in enumerate(judged)}}
    run = {"q": {f"d{number}": float(-number) for number in range(len(retrieved))}}
    names = ("P@1", "P@5", "R@10", "RR@10", "AP", "nDCG@10")
    measures = [ir_measures.parse_measure(name) for name in names]
    wanted = {str(measure): value for measure, value in ir_measures.calc_aggregate(measures, qrels, run).items()}
    assert {
        "P@1": ranking.precision_at(1, retrieved),
        "P@5": ranking.precision_at(5, retrieved),
        "R@10": ranking.recall_at(10, retrieved, relevant=relevant),
        "RR@10": ranking.reciprocal_rank_at(10, retrieved),
        "AP": ranking.average_precision(retrieved, relevant=relevant),
        "nDCG@10": ranking.ndcg_at(10, retrieved, ideal=judged),
    } == pytest.approx(wanted)
