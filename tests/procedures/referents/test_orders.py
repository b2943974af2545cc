from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.domain.backend import Order, OrderId, OrderStage, PaymentMethod
from assistant.procedures.referents import How, Meaning, Talk
from assistant.procedures.referents.order_ids import OrderIds
from tests.procedures.referents.said import AUSTIN, PORTLAND, TODAY, Teller, line, order

VISA = PaymentMethod("visa-1", "credit_card", "visa 4242")
GIFT = PaymentMethod("gift-1", "gift_card", "gift card")

DRILL = order(
    "#A100231",
    line("Cordless Drill", 89),
    line("Tool Box", 30),
    stage=OrderStage.DELIVERED,
    placed="2026-06-18",
    to=AUSTIN,
    paid=VISA,
)
LAMP = order("#A100878", line("Floor Lamp", 120), line("Table Fan", 45), placed="2026-11-15", to=PORTLAND, paid=GIFT)
HEATER = order(
    "#A104411",
    line("储水式电热水器60升", 1299),
    stage=OrderStage.SENT,
    state="已发货",
    placed="2026-11-20",
    to=PORTLAND,
    paid=VISA,
)
LAPTOP = order("#A100999", line("Laptop", 999), stage=OrderStage.CANCELLED, placed="2026-10-02", to=PORTLAND, paid=VISA)
ORDERS = (DRILL, LAMP, HEATER, LAPTOP)


def open_(order: Order) -> bool:
    return order.stage is OrderStage.PAID


def of(
    teller: Teller,
    text: str,
    orders: Sequence[Order] = ORDERS,
    *,
    focus: Order | None = None,
    shown: Sequence[Order] = (),
) -> Meaning[Order]:
    talk = Talk([focus.id] if focus else [], [order.id for order in shown])
    return teller.mean.orders.which(teller.say(text), orders, today=TODAY, talk=talk, serves=open_)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cancel order #A100231", DRILL),
        ("Where is A100231?", DRILL),
        ("it's 100878", LAMP),
        ("尾号4411那单帮我催一下", HEATER),
        ("the order ending in 0999", LAPTOP),
        ("cancel the order with the lamp", LAMP),
        ("return the drill please", DRILL),
        ("买热水器那单到哪了", HEATER),
        ("the fan that came with the floor lamp", LAMP),
        ("my most recent order", HEATER),
        ("最近那单取消", HEATER),
        ("刚下的那单不要了", HEATER),
        ("已发货的那个什么时候到", HEATER),
        ("还没发货的那个取消掉", LAMP),
        ("my cancelled order, was it refunded?", LAPTOP),
        ("the order I received last", DRILL),
        ("6月18号买的那个要退", DRILL),
        ("what I ordered on June 18", DRILL),
        ("那个1299的加急", HEATER),
        ("the $999 order", LAPTOP),
        ("the one going to Austin", DRILL),
        ("the parcel headed for Texas", DRILL),
        ("礼品卡付的那单取消", LAMP),
        ("never mind the drill, cancel the floor lamp", LAMP),
        ("取消热水器那单，不是台灯", HEATER),
        ("最贵的那单加急", HEATER),
        ("the most expensive order", HEATER),
    ],
)
def test_words_tell_the_one_order_that_they_fit(teller: Teller, text: str, meant: Order) -> None:
    found = of(teller, text)

    assert [order.id for order in found.meant] == [meant.id], found
    assert found.settled


@pytest.mark.parametrize(
    "text",
    [
        "cancel order #B777123",
        "取消订单998877665544",
        "尾号9999那单退货",
        "cancel the order with the trampoline and the kettle",
        "冰箱那单取消",
        "the order going to Chicago",
        "那个8888的取消",
        "cancel the blender order",
        "my neighbour's order #Z9999999",
    ],
)
def test_an_order_that_is_not_there_is_said_to_be_missing_and_no_other_taken(teller: Teller, text: str) -> None:
    found = of(teller, text)

    assert not found.settled
    assert not found.meant or found.among


def test_an_id_goes_before_what_was_talked_about(teller: Teller) -> None:
    assert of(teller, "#A100878那单我不要了", focus=HEATER).meant == (LAMP,)


def test_this_order_is_the_one_talked_about(teller: Teller) -> None:
    found = of(teller, "这单取消", focus=LAMP)

    assert (found.meant, found.how) == ((LAMP,), How.FOCUS)


