from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.backend import OrderStage
from assistant.domain.understanding import Relation
from assistant.procedures.referents import Condition, Kind, Known, holds
from tests.procedures.referents.said import Teller


def of(teller: Teller, text: str) -> tuple[Condition, ...]:
    return teller.mean.conditions.read(teller.say(text))


@pytest.mark.parametrize(
    ("text", "kind", "negated"),
    [
        ("没发货就取消", Kind.STAGE, False),
        ("要是还没寄出来的话帮我退掉", Kind.STAGE, False),
        ("如果还在路上就催一下", Kind.STAGE, False),
        ("cancel it if it hasn't gone out yet", Kind.STAGE, False),
        ("unless it has already shipped, cancel it", Kind.STAGE, True),
        ("如果不收费就帮我约周五", Kind.FREE, False),
        ("都不要钱的话就装吧", Kind.FREE, False),
        ("if there's a fee, don't book it", Kind.FREE, True),
        ("要是降价了就给我退差价", Kind.CHEAPER, False),
        ("有货的话给我换一个", Kind.IN_STOCK, False),
        ("if it's sold out, leave it", Kind.IN_STOCK, True),
        ("余额够就用卡付", Kind.BALANCE, False),
        ("如果余额不足就用微信", Kind.BALANCE, True),
        ("if possible, on my card", Kind.POSSIBLE, False),
        ("If you can't remove the hat, cancel everything", Kind.POSSIBLE, True),
        ("不行的话就算了", Kind.POSSIBLE, True),
        ("if it takes the whole order with it, leave it", Kind.WHOLE_ORDER, False),
        ("价格合适就下单", Kind.AGREEABLE, False),
        ("没登记过的话帮我登记", Kind.RECORDED, True),
        ("otherwise refund it", Kind.OTHERWISE, True),
        ("if my neighbour likes it, keep it", Kind.UNVERIFIABLE, False),
        ("如果我老婆同意就退", Kind.UNVERIFIABLE, False),
        ("unless you can guarantee it by Friday, cancel it", Kind.UNVERIFIABLE, True),
        ("if not shipped cancel", Kind.STAGE, False),
        ("麻烦如果还没打包就改下地址", Kind.STAGE, False),
        ("如果没发货帮我取消，谢谢", Kind.STAGE, False),
        ("要是尺码不合适就退", Kind.UNVERIFIABLE, False),
        ("if it can't get here by Friday, cancel it", Kind.UNVERIFIABLE, False),
        ("如果不能免费装就不装了", Kind.FREE, True),
        ("要是比当时便宜，就退差价", Kind.CHEAPER, False),
    ],
)
def test_a_condition_is_told_by_its_words(teller: Teller, text: str, kind: Kind, negated: bool) -> None:
    (condition,) = of(teller, text)

    assert (condition.kind, condition.negated) == (kind, negated)


@pytest.mark.parametrize(
    ("text", "relation", "amount", "strict"),
    [
        ("if it's over $250, cancel it", Relation.AT_LEAST, 250, True),
        ("if it costs less than 80 dollars I'll take it", Relation.AT_MOST, 80, True),
        ("如果超过500元就算了", Relation.AT_LEAST, 500, True),
        ("要是300以内就买", Relation.AT_MOST, 300, False),
    ],
)
def test_a_price_in_a_condition_is_told(
    teller: Teller, text: str, relation: Relation, amount: int, strict: bool
) -> None:
    (condition,) = of(teller, text)

    assert condition.kind is Kind.PRICE
    assert condition.relation is relation
    assert condition.amount == amount
    assert condition.strict is strict


