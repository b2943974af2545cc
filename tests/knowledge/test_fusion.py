"""Two scores become one: what stands out on either side stands out in the end, and noise does not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fusion import fuse, standardised

COSINES = st.lists(st.floats(-1, 1), min_size=1, max_size=60)


def test_with_equal_words_meaning_decides_and_the_other_way_round() -> None:
    rising, flat = np.array([0.7, 0.8, 0.9]), np.zeros(3)
    assert list(np.argsort(fuse(rising, flat, ideal=5))) == [0, 1, 2]
    assert list(np.argsort(fuse(flat, rising[::-1], ideal=5))) == [2, 1, 0]


def test_one_common_word_does_not_outweigh_a_clear_meaning() -> None:
    """One candidate of eighty shares one of the question's lesser words; another means the same."""
    dense, lexical = np.full(80, 0.80), np.zeros(80)
    dense[7], lexical[3] = 0.93, 0.6
    assert int(np.argmax(fuse(dense, lexical, ideal=20))) == 7


def test_all_of_the_questions_words_outweigh_a_slightly_better_meaning() -> None:
    dense, lexical = np.full(80, 0.80), np.zeros(80)
    dense[7], lexical[3] = 0.81, 20
    assert int(np.argmax(fuse(dense, lexical, ideal=20))) == 3


def test_the_weight_shifts_between_the_two() -> None:
    dense, lexical = np.array([0.9, 0.7]), np.array([0.0, 9.0])
    assert int(np.argmax(fuse(dense, lexical, ideal=9, lexical_weight=0.0))) == 0
    assert int(np.argmax(fuse(dense, lexical, ideal=9, lexical_weight=1.0))) == 1


def test_nothing_fuses_to_nothing() -> None:
    assert fuse(np.empty(0), np.empty(0), ideal=0).shape == (0,)


@given(COSINES)
def test_standardised_scores_are_centred_keep_their_order_and_stay_finite(scores: list[float]) -> None:
    found = standardised(np.array(scores), least_spread=0.02)
    assert np.isfinite(found).all()
    assert abs(found.mean()) < 1e-6
    order = np.argsort(scores, kind="stable")
    assert (np.diff(found[order]) >= -1e-9).all()


@given(COSINES)
def test_without_a_least_spread_equal_scores_are_zeros(scores: list[float]) -> None:
    assert (standardised(np.full(len(scores), 0.5), least_spread=0) == 0).all()
