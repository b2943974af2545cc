"""What readers and importers hand to the build of a knowledge version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.domain.commerce import Fact, Faq, Product, Source
from assistant.domain.ids import EvidenceId, ProductId, StoreId
from assistant.domain.procedures import ProcedureFile
from assistant.domain.store import Store
from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Prose:
    """A stretch of text under its headings, of any length; the build cuts it into passages."""

    text: str
    language: str
    source: Source
    heading: tuple[str, ...] = ()
    product_id: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: `row` counts from 1 as an editor shows lines (0: the whole file).

    `reason` is the English text of `text`, which says it in every language. With `remark` the row was taken, and a
    part of it was left out or read in a way worth a look.
    """

    file: str
    row: int
    reason: str
    remark: bool = False
    text: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a pack.

    `path` is the one that products name it by ("media/shoe.svg"), `file` the one that reports do, `size` is in bytes.
    `read` gives the bytes, and raises PackRefused where they cannot be read; it is good until the next item is taken.
    """

    path: str
    file: str
    size: int
    read: Callable[[], bytes] = field(repr=False, compare=False)


Item = Product | Fact | Faq | Prose


@dataclass(frozen=True, slots=True)
class ImportedStore:
    """A store and everything that was read for it. `items` is lazy: reading happens while it is consumed. procedures:
    none where what is in force is to stay as it is."""

    store: Store
    items: Iterator[Item | Media | Refusal]
    procedures: tuple[ProcedureFile, ...] = ()


class StoreImporter(Protocol):
    """Reads a foreign format into a store. Registered under the entry point group `storebot.importers`."""

    def __call__(self, path: Path, store_id: StoreId) -> ImportedStore:
        """Raises PackRefused, saying what is missing and where, when `path` is not in this importer's format."""
        ...


def evidence_id(*parts: str) -> EvidenceId:
    """An id that follows from content: the same parts give the same id in every build."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return EvidenceId(f"ev_{digest[:20]}")
