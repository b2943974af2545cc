"""A store's own system comes with the store: checked and kept on import, opened when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.bootstrap import Application, application
from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.conversation import Conversation, Shopper
from assistant.domain.errors import InvalidInput, NotReady, SystemRefused
from assistant.domain.ids import ShopperId, StoreId
from assistant.domain.store import SystemSettings
from assistant.settings import Settings, system_secret
from tests.connectors.files.kettle_shop import LIN, OPERATIONS, ORDERS, PAID, write_kettle_shop
from tests.knowledge.fakes import WordEmbedder
from tests.small_shop import write_small_shop

STORE = StoreId("rain")
ME = ShopperRef(LIN)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write_small_shop(tmp_path / "shop")
    name_system(folder, "{connector: files, path: orders/system}")
    write_kettle_shop(folder / "orders" / "system")
    return folder


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
        yield app


def name_system(folder: Path, system: str) -> None:
    settings = folder / "store.yaml"
    before = settings.read_text("utf-8").partition("system:")[0]
    settings.write_text(f"{before}system: {system}\n", "utf-8")


async def conversation(app: Application, *, test: bool = False) -> Conversation:
    shopper = Shopper(ShopperId("user:lin"), identified=True)
    return await app.log.open(STORE, shopper, "zh", greeting=None, test=test)


async def stage_seen(app: Application) -> OrderStage:
    backend = await app.backends.of(await conversation(app))
    assert backend is not None
    return (await backend.order(ME, OrderId(PAID))).stage


async def test_a_conversation_is_served_by_its_stores_system_and_a_test_by_none(app: Application, shop: Path) -> None:
    await app.import_store(str(shop), STORE)
    assert await stage_seen(app) is OrderStage.PAID
    assert await app.backends.of(await conversation(app, test=True)) is None


async def test_what_was_done_outlives_the_process_and_another_import(tmp_path: Path, shop: Path) -> None:
    for number in range(2):
        async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
            await app.import_store(str(shop), STORE)
            backend = await app.backends.of(await conversation(app))
            assert backend is not None
            await backend.call("cancel_order", {"order_id": PAID}, shopper=ME, idempotency_key="once")
            assert await stage_seen(app) is OrderStage.CANCELLED
        (shop / "orders" / "system" / "orders.json").write_text(ORDERS.replace("请轻放", f"{number}"), "utf-8")


async def test_another_import_is_read_at_once(app: Application, shop: Path) -> None:
    await app.import_store(str(shop), STORE)
    assert await stage_seen(app) is OrderStage.PAID
    write_kettle_shop(shop / "orders" / "system", orders_json=ORDERS.replace("待发货", "已签收"))
    await app.import_store(str(shop), STORE)
    assert await stage_seen(app) is OrderStage.DELIVERED
    name_system(shop, "")
    await app.import_store(str(shop), STORE)
    assert await app.backends.of(await conversation(app)) is None


async def test_a_fault_in_the_system_refuses_the_import_and_leaves_all_as_it_was(app: Application, shop: Path) -> None:
    await app.import_store(str(shop), STORE)
    write_kettle_shop(shop / "orders" / "system", operations_yaml=OPERATIONS.replace("$order.id,", "$ordre.id,"))
    with pytest.raises(SystemRefused) as refused:
        await app.import_store(str(shop), STORE)
    faults = refused.value.data["faults"]
    assert isinstance(faults, list)
    assert (faults[0]["file"], faults[0]["line"]) == ("operations.yaml", 20)
    assert await stage_seen(app) is OrderStage.PAID


async def test_a_connector_that_is_not_installed_is_named_with_those_that_are(app: Application, shop: Path) -> None:
    name_system(shop, "{connector: pigeon}")
    with pytest.raises(SystemRefused, match=r"no connector pigeon is installed; there are: .*files"):
        await app.import_store(str(shop), STORE)


async def test_a_link_out_of_the_store_is_refused(app: Application, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("x", "utf-8")
    (shop / "orders" / "system" / "visits.jsonl").symlink_to(tmp_path / "private")
    with pytest.raises(InvalidInput, match="leads out of system"):
        await app.import_store(str(shop), STORE)


async def test_what_a_store_says_of_its_system_is_kept_with_it(app: Application, shop: Path) -> None:
    await app.import_store(str(shop), STORE)
    kept = (await app.stores.get(STORE)).system
    assert kept is not None
    assert kept == SystemSettings("files", "orders/system", {}, kept.version)
    assert app.system_folders.folder(STORE, kept).is_dir()


def test_a_secret_is_told_by_a_variable_of_its_own_kind_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREBOT_SYSTEM_TOKEN", "word")
    monkeypatch.setenv("STOREBOT_SECRET_KEY", "not for stores")
    assert system_secret("STOREBOT_SYSTEM_TOKEN") == "word"
    with pytest.raises(NotReady):
        system_secret("STOREBOT_SYSTEM_OTHER")
    with pytest.raises(InvalidInput):
        system_secret("STOREBOT_SECRET_KEY")
