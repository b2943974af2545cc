"""Procedures tried out over HTTP on a store's own system: real records are read, and nothing is done or kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assistant.api.serving import serve_application
from assistant.bootstrap import Application, application
from assistant.domain.access import KeyScope
from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.ids import StoreId
from assistant.settings import Settings
from tests.connectors.files.kettle_shop import LIN, PAID, TOMS, write_kettle_shop
from tests.knowledge.fakes import WordEmbedder
from tests.small_shop import write_small_shop

STORE, OTHER = StoreId("rain"), StoreId("empty")
CANCEL = """\
procedure: cancel
title: {zh: 取消订单, en: cancel an order}
intents: [order.cancel]
slots:
  - {name: order_id, kind: order}
rules:
  - name: not_sent_yet
    holds: "order.stage in ['unpaid', 'paid']"
    say: {zh: "订单{{ order.id }}不能取消了。", en: "Order {{ order.id }} can't be cancelled any more."}
confirm: {zh: "取消订单{{ order.id }}，退回{{ order.total | money }}。", en: "Cancel order {{ order.id }}."}
steps:
  - {name: cancelled, call: cancel_order, with: {order_id: order.id}}
done: {zh: "订单{{ order.id }}已取消。", en: "Order {{ order.id }} is cancelled."}
"""
WANTED = {"messages": ["取消订单", "还没发货的那单", "确认"], "shopper": LIN, "language": "zh"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    shop = write_small_shop(tmp_path / "shop")
    write_kettle_shop(shop / "system")
    (shop / "procedures").mkdir()
    (shop / "procedures" / "cancel.yaml").write_text(CANCEL, "utf-8")
    settings = shop / "store.yaml"
    settings.write_text(settings.read_text("utf-8") + "system: {connector: files}\n", "utf-8")
    async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
        await app.import_store(str(shop), STORE)
        await app.import_store(str(write_small_shop(tmp_path / "other")), OTHER)
        yield app


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=serve_application(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        yield client


async def tried(
    app: Application, client: httpx.AsyncClient, body: dict[str, object], store: StoreId = STORE
) -> httpx.Response:
    key = await app.keys.create(store, frozenset({KeyScope.MANAGE}), "a test")
    headers = {"Authorization": f"Bearer {key.token}"}
    return await client.post(f"/v1/stores/{store}/procedures/try", json=body, headers=headers)


async def test_every_step_is_told_and_nothing_is_done(app: Application, client: httpx.AsyncClient) -> None:
    _, asked, agreed = (await tried(app, client, WANTED)).json()["trace"]
    assert asked["procedures"] == [
        {
            "procedure": "cancel",
            "way": "confirms",
            "slots": [{"name": "order_id", "value": [PAID], "told_now": True}],
            "rules": {"not_sent_yet": "holds"},
            "waits_for": "",
        }
    ]
    assert (asked["calls"], asked["action"]) == ([], "cancel.confirms")
    assert "238.5" in asked["reply"]
    assert agreed["calls"] == [
        {
            "procedure": "cancel",
            "operation": "cancel_order",
            "risk": "write",
            "arguments": {"order_id": PAID},
            "later": {},
            "when": None,
        }
    ]
    backend = await app.backends.of_store(STORE)  # type: ignore[attr-defined]  # the systems that stores name
    assert (await backend.order(ShopperRef(LIN), OrderId(PAID))).stage is OrderStage.PAID
    assert list(await app.effects.audit(STORE)) == []
    assert await app.log.awaiting_reply() == []


async def test_a_trial_sees_the_records_of_its_shopper_only(app: Application, client: httpx.AsyncClient) -> None:
    [told] = (await tried(app, client, {**WANTED, "messages": [f"取消订单{TOMS}"]})).json()["trace"]
    assert TOMS not in json.dumps(told["procedures"])
    assert (told["calls"], told["action"] == "cancel.confirms") == ([], False)


async def test_whom_the_system_does_not_know_nothing_is_tried_for(app: Application, client: httpx.AsyncClient) -> None:
    response = await tried(app, client, {**WANTED, "shopper": "nobody"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert "nobody" in response.json()["detail"]


async def test_a_store_without_a_system_says_what_is_missing(app: Application, client: httpx.AsyncClient) -> None:
    response = await tried(app, client, WANTED, OTHER)
    assert (response.status_code, "store.yaml" in response.json()["detail"]) == (404, True)


async def test_a_store_without_procedures_says_so(app: Application, client: httpx.AsyncClient) -> None:
    await app.authoring.switch(STORE, "cancel", enabled=False, by="a test")
    response = await tried(app, client, WANTED)
    assert (response.status_code, "no procedure in force" in response.json()["detail"]) == (404, True)
