"""The `desk` part of a store.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.domain.errors import PackRefused
from assistant.domain.hours import Hours
from assistant.domain.ids import StoreId
from assistant.domain.skills import EVERYBODY, Choosing, DeskSettings
from knowledge.readers.store_yaml import read_store_yaml


def desk_of(text: str) -> DeskSettings | None:
    return read_store_yaml(f"name: 听雨\n{text}".encode(), "store.yaml", StoreId("rain")).desk


def test_a_store_without_the_part_has_no_desk_and_an_empty_one_is_enough() -> None:
    assert desk_of("") is None
    assert desk_of("desk: {}") == DeskSettings(groups=(EVERYBODY,))


def test_groups_stand_in_the_order_in_which_they_are_tried() -> None:
    desk = desk_of(
        """
desk:
  groups:
    refunds:
      title: {zh: 售后组, en: Refunds}
      takes: {intents: [aftersale], tiers: [gold]}
      hours: {timezone: Asia/Tokyo, open: {mon: "09:00-18:00"}, holidays: [2027-01-01]}
      overflow: all
      overflow_after: 90
    all: {}
  choose: round_robin
  offer: 30
  high_value: 4999.5
  answers_within: 1 天内
"""
    )
    assert desk is not None
    refunds, everybody = desk.groups
    assert (refunds.name, refunds.title.in_language("en"), refunds.intents) == ("refunds", "Refunds", ("aftersale",))
    assert refunds.hours == Hours("Asia/Tokyo", ((0, "09:00", "18:00"),), (date(2027, 1, 1),))
    assert (refunds.tiers, refunds.overflow, refunds.overflow_after_s) == (("gold",), "all", 90)
    assert (everybody.name, everybody.title.in_language("zh"), everybody.hours) == ("all", "all", None)
    assert (desk.choosing, desk.offer_s, desk.high_value) == (Choosing.ROUND_ROBIN, 30, Decimal("4999.5"))
    assert desk.answers_within is not None
    assert desk.answers_within.in_language("zh") == "1 天内"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("desk:\n  groups:\n    Refunds: {}\n", 4, "Refunds"),
        ("desk:\n  groups:\n    all: {overflow: nobody}\n", 3, "nobody"),
        ("desk:\n  choose: whoever\n", 3, "choose"),
        ("desk:\n  offer: 1\n", 3, "offer"),
        ("desk:\n  high_value: 0\n", 3, "high_value"),
        ("desk:\n  groups:\n    all:\n      takes: {moods: [bad]}\n", 5, "moods"),
        ("desk:\n  groups:\n    all:\n      hours: {open: {someday: '09:00-10:00'}}\n", 5, "someday"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(PackRefused) as caught:
        desk_of(text)
    assert word in str(caught.value)
    assert caught.value.data["row"] == line
