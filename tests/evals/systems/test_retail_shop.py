"""The system of a shop in the form of tau2 retail: what calls do, and what its policy refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.errors import InvalidInput, NotFound, OperationRefused, PackRefused
from evals.systems import RecordingBackend
from evals.systems.recording import Write
from evals.systems.tau2_retail import load
from tests.evals.systems.retail_shop import ADA, BENS, CARD, DELIVERED, GIFT, PAYPAL, PENDING, SENT, write_retail_shop

ME = ShopperRef(ADA)
ELSEWHERE = {"address1": "2 Hill", "address2": "", "city": "Oban", "state": "SC", "country": "UK", "zip": "20002"}


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], RecordingBackend]:
    return load(write_retail_shop(tmp_path))


@pytest.fixture
def shop(fresh: Callable[[], RecordingBackend]) -> RecordingBackend:
    return fresh()


async def call(shop: RecordingBackend, operation: str, **arguments: Any) -> Mapping[str, Any]:
    key = f"{operation} {arguments}"
    return await shop.call(operation, arguments, shopper=ME, idempotency_key=key)


async def gift_card(shop: RecordingBackend) -> Decimal:
    [balance] = await shop.balances(ME)
    return balance.amount.amount


async def refused(shop: RecordingBackend, operation: str, **arguments: Any) -> object:
    """The code it is refused with; nothing is changed by it."""
    before, card = await shop.orders(ME), await gift_card(shop)
    with pytest.raises(OperationRefused) as refusal:
        await call(shop, operation, **arguments)
    assert (await shop.orders(ME), await gift_card(shop), shop.writes) == (before, card, [])
    return refusal.value.data["reason"]


@pytest.mark.parametrize(
    ("particulars", "found"),
    [
        ({"email": "ADA@example.com"}, ADA),
        ({"name": "ada  STONE", "postcode": "10001"}, ADA),
        ({"email": "ada@example.com", "name": "Ada Stone"}, ADA),
        ({"email": "ada@example.com", "name": "Ben Stone"}, None),
        ({"name": "Ada Stone"}, None),
        ({"postcode": "10001"}, None),
        ({"name": "Stone", "postcode": "10001"}, None),
        ({"email": ""}, None),
        ({"email": "ada@example.com", "shoe size": "9"}, None),
        ({}, None),
    ],
)
async def test_a_shopper_is_known_by_all_that_they_say_if_it_is_enough(
    shop: RecordingBackend, particulars: dict[str, str], found: str | None
) -> None:
    record = await shop.identify(particulars)
    assert (record.id if record else None) == found


async def test_records_are_read_in_the_shops_words_and_in_common_ones(shop: RecordingBackend) -> None:
    orders = await shop.orders(ME)
    assert [(order.id, order.stage) for order in orders] == [
        (SENT, OrderStage.SENT),
        (DELIVERED, OrderStage.DELIVERED),
        (PENDING, OrderStage.PAID),
    ]
    pending = orders[-1]
    assert pending.lines[0].options == (("color", "blue"),)
    assert (str(pending.total), pending.payment.kind if pending.payment else "") == ("$40.60", "gift_card")
    assert [parcel.number for parcel in await shop.shipments(ME, OrderId(SENT))] == ["T1"]
    assert [method.label for method in (await shop.shopper(ME)).payment_methods] == ["visa 4242", "gift card", "paypal"]


async def test_cancelling_gives_the_money_back_the_way_it_came(shop: RecordingBackend) -> None:
    await call(shop, "cancel_pending_order", order_id=PENDING, reason="no longer needed")
    assert (await shop.order(ME, OrderId(PENDING))).stage is OrderStage.CANCELLED
    assert await gift_card(shop) == Decimal("55.6")
    assert shop.writes == [Write("cancel_pending_order", {"order_id": PENDING, "reason": "no longer needed"})]


async def test_only_two_reasons_are_good_enough_to_cancel(shop: RecordingBackend) -> None:
    with pytest.raises(InvalidInput):
        await call(shop, "cancel_pending_order", order_id=PENDING, reason="found it cheaper")


async def test_addresses_of_orders_and_of_the_account_change_apart(shop: RecordingBackend) -> None:
    await call(shop, "modify_pending_order_address", order_id=PENDING, **ELSEWHERE)
    address = (await shop.order(ME, OrderId(PENDING))).address
    assert (address.city if address else "") == "Oban"
    account = (await shop.shopper(ME)).address
    assert (account.city if account else "") == "Leith"
    await call(shop, "modify_user_address", **ELSEWHERE)
    account = (await shop.shopper(ME)).address
    assert (account.city if account else "") == "Oban"
    assert shop.writes[1] == Write("modify_user_address", {"user_id": ADA, **ELSEWHERE})


async def test_another_way_to_pay_takes_the_money_and_gives_back_the_other(shop: RecordingBackend) -> None:
    await call(shop, "modify_pending_order_payment", order_id=PENDING, payment_method_id=PAYPAL)
    assert await gift_card(shop) == Decimal("55.6")
    history: Any = (await shop.order(ME, OrderId(PENDING))).fields["payment_history"]
    assert [entry["transaction_type"] for entry in history] == ["payment", "payment", "refund"]


async def test_items_of_a_pending_order_change_once_and_the_difference_is_paid(shop: RecordingBackend) -> None:
    change = {"order_id": PENDING, "item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": GIFT}
    assert (await call(shop, "modify_pending_order_items", **change))["price_difference"] == Decimal("10.25")
    assert await gift_card(shop) == Decimal("4.75")
    order = await shop.order(ME, OrderId(PENDING))
    assert (order.state, order.lines[0].sku_id, str(order.total)) == ("pending (items modified)", "1002", "$50.85")
    for operation, arguments in (
        ("modify_pending_order_items", {**change, "item_ids": ["1002"], "new_item_ids": ["1001"]}),
        ("cancel_pending_order", {"order_id": PENDING, "reason": "no longer needed"}),
        ("modify_pending_order_address", {"order_id": PENDING, **ELSEWHERE}),
    ):
        with pytest.raises(OperationRefused, match="not pending"):
            await call(shop, operation, **arguments)


async def test_a_cheaper_item_gives_money_back(shop: RecordingBackend) -> None:
    change = {"order_id": PENDING, "item_ids": ["1001"], "new_item_ids": ["1004"], "payment_method_id": GIFT}
    await call(shop, "modify_pending_order_items", **change)
    assert await gift_card(shop) == Decimal("19.6")


async def test_a_return_is_requested_and_refunded_the_way_it_was_paid_or_to_a_gift_card(
    fresh: Callable[[], RecordingBackend],
) -> None:
    for method in (CARD, GIFT):
        shop = fresh()
        items = {"order_id": DELIVERED, "item_ids": ["2001", "1001", "2001"]}
        assert (await call(shop, "return_delivered_order_items", **items, payment_method_id=method))[
            "refund"
        ] == Decimal("40.6")
        assert (await shop.order(ME, OrderId(DELIVERED))).state == "return requested"
    items = {"order_id": DELIVERED, "item_ids": ["1001"], "payment_method_id": PAYPAL}
    assert await refused(fresh(), "return_delivered_order_items", **items) == "refund_method"


async def test_an_exchange_is_requested_and_nothing_is_paid_yet(shop: RecordingBackend) -> None:
    swap = {"order_id": DELIVERED, "item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": GIFT}
    await call(shop, "exchange_delivered_order_items", **swap)
    order = await shop.order(ME, OrderId(DELIVERED))
    assert (order.stage, order.lines[0].sku_id) == (OrderStage.EXCHANGING, "1001")
    assert await gift_card(shop) == 15


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"new_item_ids": ["1003"]}, "item_not_available"),
        ({"new_item_ids": ["1001"]}, "same_item"),
        ({"new_item_ids": ["2001"]}, "other_product"),
        ({"new_item_ids": ["nothing"]}, "other_product"),
        ({"new_item_ids": ["1002", "1004"]}, "lists_differ"),
        ({"item_ids": ["1001", "1001"], "new_item_ids": ["1002", "1004"]}, "item_not_in_order"),
        ({"item_ids": ["1002"]}, "item_not_in_order"),
    ],
)
async def test_items_only_change_to_others_of_the_same_product_that_there_are(
    shop: RecordingBackend, changes: dict[str, Any], code: str
) -> None:
    for operation, order in (("modify_pending_order_items", PENDING), ("exchange_delivered_order_items", DELIVERED)):
        swap = {"item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": CARD, **changes}
        assert await refused(shop, operation, order_id=order, **swap) == code


@pytest.mark.parametrize("order_id", [SENT, DELIVERED])
async def test_only_pending_orders_are_cancelled_or_changed(shop: RecordingBackend, order_id: str) -> None:
    swap = {"item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": CARD}
    for operation, arguments in (
        ("cancel_pending_order", {"reason": "no longer needed"}),
        ("modify_pending_order_address", ELSEWHERE),
        ("modify_pending_order_payment", {"payment_method_id": PAYPAL}),
        ("modify_pending_order_items", swap),
    ):
        assert await refused(shop, operation, order_id=order_id, **arguments) == "order_not_pending"


async def test_only_delivered_orders_are_returned_or_exchanged(shop: RecordingBackend) -> None:
    swap = {"item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": CARD}
    assert await refused(shop, "exchange_delivered_order_items", order_id=PENDING, **swap) == "order_not_delivered"
    items = {"item_ids": ["1001"], "payment_method_id": CARD}
    assert await refused(shop, "return_delivered_order_items", order_id=SENT, **items) == "order_not_delivered"


async def test_a_gift_card_pays_no_more_than_it_holds(fresh: Callable[[], RecordingBackend]) -> None:
    shop = fresh()
    await call(shop, "modify_pending_order_payment", order_id=PENDING, payment_method_id=CARD)
    shop.writes.clear()
    assert await refused(shop, "modify_pending_order_payment", order_id=PENDING, payment_method_id=GIFT) == (
        "several_payments"
    )
    shop = fresh()
    dear = {"order_id": DELIVERED, "item_ids": ["1001"], "new_item_ids": ["1002"], "payment_method_id": GIFT}
    await call(shop, "modify_pending_order_items", **{**dear, "order_id": PENDING})
    shop.writes.clear()
    assert await refused(shop, "exchange_delivered_order_items", **dear) == "balance_too_low"
    assert await refused(fresh(), "modify_pending_order_payment", order_id=PENDING, payment_method_id=GIFT) == (
        "same_payment_method"
    )


async def test_what_is_somebody_elses_or_nobodys_is_not_there(shop: RecordingBackend) -> None:
    with pytest.raises(NotFound):
        await call(shop, "cancel_pending_order", order_id=BENS, reason="no longer needed")
    with pytest.raises(NotFound):
        await call(shop, "modify_pending_order_payment", order_id=PENDING, payment_method_id="credit_card_7")
    with pytest.raises(NotFound):
        await call(shop, "get_product_details", product_id="300")
    assert (await call(shop, "get_product_details", product_id="200"))["name"] == "Cup"
    assert shop.writes == []


async def test_what_one_conversation_does_another_does_not_see(fresh: Callable[[], RecordingBackend]) -> None:
    one, other = fresh(), fresh()
    await call(one, "cancel_pending_order", order_id=PENDING, reason="ordered by mistake")
    assert (await other.order(ME, OrderId(PENDING))).state == "pending"
    assert await gift_card(other) == 15


def test_a_file_that_is_no_shop_is_refused(tmp_path: Path) -> None:
    (tmp_path / "db.json").write_text('{"users": {}, "orders": []}')
    with pytest.raises(PackRefused, match="orders, products missing"):
        load(tmp_path)
