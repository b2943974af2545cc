"""Storage in SQLite passes the suites of its ports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.domain.ports import Clock
from assistant.storage import Database, SqlApiKeys, SqlStores
from tests.conformance.api_keys import ApiKeysSuite
from tests.conformance.conversation_log import ConversationLogSuite
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
