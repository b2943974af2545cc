"""Reads the entries of one version: by number, by product, in order. Blocking; safe to share between threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, cast

from assistant.domain.commerce import Fact, Passage, Product
from assistant.domain.evidence import Entry, Scope
from assistant.domain.ids import ProductId
from knowledge.index.files import IndexFiles
from knowledge.index.layout import Kind
from knowledge.index.lexical import marks
from knowledge.index.lru import LeastRecentlyUsed
from knowledge.index.projection import EntryCodec

_ENTRIES_KEPT: Final = 8_192
_LISTED_KEPT: Final = 16_384
_SCOPED: Final = "EXISTS (SELECT 1 FROM manifest WHERE store_id = ? AND version_id = ?)"


class Entries:
    """`scope` is the one asked for: every query names it, so that a wrong file would answer with nothing."""

    def __init__(self, files: IndexFiles, scope: Scope, codec: EntryCodec) -> None:
        self._files = files
        self._codec = codec
        self._scope = (scope.store_id, scope.version_id)
        self._read: LeastRecentlyUsed[int, Entry] = LeastRecentlyUsed(_ENTRIES_KEPT)
        self._numbers: LeastRecentlyUsed[ProductId, int] = LeastRecentlyUsed(_ENTRIES_KEPT)
        self._listed: LeastRecentlyUsed[tuple[Kind, ProductId | None], tuple[Entry, ...]] = LeastRecentlyUsed(
            _LISTED_KEPT
        )

    def by_number(self, connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, Entry]:
        known = {number: entry for number in numbers if (entry := self._read.get(number)) is not None}
        missing = [number for number in numbers if number not in known]
        if missing:
            known |= self._decoded(
                connection.execute(
                    f"SELECT id, kind, payload FROM entries WHERE id IN ({marks(missing)}) AND {_SCOPED}",  # noqa: S608
                    (*missing, *self._scope),
                )
            )
        return known

    def products(self, product_ids: Sequence[ProductId]) -> list[Product]:
        """Those that exist, in the order asked for."""
        with self._files.connection() as connection:
            rows = connection.execute(
                "SELECT product_id, id FROM entries "  # noqa: S608 - only marks
                f"WHERE kind = ? AND product_id IN ({marks(product_ids)}) AND {_SCOPED}",
                (Kind.PRODUCT, *product_ids, *self._scope),
            )
            number_of: dict[ProductId, int] = dict(rows.fetchall())
            found = self.by_number(connection, list(number_of.values()))
        for product_id, number in number_of.items():
            self._numbers.put(product_id, number)
        return [cast(Product, found[number_of[wanted]]) for wanted in product_ids if wanted in number_of]

    def kept_products(self, product_ids: Sequence[ProductId]) -> list[Product] | None:
        """As `products`, without touching the disk; None if some of them were not read lately."""
        numbers = [self._numbers.get(product_id) for product_id in product_ids]
        found = [None if number is None else self._read.get(number) for number in numbers]
        return None if None in found else cast(list[Product], found)

    def catalogue(self, offset: int, limit: int) -> list[Product]:
        with self._files.connection() as connection:
            rows = connection.execute(
                f"SELECT id FROM entries WHERE kind = ? AND {_SCOPED} ORDER BY ordinal LIMIT ? OFFSET ?",  # noqa: S608
                (Kind.PRODUCT, *self._scope, max(limit, 0), max(offset, 0)),
            )
            numbers = [number for (number,) in rows]
            found = self.by_number(connection, numbers)
        return [cast(Product, found[number]) for number in numbers]

    def facts(self, product_id: ProductId | None) -> tuple[Fact, ...]:
        return cast(tuple[Fact, ...], self._of(Kind.FACT, product_id))

    def passages(self, product_id: ProductId | None) -> tuple[Passage, ...]:
        return cast(tuple[Passage, ...], self._of(Kind.PASSAGE, product_id))

    def kept_facts(self, product_id: ProductId | None) -> tuple[Fact, ...] | None:
        """As `facts`, without touching the disk; None if they were not read lately."""
        return cast(tuple[Fact, ...] | None, self._listed.get((Kind.FACT, product_id)))

    def _of(self, kind: Kind, product_id: ProductId | None) -> tuple[Entry, ...]:
        kept = self._listed.get((kind, product_id))
        if kept is not None:
            return kept
        with self._files.connection() as connection:
            rows = connection.execute(
                "SELECT id, kind, payload FROM entries "  # noqa: S608 - no value is in the text
                f"WHERE product_id IS ? AND kind = ? AND {_SCOPED} ORDER BY ordinal",
                (product_id, kind, *self._scope),
            )
            found = tuple(self._codec.decode(kind, payload) for _, _, payload in rows)
        self._listed.put((kind, product_id), found, weight=len(found) + 1)
        return found

    def _decoded(self, rows: Iterable[tuple[int, int, bytes]]) -> dict[int, Entry]:
        found = {number: self._codec.decode(Kind(kind), payload) for number, kind, payload in rows}
        for number, entry in found.items():
            self._read.put(number, entry)
        return found
