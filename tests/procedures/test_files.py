"""A procedure's file becomes a procedure, or everything that is wrong with it is told, with its line."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.domain.backend import Order, OrderId, OrderStage, ShopperRecord, ShopperRef
from assistant.domain.commerce import Product, Source
from assistant.domain.errors import ProcedureRefused
from assistant.domain.ids import ProductId
from assistant.domain.procedures import ProcedureFile, SlotKind
from assistant.domain.text import LocalText
from assistant.procedures.files import check, load, version_of
from assistant.procedures.records import (
    ORDER_FIELDS,
    PRODUCT_FIELDS,
    SHOPPER_FIELDS,
    order_values,
    product_values,
    shopper_values,
)
from assistant.procedures.shop_checks import Shop
from tests.procedures.shop import CANCEL, INTENTS, TRACK, files, operations

CONFIRM = CANCEL[CANCEL.index("confirm:") : CANCEL.index("steps:")]
SHOP = Shop(intents=INTENTS, operations=operations())


def faults(text: str, shop: Shop) -> list[tuple[int, str]]:
    """Lines and reasons, of a text beside the procedure `track`."""
    told = check(files(tested=text, track=TRACK), shop).faults
    return [(fault.line, fault.text.in_language("en")) for fault in told if fault.file == "procedures/tested.yaml"]


def changed(before: str, after: str) -> str:
    assert before in CANCEL
    return CANCEL.replace(before, after, 1)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_sound_procedure_has_no_faults_and_keeps_all_that_is_written() -> None:
    checked = check(files(cancel=CANCEL, track=TRACK), SHOP)
    assert checked.faults == ()
    cancel, track = checked.refuse()
    assert (cancel.name, track.name) == ("cancel", "track")
    assert cancel.title.in_language("zh") == "取消订单"
    assert cancel.slot("reason").kind is SlotKind.CHOICE
    assert cancel.slot("reason").options[0].means == ("wrong_order",)
    assert [value.name for value in cancel.values] == ["refund", "fee"]
    assert cancel.rules[0].suggest == ("track",)
    assert cancel.steps[1].arguments == (("amount", "results.cancel.owed"),)
    assert load(ProcedureFile("kept", CANCEL)) == cancel


def test_the_version_follows_the_text_and_not_how_its_lines_end() -> None:
    assert version_of(CANCEL) == version_of("\ufeff" + CANCEL.replace("\n", " \r\n") + "\n")
    assert version_of(CANCEL) != version_of(CANCEL.replace("fee", "cost"))


@pytest.mark.parametrize(
    ("before", "after", "where", "said"),
    [
        # YAML and shape
        ("procedure: cancel", "\tprocedure: cancel", "\tprocedure", "Not valid YAML"),
        ("values:\n", "values: &fees\n", "values:", "anchors"),
        ("confirm:\n", "confrim:\n", "confrim", "Did you mean `confirm`"),
        ("kind: choice", "kind: chioce", "kind: chioce", "Did you mean `choice`"),
        ("    kind: choice\n", "", "- name: reason", "`kind` is missing"),
        ("name: reason", "name: the reason", "name: the reason", "small letters"),
        ("title: {zh: 取消订单, en: cancel an order}", "title: cancel", "title: cancel", "in each language"),
        ("fee: \"order.stage == 'paid' ? 1 : 0\"", "fee: [1]", "fee: [1]", "needs a text"),
        ("looks:\n", "slots: []\nlooks:\n", "slots: []", "stands here twice"),
        # languages and names
        (", en: cancel an order", "", "title:", "no text in en"),
        ("zh: 取消订单", 'zh: "取消{{ order.id }}"', "title:", "cannot name values"),
        ("{name: card,", "{name: fee,", "fee: ", "taken by looks"),
        ("{name: card,", "{name: order,", "{name: order,", "meaning of its own"),
        ("{name: refund, call", "{name: cancel, call", "{name: cancel, call: gift", "taken by steps"),
        # expressions
        ("&& order.total > 0", "&& order.total >", "&& order.total >", "too early"),
        ("&& order.total > 0", "&& ordr.total > 0", "holds:", "Did you mean `order`"),
        ("&& order.total > 0", "&& lenght(order.lines) > 0", "&& lenght", "no function `lenght`"),
        ("order.total - fee", "order.total - results.cancel.fee", "refund:", "names `results`"),
        ("order.total - fee", "it.total", "refund:", "names `it`"),
        ("order.total - fee", "order.lines.map(fee, 1)", "refund:", "`fee` has a meaning of its own"),
        ("? 1 : 0", "? refund : 0", "refund:", "need each other"),
        ("amount: results.cancel.owed", "amount: results.refund.owed", "amount: results", "no step before it"),
        # texts
        ("退回{{ order.payment.label }}", "退回{{ order.payment.label", "退回{{", "cannot be read"),
        ("{{ refund | money }}退回", "{{ refnud | money }}退回", "refnud", "Did you mean `refund`"),
        ("{{ refund | money }}退回", "{{ refund | mony }}退回", "mony", "no filter `mony`"),
        ("{{ results.cancel.number }}。", "{{ results.cancle.number }}。", "cancle", "Did you mean `cancel`"),
        ("order.total - fee", "order.totl - fee", "refund:", "Did you mean `total`"),
        ('where: "it.stage in', 'where: "it.stge in', "where:", "Did you mean `stage`"),
        ("退回{{ order.payment.label }}", "退回{{ order_id.ide }}", "order_id.ide", "Did you mean `id`"),
        # the whole
        (CONFIRM, "", "steps:", "`confirm` is needed"),
        ("done: {zh", "# {zh", "procedure:", "`done` is missing"),
        ("kind: order, where", "kind: name, where", "kind: name, where", "means nothing for a slot of kind name"),
        ("kind: order, where", "kind: name, where", "holds:", "names `order`, and the procedure has no order"),
        ("{value: other,", "{value: mistake,", "options:", "a value of its own"),
        ("  - name: reason", "  - {name: size, kind: sku}\n  - name: reason", "name: size", "one of kind product"),
        # the store
        ("intents: [order.cancel]", "intents: [order.cancle]", "intents:", "Did you mean `order.cancel`"),
        ("suggest: [track]", "suggest: [trakc]", "suggest:", "Did you mean `track`"),
        ("title: ", "after: [trakc]\ntitle: ", "after:", "Did you mean `track`"),
        ("suggest: [track]", "instead: refuse", "instead:", "no procedure refuse"),
        ("call: order.cancel", "call: order.cancle", "call: order.cancle", "Did you mean `order.cancel`"),
        ("call: gift_card.read", "call: gift_card.refund", "name: card", "Make it a step"),
        ("with: {order_id: order.id, ", "with: {", "name: cancel,", "needs order_id"),
        ("{order_id: order.id,", "{order: order.id, order_id: order.id,", "name: cancel,", "takes no order"),
        (
            "reason: \"reason == '' ? 'other' : reason\"",
            "reason: \"'changed'\"",
            "name: cancel,",
            "'changed' is not one of",
        ),
        ("amount: results.cancel.owed", "amount: 0 - 5", "amount: 0", "less than the minimum"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(before: str, after: str, where: str, said: str) -> None:
    text = changed(before, after)
    told = faults(text, SHOP)
    assert line_of(text, where) in [line for line, reason in told if said in reason], told


def test_the_fields_that_checks_go_by_are_those_of_the_records() -> None:
    order = Order(OrderId("A1"), ShopperRef("s"), OrderStage.PAID, "", ())
    product = Product(ProductId("P1"), LocalText.one("en", "lamp"), Source("p", "f"))
    assert order_values(order, date(2026, 11, 22)).keys() == ORDER_FIELDS
    assert product_values(product, "en").keys() == PRODUCT_FIELDS
    assert shopper_values(ShopperRecord(ShopperRef("s"))).keys() == SHOPPER_FIELDS


def test_all_that_is_wrong_is_told_at_once_in_both_languages() -> None:
    text = changed("kind: order,", "kind: ordr,").replace("suggest", "sugest").replace("done:", "don:")
    with pytest.raises(ProcedureRefused) as refused:
        check(files(cancel=text, empty="", track=TRACK.replace("{{ order.state }}", "{{ oder.state }}")), SHOP).refuse()
    told = refused.value.data["faults"]
    assert isinstance(told, list)
    assert [fault["file"] for fault in told] == ["procedures/cancel.yaml"] * 3 + ["procedures/empty.yaml"] + [
        "procedures/track.yaml"
    ] * 2
    assert "procedures/track.yaml 第 5 行" in str(refused.value.data["detail_zh"])


def test_two_procedures_share_neither_name_nor_intent() -> None:
    told = check(files(cancel=CANCEL, again=CANCEL, track=TRACK), SHOP).faults
    assert [(fault.file, fault.line) for fault in told] == [("procedures/again.yaml", 1), ("procedures/again.yaml", 3)]


def test_the_store_says_which_languages_a_text_needs() -> None:
    english = TRACK.replace("zh: 查物流, ", "").replace('zh: "订单{{ order.state }}。", ', "")
    assert faults(english.replace("track", "find"), Shop(("en",))) == []
    assert [line for line, _ in faults(english.replace("track", "find"), Shop())] == [2, 5]


def test_without_a_known_system_every_step_counts_as_a_change() -> None:
    read_only = (
        CANCEL[: CANCEL.index("confirm:")] + "steps: [{name: card2, call: gift_card.read, with: {card: order.id}}]\n"
    )
    read_only += "done: {zh: 好了, en: Done}\n"
    assert faults(read_only, SHOP) == []
    assert [reason for _, reason in faults(read_only, Shop()) if "confirm" in reason]


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "a: " + "x" * 70_000, "- " * 3_000, "a: {{ b }}", "\x00", "---\n---\n", "~"]
)
def test_what_is_no_procedure_is_refused(text: str) -> None:
    (told,) = check(files(odd=text), SHOP).faults
    assert told.text.speaks("zh")


@given(some.integers(0, len(CANCEL)), some.integers(0, 12), some.text(alphabet="{}[]:'\",-\n #&*|>ab0", max_size=4))
def test_a_slip_anywhere_is_told_or_harmless(start: int, length: int, typed: str) -> None:
    text = CANCEL[:start] + typed + CANCEL[start + length :]
    with suppress(ProcedureRefused):
        check(files(cancel=text, track=TRACK), SHOP).refuse()
