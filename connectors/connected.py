"""The systems that stores have connected, each opened when a conversation first needs it, and closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from assistant.domain.backend import Operation, StoreBackend
from assistant.domain.conversation import Conversation
from assistant.domain.ids import StoreId
from assistant.domain.ports import Clock, Stores
from assistant.domain.store import SystemSettings
from assistant.domain.systems import Connector, Surroundings, SystemFault, system_refused
from assistant.domain.text import LocalText

GROUP = "storebot.connectors"


def connector(settings: SystemSettings) -> Connector:
    """The connector that a store names. Raises SystemRefused, naming those that are installed."""
    installed = _installed()
    found = next((entry for entry in installed if entry.name == settings.connector), None)
    if found is None:
        known = ", ".join(sorted(entry.name for entry in installed))
        text = LocalText.of(
            {
                "zh": f"没有安装名为 {settings.connector} 的连接器；已安装：{known}",
                "en": f"no connector {settings.connector} is installed; there are: {known}",
            }
        )
        raise system_refused([SystemFault("store.yaml", 0, text)])
    return cast(Callable[[], Connector], found.load())()


def _installed() -> Iterable[EntryPoint]:
    return entry_points(group=GROUP)


@dataclass(slots=True)
class _Opened:
    """A system and the task that holds it open."""

    settings: SystemSettings
    backend: StoreBackend
    task: asyncio.Task[None]
    leave: asyncio.Event

    async def close(self) -> None:
        self.leave.set()
        await self.task


@dataclass
class ConnectedSystems:
    """The StoreBackends port over what stores say in their store.yaml. Close it at the end.

    stores: tells which system a store has. folder: where the folder of an imported system is. data: where a store's
    connector may write. secret: as in Surroundings.
    """

    stores: Stores
    folder: Callable[[StoreId, SystemSettings], Path]
    data: Callable[[StoreId], Path]
    clock: Clock
    secret: Callable[[str], str]
    _opened: dict[StoreId, _Opened] = field(default_factory=dict, init=False)
    _locks: dict[StoreId, asyncio.Lock] = field(default_factory=dict, init=False)

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        """None for a test: what is tried out must not reach a shop's orders."""
        if conversation.test:
            return None
        return await self.of_store(conversation.store_id)

    async def of_store(self, store_id: StoreId) -> StoreBackend | None:
        """The store's system as it was imported last. Raises as Connector.open does."""
        settings = (await self.stores.get(store_id)).system
        async with self._locks.setdefault(store_id, asyncio.Lock()):
            opened = self._opened.get(store_id)
            if opened is not None and opened.settings == settings:
                return opened.backend
            if opened is not None:
                del self._opened[store_id]
                await opened.close()
            if settings is None:
                return None
            self._opened[store_id] = await self._open(store_id, settings)
            return self._opened[store_id].backend

    async def operations(self, store_id: StoreId, settings: SystemSettings) -> Mapping[str, Operation]:
        """What can be called in a system that need not be in use yet. Raises as Connector.open does."""
        opened = self._opened.get(store_id)
        if opened is not None and opened.settings == settings:
            return opened.backend.operations
        async with connector(settings).open(self._surroundings(store_id, settings)) as backend:
            return dict(backend.operations)

    async def close(self) -> None:
        while self._opened:
            _, opened = self._opened.popitem()
            await opened.close()

    async def _open(self, store_id: StoreId, settings: SystemSettings) -> _Opened:
        """Held by a task of its own: a connector's context must be left by the task that entered it."""
        ready: asyncio.Future[StoreBackend] = asyncio.get_running_loop().create_future()
        leave = asyncio.Event()
        surroundings = self._surroundings(store_id, settings)

        async def hold() -> None:
            try:
                async with connector(settings).open(surroundings) as backend:
                    ready.set_result(backend)
                    await leave.wait()
            except Exception as error:
                if ready.done():
                    raise
                ready.set_exception(error)

        task = asyncio.create_task(hold(), name=f"system of {store_id}")
        return _Opened(settings, await ready, task, leave)

    def _surroundings(self, store_id: StoreId, settings: SystemSettings) -> Surroundings:
        folder, data = self.folder(store_id, settings), self.data(store_id)
        return Surroundings(store_id, folder, settings.options, data, self.clock, self.secret)
