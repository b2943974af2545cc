"""The waiting room of a build: entries as they are read, on disk, before they are laid out in their final order."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic_core import PydanticSerializationError

from assistant.domain.commerce import Fact, Product
from assistant.domain.errors import InvalidInput
from assistant.domain.evidence import Entry
from assistant.domain.text import LocalText
from knowledge.index.layout import FORMAT, Kind
from knowledge.index.projection import EntryCodec, dense_texts, lexical_text, product_of
from knowledge.readers.reasons import reason

_SCHEMA: Final = """
CREATE TABLE entries (
  ordinal INTEGER PRIMARY KEY, kind INTEGER NOT NULL, product_id TEXT, fact_group TEXT, id TEXT NOT NULL UNIQUE,
  lexical TEXT NOT NULL, texts TEXT NOT NULL, payload BLOB NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Spooled:
    """An entry on its way into the index: `texts` get a vector each, `lexical` becomes terms."""

    ordinal: int
    kind: Kind
    product_id: str | None
    fact_group: str | None
    lexical: str
    texts: tuple[str, ...]
    payload: bytes


class Unusable(InvalidInput):
    """An entry cannot be taken; `text` says why in every language."""

    def __init__(self, text: LocalText) -> None:
        super().__init__(text.in_language("en"))
        self.text = text


class Repeated(Unusable):
    """The id of an entry is that of an earlier one."""


class Spool:
    """Takes entries one by one, refuses a second one of the same id, and knows the digest of all it took.

    Blocking; used from one thread at a time.
    """

    def __init__(self, path: Path, *, embedder: str, dimension: int) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA + "BEGIN")
        self._codec = EntryCodec()
        self._digest = hashlib.sha256(json.dumps([FORMAT, embedder, dimension]).encode())
        self.counts: Counter[Kind] = Counter()

    def add(self, entry: Entry) -> None:
        """Raises Unusable, with the reason, for an entry that cannot be used."""
        kind = Kind.of(entry)
        texts = dense_texts(entry)
        if not texts:
            raise Unusable(reason("no_words"))
        try:
            payload = self._codec.encode(entry)
            row = (
                self.counts.total(),
                kind,
                product_of(entry),
                entry.group if isinstance(entry, Fact) else None,
                f"product:{entry.id}" if isinstance(entry, Product) else entry.id,
                lexical_text(entry),
                json.dumps(texts, ensure_ascii=False),
                payload,
            )
            taken = self._connection.execute("INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        except (UnicodeEncodeError, PydanticSerializationError) as error:
            raise Unusable(reason("not_unicode")) from error
        if not taken.rowcount:
            raise Repeated(reason("id_taken", id=entry.id))
        self.counts[kind] += 1
        self._digest.update(b"%d %d " % (kind, len(payload)))
        self._digest.update(payload)

    @property
    def digest(self) -> str:
        """SHA-256 over everything taken, in order, the index format and the embedder."""
        return self._digest.hexdigest()

    def in_layout_order(self) -> Iterator[Spooled]:
        """By kind, the shop's own before the products', product by product, as the pack gives them."""
        rows = self._connection.execute(
            "SELECT ordinal, kind, product_id, fact_group, lexical, texts, payload FROM entries "
            "ORDER BY kind, product_id IS NOT NULL, product_id, ordinal"
        )
        for ordinal, kind, product_id, fact_group, lexical, texts, payload in rows:
            yield Spooled(ordinal, Kind(kind), product_id, fact_group, lexical, tuple(json.loads(texts)), payload)

    def facts_of(self, product_id: str) -> list[bytes]:
        """The JSON of a product's facts, as the pack gives them."""
        rows = self._connection.execute(
            "SELECT payload FROM entries WHERE kind = ? AND product_id = ? ORDER BY ordinal", (Kind.FACT, product_id)
        )
        return [payload for (payload,) in rows]

    def index_by_product(self) -> None:
        """To be called when everything is in, before `facts_of`."""
        self._connection.execute("CREATE INDEX by_product ON entries (product_id, kind, ordinal)")

    def close(self) -> None:
        self._connection.close()
