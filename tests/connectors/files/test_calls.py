"""What declared operations do: effects, refusals, and that each happens once."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    OperationRefused,
    StoreSystemError,
    StoreSystemUnavailable,
)
from connectors.files import open_files
from connectors.files.backend import FilesBackend
from tests.connectors.files.conftest import Place, call
from tests.connectors.files.kettle_shop import LIN, OPERATIONS, PAID, SENT, TOM, TOMS, write_kettle_shop

ME = ShopperRef(LIN)


async def test_a_cancelled_order_is_cancelled_in_both_words(shop: FilesBackend) -> None:
    result = await call(shop, "cancel_order", order_id=PAID, reason="买错了")
    assert result == {"order_id": PAID, "state": "已取消", "stage": "cancelled"}
    order = await shop.order(ME, OrderId(PAID))
    assert (order.state, order.stage) == ("已取消", OrderStage.CANCELLED)
    assert order.fields == {"note": "请轻放", "cancel_reason": "买错了", "cancelled_at": "2026-11-22T12:30:00+08:00"}


async def test_an_argument_that_is_not_given_leaves_no_trace(shop: FilesBackend) -> None:
    await call(shop, "cancel_order", order_id=PAID)
    assert "cancel_reason" not in (await shop.order(ME, OrderId(PAID))).fields


async def test_a_refusal_has_its_reason_and_is_not_remembered(shop: FilesBackend) -> None:
    with pytest.raises(OperationRefused) as refused:
        await call(shop, "cancel_order", order_id=SENT)
    assert refused.value.data["reason"] == "already_sent"
    assert await shop.outcome("k") is None


async def test_one_line_of_an_order_is_changed_and_the_others_stay(shop: FilesBackend) -> None:
    result = await call(shop, "change_colour", order_id=SENT, **{"from": "KET-B", "to": "KET-R"})
    assert result == {"sku_id": "KET-R", "left": 1}
    (line,) = (await shop.order(ME, OrderId(SENT))).lines
    assert (line.sku_id, line.quantity, str(line.price)) == ("KET-R", 2, "¥189")
    with pytest.raises(OperationRefused) as refused:
        await call(shop, "change_colour", "k2", order_id=PAID, **{"from": "KET-R", "to": "KET-B"})
    assert refused.value.data["reason"] == "out_of_stock"
    with pytest.raises(NotFound):
        await call(shop, "change_colour", "k3", order_id=PAID, **{"from": "KET-B", "to": "KET-R"})


async def test_amounts_are_added_exactly(shop: FilesBackend) -> None:
    for number in range(3):
        await call(shop, "refund_to_card", f"k{number}", amount=0.1)
    (card,) = await shop.balances(ME)
    assert card.amount.amount == Decimal("120.80")


async def test_a_record_is_added_to_a_table_under_a_new_key(shop: FilesBackend) -> None:
    result = await call(shop, "book_visit", order_id=PAID, day="2026-11-28")
    assert result["visit"].startswith("V")
    assert result["phone"] == "13900000001"
    assert (await shop.order(ME, OrderId(PAID))).fields["visit"] == result["visit"]
    for key, day, reason in (("k2", "2026-11-29", "already_booked"), ("k3", "2026-11-21", "day_is_over")):
        with pytest.raises(OperationRefused) as refused:
            await call(shop, "book_visit", key, order_id=PAID, day=day)
        assert refused.value.data["reason"] == reason


async def test_a_new_order_is_the_newest_and_is_paid_for_by_what_its_lines_cost(shop: FilesBackend) -> None:
    lines = [{"sku_id": "KET-R", "quantity": 2}, {"sku_id": "CUP-1", "quantity": 3}]
    result = await call(shop, "place_order", lines=lines)
    newest, *_ = await shop.orders(ME)
    assert (newest.id, newest.stage) == (result["order_id"], OrderStage.UNPAID)
    assert newest.total is not None
    assert newest.total.amount == result["total"] == Decimal("516.50")
    assert [(line.sku_id, line.quantity) for line in newest.lines] == [("KET-R", 2), ("CUP-1", 3)]
    assert newest.address is not None
    assert newest.address.city == "杭州"
    left = await call(shop, "variants_of", sku_id="KET-R")
    assert left == {"price": 199, "stock": 1}
    with pytest.raises(OperationRefused):
        await call(shop, "place_order", "k2", lines=lines)


async def test_a_wrong_argument_is_named_and_not_repeated(shop: FilesBackend) -> None:
    with pytest.raises(InvalidInput) as refused:
        await call(shop, "place_order", lines=[{"sku_id": "KET-R", "quantity": "secret words"}])
    errors: Any = refused.value.data["errors"]
    assert [error["loc"] for error in errors] == ["lines.0.quantity"]
    assert "secret" not in str(errors)


async def test_without_a_shopper_only_what_is_nobodys_can_be_looked_up(shop: FilesBackend) -> None:
    price = await shop.call("variants_of", {"sku_id": "CUP-1"}, shopper=None, idempotency_key="k")
    assert price["price"] == Decimal("39.50")
    with pytest.raises(InvalidInput):
        await shop.call("cancel_order", {"order_id": PAID}, shopper=None, idempotency_key="k")


async def test_what_is_anothers_cannot_be_named(shop: FilesBackend) -> None:
    for operation, arguments in (
        ("cancel_order", {"order_id": TOMS}),
        ("book_visit", {"order_id": TOMS, "day": "2026-11-28"}),
        ("change_colour", {"order_id": TOMS, "from": "KET-R", "to": "KET-B"}),
    ):
        with pytest.raises(NotFound):
            await call(shop, operation, operation, **arguments)
    order = await shop.order(ShopperRef(TOM), OrderId(TOMS))
    assert (order.stage, order.fields) == (OrderStage.PAID, {})


async def test_two_processes_share_what_was_done(shop: FilesBackend, place: Place) -> None:
    async with open_files(place.folder, place.journal, place.clock) as other:
        await call(shop, "refund_to_card", "a", amount=10)
        await call(other, "refund_to_card", "b", amount=20)
        assert await call(other, "refund_to_card", "a", amount=10) == {"amount": 10, "balance": Decimal("130.50")}
        with pytest.raises(Conflict):
            await call(other, "refund_to_card", "a", amount=11)
        for each in (shop, other):
            (card,) = await each.balances(ME)
            assert card.amount.amount == Decimal("150.50")


async def test_the_files_stay_as_they_were(shop: FilesBackend, place: Place) -> None:
    before = {file.name: file.read_bytes() for file in place.folder.iterdir()}
    await call(shop, "cancel_order", order_id=PAID)
    assert {file.name: file.read_bytes() for file in place.folder.iterdir()} == before


async def test_an_operation_that_would_spoil_a_record_does_nothing(place: Place) -> None:
    spoiling = OPERATIONS.replace("{state: 已取消, cancelled_at: $now", "{lines: [], cancelled_at: $now")
    write_kettle_shop(place.folder, operations_yaml=spoiling)
    shop = await place.open()
    with pytest.raises(StoreSystemError):
        await call(shop, "cancel_order", order_id=PAID)
    assert (await shop.order(ME, OrderId(PAID))).stage is OrderStage.PAID
    assert await shop.outcome("k") is None


async def test_a_journal_that_is_held_by_another_is_unavailable_and_nothing_is_done(
    shop: FilesBackend, place: Place
) -> None:
    shop._journal._sqlite.execute("PRAGMA busy_timeout = 20")
    holder = sqlite3.connect(place.journal, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreSystemUnavailable):
        await call(shop, "cancel_order", order_id=PAID)
    holder.execute("ROLLBACK")
    holder.close()
    assert await shop.outcome("k") is None
    await call(shop, "cancel_order", order_id=PAID)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.tuples(st.sampled_from("abc"), st.decimals(1, 50, places=2)), min_size=1, max_size=8))
async def test_a_balance_is_the_sum_of_what_each_key_did_first(place: Place, calls: list[tuple[str, Decimal]]) -> None:
    journal = place.journal.with_name(f"{len(list(place.journal.parent.glob('*.db')))}.db")
    first: dict[str, Decimal] = {}
    async with open_files(place.folder, journal, place.clock) as shop:
        for key, amount in calls:
            if first.setdefault(key, amount) == amount:
                await call(shop, "refund_to_card", key, amount=amount)
            else:
                with pytest.raises(Conflict):
                    await call(shop, "refund_to_card", key, amount=amount)
    async with open_files(place.folder, journal, place.clock) as shop:
        (card,) = await shop.balances(ME)
    assert card.amount.amount == Decimal("120.50") + sum(first.values())
