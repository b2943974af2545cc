from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.curves import aurc, calibration_error, reliability, risk_coverage

rows = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.5, 0.9]), st.booleans()), min_size=1, max_size=40)


def test_the_surest_cases_are_answered_first() -> None:
    curve = risk_coverage([0.2, 0.9, 0.6, 0.4], [0, 1, 1, 0])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk.tolist() == pytest.approx([0, 0, 1 / 3, 0.5])
    assert curve.threshold.tolist() == [0.9, 0.6, 0.4, 0.2]


def test_the_area_is_the_mean_risk_over_all_coverages() -> None:
    assert aurc([0.2, 0.9, 0.6, 0.4], [0, 1, 1, 0]) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert aurc([0.9, 0.1], [1, 1]) == 0
    assert aurc([0.9, 0.1], [0, 0]) == 1


def test_confidences_that_say_nothing_give_the_share_that_is_wrong() -> None:
    assert aurc([0.5] * 8, [1, 0, 0, 0, 1, 0, 0, 0]) == pytest.approx(0.75)


def test_sureness_of_wrong_answers_costs_more_than_doubt() -> None:
    assert aurc([0.9, 0.1], [0, 1]) > aurc([0.5, 0.5], [0, 1]) > aurc([0.1, 0.9], [0, 1])


def test_what_has_no_confidence_is_answered_last() -> None:
    curve = risk_coverage([math.nan, 0.0], [0, 1])
    assert curve.risk.tolist() == [0, 0.5]
    assert curve.threshold[-1] == -math.inf


def test_without_a_case_nothing_is_defined() -> None:
    assert math.isnan(aurc([], []))
    assert math.isnan(calibration_error([], []))
    assert math.isnan(calibration_error([math.nan], [1]))
    assert risk_coverage([], []).risk.size == 0


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="of one length"):
        aurc([0.5], [1, 0])


def test_a_share_that_is_as_claimed_is_no_error() -> None:
    assert calibration_error([0.75] * 4, [1, 1, 1, 0]) == pytest.approx(0)
    assert calibration_error([1.0, 1.0, 0.0, 0.0], [1, 1, 0, 0]) == pytest.approx(0)


def test_the_error_is_how_far_off_the_claims_are_on_average() -> None:
    assert calibration_error([0.9] * 2 + [0.3] * 2, [1, 0, 0, 0], bins=2) == pytest.approx((0.4 + 0.3) / 2)
    assert calibration_error([1.0] * 5, [0] * 5) == 1


def test_bins_hold_about_as_many_cases_each() -> None:
    binned = reliability(np.linspace(0, 1, 40), np.ones(40), bins=4)
    assert binned.count.tolist() == [10, 10, 10, 10]
    assert np.all(np.diff(binned.confidence) > 0)


def test_equal_confidences_share_a_bin() -> None:
    binned = reliability([0.5] * 7 + [0.9], [1] * 8, bins=4)
    assert binned.confidence.tolist() == pytest.approx([0.5, 0.9])
    assert binned.count.tolist() == [7, 1]


@given(rows=rows, seed=st.integers(0, 99))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[float, bool]], seed: int) -> None:
    confidence, right = np.array([sure for sure, _ in rows]), np.array([correct for _, correct in rows])
    order = np.random.default_rng(seed).permutation(len(rows))
    assert aurc(confidence[order], right[order]) == pytest.approx(aurc(confidence, right))
    assert calibration_error(confidence[order], right[order]) == pytest.approx(calibration_error(confidence, right))


@given(rows=rows, seed=st.integers(0, 99))
def test_equal_confidences_count_as_in_random_order(rows: list[tuple[float, bool]], seed: int) -> None:
    """The mean over many orders of a curve that breaks ties by order comes close to the one computed."""
    random = np.random.default_rng(seed)
    confidence, wrong = np.array([sure for sure, _ in rows]), np.array([not correct for _, correct in rows])
    areas = []
    for _ in range(600):
        order = np.lexsort((random.random(len(rows)), -confidence))
        areas.append((np.cumsum(wrong[order]) / np.arange(1, len(rows) + 1)).mean())
    margin = 4 * np.std(areas) / math.sqrt(len(areas)) + 1e-9
    assert abs(float(np.mean(areas)) - aurc(confidence, ~wrong)) <= margin + 0.01