@pytest.mark.parametrize("text", ["另外那单", "the other one", "my other order", "不是台灯的那个", "not the lamp one"])
def test_the_other_order_is_not_the_one_talked_about(teller: Teller, text: str) -> None:
    lamp = order("#1", line("Desk Lamp 台灯"))
    rug = order("#2", line("Wool Rug"))

    assert of(teller, text, (lamp, rug), focus=lamp).meant == (rug,)


@pytest.mark.parametrize("text", ["cancel all my orders", "所有订单都取消", "每个订单都加急", "every order please"])
def test_all_orders_are_meant_whether_they_can_be_served_or_not(teller: Teller, text: str) -> None:
    assert {order.id for order in of(teller, text).meant} == {order.id for order in ORDERS}


def test_all_that_wait_to_be_sent_leaves_out_the_others(teller: Teller) -> None:
    second = order("#A200001", line("Wool Rug"))

    for text in ("drop all my unshipped orders", "所有没发货的订单都取消"):
        assert {order.id for order in of(teller, text, (*ORDERS, second)).meant} == {LAMP.id, second.id}


def test_each_of_those_told_or_shown_is_meant_where_it_is_said(teller: Teller) -> None:
    rug = order("#A200001", line("Wool Rug"), stage=OrderStage.UNPAID)
    several = (*ORDERS, rug)

    assert {order.id for order in of(teller, "没发货的都取消", several).meant} == {LAMP.id, rug.id}
    assert {order.id for order in of(teller, "cancel everything that hasn't shipped", several).meant} == {
        LAMP.id,
        rug.id,
    }
    assert {order.id for order in of(teller, "没付款和没发货的都取消", several).meant} == {LAMP.id, rug.id}
    assert of(teller, "这几单都取消", shown=(LAMP, DRILL)).meant == (LAMP, DRILL)


def test_of_orders_without_days_none_is_the_newest(teller: Teller) -> None:
    one, other, old = (
        order("#1", line("Rug")),
        order("#2", line("Mat")),
        order("#3", line("Pan"), stage=OrderStage.SENT),
    )

    found = of(teller, "cancel my most recent order", (one, other, old), focus=old)

    assert (found.meant, found.among) == ((), (one, other))


def test_both_means_two_or_asks(teller: Teller) -> None:
    rug = order("#A200001", line("Wool Rug"))

    assert len(of(teller, "cancel both orders", (LAMP, rug)).meant) == 2
    assert len(of(teller, "两单都取消", (DRILL, LAMP, rug)).meant) == 2, "the two that can be cancelled"
    assert not of(teller, "两单都取消", (DRILL, LAMP, HEATER)).meant


def test_a_place_in_the_list_shown_tells_one(teller: Teller) -> None:
    shown = (HEATER, DRILL, LAMP)

    assert of(teller, "第二单", shown=shown).meant == (DRILL,)
    assert of(teller, "the third one", shown=shown).meant == (LAMP,)
    assert of(teller, "2", shown=shown).meant == (DRILL,)


def test_words_that_leave_several_offer_a_choice(teller: Teller) -> None:
    one, other = order("#1", line("Desk Lamp")), order("#2", line("Floor Lamp"))

    found = of(teller, "cancel the order with the lamp", (one, other))

    assert found.among == (one, other)
    assert not found.meant


def test_of_several_left_by_the_words_the_one_that_can_be_served_is_likely(teller: Teller) -> None:
    old = order("#1", line("Desk Lamp"), stage=OrderStage.DELIVERED)
    new = order("#2", line("Floor Lamp"))

    found = of(teller, "cancel the lamp", (old, new))

    assert (found.meant, found.how) == ((new,), How.LIKELY)


def test_what_can_be_served_never_goes_against_the_words(teller: Teller) -> None:
    assert of(teller, "cancel the drill").meant == (DRILL,)


def test_without_a_word_the_only_order_is_taken_as_such(teller: Teller) -> None:
    found = of(teller, "I'd like to cancel", (LAMP,))

    assert (found.meant, found.how) == ((LAMP,), How.ONLY)


def test_a_stage_in_a_condition_picks_no_order(teller: Teller) -> None:
    assert of(teller, "要是还没发货，这单就取消", focus=HEATER).meant == (HEATER,)


