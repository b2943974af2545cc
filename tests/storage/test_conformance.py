"""Storage in SQLite passes the suites of its ports."""

from __future__ import annotations

import pytest

from assistant.storage import Database, SqlStores
from tests.conformance.conversation_log import ConversationLogSuite
from tests.conformance.stores import StoresSuite


class TestSqlConversationLog(ConversationLogSuite):
    """`connect` comes from conftest."""


class TestSqlStores(StoresSuite):
    @pytest.fixture
    def stores(self, database: Database) -> SqlStores:
        return SqlStores(database)
