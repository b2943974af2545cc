"""The demo store and an invented ECom-Bench shop, each imported once a test session, and visited in many tests."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

import knowledge
from assistant.bootstrap import Application, application
from assistant.domain.ids import StoreId
from assistant.settings import Settings
from tests.turn.lamp_shop import write_lamp_shop
from tests.turn.rain_talk import RainShop
from tests.turn.shopper import Shop

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # a Sunday, 12:00 in China, within the demo store's offers
DEMO = Path(str(knowledge.__file__)).parent / "packs" / "demo"


class FixedClock:
    """What the assistant says of offers and service hours must not depend on when the tests run."""

    def now(self) -> datetime:
        return NOON


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after both imports. Workers of pytest-xdist share it: the first imports, the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    data, done = shared / "imported-stores", shared / "imported-stores.done"
    with (shared / "imported-stores.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)
            lamps = write_lamp_shop(shared / "lamp-shop")
            with start_blocking_portal() as portal, _opened(portal, data) as app:
                portal.call(app.embedder.take, DEMO / "embeddings.npz")
                portal.call(app.import_store, str(DEMO), StoreId("demo"))
                portal.call(app.import_store, f"ecom-bench:{lamps}", StoreId("lamps"))
            done.touch()
    return data


@pytest.fixture(scope="session")
def running(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BlockingPortal, Application]]:
    """The assistant on a copy of the imported data: no two processes write to one folder."""
    data = tmp_path_factory.mktemp("running") / "data"
    shutil.copytree(imported, data)
    with start_blocking_portal() as portal, _opened(portal, data) as app:
        yield portal, app


@pytest.fixture(scope="session")
def demo(running: tuple[BlockingPortal, Application]) -> Shop:
    return Shop(*running, StoreId("demo"))


@pytest.fixture(scope="session")
def lamps(running: tuple[BlockingPortal, Application]) -> Shop:
    return Shop(*running, StoreId("lamps"))


def _opened(portal: BlockingPortal, data: Path) -> AbstractContextManager[Application]:
    return portal.wrap_async_context_manager(application(Settings(data_dir=data, coalesce_ms=0), clock=FixedClock()))


@pytest.fixture(scope="module")
def rain(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RainShop]:
    """The small store with a system of orders, on a copy of its own for each file."""
    data = tmp_path_factory.mktemp("rain") / "data"
    shutil.copytree(small_store, data)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(application(Settings(data_dir=data))) as app,
    ):
        yield RainShop.open(portal, app)
