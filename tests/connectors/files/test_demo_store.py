"""The demo store's system: its records hang together on any day, and each operation does what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import Order, OrderId, OrderStage, Risk, ShopperRef
from assistant.domain.commerce import Product
from assistant.domain.errors import NotFound, OperationRefused
from assistant.domain.ids import StoreId
from connectors.conformance import Call, Subject
from connectors.files import open_files
from connectors.files.backend import FilesBackend
from connectors.files.description import ORDERS, SHOPPERS
from knowledge.folder import read_store
from tests.conformance.store_backend import StoreBackendSuite
from tests.connectors.files.kettle_shop import NOW, HandClock

DEMO = Path(str(files("knowledge"))) / "packs" / "demo"
LIN, ZHOU, EMILY = ShopperRef("u2001"), ShopperRef("u2002"), ShopperRef("u2024")


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[FilesBackend]:
    async with open_files(DEMO / "system", tmp_path / "journal.db", HandClock()) as backend:
        yield backend


@pytest.fixture(scope="module")
def catalogue() -> Mapping[str, Product]:
    items = read_store(DEMO, StoreId("demo")).items
    return {item.id: item for item in items if isinstance(item, Product)}


def shoppers(demo: FilesBackend) -> list[ShopperRef]:
    return [ShopperRef(values["id"]) for values in demo._records.all_of(SHOPPERS)]


async def all_orders(demo: FilesBackend) -> list[Order]:
    return [order for shopper in shoppers(demo) for order in await demo.orders(shopper)]


class TestDemoStore(StoreBackendSuite):
    without = frozenset({"reopened"})

    @pytest.fixture
    def subject(self, demo: FilesBackend) -> Subject:
        paid, theirs, sent = "6001048203", "6001116738", "6001061910"
        return Subject(
            demo,
            shopper=LIN,
            other=ZHOU,
            particulars={"name": "林晓棠", "phone": "138 0000 2001"},
            read=Call("item_of_order", {"order_id": paid, "product_id": "YL-RUN-02"}),
            write=Call("cancel_order", {"order_id": paid}),
            another=Call("cancel_order", {"order_id": paid, "reason": "no_longer_needed"}),
            foreign=Call("cancel_order", {"order_id": theirs}),
            refused=Call("cancel_order", {"order_id": sent}),
        )


async def test_there_are_orders_in_every_stage(demo: FilesBackend) -> None:
    orders = await all_orders(demo)
    assert len(shoppers(demo)) == 30
    assert len(orders) >= 80
    assert {order.stage for order in orders} == set(OrderStage) - {OrderStage.OTHER}
    assert max([len(await demo.shipments(order.shopper, order.id)) for order in orders]) > 1
    assert any(len(order.lines) > 1 for order in orders)


async def test_what_was_ordered_is_what_the_shop_sells(demo: FilesBackend, catalogue: Mapping[str, Product]) -> None:
    for order in await all_orders(demo):
        for line in order.lines:
            skus = {sku.id: sku for sku in catalogue[line.product_id].skus}
            assert line.sku_id in (skus or {None})
            if line.sku_id is not None:
                assert line.options == skus[line.sku_id].options


async def test_prices_and_stock_are_those_of_the_catalogue(
    demo: FilesBackend, catalogue: Mapping[str, Product]
) -> None:
    variants = {values["sku_id"]: values for values in demo._records.all_of("variants")}
    for product in catalogue.values():
        for sku in product.skus:
            price = sku.price or product.price
            assert price is not None
            assert (variants[sku.id]["price"], variants[sku.id]["stock"]) == (price.amount, sku.stock)
        if not product.skus:
            assert product.price is not None
            assert variants[product.id]["price"] == product.price.amount


@pytest.mark.parametrize("hours", [0, 7, 12, 23, 24 * 40])
async def test_on_any_day_what_happened_later_stands_later(tmp_path: Path, hours: int) -> None:
    clock = HandClock(NOW.replace(hour=16, minute=5) + timedelta(hours=hours))  # from midnight in Shanghai on
    async with open_files(DEMO / "system", tmp_path / "journal.db", clock) as demo:
        for order in await all_orders(demo):
            named = ("paid_at", "sent_at", "delivered_at", "refunded_at")
            times = [datetime.fromisoformat(str(order.fields[name])) for name in named if name in order.fields]
            assert order.placed_at is not None
            assert all(one <= other for one, other in pairwise([order.placed_at, *times])), order.id
            assert max([order.placed_at, *times]) <= clock.now(), order.id
            for parcel in await demo.shipments(order.shopper, order.id):
                steps = [step.at for step in parcel.steps if step.at]
                assert steps == sorted(steps), order.id
                assert steps[-1] <= clock.now(), order.id
                assert (parcel.delivered_at is not None) == (order.stage not in (OrderStage.SENT, OrderStage.PAID))


@dataclass(frozen=True, slots=True)
class Tried:
    """A call, what of its result is looked at, and why it is refused a second time; "" where it is not."""

    operation: str
    order: str
    given: Mapping[str, Any]
    gives: Mapping[str, Any]
    again: str


CALLS = [
    Tried(
        "cancel_order", "6001048203", {}, {"state": "已取消", "paid_by": "alipay", "total": 359}, "already_cancelled"
    ),
    Tried(
        "change_address", "6001048203", {"address": {"city": "宁波市", "street": "海曙里 1 号"}}, {}, "changed_before"
    ),
    Tried(
        "change_option",
        "6001048203",
        {"from_sku_id": "YL-RUN-02-PK-36", "to_sku_id": "YL-RUN-02-PK-35"},
        {"sku_id": "YL-RUN-02-PK-35", "options": {"颜色": "粉色", "尺码": "35"}},
        "",
    ),
    Tried("hurry_order", "6001048203", {}, {}, "hurried_before"),
    Tried(
        "request_return",
        "6001075617",
        {"reason": "no_reason"},
        {"state": "退货中", "send_by": "2026-11-29"},
        "not_delivered",
    ),
    Tried(
        "exchange_size_grow_with_me",
        "6001075617",
        {"from_sku_id": "YA-DIA-01-M", "to_sku_id": "YA-DIA-01-L", "quantity": 2},
        {"to_sku_id": "YA-DIA-01-L", "quantity": 2},
        "not_delivered",
    ),
    Tried(
        "refund_without_return",
        "6001075617",
        {"amount": Decimal("99.5"), "reason": "x"},
        {"amount": Decimal("99.5")},
        "refunded_before",
    ),
    Tried(
        "claim_freshness",
        "6001089324",
        {"product_id": "SY-STR-01", "sku_id": "SY-STR-01-1K", "percent": 20},
        {"amount": Decimal("15.80"), "coupon": "鲜果补偿：10 元无门槛券"},
        "claimed_before",
    ),
    Tried(
        "claim_freshness",
        "6001089324",
        {"product_id": "SY-STR-01", "percent": 60, "instead": "resend"},
        {"amount": 79, "instead": "resend"},
        "claimed_before",
    ),
    Tried(
        "request_invoice",
        "6001075617",
        {"kind": "personal", "title": "林晓棠", "email": "lin@mail.example"},
        {"amount": 297},
        "invoiced_before",
    ),
    Tried(
        "book_visit",
        "6001075617",
        {"product_id": "YA-DIA-01", "service": "repair_pickup", "day": "2026-11-23", "slot": "morning"},
        {"phone": "13800002001"},
        "booked_before",
    ),
]


@pytest.mark.parametrize("tried", CALLS, ids=lambda tried: f"{tried.operation}-{tried.order}")
async def test_an_operation_does_what_it_says_and_not_twice(demo: FilesBackend, tried: Tried) -> None:
    given = {"order_id": tried.order, **tried.given}
    before = await demo.order(LIN, OrderId(tried.order))
    result = await demo.call(tried.operation, given, shopper=LIN, idempotency_key="first")
    assert {name: result.get(name) for name in tried.gives} == tried.gives
    assert await demo.order(LIN, OrderId(tried.order)) != before or tried.operation.startswith("claim")
    if tried.again:
        with pytest.raises(OperationRefused) as refused:
            await demo.call(tried.operation, given, shopper=LIN, idempotency_key="second")
        assert refused.value.data["reason"] == tried.again


async def test_a_gift_card_pays_and_is_refunded(demo: FilesBackend) -> None:
    shopper = ShopperRef("u2026")
    (unpaid,) = [order for order in await demo.orders(shopper) if order.stage is OrderStage.UNPAID]
    assert unpaid.total is not None

    async def call(operation: str) -> Mapping[str, Any]:
        return await demo.call(operation, {"order_id": unpaid.id}, shopper=shopper, idempotency_key=operation)

    paid = await call("pay_with_gift_card")
    assert paid["balance"] == Decimal("1200.00") - unpaid.total.amount
    assert (await demo.order(shopper, unpaid.id)).stage is OrderStage.PAID
    with pytest.raises(OperationRefused):
        await call("refund_to_gift_card")
    assert (await call("cancel_order"))["paid_by"] == "gift_card"
    assert (await call("refund_to_gift_card"))["balance"] == Decimal("1200.00")


async def test_a_fallen_price_is_refunded_once(demo: FilesBackend) -> None:
    shopper = ShopperRef("u2004")
    fallen = []
    for order in await demo.orders(shopper):
        for line in order.lines:
            given = {"order_id": order.id, "product_id": line.product_id}
            item = await demo.call("item_of_order", given, shopper=shopper, idempotency_key="read")
            fallen += [given] if isinstance(item["difference"], int | Decimal) and item["difference"] > 0 else []
    (given,) = fallen
    result = await demo.call("claim_price_protection", given, shopper=shopper, idempotency_key="a")
    assert result["amount"] == 50
    with pytest.raises(OperationRefused):
        await demo.call("claim_price_protection", given, shopper=shopper, idempotency_key="b")


async def test_an_order_below_the_threshold_pays_for_delivery(demo: FilesBackend) -> None:
    given = {"items": [{"sku_id": "YL-SOC-01-WH-35-39", "quantity": 2}]}
    result = await demo.call("place_order", given, shopper=EMILY, idempotency_key="a")
    assert (result["total"], result["shipping_fee"], result["state"]) == (88, 10, "待付款")
    newest, *_ = await demo.orders(EMILY)
    assert newest.id == result["order_id"]
    assert newest.address is not None
    assert newest.address.recipient == "Emily Carter"


async def test_what_moves_money_without_a_rule_waits_for_a_human(demo: FilesBackend) -> None:
    assert [name for name, each in demo.operations.items() if each.risk is Risk.APPROVE] == ["refund_without_return"]
    assert all(each.title.speaks("zh") and each.title.speaks("en") for each in demo.operations.values())
    assert len(list(demo._records.all_of(ORDERS))) >= 80


async def test_a_booking_can_be_looked_up_cancelled_and_made_again(demo: FilesBackend) -> None:
    shopper = ShopperRef("u2028")
    (booked,) = [order for order in await demo.orders(shopper) if "visit" in order.fields]

    async def call(operation: str, key: str, **given: str) -> Mapping[str, Any]:
        return await demo.call(operation, {"order_id": booked.id, **given}, shopper=shopper, idempotency_key=key)

    assert (await call("visit_of_order", "a"))["day"] == "2026-11-24"
    assert (await call("cancel_visit", "b"))["state"] == "已取消"
    with pytest.raises(NotFound):
        await call("visit_of_order", "c")
    product = booked.lines[0].product_id
    again = {"product_id": product, "service": "repair_pickup", "day": "2026-11-30", "slot": "evening"}
    assert (await call("book_visit", "d", **again))["day"] == "2026-11-30"


async def test_an_invoice_is_issued_again_once(demo: FilesBackend) -> None:
    shopper = ShopperRef("u2010")
    (invoiced,) = [order for order in await demo.orders(shopper) if "invoice" in order.fields]
    given = {"order_id": invoiced.id, "title": "叶南枝工作室", "tax_number": "91350200MA0000000X"}
    await demo.call("reissue_invoice", given, shopper=shopper, idempotency_key="a")
    with pytest.raises(OperationRefused):
        await demo.call("reissue_invoice", given, shopper=shopper, idempotency_key="b")
    read = await demo.call("invoice_of_order", {"order_id": invoiced.id}, shopper=shopper, idempotency_key="r")
    assert read["title"] == "叶南枝工作室"


async def test_an_exchange_takes_from_what_is_in_stock(demo: FilesBackend) -> None:
    given = {"order_id": "6001144152", "from_sku_id": "YL-RUN-01-BK-42", "to_sku_id": "YL-RUN-01-BK-41"}

    async def stock() -> Any:
        look = {"sku_id": "YL-RUN-01-BK-41"}
        return (await demo.call("price_and_stock", look, shopper=None, idempotency_key="r"))["stock"]

    before = await stock()
    result = await demo.call("request_exchange", given, shopper=ZHOU, idempotency_key="a")
    assert (result["to_sku_id"], result["quantity"], await stock()) == ("YL-RUN-01-BK-41", 1, before - 1)
    assert (await demo.order(ZHOU, OrderId("6001144152"))).stage is OrderStage.EXCHANGING


async def test_the_phone_number_for_a_delivery_is_changed_alone(demo: FilesBackend) -> None:
    before = (await demo.order(LIN, OrderId("6001048203"))).address
    given = {"order_id": "6001048203", "phone": "13800009999"}
    await demo.call("change_phone", given, shopper=LIN, idempotency_key="a")
    after = (await demo.order(LIN, OrderId("6001048203"))).address
    assert before is not None
    assert after == replace(before, phone="13800009999")
