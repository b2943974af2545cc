"""Searches one version. Blocking; safe to share between threads.

The entries of a product are all scored (`shelf`). What is searched as a whole is searched by partition: the nearest
texts by a look at all vectors or, where there are many, by a graph, and the entries with the rarest of the query's
terms. Whatever either side found is then scored by both.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Final

import numpy as np

from assistant.domain.evidence import Candidate, Entry, Scope, SearchQuery, Signals
from assistant.domain.ids import ProductId
from assistant.domain.ports import Vectors
from knowledge.fusion import fuse
from knowledge.index.entries import Entries
from knowledge.index.files import IndexFiles
from knowledge.index.layout import Kind, Partition
from knowledge.index.lexical import Bm25, QueryTerms, marks, matching_entries
from knowledge.index.lru import LeastRecentlyUsed
from knowledge.index.projection import dense_texts
from knowledge.index.scored import IntArray, Links, Scored, cosines
from knowledge.index.shelf import Shelf
from knowledge.terms import Analyzer

_ENTRIES_ON_SHELVES: Final = 20_000  # each takes about 4 KB
_TERMS_COUNTED: Final = 200_000  # of the entries scored last; each takes about 0.1 KB
_TITLES_KEPT: Final = 10_000
_ENTRIES_A_TEXT: Final = 5  # of many products that share the name of a fact, the first few stand for all
_LEAST_CANDIDATES: Final = 40
_SCOPED: Final = "EXISTS (SELECT 1 FROM manifest WHERE store_id = ? AND version_id = ?)"


class IndexSearch:
    """`scope` is the one asked for: every query names it, so that a wrong file would answer with nothing."""

    def __init__(self, files: IndexFiles, scope: Scope, entries: Entries, analyzer: Analyzer) -> None:
        self._files = files
        self._entries = entries
        self._analyzer = analyzer
        self._bm25 = Bm25(files.manifest.entries, files.manifest.average_length)
        self._scope = (scope.store_id, scope.version_id)
        # The same titles are looked at turn after turn.
        self._distinct_terms = lru_cache(_TITLES_KEPT)(lambda text: frozenset(analyzer.terms(text)))
        self._counts: LeastRecentlyUsed[int, Mapping[str, int]] = LeastRecentlyUsed(_TERMS_COUNTED)
        self._shelves: LeastRecentlyUsed[ProductId, Shelf] = LeastRecentlyUsed(_ENTRIES_ON_SHELVES)

    def search(self, query: SearchQuery) -> list[Candidate]:
        """As `Knowledge.search`. The vector has the manifest's dimension."""
        terms = self._analyzer.terms(query.text)
        if not query.text.strip() or query.limit < 1 or not (terms or query.vector):
            return []
        vector = None if query.vector is None else np.asarray(query.vector, dtype=np.float32)
        kinds = [kind for kind in Kind if kind.evidence in query.kinds]
        with self._files.connection() as connection:
            weighed = self._bm25.query(connection, self._scope, terms)
            parts = [
                self._shelf(connection, product_id).score(vector, weighed, self._bm25, kinds)
                for product_id in dict.fromkeys(query.product_ids or ())
            ]
            partitions = [
                partition
                for partition in self._files.partitions
                if partition.kind in kinds and (query.product_ids is None or (query.store_wide and partition.shop))
            ]
            if partitions:
                parts.append(self._in_partitions(connection, partitions, vector, weighed, query.limit))
            return self._ranked(connection, parts, weighed, query.limit) if parts else []

    def find_products(self, text: str, limit: int) -> list[Candidate]:
        kinds = frozenset({Kind.PRODUCT.evidence})
        return self.search(SearchQuery(text, vector=None, kinds=kinds, limit=limit))

    def _shelf(self, connection: sqlite3.Connection, product_id: ProductId) -> Shelf:
        kept = self._shelves.get(product_id)
        if kept is not None:
            return kept
        rows = connection.execute(
            f"SELECT id, kind, terms FROM entries WHERE product_id = ? AND {_SCOPED} ORDER BY id",  # noqa: S608
            (product_id, *self._scope),
        ).fetchall()
        entries = np.asarray([row[0] for row in rows], dtype=np.int64)
        links = Links.of(entries, self._files.rows, self._files.entry_ends)
        kinds = np.asarray([row[1] for row in rows], dtype=np.int8)
        shelf = Shelf(entries, kinds, [row[2] for row in rows], links, np.asarray(self._files.vectors[links.rows]))
        self._shelves.put(product_id, shelf, weight=len(shelf) + 1)
        return shelf

    def _in_partitions(
        self,
        connection: sqlite3.Connection,
        partitions: Sequence[Partition],
        vector: Vectors | None,
        query: QueryTerms,
        limit: int,
    ) -> Scored:
        wanted = max(_LEAST_CANDIDATES, 2 * limit)
        matching, weights = matching_entries(connection, self._scope, query, _ranges(partitions))
        likely = self._bm25.assuming_once(weights, self._files.lengths[matching])
        found = np.sort(matching[_largest(likely, wanted)])
        if vector is not None:
            rows = self._nearest_rows(partitions, vector, wanted)
            found = np.union1d(found, self._entries_of(rows))
        return self._score(connection, found, vector, query)

    def _nearest_rows(self, partitions: Sequence[Partition], vector: Vectors, wanted: int) -> IntArray:
        rows, scores = [], []
        for partition in partitions:
            if partition.graph and self._files.graphs:
                near = self._files.graphs.nearest(partition, vector, wanted)
                rows.append(near)
                scores.append(cosines(self._files.vectors[near], vector))
            else:
                every = cosines(self._files.vectors[partition.row_start : partition.row_stop], vector)
                near = _largest(every, wanted)
                rows.append(near + partition.row_start)
                scores.append(every[near])
        return np.concatenate(rows)[_largest(np.concatenate(scores), wanted)]

    def _entries_of(self, rows: IntArray) -> IntArray:
        ends = self._files.row_ends
        parts = [self._files.entries[ends[row] : min(ends[row + 1], ends[row] + _ENTRIES_A_TEXT)] for row in rows]
        return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, dtype=np.int64)

    def _score(
        self, connection: sqlite3.Connection, entries: IntArray, vector: Vectors | None, query: QueryTerms
    ) -> Scored:
        """Both signals of these entries, which are in ascending order."""
        numbers, lengths = entries.tolist(), self._files.lengths[entries].tolist()
        lexical = np.asarray(
            [
                self._bm25.score(query, length, [(term, had[term]) for term in query.weight if term in had])
                for had, length in zip(self._term_counts(connection, numbers), lengths, strict=True)
            ],
            dtype=np.float64,
        )
        if vector is None:
            return Scored(entries, np.zeros(len(numbers)), lexical, np.full(len(numbers), -1, dtype=np.int64))
        links = Links.of(entries, self._files.rows, self._files.entry_ends)
        dense, nearest = links.nearest(self._files.vectors[links.rows], vector)
        return Scored(entries, dense, lexical, nearest)

    def _term_counts(self, connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Mapping[str, int]]:
        """How often each term stands in each of these entries."""
        found = {number: counts for number in numbers if (counts := self._counts.get(number)) is not None}
        missing = [number for number in numbers if number not in found]
        if missing:
            rows = connection.execute(
                f"SELECT id, terms FROM entries WHERE id IN ({marks(missing)}) AND {_SCOPED}",  # noqa: S608 - only marks
                (*missing, *self._scope),
            )
            for number, prepared in rows:
                found[number] = Counter(map(intern, prepared.split()))
                self._counts.put(number, found[number], weight=len(found[number]) + 1)
        return [found.get(number, {}) for number in numbers]

    def _ranked(
        self, connection: sqlite3.Connection, parts: Sequence[Scored], query: QueryTerms, limit: int
    ) -> list[Candidate]:
        scored = Scored.joined(parts)
        fused = fuse(scored.dense, scored.lexical, ideal=query.ideal)
        best = np.lexsort((scored.entries, -fused))[:limit]  # equal scores: as the entries lie
        numbers = scored.entries[best].tolist()
        entries = self._entries.by_number(connection, numbers)
        texts = self._texts(connection, scored.rows[best].tolist())
        return [
            Candidate(
                entry=entries[number],
                kind=Kind.of(entries[number]).evidence,
                signals=Signals(float(scored.dense[place]), float(scored.lexical[place]), float(fused[place])),
                matched=texts.get(int(scored.rows[place])) or self._closest_words(entries[number], query),
            )
            for place, number in zip(best.tolist(), numbers, strict=True)
        ]

    def _texts(self, connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, str]:
        wanted = [row for row in rows if row >= 0]
        if not wanted:
            return {}
        return dict(
            connection.execute(
                f"SELECT row, text FROM texts WHERE row IN ({marks(wanted)}) AND {_SCOPED}",  # noqa: S608 - only marks
                (*wanted, *self._scope),
            ).fetchall()
        )

    def _closest_words(self, entry: Entry, query: QueryTerms) -> str:
        """Without a vector: the text of the entry that shares most with the query."""
        texts = dense_texts(entry)
        if len(texts) == 1:
            return texts[0]
        return max(texts, key=lambda text: sum(query.weight.get(term, 0) for term in self._distinct_terms(text)))


def _ranges(partitions: Sequence[Partition]) -> list[tuple[int, int]]:
    """The entries of the partitions, which are in order; those of neighbours as one range."""
    ranges: list[tuple[int, int]] = []
    for partition in partitions:
        start = ranges.pop()[0] if ranges and ranges[-1][1] == partition.entry_start else partition.entry_start
        ranges.append((start, partition.entry_stop))
    return ranges


def _largest(scores: np.ndarray[tuple[int, ...], np.dtype[np.float32 | np.float64]], count: int) -> IntArray:
    """The places of the `count` largest scores, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]
