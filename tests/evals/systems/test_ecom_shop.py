"""The system of a shop in the form of ECom-Bench: what may be read, what calls do, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import OrderId, OrderStage, Risk, ShopperRef
from assistant.domain.errors import Conflict, InvalidInput, NotFound, OperationRefused, PackRefused
from evals.systems import RecordingBackend
from evals.systems.ecom_bench import load
from evals.systems.recording import Write
from tests.evals.systems.ecom_lamps import BO, BOS, MEI, ONLY_SHIPPED, PAID, SENT, write_lamp_records

ME = ShopperRef(MEI)


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], RecordingBackend]:
    return load(write_lamp_records(tmp_path))


@pytest.fixture
def shop(fresh: Callable[[], RecordingBackend]) -> RecordingBackend:
    return fresh()


async def call(shop: RecordingBackend, operation: str, key: str = "k", **arguments: Any) -> Any:
    return await shop.call(operation, arguments, shopper=ME, idempotency_key=key)


async def test_records_are_read_in_the_shops_words_and_in_common_ones(shop: RecordingBackend) -> None:
    newest, first = await shop.orders(ME)
    assert (newest.id, newest.state, newest.stage) == (SENT, "已发货", OrderStage.SENT)
    assert (first.lines[0].product_id, first.lines[0].quantity, first.lines[0].title) == ("L1", 2, "灯 L1")
    assert str(first.total) == "¥236.50"
    assert first.payment is not None
    assert first.payment.kind == "微信"
    record = await shop.shopper(ME)
    assert (record.name, record.address.city if record.address else "") == ("梅", "杭州市")
    [balance] = await shop.balances(ME)
    assert balance.amount.amount == 500
    [parcel] = await shop.shipments(ME, OrderId(SENT))
    assert (parcel.number, parcel.steps[0].text, parcel.delivered_at) == ("KM1", "已下单", None)
    assert await shop.shipments(ME, OrderId(PAID)) == []


@pytest.mark.parametrize(
    ("operation", "arguments", "recorded"),
    [
        ("manage_order.cancel", {"order_id": PAID}, ("manage_order", {"action": "取消"})),
        ("manage_order.change", {"order_id": PAID, "address": "新街3号"}, ("manage_order", {"action": "修改"})),
        (
            "manage_order.place",
            {"product_info_list": [{"product_id": "L2", "quantity": 1}], "payment": "微信"},
            ("manage_order", {"action": "增加"}),
        ),
        ("manage_return", {"order_id": SENT}, ("manage_return", {})),
        (
            "manage_exchange.exchange",
            {"order_id": PAID, "original_product_id": "L1", "exchange_product_id": "L8"},
            ("manage_exchange", {"action": "换货"}),
        ),
        ("manage_ecard.pay", {"product_id": "L1", "quantity": 2}, ("manage_ecard", {"action": "余额使用"})),
        ("manage_ecard.refund", {"amount": Decimal("9.5")}, ("manage_ecard", {"action": "退款"})),
        (
            "manage_invoice",
            {"order_id": PAID, "title": "梅", "phone_number": "1", "invoice_type": "个人发票"},
            ("manage_invoice", {}),
        ),
        ("manage_urgent", {"order_id": PAID}, ("manage_urgent", {})),
        (
            "schedule_service",
            {"order_id": PAID, "user_name": "梅", "phone_number": "1", "service_type": "安装", "service_time": "周五"},
            ("schedule_service", {}),
        ),
        (
            "register_cashback_by_review.register",
            {"order_id": ONLY_SHIPPED},
            ("register_cashback_by_review", {"action": "返现"}),
        ),
    ],
)
async def test_every_write_is_remembered_as_the_shop_calls_it(
    shop: RecordingBackend, operation: str, arguments: dict[str, Any], recorded: tuple[str, dict[str, Any]]
) -> None:
    await call(shop, operation, **arguments)
    assert shop.writes == [Write(recorded[0], {**recorded[1], **arguments})]
    assert shop.operations[operation].risk is Risk.WRITE


@pytest.mark.parametrize(
    ("operation", "arguments", "result"),
    [
        ("manage_order.query", {"order_id": PAID}, "订单状态"),
        ("manage_exchange.query", {"order_id": PAID, "original_product_id": "L1"}, "products"),
        ("manage_ecard.query", {}, "balance"),
        ("register_cashback_by_review.query", {"order_id": SENT}, "registered"),
    ],
)
async def test_reads_are_not_remembered(
    shop: RecordingBackend, operation: str, arguments: dict[str, Any], result: str
) -> None:
    assert result in await call(shop, operation, **arguments)
    assert shop.operations[operation].risk is Risk.READ
    assert shop.writes == []


async def test_operations_change_the_records(shop: RecordingBackend) -> None:
    await call(shop, "manage_order.cancel", "1", order_id=PAID)
    assert (await shop.order(ME, OrderId(PAID))).state == "已取消"
    await call(shop, "manage_order.change", "2", order_id=SENT, phone_number="17000000002")
    address = (await shop.order(ME, OrderId(SENT))).address
    assert address is not None
    assert (address.phone, address.street) == ("17000000002", "旧街2号")
    await call(shop, "manage_exchange.exchange", "3", order_id=SENT, original_product_id="L1", exchange_product_id="L8")
    assert (await shop.order(ME, OrderId(SENT))).lines[0].product_id == "L8"
    await call(shop, "manage_urgent", "4", order_id=SENT)
    assert (await shop.order(ME, OrderId(SENT))).fields["是否加急"] is True
    await call(shop, "register_cashback_by_review.register", "5", order_id=SENT)
    assert await call(shop, "register_cashback_by_review.query", order_id=SENT) == {
        "order_id": SENT,
        "registered": True,
    }


async def test_a_new_order_is_paid_and_goes_to_the_shoppers_address(shop: RecordingBackend) -> None:
    lines = [{"product_id": "L2", "quantity": 2}, {"product_id": "L1", "quantity": 1}]
    result = await call(shop, "manage_order.place", product_info_list=lines, payment="京东E卡")
    assert result == {"order_id": "1234567890", "state": "已付款"}
    order = (await shop.orders(ME))[0]
    assert (order.id, order.state, str(order.total)) == ("1234567890", "已付款", "¥718.25")
    assert order.address is not None
    assert (order.address.street, order.address.recipient) == ("竹影路1号", "梅")


async def test_the_gift_card_pays_the_price_and_takes_refunds(shop: RecordingBackend) -> None:
    assert (await call(shop, "manage_ecard.pay", "1", product_id="L1", quantity=2))["balance"] == Decimal("263.50")
    assert (await call(shop, "manage_ecard.refund", "2", amount=266))["balance"] == Decimal("529.50")
    with pytest.raises(OperationRefused) as refused:
        await call(shop, "manage_ecard.pay", "3", product_id="L2", quantity=2)
    assert refused.value.data["reason"] == "balance_too_low"
    assert len(shop.writes) == 2
    assert shop.refused[0].startswith("manage_ecard.pay")


@pytest.mark.parametrize("order_id", [BOS, "999"])
async def test_somebody_elses_order_is_not_there(shop: RecordingBackend, order_id: str) -> None:
    for operation in ("manage_order.cancel", "manage_urgent", "register_cashback_by_review.register"):
        with pytest.raises(NotFound):
            await call(shop, operation, order_id=order_id)
    with pytest.raises(NotFound):
        await shop.order(ME, OrderId(order_id))
    with pytest.raises(NotFound):
        await shop.shipments(ME, OrderId(order_id))
    assert shop.writes == []


async def test_the_shops_rules_are_not_the_systems_business(shop: RecordingBackend) -> None:
    await call(shop, "manage_order.cancel", order_id=SENT)  # which the shop's rules forbid
    assert len(shop.writes) == 1


async def test_a_call_made_twice_under_one_key_happens_once(shop: RecordingBackend) -> None:
    once = await call(shop, "manage_ecard.refund", "k1", amount=10)
    assert await call(shop, "manage_ecard.refund", "k1", amount=10) == once
    assert len(shop.writes) == 1
    assert await shop.outcome("k1") == once
    assert await shop.outcome("k2") is None
    with pytest.raises(Conflict):
        await call(shop, "manage_ecard.refund", "k1", amount=11)
    await call(shop, "manage_ecard.refund", "k2", amount=10)
    assert len(shop.writes) == 2


async def test_a_call_that_was_refused_can_be_made_again_under_its_key(shop: RecordingBackend) -> None:
    with pytest.raises(NotFound):
        await call(shop, "manage_urgent", "k", order_id=BOS)
    await call(shop, "manage_urgent", "k", order_id=PAID)
    assert len(shop.writes) == 1


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("manage_order.cancel", {}),
        ("manage_order.cancel", {"order_id": PAID, "user_id": BO}),
        ("manage_order.place", {"product_info_list": [], "payment": "微信"}),
        ("manage_order.place", {"product_info_list": [{"product_id": "L1", "quantity": 0}], "payment": "微信"}),
        ("manage_ecard.refund", {"amount": -5}),
        (
            "schedule_service",
            {"order_id": PAID, "user_name": "梅", "phone_number": "1", "service_type": "搬家", "service_time": "周五"},
        ),
    ],
)
async def test_arguments_that_do_not_fit_the_schema_do_nothing(
    shop: RecordingBackend, operation: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await call(shop, operation, **arguments)
    assert refused.value.data["errors"]
    assert shop.writes == []
    assert shop.operations[operation].arguments["type"] == "object"


async def test_what_does_not_exist_is_not_found(shop: RecordingBackend) -> None:
    with pytest.raises(NotFound):
        await call(shop, "manage_everything")
    with pytest.raises(NotFound):
        await shop.call("manage_urgent", {"order_id": PAID}, shopper=ShopperRef("nobody"), idempotency_key="k")
    with pytest.raises(NotFound):
        await call(shop, "manage_order.place", product_info_list=[{"product_id": "L9"}], payment="微信")
    with pytest.raises(NotFound):
        await call(shop, "manage_exchange.exchange", order_id=PAID, original_product_id="L1", exchange_product_id="L9")
    assert await shop.identify({"email": "x@example.com"}) is None


async def test_what_one_conversation_does_another_does_not_see(fresh: Callable[[], RecordingBackend]) -> None:
    one, other = fresh(), fresh()
    await call(one, "manage_order.cancel", order_id=PAID)
    assert (await other.order(ME, OrderId(PAID))).state == "已付款"
    assert (await fresh().order(ME, OrderId(PAID))).state == "已付款"
    assert other.writes == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("orders.json", None, "orders.json is missing"),
        ("orders.json", "{", "orders.json cannot be read"),
        ("logistics.json", "[]", "logistics.json must hold an object"),
        ("service.json", '{"mall": {"a": {}, "b": {}}}', "service.json must hold one shop"),
    ],
)
def test_records_that_cannot_be_read_are_refused_by_name(
    tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    folder = write_lamp_records(tmp_path)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    with pytest.raises(PackRefused) as refused:
        load(folder)
    assert told in refused.value.detail.replace(f"{folder}/", "")
