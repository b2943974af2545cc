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
    # said wrongly: the shopper acts on something untrue
    Gap(
        "an instruction to agents is not told to shoppers",
        ("价保怎么申请",),
        lambda heard: heard.holds_none_of("用户明确提出"),
        store="lamps",
    ),
    # stock and options
    Gap(
        "an option is known by its measure however it is written",
        ("2.5TOG M码有货吗",),
        lambda heard: heard.answers("有货", reason="stock"),
        page="YA-SLP-01",
    ),
    # lists
    Gap("hats are listed, also those titled in English", ("有什么帽子",), lambda h: h.lists("YL-BEN-01", "YL-CAP-01")),
    Gap("a department is listed by a general word", ("有什么鞋子",), lambda heard: heard.lists("YL-RUN-01")),
    Gap("for women narrows a list", ("有没有女款跑鞋",), lambda heard: heard.lists("YL-RUN-02")),
    Gap("below a price narrows a list", ("有没有300元以内的鞋",), lambda heard: heard.lists("YL-CAS-01")),
    Gap("the cheapest is found by price", ("最便宜的跑鞋是哪双",), lambda heard: heard.holds("¥399")),
    Gap("a word inside another is not that word", ("有没有篮球",), lambda heard: heard.holds_none_of("运动袜")),
    Gap(
        "an apple phone is not an apple",
        ("有苹果手机吗",),
        lambda heard: heard.admits_not_knowing(),
    ),
    # comparisons
    Gap(
        "two products are compared on what they state where nothing is asked",
        ("这双鞋和轻汐有什么区别",),
        lambda heard: heard.compares("245 g", "198 g"),
        page="YL-RUN-01",
    ),
    Gap(
        "which costs more is a comparison",
        ("ZL40-S2和TL10-T1哪个贵",),
        lambda heard: heard.compares("¥368.50", "¥159"),
        store="lamps",
    ),
    # follow-ups
    Gap(
        "a question with a measure word of its own is not elliptic",
        ("L码有货吗", "多少片一包"),
        lambda heard: heard.answers("46"),
        page="YA-DIA-01",
    ),
    Gap(
        "a part of a category's name names it",
        ("推车能上飞机吗",),
        lambda heard: heard.answers("54 × 44 × 24 cm"),
    ),
    Gap(
        "the choice made answers the question asked before",
        ("纸尿裤保质期多久", "芽芽 Yaya 云薄拉拉裤"),
        lambda heard: heard.answers("36 个月"),
    ),
    # two requests in one message
    Gap(
        "two requests in one message are both answered",
        ("多少钱，包邮吗",),
        lambda heard: heard.holds("629", "99 元"),
        page="YL-HIK-01",
    ),
    # answers that are there and not found
    Gap(
        "the nearer of two answers is given (special invoice)",
        ("能开专票吗",),
        lambda heard: heard.answers("5 个工作日"),
    ),
    Gap("how long a delivery takes is asked of fruit", ("多久能到",), lambda h: h.answers("1-4 天"), page="SY-CHE-01"),
    Gap("when there will be some is answered", ("什么时候有",), lambda h: h.answers("6 月中旬"), page="SY-LYC-01"),
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
    Gap("a foot length finds its size", ("我脚长26厘米穿多大码",), lambda heard: heard.answers("42"), page="YL-RUN-01"),
    Gap(
        "a question in English finds an answer written in Chinese",
        ("how long is the warranty",),
        lambda heard: heard.answers("2年"),
        page="800001",
        store="lamps",
    ),
    # questions answered by something else
    Gap("labour is not the staff", ("人工费多少",), lambda heard: heard.holds_none_of("22:00")),
    Gap("laughing is no greeting", ("哈哈哈哈",), lambda heard: heard.asks_back()),
    Gap(
        "a wipe that irritates is not answered with diapers",
        ("孩子用了你们的湿巾过敏了怎么办",),
        lambda heard: heard.holds_none_of("云薄纸尿裤"),
    ),
    # wording
    Gap(
        "an option is called in the language of the reply",
        ("Do you have it in black, size 42?",),
        lambda heard: heard.answers("black", reason="stock").is_english(),
        page="YL-RUN-01",
    ),
    Gap(
        "keys are in the language of the reply", ("多大容量",), lambda h: h.holds_none_of("Capacity"), page="YL-BOT-01"
    ),
)


@pytest.mark.parametrize("gap", KNOWN_GAPS, ids=[gap.behaviour for gap in KNOWN_GAPS])
def test_the_gap_is_closed(gap: Gap, demo: Shop, lamps: Shop) -> None:
    shopper = {"demo": demo, "lamps": lamps}[gap.store].visit(gap.page)
    for said in gap.turns[:-1]:
        shopper.asks(said)
    gap.holds(shopper.asks(gap.turns[-1]))
