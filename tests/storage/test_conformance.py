"""Storage in SQLite passes the suites of its ports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.domain.ports import Clock
from assistant.storage import (
    Database,
    SqlApiKeys,
    SqlArchive,
    SqlConversationLog,
    SqlDeskBook,
    SqlProcedureVersions,
    SqlStores,
)
from tests.conformance.api_keys import ApiKeysSuite
from tests.conformance.archive import OTHER_STORE, ArchiveSuite
from tests.conformance.conversation_log import ConversationLogSuite
from tests.conformance.desk_book import DeskBookSuite
from tests.conformance.examples import TickingClock, a_store
from tests.conformance.procedure_versions import ProcedureVersionsSuite
from tests.conformance.stores import StoresSuite


class TestSqlConversationLog(ConversationLogSuite):
    """`connect` comes from conftest."""


class TestSqlStores(StoresSuite):
    @pytest.fixture
    def stores(self, database: Database) -> SqlStores:
        return SqlStores(database)


class TestSqlApiKeys(ApiKeysSuite):
    @pytest.fixture
    def stores(self, database: Database) -> SqlStores:
        return SqlStores(database)

    @pytest.fixture
    def keys_at(self, database: Database) -> Callable[[Clock], SqlApiKeys]:
        return lambda clock: SqlApiKeys(database, clock)


class TestSqlProcedureVersions(ProcedureVersionsSuite):
    @pytest.fixture
    def stores(self, database: Database) -> SqlStores:
        return SqlStores(database)

    @pytest.fixture
    def versions(self, database: Database) -> SqlProcedureVersions:
        return SqlProcedureVersions(database, TickingClock())


class TestSqlDeskBook(DeskBookSuite):
    @pytest.fixture
    async def log(self, database: Database) -> SqlConversationLog:
        await SqlStores(database).put(a_store())
        return SqlConversationLog(database, TickingClock())

    @pytest.fixture
    def book(self, database: Database) -> SqlDeskBook:
        return SqlDeskBook(database)


class TestSqlArchive(ArchiveSuite):
    @pytest.fixture
    async def log(self, database: Database) -> SqlConversationLog:
        await SqlStores(database).put(a_store())
        await SqlStores(database).put(a_store(OTHER_STORE))
        return SqlConversationLog(database, TickingClock())

    @pytest.fixture
    def archive(self, database: Database) -> SqlArchive:
        return SqlArchive(database, looked_at=6)
