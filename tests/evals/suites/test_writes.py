"""Writes that reached the shop's system, against those that are right."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.suites.writes import compare, fits
from evals.systems import Write

CANCEL = Write("cancel", {"order_id": "W1", "reason": "late"})
REFUND = Write("refund", {"amount": 266})
HANDOFF = Write("transfer_to_human_agents", {})


def test_the_same_writes_in_another_order_are_equal() -> None:
    found = compare([REFUND, CANCEL], [[CANCEL, REFUND]], handed_over=False)
    assert found.equal
    assert (found.gold, found.made) == (2, 2)


def test_a_write_that_was_not_made_is_missing() -> None:
    found = compare([CANCEL], [[CANCEL, REFUND]], handed_over=False)
    assert (found.equal, found.made, found.missing, found.unwanted) == (False, 1, (REFUND,), ())


def test_a_write_that_no_gold_has_is_unwanted_also_when_it_is_one_too_many() -> None:
    assert compare([CANCEL, REFUND], [[CANCEL]], handed_over=False).unwanted == (REFUND,)
    assert compare([CANCEL, CANCEL], [[CANCEL]], handed_over=False).unwanted == (CANCEL,)
    assert compare([CANCEL], [[]], handed_over=False).unwanted == (CANCEL,)


def test_another_argument_makes_another_write() -> None:
    other = Write("cancel", {"order_id": "W2", "reason": "late"})
    found = compare([other], [[CANCEL]], handed_over=False)
    assert (found.missing, found.unwanted) == ((CANCEL,), (other,))


def test_what_the_gold_does_not_tell_may_be_anything() -> None:
    gold = Write("cancel", {"order_id": "W1"})
    assert compare([CANCEL], [[gold]], handed_over=False).equal
    assert not compare([gold], [[CANCEL]], handed_over=False).equal


def test_a_vague_gold_write_does_not_take_the_only_one_that_fits_a_precise_one() -> None:
    vague, precise = Write("cancel", {}), Write("cancel", {"order_id": "W1"})
    done = [Write("cancel", {"order_id": "W1"}), Write("cancel", {"order_id": "W2"})]
    for gold in ([vague, precise], [precise, vague]):
        assert compare(done, [gold], handed_over=False).equal


def test_the_alternative_that_is_nearest_counts() -> None:
    assert compare([REFUND], [[CANCEL], [REFUND]], handed_over=False).equal
    assert compare([], [[CANCEL], []], handed_over=False).equal
    found = compare([], [[CANCEL, REFUND], [CANCEL]], handed_over=False)
    assert found.missing == (CANCEL,)


def test_a_handoff_in_the_gold_must_happen_and_one_that_is_not_fails_nothing() -> None:
    assert compare([], [[HANDOFF]], handed_over=True).equal
    assert not compare([], [[HANDOFF]], handed_over=False).equal
    assert compare([CANCEL], [[CANCEL]], handed_over=True).equal
    assert compare([Write("transfer_to_specialist", {"why": "x"})], [[HANDOFF]], handed_over=False).equal
    assert compare([HANDOFF], [[]], handed_over=False).equal


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (266, 266.0),
        (Decimal("266.00"), 266),
        ("266", 266),
        (266, "266.0"),
        (" W1 ", "W1"),
        (["b", "a"], ["a", "b"]),
        ([{"id": "1", "quantity": 2, "note": "x"}, {"id": "2"}], [{"id": "2"}, {"id": "1", "quantity": 2}]),
        (None, ""),
        ("", ""),
        (True, True),
    ],
)
def test_values_fit_by_what_they_mean(value: object, wanted: object) -> None:
    assert fits(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (267, 266),
        ("010", "10"),
        ("W1", "W2"),
        ("W1", "w1"),
        (["a"], ["a", "b"]),
        (["a", "a"], ["a", "b"]),
        ("ab", ["a", "b"]),
        (None, "x"),
        ("x", ""),
        (1, True),
        (True, 1),
        ({}, {"id": "1"}),
        ("x", {"id": "1"}),
        (None, 0),
        ("many", 3),
    ],
)
def test_values_that_mean_something_else_do_not_fit(value: object, wanted: object) -> None:
    assert not fits(value, wanted)


WRITES = st.lists(
    st.builds(Write, st.sampled_from(["a", "b"]), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2))),
    max_size=5,
)


@given(WRITES, WRITES, st.integers())
def test_the_order_of_writes_and_gold_never_matters(done: list[Write], gold: list[Write], seed: int) -> None:
    found = compare(done, [gold], handed_over=False)
    shuffle = random.Random(seed).sample
    again = compare(shuffle(done, len(done)), [shuffle(gold, len(gold))], handed_over=False)
    assert (again.made, len(again.missing), len(again.unwanted)) == (
        found.made,
        len(found.missing),
        len(found.unwanted),
    )


@given(WRITES)
def test_any_writes_equal_themselves_and_lack_nothing(done: list[Write]) -> None:
    assert compare(done, [done], handed_over=False).equal


@given(WRITES, WRITES)
def test_every_write_is_made_or_missing_and_wanted_or_not(done: list[Write], gold: list[Write]) -> None:
    found = compare(done, [gold], handed_over=False)
    assert found.made + len(found.missing) == found.gold == len(gold)
    assert found.made + len(found.unwanted) == len(done)
