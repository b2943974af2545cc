"""The real application, serving a small part of the demo store in a thread of its own."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import knowledge
from assistant.api.server import Server
from assistant.api.serving import serve_application
from assistant.bootstrap import application
from assistant.domain.ids import StoreId
from assistant.settings import Settings

DEMO_ID = StoreId("demo")
DEMO = Path(knowledge.__file__).parent / "packs" / "demo"
# Enough to fill every kind of page, and little enough to be embedded in seconds.
PART = (
    "store.yaml",
    "system",
    "knowledge/shop/pack.yaml",
    "knowledge/shop/policies/delivery.zh.md",
    "knowledge/shop/policies/delivery.en.md",
    "knowledge/sportswear/pack.yaml",
    "knowledge/sportswear/products/shoes.json",
    "knowledge/sportswear/media",
)


@contextmanager
def demo_shop(folder: Path) -> Iterator[str]:
    """Import the part, serve it on a free port; yields its address. `folder` keeps all that is written."""
    shop = folder / "shop"
    for name in PART:
        target = shop / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (DEMO / name).is_dir() else shutil.copyfile)(DEMO / name, target)
    serving = _Serving(shop, folder / "data")
    thread = threading.Thread(target=asyncio.run, args=(serving.run(),))
    thread.start()
    try:
        serving.ready.wait()
        if serving.failure is not None:
            raise serving.failure
        yield serving.address
    finally:
        serving.stop()
        thread.join()


class _Serving:
    def __init__(self, shop: Path, data: Path) -> None:
        self.ready = threading.Event()
        self.failure: Exception | None = None
        self.address = ""
        self._shop, self._data = shop, data
        self._server: _Announcing | None = None

    async def run(self) -> None:
        try:
            async with application(Settings(data_dir=self._data)) as app:
                await app.embedder.take(DEMO / "embeddings.npz")
                await app.import_store(str(self._shop), DEMO_ID)
                self._server = _Announcing(serve_application(app, demo=True), host="127.0.0.1", port=0)
                self._server.announce = self._started
                await self._server.serve()
        except Exception as failure:  # handed to the test, which waits in another thread
            self.failure = failure
        finally:
            self.ready.set()

    def _started(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.ready.set()

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True


class _Announcing(Server):
    announce: Callable[[int], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.announce(self.bound_port)
