"""A store folder's own system in rehearsal: each conversation has it for itself, and what is done is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.errors import OperationRefused
from evals.systems import RecordingBackend, SystemFactory, Write, system_of
from tests.connectors.files.kettle_shop import LIN, PAID, SENT, write_kettle_shop
from tests.small_shop import write_small_shop

ME = ShopperRef(LIN)


@pytest.fixture
def fresh(tmp_path: Path) -> SystemFactory:
    folder = write_small_shop(tmp_path / "shop")
    write_kettle_shop(folder / "system")
    with (folder / "store.yaml").open("a", encoding="utf-8") as file:
        file.write("system: {connector: files}\n")
    found = system_of(str(folder))
    assert found is not None
    return found


async def cancel(system: RecordingBackend, order: str, key: str) -> None:
    await system.call("cancel_order", {"order_id": order}, shopper=ME, idempotency_key=key)


async def test_a_write_is_remembered_once_and_seen_by_nobody_else(fresh: SystemFactory) -> None:
    system, other = fresh(), fresh()
    for _ in range(2):
        await cancel(system, PAID, "k")
    await system.call("variants_of", {"sku_id": "KET-R"}, shopper=ME, idempotency_key="r")
    assert system.writes == [Write("cancel_order", {"order_id": PAID})]
    assert (await system.order(ME, OrderId(PAID))).stage is OrderStage.CANCELLED
    assert (await other.order(ME, OrderId(PAID))).stage is OrderStage.PAID
    assert other.writes == []


async def test_what_the_system_refuses_is_remembered_too(fresh: SystemFactory) -> None:
    system = fresh()
    with pytest.raises(OperationRefused):
        await cancel(system, SENT, "k")
    assert system.writes == []
    assert system.refused == ["cancel_order: The order was sent and cannot be cancelled."]


def test_a_store_without_a_system_has_none_in_rehearsal(tmp_path: Path) -> None:
    assert system_of(str(write_small_shop(tmp_path / "shop"))) is None
    assert system_of("nowhere") is None