@pytest.mark.parametrize(
    "text",
    [
        "can you check if it has shipped",
        "I'm not sure if it fits",
        "查一下发货了没有",
        "我就是要退货",
        "取消订单",
        "it looks as if it was opened",
        "这样的话就算了",
        "please cancel my order",
    ],
)
def test_what_is_no_condition_is_read_as_none(teller: Teller, text: str) -> None:
    assert of(teller, text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "如果取消的话多久退款？",
        "要是退货运费谁出",
        "假如我不要了能退全款吗",
        "如果没买成是什么原因呢",
        "if I return it, how long does the refund take?",
        "What happens if I cancel it now?",
        "would I get my money back if I cancelled?",
        "再这么吵 我就退",
        "if it breaks again I'll return it",
        "能装的话，辅材都有哪些",
        "帮我看看如果换成L码要补多少钱",
        "Suppose I return it, what do you pay me?",
        "what if I want to return it later",
        "我考虑一下要不要退",
        "If the price drops I might buy another one",
        "要是尺码不合适能换吗",
        "退货的话运费谁出",
    ],
)
def test_a_supposition_that_only_asks_or_threatens_requests_nothing(teller: Teller, text: str) -> None:
    assert teller.mean.conditions.hypothetical(teller.say(text))


@pytest.mark.parametrize(
    "text",
    [
        "没发货就取消",
        "如果还没发货，帮我取消",
        "if it hasn't shipped, could you cancel it please?",
        "if it's above $70 please drop it",
        "可以免费上门的话，请帮我约周二",
        "cancel my order",
        "要是有货就给我换一个，没有就退款吧",
        "how long does a refund take?",
        "if you could cancel that would be great",
        "可以的话帮我加急",
        "只要没发货就给我取消",
    ],
)
def test_a_request_under_a_condition_is_no_mere_supposition(teller: Teller, text: str) -> None:
    assert not teller.mean.conditions.hypothetical(teller.say(text))


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("没发货就取消", Known(stage=OrderStage.PAID), True),
        ("没发货就取消", Known(stage=OrderStage.SENT), False),
        ("没发货就取消", Known(), None),
        ("unless it has shipped, cancel it", Known(stage=OrderStage.SENT), False),
        ("if it's over $250, cancel it", Known(price=Decimal(250)), False),
        ("if it's over $250, cancel it", Known(price=Decimal("250.01")), True),
        ("要是300以内就买", Known(price=Decimal(300)), True),
        ("如果免费就约", Known(fee=Decimal(0)), True),
        ("如果免费就约", Known(fee=Decimal(30)), False),
        ("如果免费就约", Known(), None),
        ("余额够就用卡付", Known(balance=Decimal(100), due=Decimal(120)), False),
        ("降价了就退差价", Known(price=Decimal(90), paid=Decimal(100)), True),
        ("if you can't do that, cancel it", Known(possible=False), True),
        ("if my neighbour likes it, keep it", Known(possible=True, stage=OrderStage.PAID), None),
    ],
)
def test_a_condition_holds_by_the_records_or_is_left_open(
    teller: Teller, text: str, known: Known, expected: bool | None
) -> None:
    (condition,) = of(teller, text)

    assert holds(condition, known) is expected


SCRAPS = [
    "if",
    "unless",
    "如果",
    "要是",
    "的话",
    "就",
    "没发货",
    "免费",
    "cancel",
    "it",
    "please",
    ",",
    "，",
    ".",
    "。",
    "over",
    "$300",
    "otherwise",
    "否则",
    "you",
    "can't",
    "not",
    "shipped",
    "取消",
]


@given(words=st.lists(st.sampled_from(SCRAPS), max_size=10), joint=st.sampled_from(("", " ")))
def test_conditions_stand_apart_in_the_text_and_what_is_left_has_its_places(
    teller: Teller, words: list[str], joint: str
) -> None:
    said = teller.say(joint.join(words))
    conditions = teller.mean.conditions.read(said)

    assert len(teller.mean.conditions.without(said.folded)) == len(said.folded)
    for condition, following in pairwise(conditions):
        assert condition.end <= following.start
    assert all(condition.words == said.folded[condition.start : condition.end].strip() for condition in conditions)
