"""The connector `http`, on a real server: the documented example keeps to the port, whatever the server lets pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.domain.backend import Address, OrderId, OrderStage, PaymentMethod, Risk, ShopperRef, StoreBackend
from assistant.domain.commerce import Money
from assistant.domain.errors import InvalidInput, NotFound, NotReady, OperationRefused, StoreSystemUnavailable
from connectors.conformance import Subject, read_cases
from connectors.http import HttpConnector
from tests.conformance.store_backend import StoreBackendSuite
from tests.connectors.harbour import BO, BOS, HOME, MEI, OLD, PAID, SENT
from tests.connectors.http.server import EXAMPLE, TOKEN, HarbourServer, Trouble, harbour_server, write_example
from tests.connectors.opening import opened

ME = ShopperRef(MEI)
SECRETS = {"STOREBOT_SYSTEM_HARBOUR_TOKEN": TOKEN}


@pytest.fixture
def server() -> Iterator[HarbourServer]:
    with harbour_server() as server:
        yield server


@pytest.fixture
async def backend(server: HarbourServer, tmp_path: Path) -> AsyncIterator[StoreBackend]:
    async with opened(HttpConnector(), write_example(tmp_path, server.address), SECRETS) as backend:
        yield backend


async def cancelled(backend: StoreBackend, order: str, shopper: ShopperRef | None = ME) -> None:
    arguments = {"order_id": order, "reason": "changed_mind"}
    await backend.call("cancel_order", arguments, shopper=shopper, idempotency_key="k")


class TestHarbourOverHttp(StoreBackendSuite):
    @pytest.fixture
    async def subject(self, server: HarbourServer, tmp_path: Path) -> AsyncIterator[Subject]:
        folder = write_example(tmp_path, server.address)
        async with AsyncExitStack() as stack:

            async def again() -> StoreBackend:
                return await stack.enter_async_context(opened(HttpConnector(), folder, SECRETS))

            yield Subject(await again(), reopened=again, **read_cases(EXAMPLE).named(writes=True))


async def test_records_are_told_in_our_terms(backend: StoreBackend) -> None:
    shopper = await backend.shopper(ME)
    assert (shopper.name, shopper.email, shopper.fields["level"]) == ("Mei Chen", "mei@post.example", "gold")
    assert shopper.payment_methods == (PaymentMethod("card-1", "visa", "**** 4242"),)
    order = await backend.order(ME, OrderId(PAID))
    assert (order.stage, order.state, order.total) == (OrderStage.PAID, "payed", Money(Decimal("59.80"), "CNY"))
    assert order.placed_at == datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert order.address == Address(
        "陈梅", "13800000001", region="浙江", city="杭州", district="西湖", street="文三路 1 号", postcode="310012"
    )
    [line] = order.lines
    assert (line.sku_id, line.quantity, line.price) == ("P-7-RED", 2, Money(Decimal("29.90"), "CNY"))
    assert line.options == (("颜色", "红"),)


async def test_orders_come_from_all_pages(backend: StoreBackend) -> None:
    assert [order.id for order in await backend.orders(ME)] == [PAID, SENT, OLD]


async def test_a_parcel_s_steps_come_the_newest_last(backend: StoreBackend) -> None:
    [parcel] = await backend.shipments(ME, OrderId(SENT))
    assert [step.text for step in parcel.steps] == ["已揽收", "到达杭州转运中心"]
    assert await backend.shipments(ME, OrderId(PAID)) == []


async def test_money_held_and_coupons_that_can_still_be_used(backend: StoreBackend) -> None:
    [card] = await backend.balances(ME)
    assert (card.kind, card.amount) == ("gift_card", Money(Decimal("80.50"), "CNY"))
    [coupon] = await backend.coupons(ME)
    assert (coupon.id, coupon.ends) == ("NEW10", date(2099, 12, 31))


async def test_a_loose_search_identifies_nobody_whom_the_particulars_do_not_fit(backend: StoreBackend) -> None:
    there = {"postcode": "310012"}
    assert (found := await backend.identify({"email": "MEI@post.example", **there})) is not None
    assert found.id == MEI
    assert await backend.identify({"email": "mei@post.example"}) is None
    assert await backend.identify({"email": "me", **there}) is None
    assert await backend.identify({"email": "mei@post.example", **there, "phone": "8613800000001"}) is not None
    assert await backend.identify({"email": "mei@post.example", **there, "phone": "13899999999"}) is None
    assert await backend.identify({"email": "mei@post.example", **there, "shoe_size": "37"}) is None


async def test_arguments_are_what_the_document_asks_for_as_the_mapping_refines_it(backend: StoreBackend) -> None:
    goodwill = backend.operations["pay_goodwill"]
    assert goodwill.risk is Risk.APPROVE
    assert goodwill.arguments["required"] == ["order_id", "amountCents", "reason"]
    arguments = {"order_id": PAID, "amountCents": 5001, "reason": "late"}
    with pytest.raises(InvalidInput) as fault:
        await backend.call("pay_goodwill", arguments, shopper=ME, idempotency_key="k")
    assert [error["loc"] for error in fault.value.data["errors"]] == ["amountCents"]  # type: ignore[attr-defined]


async def test_who_the_shopper_is_is_told_by_us_and_cannot_be_an_argument(
    backend: StoreBackend, server: HarbourServer
) -> None:
    move = {"order_id": PAID, "shipTo": {**HOME, "line1": "文三路 2 号"}}
    with pytest.raises(InvalidInput):
        await backend.call("change_address", {**move, "changedBy": BO}, shopper=ME, idempotency_key="k-1")
    result = await backend.call("change_address", move, shopper=ME, idempotency_key="k-1")
    assert result["changedBy"] == MEI
    assert server.harbour.effects == [("move", PAID)]


async def test_a_public_read_needs_no_shopper_and_anything_else_does(backend: StoreBackend) -> None:
    look = {"product_id": "P-7"}
    assert await backend.call("look_up_stock", look, shopper=None, idempotency_key="k") == {"P-7-RED": 4}
    with pytest.raises(InvalidInput):
        await cancelled(backend, PAID, shopper=None)


async def test_another_s_order_is_not_found_and_not_touched_though_the_system_would_give_it(
    backend: StoreBackend, server: HarbourServer
) -> None:
    with pytest.raises(NotFound):
        await backend.order(ME, OrderId(BOS))
    with pytest.raises(NotFound):
        await cancelled(backend, BOS)
    assert server.harbour.effects == []
    assert server.asked("POST") == 0


async def test_another_s_order_in_a_shopper_s_list_is_left_out(backend: StoreBackend, server: HarbourServer) -> None:
    server.harbour.orders_of = lambda _: list(server.harbour.orders.values())  # type: ignore[method-assign]
    assert [order.id for order in await backend.orders(ME)] == [PAID, SENT, OLD]


@pytest.mark.parametrize(
    "order", ["../customers/C-2", "..", ".", "", " ", f"{PAID}/../{BOS}", f"{PAID}?x=1", "a\r\nb", "{x}"]
)
async def test_an_order_s_id_leads_nowhere_else(backend: StoreBackend, server: HarbourServer, order: str) -> None:
    with pytest.raises(NotFound):
        await backend.order(ME, OrderId(order))
    assert server.asked("GET /api/customers") == 0


async def test_a_refusal_tells_the_code_that_the_mapping_finds(backend: StoreBackend) -> None:
    with pytest.raises(OperationRefused) as refusal:
        await cancelled(backend, SENT)
    assert refusal.value.data["reason"] == "already_sent"
    assert "see the code" not in refusal.value.detail


async def test_cookies_are_not_carried_from_one_shopper_to_another(
    backend: StoreBackend, server: HarbourServer
) -> None:
    await backend.shopper(ME)
    await backend.shopper(ShopperRef(BO))
    assert [headers for _, headers in server.seen if "cookie" in headers] == []


async def test_a_wrong_secret_is_told_to_the_operator(server: HarbourServer, tmp_path: Path) -> None:
    folder = write_example(tmp_path, server.address)
    async with opened(HttpConnector(), folder, {"STOREBOT_SYSTEM_HARBOUR_TOKEN": "stale"}) as backend:
        with pytest.raises(StoreSystemUnavailable, match="check the secret"):
            await backend.shopper(ME)
    with pytest.raises(NotReady):
        async with opened(HttpConnector(), folder, {}):
            pass


async def test_a_secret_stands_in_nothing_that_is_logged(backend: StoreBackend) -> None:
    assert TOKEN not in repr(backend)


async def test_a_record_that_the_mapping_does_not_fit_is_told_and_not_guessed(
    backend: StoreBackend, server: HarbourServer
) -> None:
    del server.harbour.orders[PAID]["status"]
    with pytest.raises(StoreSystemUnavailable, match="`status` gives nothing"):
        await backend.order(ME, OrderId(PAID))


async def test_an_answer_that_is_no_json_is_no_record(backend: StoreBackend, server: HarbourServer) -> None:
    server.troubles = [("GET /api/customers", Trouble(body=b"<html>"))]
    with pytest.raises(StoreSystemUnavailable, match="no JSON"):
        await backend.shopper(ME)
