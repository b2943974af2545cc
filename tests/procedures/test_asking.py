"""Which procedures a message asks for in words: requests do, questions and denials do not."""

from __future__ import annotations

import pytest

from assistant.domain.folding import fold
from assistant.procedures.asking import Asking
from tests.procedures.rain_system import procedures

ASKING = Asking()
PROCEDURES = procedures()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("取消订单", ["cancel"]),
        ("請幫我取消這單", ["cancel"]),
        ("我要退货", ["return"]),
        ("帮我开发票，再改地址", ["invoice", "move"]),
        ("改地址，还要开张发票", ["move", "invoice"]),
        ("please cancel it", ["cancel"]),
        ("I want to return the boots and need an invoice", ["return", "invoice"]),
        ("礼品卡余额", ["balance"]),
    ],
)
def test_words_ask_in_the_order_in_which_they_stand(text: str, named: list[str]) -> None:
    assert [each.name for each in ASKING.named(fold(text), PROCEDURES)] == named


@pytest.mark.parametrize(
    "text",
    [
        *("不要取消订单", "先别帮我取消", "我没有取消订单", "don't cancel it", "I do not want to return it"),
        *(
            "订单已经取消",
            "被取消订单了",
            "my order was cancelled",
            "it got cancelled",
            "it has been cancelled already",
        ),
    ],
)
def test_what_is_denied_or_has_happened_asks_for_nothing(text: str) -> None:
    assert not [each.name for each in ASKING.named(fold(text), PROCEDURES)]


@pytest.mark.parametrize(
    "text",
    [
        *("取消订单要收费吗", "怎么退货", "多久能开发票？", "为什么取消订单", "退货运费谁出呢", "can i return it?"),
        *("how do I cancel", "what happens if I cancel?", "is an invoice free"),
    ],
)
def test_a_question_is_no_request(text: str) -> None:
    assert ASKING.asks(fold(text))
    assert not ASKING.named(fold(text), PROCEDURES)


@pytest.mark.parametrize(
    "text",
    [
        "能不能帮我取消订单？",
        "可以帮我开发票吗",
        "麻烦取消一下好吗",
        "could you cancel it?",
        "can you please return it?",
    ],
)
def test_a_polite_question_is_a_request(text: str) -> None:
    assert not ASKING.asks(fold(text))
    assert ASKING.named(fold(text), PROCEDURES)


def test_words_count_only_where_the_shop_has_a_procedure_for_them() -> None:
    without = {name: each for name, each in PROCEDURES.items() if name != "return"}
    assert not ASKING.named(fold("我要退货"), without)


def test_words_within_other_words_do_not_count() -> None:
    assert not ASKING.named("the returning customer uncancelled", PROCEDURES)
