"""Storage in SQLite passes the suites of its ports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.domain.ports import Clock
from assistant.storage import Database, SqlApiKeys, SqlProcedureVersions, SqlStores
from tests.conformance.api_keys import ApiKeysSuite
from tests.conformance.conversation_log import ConversationLogSuite
from tests.conformance.examples import TickingClock
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
