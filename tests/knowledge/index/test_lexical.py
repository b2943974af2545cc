"""BM25, and the limit on what one query reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from assistant.domain.evidence import Scope
from assistant.domain.ids import StoreId, VersionId
from knowledge.index.layout import SCHEMA
from knowledge.index.lexical import POSTINGS_A_QUERY, Bm25, matching_entries

SCOPE = ("teahouse", "kv_1")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """10,000 entries: all have `common`, every hundredth `seldom`, one `unique`."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO manifest VALUES (?, ?, 1, 'words-1', 8, 10000, 2.0)", SCOPE)
    rows = ((n, "common" + " seldom" * (n % 100 == 7) + " unique" * (n == 4_321)) for n in range(10_000))
    connection.executemany("INSERT INTO postings (rowid, terms) VALUES (?, ?)", rows)
    connection.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")
    yield connection
    connection.close()


BM25 = Bm25(10_000, 2.0)


def test_rare_terms_weigh_more_and_unknown_ones_most(connection: sqlite3.Connection) -> None:
    query = BM25.query(connection, SCOPE, ["common", "seldom", "unique", "absent", "seldom"])
    assert query.frequency == {"common": 10_000, "seldom": 100, "unique": 1, "absent": 0}
    assert 0 < query.weight["common"] < query.weight["seldom"] < query.weight["unique"] < query.weight["absent"]


def test_rare_terms_are_read_first_and_common_ones_left_when_the_budget_is_spent(
    connection: sqlite3.Connection,
) -> None:
    query = BM25.query(connection, SCOPE, ["common", "seldom", "unique"])
    entries, weights = matching_entries(connection, SCOPE, query, [(0, 10_000)])
    assert len(entries) == 101
    assert dict(zip(entries.tolist(), weights.tolist(), strict=True))[4_321] == pytest.approx(query.weight["unique"])


def test_a_query_of_common_terms_only_still_finds_some(connection: sqlite3.Connection) -> None:
    entries, _ = matching_entries(connection, SCOPE, BM25.query(connection, SCOPE, ["common"]), [(0, 10_000)])
    assert len(entries) == POSTINGS_A_QUERY


def test_only_the_ranges_asked_for_are_read_and_small_ranges_whole(connection: sqlite3.Connection) -> None:
    query = BM25.query(connection, SCOPE, ["common", "unique"])
    entries, _ = matching_entries(connection, SCOPE, query, [(10, 20), (4_320, 4_330)])
    assert entries.tolist() == [*range(10, 20), *range(4_320, 4_330)]


def test_another_scope_finds_nothing(connection: sqlite3.Connection) -> None:
    query = BM25.query(connection, SCOPE, ["common"])
    for other in (Scope(StoreId("bakery"), VersionId("kv_1")), Scope(StoreId("teahouse"), VersionId("kv_2"))):
        scope = (other.store_id, other.version_id)
        assert BM25.query(connection, scope, ["common"]).frequency == {"common": 0}
        entries, _ = matching_entries(connection, scope, query, [(0, 10_000)])
        assert len(entries) == 0


def test_scores_follow_the_formula(connection: sqlite3.Connection) -> None:
    query = BM25.query(connection, SCOPE, ["seldom"])
    once, twice = (BM25.score(query, 2, [("seldom", count)]) for count in (1, 2))
    assert once == pytest.approx(query.ideal)
    assert once < twice < 2.2 * once
    assert BM25.score(query, 50, [("seldom", 1)]) < once
    assert BM25.score(query, 2, []) == 0
