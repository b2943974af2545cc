"""Intervals, against values worked out by hand or by another route."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evals.statistics.bootstrap import draws, intervals
from evals.statistics.table import Table


def test_a_case_that_is_drawn_brings_all_its_rows_and_twice_when_drawn_twice() -> None:
    table = Table({"value": np.array([10, 20, 21, 30])}, np.array([0, 1, 1, 2]), 3)
    assert table.draw(np.array([1, 0, 1]))["value"].tolist() == [20, 21, 10, 20, 21]


def test_a_case_without_rows_brings_none() -> None:
    table = Table({"value": np.array([10, 30])}, np.array([0, 2]), 3)
    assert table.draw(np.array([1, 2, 1]))["value"].tolist() == [30]
    assert table.draw(np.array([1, 1]))["value"].tolist() == []


def test_rows_in_any_order_belong_to_their_cases() -> None:
    table = Table({"value": np.array([30, 20, 10, 21])}, np.array([2, 1, 0, 1]), 3)
    assert table.draw(np.array([0, 1, 2]))["value"].tolist() == [10, 20, 21, 30]


def test_columns_of_another_length_than_the_outcomes_are_refused() -> None:
    with pytest.raises(ValueError, match="value"):
        Table({"value": np.array([1, 2])}, np.array([0, 1, 2]), 3)


def test_the_interval_of_a_share_is_that_of_the_binomial_distribution() -> None:
    """The number of successes drawn from 30 of 100 is binomial with n = 100, p = 0.3."""
    right = np.array([1.0] * 30 + [0.0] * 70)
    [interval] = intervals(lambda drawn: [float(right[drawn].mean())], 100, resamples=20_000, seed=1)
    assert interval is not None
    assert interval == pytest.approx((binom.ppf(0.025, 100, 0.3) / 100, binom.ppf(0.975, 100, 0.3) / 100), abs=0.0101)


def test_two_cases_are_drawn_in_all_four_ways() -> None:
    """The mean of 0 and 1 is 0, 1/2, 1/2 or 1, so that 95 % of it reach from 0 to 1."""
    assert {tuple(drawn) for drawn in draws(2, resamples=100, seed=0)} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    values = np.array([0.0, 1.0])
    assert intervals(lambda drawn: [float(values[drawn].mean())], 2) == [(0.0, 1.0)]


def test_what_is_the_same_in_every_case_has_an_interval_of_no_width() -> None:
    assert intervals(lambda drawn: [1.0], 5, resamples=50) == [(1.0, 1.0)]


def test_resamples_in_which_a_figure_is_not_defined_are_left_out_and_all_of_them_give_none() -> None:
    rare = np.array([1.0] + [np.nan] * 3)

    def statistics(drawn: np.ndarray) -> list[float]:  # type: ignore[type-arg]
        defined = rare[drawn][~np.isnan(rare[drawn])]
        return [float(defined.mean()) if len(defined) else float("nan"), float("nan")]

    assert intervals(statistics, 4, resamples=50) == [(1.0, 1.0), None]


def test_one_case_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least two"):
        intervals(lambda drawn: [1.0], 1)


@given(st.integers(2, 50), st.integers(0, 2**32))
def test_the_same_seed_draws_the_same_cases(cases: int, seed: int) -> None:
    once = [drawn.tolist() for drawn in draws(cases, resamples=5, seed=seed)]
    assert once == [drawn.tolist() for drawn in draws(cases, resamples=5, seed=seed)]
    assert all(0 <= index < cases for drawn in once for index in drawn)
    assert all(len(drawn) == cases for drawn in once)
