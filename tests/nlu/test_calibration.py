"""From scores to probabilities, and how examples are held out for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from assistant.nlu.intents.calibration import Curve, best_threshold, folds, sharpness


def test_a_curve_finds_the_probability_that_scores_were_drawn_by() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(2, 3, size=8000)
    wanted = rng.random(8000) < expit(1.5 * scores - 2)
    curve = Curve.fit(scores[wanted], scores[~wanted])
    assert curve is not None
    assert curve.slope == pytest.approx(1.5, abs=0.15)
    assert curve.offset == pytest.approx(-2, abs=0.25)


def test_a_curve_reckons_with_the_share_that_is_to_come() -> None:
    rng = np.random.default_rng(1)
    wanted, others = rng.normal(1, 1, size=500), rng.normal(-1, 1, size=500)
    often, seldom = (Curve.fit(wanted, others, share=share) for share in (0.9, 0.1))
    assert often is not None
    assert seldom is not None
    assert often(np.zeros(1)) > 0.8
    assert seldom(np.zeros(1)) < 0.2


@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=20),
    st.lists(st.floats(-100, 100), min_size=2, max_size=20),
)
def test_a_curve_stays_between_zero_and_one_and_never_falls(wanted: list[float], others: list[float]) -> None:
    curve = Curve.fit(np.array(wanted), np.array(others))
    assert curve is not None
    found = curve(np.linspace(-200, 200, 50))
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_a_single_score_makes_no_curve() -> None:
    assert Curve.fit(np.array([1.0]), np.array([0.0, 0.5])) is None


@pytest.mark.parametrize("factor", [0.6, 1.8, 3.0])
def test_sharpness_is_the_factor_that_classes_were_drawn_by(factor: float) -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(6000, 4))
    target = np.array([rng.choice(4, p=row) for row in softmax(factor * scores, axis=1)])
    assert sharpness(scores, target) == pytest.approx(factor, rel=0.1)


def test_the_threshold_is_where_most_is_found_for_what_is_taken_wrongly() -> None:
    chances = np.array([0.9, 0.8, 0.35, 0.3, 0.2, 0.1])
    wanted = np.array([True, True, True, False, False, False])
    assert 0.3 < best_threshold(chances, wanted) <= 0.35


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_each_example_is_held_out_once_and_each_kind_spread_evenly(strata: list[int]) -> None:
    kinds = np.array(strata)
    parts = list(folds(kinds))
    assert sorted(row for _, part in parts for row in part) == list(range(len(kinds)))
    for rest, part in parts:
        assert not set(rest) & set(part)
        assert len(rest) + len(part) == len(kinds)
    for kind in set(strata):
        counts = [int(np.sum(kinds[part] == kind)) for _, part in parts]
        assert max(counts) - min(counts) <= 1


def test_of_many_examples_only_enough_are_held_out() -> None:
    assert len(list(folds(np.zeros(30_000, dtype=np.intp)))) == 1
