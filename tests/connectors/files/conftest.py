"""A system from files, which can be closed and opened again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import ShopperRef
from connectors.files import open_files
from connectors.files.backend import FilesBackend
from tests.connectors.files.kettle_shop import LIN, HandClock, write_kettle_shop


@dataclass
class Place:
    """Where a system is, and the ones opened there."""

    folder: Path
    journal: Path
    clock: HandClock
    stack: AsyncExitStack

    async def open(self) -> FilesBackend:
        return await self.stack.enter_async_context(open_files(self.folder, self.journal, self.clock))

    async def reopened(self) -> FilesBackend:
        await self.stack.aclose()
        return await self.open()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(write_kettle_shop(tmp_path / "system"), tmp_path / "data" / "journal.db", HandClock(), stack)


@pytest.fixture
async def shop(place: Place) -> FilesBackend:
    return await place.open()


async def call(shop: FilesBackend, operation: str, key: str = "k", shopper: str = LIN, **arguments: Any) -> Any:
    return await shop.call(operation, arguments, shopper=ShopperRef(shopper), idempotency_key=key)
