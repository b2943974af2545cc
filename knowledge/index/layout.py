"""What lies in the folder of one version, and the identity it carries.

`index.db`      SQLite: entries as JSON, FTS5 over their terms, document frequencies, the texts that have vectors
`vectors.npy`   one float32 row a text, memory-mapped
`arrays.npz`    the length of each entry in terms; which entries a row belongs to, and which rows an entry has
`chroma/`       nearest-neighbour graphs, only for partitions that are large enough to need one
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from assistant.domain.commerce import Fact, Faq, Passage
from assistant.domain.errors import NotReady
from assistant.domain.evidence import Entry, EvidenceKind, Scope
from assistant.domain.ids import StoreId, VersionId

FORMAT: Final = 1
"""Raised when what an index holds, or how text becomes terms and passages, changes: older indexes are built anew."""

DATABASE: Final = "index.db"
VECTORS: Final = "vectors.npy"
ARRAYS: Final = "arrays.npz"
CHROMA: Final = "chroma"

SCHEMA: Final = """
CREATE TABLE manifest (
  store_id TEXT NOT NULL, version_id TEXT NOT NULL, format INTEGER NOT NULL, embedder TEXT NOT NULL,
  dimension INTEGER NOT NULL, entries INTEGER NOT NULL, average_length REAL NOT NULL
);
CREATE TABLE partitions (
  kind INTEGER NOT NULL, shop INTEGER NOT NULL, entry_start INTEGER NOT NULL, entry_stop INTEGER NOT NULL,
  row_start INTEGER NOT NULL, row_stop INTEGER NOT NULL, graph INTEGER NOT NULL
);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, product_id TEXT, fact_group TEXT, ordinal INTEGER NOT NULL,
  length INTEGER NOT NULL, terms TEXT NOT NULL, payload BLOB NOT NULL
);
CREATE INDEX entries_of_a_product ON entries (product_id, kind, ordinal);
CREATE INDEX entries_in_order ON entries (kind, ordinal);
CREATE TABLE texts (row INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE frequencies (term TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE postings USING fts5(
  terms, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '-./+'"
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(postings, 'row');
"""


class Kind(IntEnum):
    """EvidenceKind as it is stored; entries are laid out in this order."""

    PRODUCT = 0
    FACT = 1
    FAQ = 2
    PASSAGE = 3

    @property
    def evidence(self) -> EvidenceKind:
        return EvidenceKind[self.name]

    @classmethod
    def of(cls, entry: Entry) -> Kind:
        match entry:
            case Fact():
                return cls.FACT
            case Faq():
                return cls.FAQ
            case Passage():
                return cls.PASSAGE
            case _:
                return cls.PRODUCT


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose knowledge an index holds, and what built it. `average_length` is in terms an entry."""

    scope: Scope
    embedder: str
    dimension: int
    entries: int
    average_length: float


@dataclass(frozen=True, slots=True)
class Partition:
    """Entries of one kind, of the shop itself or of its products. They and their vectors lie side by side."""

    kind: Kind
    shop: bool
    entry_start: int
    entry_stop: int
    row_start: int
    row_stop: int
    graph: bool  # has a nearest-neighbour graph

    @property
    def rows(self) -> int:
        return self.row_stop - self.row_start

    @property
    def collection(self) -> str:
        """The name of its Chroma collection."""
        return f"{self.kind.name.lower()}-{'shop' if self.shop else 'products'}"


def read_manifest(connection: sqlite3.Connection, folder: Path) -> Manifest:
    """Raises NotReady for an index in another format than this release reads."""
    try:
        row = connection.execute(
            "SELECT format, store_id, version_id, embedder, dimension, entries, average_length FROM manifest"
        ).fetchone()
    except sqlite3.DatabaseError as error:
        raise NotReady(f"The index in {folder} is damaged ({error}). Import the store again.") from error
    if row is None or row[0] != FORMAT:
        raise NotReady(
            f"The index in {folder} has format {row[0] if row else 'unknown'}, this release reads format {FORMAT}. "
            "Import the store again."
        )
    return Manifest(Scope(StoreId(row[1]), VersionId(row[2])), *row[3:])
