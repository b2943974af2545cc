"""Behaviour that shoppers expect and the assistant does not show yet, ordered by how much a shopper would mind.

Not collected with the suite. `pytest tests/turn/known_gaps.py` says which gaps are closed: a passing one moves to the
tests, as a sentence about behaviour, and leaves this list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.turn.shopper import Heard, Shop


@dataclass(frozen=True, slots=True)
class Gap:
    """`turns` are said one after the other on `page`; `holds` checks the last reply."""

    behaviour: str
    turns: tuple[str, ...]
    holds: Callable[[Heard], object]
    page: str | None = None
    store: str = "demo"


KNOWN_GAPS: tuple[Gap, ...] = (
    Gap(
        "a part of a category's name names it",
        ("推车能上飞机吗",),
        lambda heard: heard.answers("54 × 44 × 24 cm"),
    ),
    # lists
    Gap("a word inside another is not that word", ("有没有篮球",), lambda heard: heard.holds_none_of("运动袜")),
    # answers that are there and not found
    Gap("how long a delivery takes is asked of fruit", ("多久能到",), lambda h: h.answers("1-4 天"), page="SY-CHE-01"),
    Gap(
        "a colloquial refund question is answered by refunds",
        ("用花呗付的钱几天退回来",),
        lambda heard: heard.answers("3-7"),
    ),
    Gap(
        "a claim that comes late is answered by the rules of fruit",
        ("收到的苹果坏了一半怎么赔", "超过48小时还能赔吗"),
        lambda heard: heard.answers("超过时限不赔"),
    ),
    Gap(
        "the dishwasher is found in the care",
        ("can it go in the dishwasher",),
        lambda h: h.answers("Top rack"),
        "YL-BOT-01",
    ),
    # questions answered by something else
    Gap("labour is not the staff", ("人工费多少",), lambda heard: heard.holds_none_of("22:00")),
    Gap("laughing is no greeting", ("哈哈哈哈",), lambda heard: heard.asks_back()),
    Gap(
        "a wipe that irritates is not answered with diapers",
        ("孩子用了你们的湿巾过敏了怎么办",),
        lambda heard: heard.holds_none_of("云薄纸尿裤"),
    ),
)


@pytest.mark.parametrize("gap", KNOWN_GAPS, ids=[gap.behaviour for gap in KNOWN_GAPS])
def test_the_gap_is_closed(gap: Gap, demo: Shop, lamps: Shop) -> None:
    shopper = {"demo": demo, "lamps": lamps}[gap.store].visit(gap.page)
    for said in gap.turns[:-1]:
        shopper.asks(said)
    gap.holds(shopper.asks(gap.turns[-1]))
