"""What a request keeps of what was said and done before it: wishes, refusals put right, what things were before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.domain.backend import OrderStage
from assistant.domain.folding import fold
from assistant.domain.ids import StoreId
from assistant.domain.procedures import Service
from assistant.procedures.asking import Asking
from assistant.procedures.progress import Way
from assistant.procedures.referents.conditions import Kind
from assistant.turn.counter import Desk
from tests.procedures.rain_system import MEI, in_catalogue, procedures
from tests.procedures.referents.said import Teller, line, order
from tests.procedures.window import NOW, Window, said

NEW = "R2611007"
REFUND = """\
procedure: refund
title: {zh: 退款, en: refund}
words: [退款到, refund to]
slots:
  - {name: order_id, kind: order}
  - {name: to, kind: payment}
rules:
  - name: to_a_gift_card
    holds: to.kind == 'gift_card'
    say: {zh: 只能退到礼品卡。, en: Only to a gift card.}
values:
  amount: order.total
  previous: order.address
confirm: {zh: "订单{{ order.id }}退到{{ to.label }}。", en: "Order {{ order.id }} to {{ to.label }}."}
steps:
  - {name: cancelled, call: order.cancel, with: {order_id: order.id}}
done: {zh: 已退。, en: Done.}
"""


async def test_who_puts_right_what_a_rule_refused_need_not_say_the_rest_again() -> None:
    window = Window(procedures(refund=REFUND))
    refused = await window.asks("refund", f"订单{NEW}退款到银行卡")
    assert (refused.way, said(refused)) == (Way.REFUSED, "只能退到礼品卡。")
    assert refused.aside is not None
    taken = window.engine.take_up(
        window.procedures["refund"], refused.aside, window.told("那就退到礼品卡吧"), window.counter()
    )
    shown = await taken
    assert shown is not None
    assert shown.way is Way.CONFIRMS
    assert NEW in said(shown)


@pytest.mark.parametrize("text", ["好的，知道了", "这把伞有多重？", "我再问一下别的事"])
async def test_what_says_nothing_of_the_refused_takes_nothing_up(text: str) -> None:
    window = Window(procedures(refund=REFUND))
    refused = await window.asks("refund", f"订单{NEW}退款到银行卡")
    assert refused.aside is not None
    told = window.told(text)
    assert await window.engine.take_up(window.procedures["refund"], refused.aside, told, window.counter()) is None
    assert not window.system.writes


async def test_what_was_done_is_remembered_with_what_it_came_to_and_what_was_before() -> None:
    window = Window(procedures(refund=REFUND))
    await window.asks("refund", f"订单{NEW}退款到礼品卡")
    done = await window.says("确认")
    [finished] = done.finished
    assert (finished.procedure, finished.order, finished.values["amount"]) == ("refund", NEW, 79.0)
    assert finished.values["previous"]["line"]


async def test_a_variant_that_is_not_to_be_had_is_told_with_those_nearest() -> None:
    window = Window()
    asked = await window.asks("change", f"订单{NEW}的云檐折叠伞换成藏青大号")
    assert (asked.way, asked.lacking) == (Way.ASKS, True)
    assert said(asked).startswith("云檐折叠伞没有完全符合您要求且有货的款式。")
    assert asked.choices
    assert asked.orders == (NEW,)


async def test_the_choice_stays_the_same_for_who_cannot_tell() -> None:
    window = Window()
    first = await window.asks("change", f"订单{NEW}的云檐折叠伞换成藏青大号")
    assert window.run is not None
    heard = Teller().say(window.run.heard)
    told = replace(window.told("你帮我推荐一个"), earlier=heard)
    again = await window.engine.go_on(window.procedures["change"], window.run, told, window.counter())
    assert again is not None
    assert [choice.label for choice in again.choices] == [choice.label for choice in first.choices]


ASKING = Asking()
PROCEDURES = procedures()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("please change the address", ["move"]),
        ("change the umbrella and change my address", ["change", "move"]),
        ("what's on my gift card? I mean the gift card balance?", ["balance"]),
        ("the gift card balance of a friend was stolen from him yesterday", []),
    ],
)
def test_the_words_that_say_most_tell_what_is_asked_for(text: str, named: list[str]) -> None:
    assert [each.name for each in ASKING.named(fold(text), PROCEDURES)] == named


@pytest.mark.parametrize(("text", "declined"), [("那算了，不取消了", True), ("don't return it after all", True)])
def test_what_shall_not_be_done_is_heard(text: str, declined: bool) -> None:
    assert ASKING.declines(fold(text)) is declined


@pytest.mark.parametrize("text", ["我要取消", "不取消了吗？", "I want to return it"])
def test_a_request_or_a_question_declines_nothing(text: str) -> None:
    assert not ASKING.declines(fold(text))


def test_words_with_a_gap_in_a_condition_are_known_whatever_fills_it() -> None:
    teller = Teller()
    [condition] = teller.mean.conditions.read(teller.say("没有多余的收费的话，就帮我约师傅"))
    assert condition.kind is Kind.FREE


def test_what_is_named_in_an_order_of_another_stage_is_not_taken_for_something_else() -> None:
    teller = Teller()
    orders = [
        order("#A1", line("Lantern")),
        order("#B2", line("Kettle"), stage=OrderStage.DELIVERED),
    ]
    meaning = teller.mean.lines.which(teller.say("I'd like to return the lantern I received"), orders)
    assert [item.line.title for item in meaning.meant] == ["Lantern"]


async def test_a_first_name_alone_identifies_nobody_and_is_no_failure() -> None:
    window = Window(tag="en")
    desk = Desk(None, window.system, {}, window.voice, in_catalogue, Service(), None, NOW, StoreId("rain"))  # type: ignore[arg-type]
    assert not await desk.identify(Teller().say("This is Tom here, my postcode is 310000."))
    assert desk.state.unknown == 0
    assert await desk.identify(Teller().say("It's Tom Reed."))
    assert desk.shopper != MEI
