from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score

from evals.metrics.classification import auroc, f1_of_labels, macro_f1, micro_f1, share

shapes = st.tuples(st.integers(1, 12), st.integers(2, 5))
pairs = shapes.flatmap(lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape)))


def flags(*rows: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.array([[mark == "x" for mark in row] for row in rows])


def test_a_score_that_tells_the_two_kinds_apart_has_an_area_of_one() -> None:
    assert auroc([0.1, 0.2, 0.8], [False, False, True]) == 1
    assert auroc([0.9, 0.8, 0.2], [False, False, True]) == 0


def test_an_equal_score_counts_half() -> None:
    assert auroc([0.5, 0.5, 0.5, 0.5], [True, False, True, False]) == 0.5
    assert auroc([0.5, 0.5, 0.1], [True, False, False]) == 0.75


@pytest.mark.parametrize("positive", [[True, True], [False, False], []])
def test_with_one_kind_of_case_there_is_no_area(positive: list[bool]) -> None:
    assert math.isnan(auroc([0.1, 0.2][: len(positive)], positive))


def test_a_label_that_nobody_speaks_of_does_not_count() -> None:
    gold, predicted = flags("x..", ".x.", "x.."), flags("x..", "x..", "x..")
    assert f1_of_labels(gold, predicted).tolist() == pytest.approx([0.8, 0, math.nan], nan_ok=True)
    assert macro_f1(gold, predicted) == pytest.approx(0.4)
    assert micro_f1(gold, predicted) == pytest.approx(2 / 3)


def test_a_case_may_have_several_labels_or_none() -> None:
    gold, predicted = flags("xx", "..", ".x"), flags("x.", ".x", ".x")
    assert f1_of_labels(gold, predicted).tolist() == pytest.approx([1, 0.5])
    assert micro_f1(gold, predicted) == pytest.approx(2 / 3)


def test_without_a_label_there_is_no_f1() -> None:
    nothing = flags("..", "..")
    assert math.isnan(macro_f1(nothing, nothing))
    assert math.isnan(micro_f1(nothing, nothing))


def test_a_share_leaves_out_what_is_not_defined() -> None:
    assert share([1, 0, math.nan]) == 0.5
    assert math.isnan(share([]))
    assert math.isnan(share([math.nan]))


@given(pair=pairs)
def test_f1_agrees_with_scikit_learn(pair: tuple[np.ndarray, np.ndarray]) -> None:
    gold, predicted = pair
    if not (gold | predicted).any():
        return
    named = np.flatnonzero((gold | predicted).any(axis=0))
    wanted = f1_score(gold, predicted, average="macro", labels=named, zero_division=0)
    assert macro_f1(gold, predicted) == pytest.approx(wanted)
    assert micro_f1(gold, predicted) == pytest.approx(f1_score(gold, predicted, average="micro", zero_division=0))
