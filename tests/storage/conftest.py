"""A database file of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.storage import Database, SqlConversationLog, SqlStores, open_database
from tests.conformance.conversation_log import Connect, Storage
from tests.conformance.examples import TickingClock
from tests.fresh_database import fresh_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'storebot.db'}"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = fresh_database(tmp_path / "data" / "storebot.db")
    yield database
    await database.close()


@pytest.fixture
async def connect(url: str) -> AsyncIterator[Connect]:
    opened: list[Database] = []
    clock = TickingClock()

    async def connect() -> Storage:
        database = open_database(url)
        opened.append(database)
        await database.upgrade()
        return Storage(SqlStores(database), SqlConversationLog(database, clock))

    yield connect
    for database in opened:
        await database.close()
