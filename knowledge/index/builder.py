"""Writes the index of one version into a folder: lays the entries out, takes their vectors, closes the books."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from assistant.domain.evidence import Scope
from assistant.domain.ports import Vectors
from knowledge.index.graph import GRAPH_FROM, Graphs
from knowledge.index.layout import ARRAYS, CHROMA, DATABASE, FORMAT, SCHEMA, VECTORS, Kind, Partition
from knowledge.index.spool import Spool, Spooled
from knowledge.terms import Analyzer

_TEXTS_A_BATCH: Final = 256


class IndexBuilder:
    """Call `lay_out`, then `put_vectors` for each of `batches`, then `finish`. Blocking; one thread at a time.

    `graph_from`: rows from which a partition gets a nearest-neighbour graph.
    """

    def __init__(
        self, folder: Path, scope: Scope, *, embedder: str, dimension: int, graph_from: int = GRAPH_FROM
    ) -> None:
        self._folder = folder
        self._scope = scope
        self._embedder = embedder
        self._dimension = dimension
        self._graph_from = graph_from
        self._connection = sqlite3.connect(folder / DATABASE, check_same_thread=False, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA + "BEGIN")
        self._partitions: list[Partition] = []
        self._links = array("i")  # the rows of entry 0, of entry 1, ...
        self._link_ends = array("i", [0])
        self._rows = 0
        self._lengths = array("i")
        self._vectors: Vectors | None = None

    @property
    def texts(self) -> int:
        """How many different texts get a vector; known after `lay_out`."""
        return self._rows

    def lay_out(self, spool: Spool) -> None:
        """Entries get their numbers, terms and rows, partition by partition."""
        analyzer = Analyzer()
        spool.index_by_product()
        row_of: dict[str, int] = {}  # of the texts in the present partition
        current: tuple[Kind, bool] | None = None
        for number, spooled in enumerate(spool.in_layout_order()):
            partition = (spooled.kind, spooled.product_id is None)
            if partition != current:
                self._close_partition(number)
                self._open_partition(*partition, number)
                current, row_of = partition, {}
            self._add_entry(number, spooled, analyzer.terms(spooled.lexical), spool)
            for text in spooled.texts:
                if text not in row_of:
                    row_of[text] = self._rows
                    self._connection.execute("INSERT INTO texts VALUES (?, ?)", (self._rows, text))
                    self._rows += 1
                self._links.append(row_of[text])
            self._link_ends.append(len(self._links))
        self._close_partition(len(self._link_ends) - 1)
        self._vectors = np.lib.format.open_memmap(
            self._folder / VECTORS, mode="w+", dtype=np.float32, shape=(self._rows, self._dimension)
        )

    def batches(self) -> Iterator[tuple[int, list[str]]]:
        """The number of the first row and the texts of this row and those after it."""
        for start in range(0, self._rows, _TEXTS_A_BATCH):
            rows = self._connection.execute(
                "SELECT text FROM texts WHERE row >= ? AND row < ? ORDER BY row", (start, start + _TEXTS_A_BATCH)
            )
            yield start, [text for (text,) in rows]

    def put_vectors(self, start: int, vectors: Vectors) -> None:
        """The vectors of the texts of one batch, of unit length."""
        if self._vectors is None:
            raise RuntimeError("lay_out comes before put_vectors")
        self._vectors[start : start + len(vectors)] = vectors

    def finish(self) -> None:
        """Write what is derived from entries and vectors, and make everything safe on disk."""
        if self._vectors is None:
            raise RuntimeError("lay_out comes before finish")
        self._vectors.flush()  # type: ignore[attr-defined]  # a memmap
        large = [partition for partition in self._partitions if partition.graph]
        if large:
            graphs = Graphs(self._folder / CHROMA)
            try:
                for partition in large:
                    graphs.build(partition, self._vectors)
            finally:
                graphs.close()
        self._write_arrays()
        self._write_books()

    def close(self) -> None:
        self._vectors = None
        self._connection.close()

    def _add_entry(self, number: int, spooled: Spooled, terms: list[str], spool: Spool) -> None:
        payload = spooled.payload
        if spooled.kind is Kind.PRODUCT and spooled.product_id is not None:
            payload = _with_facts(payload, spool.facts_of(spooled.product_id))
        prepared = " ".join(terms)
        self._connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                spooled.kind,
                spooled.product_id,
                spooled.fact_group,
                spooled.ordinal,
                len(terms),
                prepared,
                payload,
            ),
        )
        self._connection.execute("INSERT INTO postings (rowid, terms) VALUES (?, ?)", (number, prepared))
        self._lengths.append(len(terms))

    def _open_partition(self, kind: Kind, shop: bool, number: int) -> None:
        self._partitions.append(Partition(kind, shop, number, number, self._rows, self._rows, graph=False))

    def _close_partition(self, number: int) -> None:
        if self._partitions:
            last = self._partitions.pop()
            graph = self._rows - last.row_start >= self._graph_from
            self._partitions.append(
                Partition(last.kind, last.shop, last.entry_start, number, last.row_start, self._rows, graph)
            )

    def _write_arrays(self) -> None:
        rows = np.frombuffer(self._links, dtype=np.int32)
        ends = np.frombuffer(self._link_ends, dtype=np.int32)
        entries = np.repeat(np.arange(len(ends) - 1, dtype=np.int32), np.diff(ends))
        by_row = np.argsort(rows, kind="stable")
        row_ends = np.zeros(self._rows + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows, minlength=self._rows), out=row_ends[1:])
        np.savez(
            self._folder / ARRAYS,
            lengths=np.frombuffer(self._lengths, dtype=np.int32),
            rows=rows,
            entry_ends=ends,
            entries=entries[by_row],
            row_ends=row_ends,
        )

    def _write_books(self) -> None:
        connection, entries = self._connection, len(self._link_ends) - 1
        connection.executemany(
            "INSERT INTO partitions VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(p.kind, p.shop, p.entry_start, p.entry_stop, p.row_start, p.row_stop, p.graph) for p in self._partitions],
        )
        connection.execute(
            "INSERT INTO manifest VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self._scope.store_id,
                self._scope.version_id,
                FORMAT,
                self._embedder,
                self._dimension,
                entries,
                sum(self._lengths) / max(entries, 1),
            ),
        )
        connection.execute("INSERT INTO postings (postings) VALUES ('optimize')")
        connection.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")
        connection.execute("COMMIT")


def _with_facts(product: bytes, facts: list[bytes]) -> bytes:
    """A product's JSON with all of its facts, also those that came from elsewhere in the packs."""
    return json.dumps(
        json.loads(product) | {"facts": [json.loads(fact) for fact in facts]}, ensure_ascii=False
    ).encode()
