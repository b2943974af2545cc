"""Whose records these are: what a mapping must say of it, and what is done where the system's word is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.domain.backend import OrderId, ShopperRef
from assistant.domain.errors import NotFound, SystemRefused
from connectors.http import HttpConnector
from tests.connectors.harbour import BO, MEI, PAID, SENT
from tests.connectors.http.server import EXAMPLE, TOKEN, HarbourServer, harbour_server, write_example
from tests.connectors.opening import opened

ME = ShopperRef(MEI)
SECRETS = {"STOREBOT_SYSTEM_HARBOUR_TOKEN": TOKEN}
Mapping = dict[str, Any]


@pytest.fixture
def server() -> Iterator[HarbourServer]:
    with harbour_server() as server:
        yield server


def part(name: str, change: Callable[[Mapping], None]) -> Mapping:
    """A part of the documented mapping, changed."""
    told: Mapping = yaml.safe_load((EXAMPLE / "mapping.yaml").read_text(encoding="utf-8"))[name]
    change(told)
    return {name: told}


def reasons(folder: Path) -> str:
    with pytest.raises(SystemRefused) as refused:
        HttpConnector().check(folder, {})
    return refused.value.detail


def test_an_operation_that_names_an_order_has_it_checked(tmp_path: Path) -> None:
    def careless(operations: Mapping) -> None:
        del operations["change_address"]["order"]

    folder = write_example(tmp_path, "http://localhost", **part("operations", careless))
    assert "order_id names an order: write `order: order_id`" in reasons(folder)


def test_orders_whose_owner_nothing_tells_are_refused(tmp_path: Path) -> None:
    def trusting(records: Mapping) -> None:
        del records["order"]["shopper"]
        records["order"]["owned_by"] = "call"

    folder = write_example(tmp_path, "http://localhost", **part("records", trusting))
    assert "reads.order: nothing says whose records these are" in reasons(folder)


async def test_a_system_that_is_told_the_shopper_may_be_trusted_with_its_orders(
    server: HarbourServer, tmp_path: Path
) -> None:
    def trusting(records: Mapping) -> None:
        del records["order"]["shopper"]
        records["order"]["owned_by"] = "call"

    folder = write_example(tmp_path, server.address, shopper_header="X-Customer", **part("records", trusting))
    async with opened(HttpConnector(), folder, SECRETS) as backend:
        assert (await backend.order(ME, OrderId(PAID))).shopper == MEI
        with pytest.raises(NotFound):
            await backend.orders(ShopperRef("梅"))
    told = {headers.get("x-customer") for line, headers in server.seen if "/customers/" in line or "/orders/" in line}
    assert told == {MEI}


async def test_records_of_others_in_a_list_are_left_out(server: HarbourServer, tmp_path: Path) -> None:
    def owned(reads: Mapping) -> None:
        reads["coupons"]["owner"] = "holder"

    server.harbour.coupons = lambda _: [  # type: ignore[method-assign]
        {"code": "MINE", "terms": "5 off", "holder": MEI},
        {"code": "HIS", "terms": "50 off", "holder": BO},
        {"code": "NOBODY'S", "terms": "500 off"},
    ]
    async with opened(
        HttpConnector(), write_example(tmp_path, server.address, **part("reads", owned)), SECRETS
    ) as backend:
        assert [coupon.id for coupon in await backend.coupons(ME)] == ["MINE"]


async def test_records_may_be_taken_from_the_order_they_stand_in(server: HarbourServer, tmp_path: Path) -> None:
    def inside(reads: Mapping) -> None:
        reads["shipments"] = {"from": "order", "each": "parcels"}

    server.harbour.orders[SENT]["parcels"] = [{"trackingNo": "T-9"}]
    async with opened(
        HttpConnector(), write_example(tmp_path, server.address, **part("reads", inside)), SECRETS
    ) as backend:
        assert [parcel.number for parcel in await backend.shipments(ME, OrderId(SENT))] == ["T-9"]


async def test_somebody_else_s_profile_in_answer_to_ours_is_not_found(server: HarbourServer, tmp_path: Path) -> None:
    server.harbour.customer = lambda _: server.harbour.customers[BO]  # type: ignore[method-assign]
    async with opened(HttpConnector(), write_example(tmp_path, server.address), SECRETS) as backend:
        for asked in (backend.shopper(ME), backend.orders(ME), backend.balances(ME), backend.coupons(ME)):
            with pytest.raises(NotFound):
                await asked


async def test_a_search_may_only_name_those_whom_it_finds(server: HarbourServer, tmp_path: Path) -> None:
    by_id = {"by": ["email"], "call": "findCustomers", "with": {"email": "particulars.email"}, "each": "items[].id"}
    folder = write_example(tmp_path, server.address, identify=[{**by_id, "fetch": True}], one_is_enough=True)
    async with opened(HttpConnector(), folder, SECRETS) as backend:
        found = await backend.identify({"email": "bo@post.example"})
        assert found is not None
        assert found.id == BO
        assert await backend.identify({"email": "b"}) is None
