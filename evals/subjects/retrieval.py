"""Finding documents: what a search must do to be measured, and the assistant's own."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from assistant.bootstrap import Application
from assistant.domain.commerce import Product, Source
from assistant.domain.evidence import EvidenceKind, product_of
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.packs import ImportedStore, Prose
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.domain.understanding import Language, Script
from assistant.nlu import language
from evals.subjects import parts
from evals.suites.retrieval_files import Collection
from evals.target import Target

_KINDS = frozenset({EvidenceKind.PRODUCT, EvidenceKind.PASSAGE})
_PASSAGES_A_DOCUMENT = 4  # that are looked at for each document wanted: several may be of one
_FILE = "docs.jsonl"
_ENGLISH = Language("en", Script.LATIN)


class Searcher(Protocol):
    async def search(self, text: str, limit: int) -> Sequence[str]:
        """The ids of the documents found, best first, none twice, at most `limit`."""
        ...


@asynccontextmanager
async def assistant_search(target: Target, collection: Collection) -> AsyncIterator[Searcher]:
    """The search of the assistant's knowledge, over a store whose products are the documents."""
    async with parts.opened(target) as app:
        store_id = _store_id(collection)
        await app.import_read(ImportedStore(_store(store_id, collection), _items(collection)))
        yield _AssistantSearch(app, store_id, prose=any(document.text for document in collection.documents))


@dataclass(frozen=True, slots=True)
class _AssistantSearch:
    app: Application
    store_id: StoreId
    prose: bool

    async def search(self, text: str, limit: int) -> Sequence[str]:
        wanted = limit * _PASSAGES_A_DOCUMENT if self.prose else limit
        found = await self.app.search(self.store_id, text, kinds=_KINDS, limit=wanted)
        return list(dict.fromkeys(str(product_of(candidate.entry)) for candidate in found))[:limit]


def _store_id(collection: Collection) -> StoreId:
    """The same for the same documents, so that they are imported once."""
    digest = hashlib.sha256()
    for document in collection.documents:
        digest.update(repr((document.did, document.title, document.text)).encode("utf-8", "backslashreplace"))
    return StoreId(f"retrieval-{digest.hexdigest()[:16]}")


def _store(store_id: StoreId, collection: Collection) -> Store:
    texts = " ".join(f"{document.title} {document.text}" for document in collection.documents[:100])
    tag = language.detect(texts, _ENGLISH).tag
    name = LocalText.one(tag, str(store_id))
    return Store(store_id, name, (tag,), Persona(name))


def _items(collection: Collection) -> Iterator[Product | Prose]:
    for document in collection.documents:
        product_id, source, title = ProductId(document.did), Source(_FILE, _FILE), collection.title(document.did)
        tag = language.detect(f"{title} {document.text}", _ENGLISH).tag
        yield Product(product_id, LocalText.one(tag, title), source)
        if document.text:
            yield Prose(document.text, tag, source, (title,) if document.title else (), product_id)
