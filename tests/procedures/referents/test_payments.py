from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.domain.backend import PaymentMethod
from assistant.procedures.referents import Ways
from tests.procedures.referents.said import Teller

GIFT = PaymentMethod("g", "gift_card", "gift card")
VISA = PaymentMethod("v", "credit_card", "visa 4242")
MASTER = PaymentMethod("m", "credit_card", "mastercard 5100")
PAYPAL = PaymentMethod("p", "paypal", "PayPal")
WECHAT = PaymentMethod("w", "微信", "微信支付")
E_CARD = PaymentMethod("e", "京东E卡", "京东E卡")
ALL = (GIFT, VISA, MASTER, PAYPAL)


def of(
    teller: Teller, text: str, methods: Sequence[PaymentMethod] = ALL, original: PaymentMethod | None = VISA
) -> Ways:
    return teller.mean.payments.which(teller.say(text), methods, original=original)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("refund it to my GC", GIFT),
        ("the visa card", VISA),
        ("on my mastercard please", MASTER),
        ("the card ending in 5100", MASTER),
        ("use paypal", PAYPAL),
        ("refund whatever I paid with", VISA),
        ("the original payment method", VISA),
        ("原路退回", VISA),
        ("the other card", MASTER),
        ("not the gift card, PayPal please", PAYPAL),
    ],
)
def test_a_way_to_pay_is_told_by_its_kind_its_make_or_its_use(teller: Teller, text: str, meant: PaymentMethod) -> None:
    assert of(teller, text).first.meant == (meant,)


@pytest.mark.parametrize(
    ("text", "meant"), [("用E卡付", E_CARD), ("礼品卡付吧", E_CARD), ("微信", WECHAT), ("微信支付", WECHAT)]
)
def test_chinese_ways_to_pay_are_told(teller: Teller, text: str, meant: PaymentMethod) -> None:
    assert of(teller, text, (E_CARD, WECHAT)).first.meant == (meant,)


def test_ways_for_want_of_another_come_in_their_order(teller: Teller) -> None:
    for text in ("first my gift card, or else PayPal", "退到礼品卡，不行就paypal"):
        assert [way.meant for way in of(teller, text).wanted] == [(GIFT,), (PAYPAL,)]


def test_several_cards_are_a_choice(teller: Teller) -> None:
    first = of(teller, "my credit card").first

    assert (first.meant, set(first.among)) == ((), {VISA, MASTER})


def test_a_card_that_the_shopper_has_not_is_missing_and_no_other_taken(teller: Teller) -> None:
    first = of(teller, "on my amex credit card").first

    assert not first.meant
    assert first.missing


def test_nothing_else_is_said_to_do(teller: Teller) -> None:
    assert of(teller, "just the gift card, nothing else").only
    assert not of(teller, "use paypal, and only return the lamp").only


@pytest.mark.parametrize("text", ["cancel my order", "I moved to a new place", "微小的划痕", "the lamp can stay"])
def test_words_of_other_matters_name_no_way_to_pay(teller: Teller, text: str) -> None:
    assert not of(teller, text).told


def test_any_way_will_do(teller: Teller) -> None:
    assert of(teller, "whichever, I don't care").any