def test_what_an_item_shall_be_like_names_no_order(teller: Teller) -> None:
    first = order("#1", line("Grill"), stage=OrderStage.DELIVERED)
    second = order("#2", line("Grill"))

    found = of(teller, "swap the grill I just bought for the same kind as the one that was delivered", (first, second))

    assert found.meant == (second,)


def test_where_an_order_shall_go_is_not_where_it_goes(teller: Teller) -> None:
    assert of(teller, "send my order to Austin instead", (DRILL, LAMP)).meant == (LAMP,)


def test_items_named_together_are_in_one_order_unless_they_are_said_to_be_in_several(teller: Teller) -> None:
    both = order("#1", line("Bookshelf"), line("Jigsaw Puzzle"))
    only = order("#2", line("Bookshelf"))

    assert of(teller, "cancel the bookshelf and the puzzle", (both, only)).meant == (both,)
    assert of(
        teller, "I don't want all the puzzles and the bookshelves any more, they're in separate orders", (both, only)
    ).meant == (
        both,
        only,
    )


@pytest.mark.parametrize(
    "text", ["change my phone number", "改一下手机号", "约个安装，周五来", "what is your return policy?", "我要投诉"]
)
def test_words_of_other_matters_name_no_order(teller: Teller, text: str) -> None:
    phone = order("#9", line("Smartphone 手机"), stage=OrderStage.DELIVERED)

    assert of(teller, text, (phone, LAMP, HEATER)).how in (How.LIKELY, How.UNTOLD)


def test_of_two_matters_in_one_message_each_has_its_own_orders(teller: Teller) -> None:
    said = teller.say("return the drill and cancel the floor lamp")

    def meant(doing: str) -> tuple[Order, ...]:
        return teller.mean.orders.which(said, ORDERS, today=TODAY, serves=open_, doing=doing).meant

    assert (meant("return"), meant("cancel")) == ((DRILL,), (LAMP,))


SCRAPS = """
drop all my unshipped orders order the other one lamp drill fan not except both #A100231 A100878 4411 last newest first
second 取消 所有 订单 没发货的 那单 另外那单 刚才 热水器 不是 除了 两个都 尾号 6月18号买的 1299的那个 Austin
"""
WORDS = st.lists(st.sampled_from(SCRAPS.split()), max_size=9)


@settings(max_examples=60)
@given(words=WORDS, orders=st.permutations(ORDERS), focus=st.sampled_from((None, *ORDERS)))
def test_only_orders_given_come_out_whatever_is_said_and_their_list_may_stand_in_any_order(
    teller: Teller, words: list[str], orders: list[Order], focus: Order | None
) -> None:
    found = of(teller, " ".join(words), orders[:3], focus=focus)
    again = of(teller, " ".join(words), sorted(orders[:3], key=lambda order: order.id), focus=focus)

    known = {order.id for order in orders[:3]}
    assert {order.id for order in (*found.meant, *found.among)} <= known
    assert not {order.id for order in found.meant} & {order.id for order in found.among}
    assert found == again


@settings(max_examples=30)
@given(number=st.integers(min_value=10**7, max_value=10**9))
def test_the_number_of_an_order_that_is_not_theirs_means_none_of_theirs(teller: Teller, number: int) -> None:
    found = of(teller, f"cancel order #{number}")

    assert not found.meant
    assert found.missing


def test_nothing_is_meant_where_there_are_no_orders(teller: Teller) -> None:
    for text in ("cancel my last order", "所有订单", "the other one", "第一单", ""):
        found = of(teller, text, ())
        assert not found.meant
        assert not found.among


def test_an_order_id_is_never_taken_from_a_longer_number(teller: Teller) -> None:
    found = teller.mean.orders.which(teller.say("cancel order #A1002319"), ORDERS, today=TODAY, serves=open_)

    assert OrderId("#A100231") not in {order.id for order in found.meant}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("取消订单K100", ["K100"]),
        ("cancel order k100 please", ["K100"]),
        ("cancel A-7", ["A-7"]),
        ("取消订单12", ["12"]),
        ("order #12", ["12"]),
        ("I want 12 pairs", []),
        ("K1001 please", []),
    ],
)
def test_the_id_of_an_own_order_is_known_whatever_its_shape(teller: Teller, text: str, ids: list[str]) -> None:
    orders = (order("K100"), order("12"), order("A-7"))

    assert [one.id for one in OrderIds.named(teller.say(text), orders)] == ids
