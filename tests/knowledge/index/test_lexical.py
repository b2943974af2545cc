"""BM25, and the limit on what one query reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from assistant.domain.evidence import Scope
from assistant.domain.ids import StoreId, VersionId
from knowledge.index.layout import SCHEMA
from knowledge.index.lexical import CHARACTER_WEIGHT, POSTINGS_A_QUERY, Bm25, matching_entries
from knowledge.terms import Analyzer

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


@pytest.fixture
def shop() -> Iterator[sqlite3.Connection]:
    """The titles of a small shop, as the index keeps their terms."""
    titles = ["Hearthside 黄铜吊灯", "Hearthside 落地灯", "青瓷背景墙砖", "bagged milk tea", "tea tray", "Milk frother"]
    analyzer, connection = Analyzer(), sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO manifest VALUES (?, ?, 1, 'words-1', 8, ?, 9.0)", (*SCOPE, len(titles)))
    connection.executemany(
        "INSERT INTO postings (rowid, terms) VALUES (?, ?)",
        ((number, " ".join(analyzer.terms(title))) for number, title in enumerate(titles)),
    )
    connection.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")
    yield connection
    connection.close()


def test_a_character_weighs_less_where_a_known_pair_of_the_query_has_it(shop: sqlite3.Connection) -> None:
    bm25, terms = Bm25(6, 9.0), Analyzer().terms
    alone = bm25.query(shop, SCOPE, terms("灯")).weight["灯"]
    assert bm25.query(shop, SCOPE, terms("吊灯")).weight["灯"] == pytest.approx(CHARACTER_WEIGHT * alone)
    assert bm25.query(shop, SCOPE, terms("壁灯")).weight["灯"] == pytest.approx(alone)  # no entry has 壁灯


def test_a_title_that_shares_a_word_outranks_one_that_shares_its_characters(shop: sqlite3.Connection) -> None:
    bm25, analyzer = Bm25(6, 9.0), Analyzer()
    query = bm25.query(shop, SCOPE, analyzer.terms("背景墙灯"))

    def score(title: str) -> float:
        terms = [term for term in analyzer.terms(title) if term in query.weight]
        return bm25.score(
            query, len(analyzer.terms(title)), [(term, terms.count(term)) for term in dict.fromkeys(terms)]
        )

    assert score("背景板") > score("墙景背")


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ("milktea", {"milk": 2, "tea": 2}),
        ("MilkTeas", {"milk": 2, "tea": 2}),
        ("milkjug", {"milkjug": 0}),
        ("hearthside", {"hearthside": 2}),
    ],
)
def test_a_word_that_no_entry_has_counts_as_the_two_known_words_that_it_is_made_of(
    shop: sqlite3.Connection, typed: str, counted: dict[str, int]
) -> None:
    assert Bm25(6, 9.0).query(shop, SCOPE, Analyzer().terms(typed)).frequency == counted
