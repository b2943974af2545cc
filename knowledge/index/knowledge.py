"""The Knowledge port over indexes on this machine's disk."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from assistant.domain.commerce import Fact, FactGroup, Passage, Product
from assistant.domain.errors import EmbedderMismatch, InvalidInput, NotReady
from assistant.domain.evidence import Candidate, Scope, SearchQuery
from assistant.domain.ids import ProductId, StoreId
from knowledge.index.entries import Entries
from knowledge.index.files import IndexFiles
from knowledge.index.projection import EntryCodec
from knowledge.index.search import IndexSearch
from knowledge.terms import Analyzer
from knowledge.versions import Versions

T = TypeVar("T")
_VERSIONS_OPEN: Final = 64


@dataclass(slots=True)
class _Open:
    """An open version. `readers`: calls that are on it now; it is closed only when there are none."""

    files: IndexFiles
    entries: Entries
    search: IndexSearch
    readers: int = 0


class EmbeddedKnowledge:
    """Opens versions when they are first asked for and keeps the last `_VERSIONS_OPEN` of them open.

    A call stays on the version it began with, whatever is published meanwhile. Reading takes place in a bounded pool;
    what needs no disk (products read lately, and their facts) is answered at once. To be used from one event loop.
    """

    def __init__(
        self,
        versions: Versions,
        *,
        embedder: str,
        dimension: int,
        threads: int | None = None,
        keep: int = _VERSIONS_OPEN,
    ) -> None:
        self._versions = versions
        self._embedder = embedder
        self._dimension = dimension
        self._keep = keep
        self._pool = ThreadPoolExecutor(threads or min(4, os.cpu_count() or 2), thread_name_prefix="knowledge")
        self._analyzer = Analyzer()
        self._codec = EntryCodec()
        self._open: OrderedDict[Scope, asyncio.Future[_Open]] = OrderedDict()

    async def published(self, store_id: StoreId) -> Scope:
        version = self._versions.published(store_id)  # less than a change of thread would cost
        if version is None:
            raise NotReady(f"Store {store_id} has no published knowledge yet: import it first.", store_id=store_id)
        self._check_embedder(version.scope, version.embedder, version.dimension)
        return version.scope

    async def search(self, scope: Scope, query: SearchQuery) -> list[Candidate]:
        if query.vector is not None and len(query.vector) != self._dimension:
            raise InvalidInput(f"The query's vector has {len(query.vector)} numbers, the index has {self._dimension}.")
        return await self._in_pool(scope, lambda version: version.search.search(query))

    async def product(self, scope: Scope, product_id: ProductId) -> Product | None:
        return next(iter(await self.products(scope, [product_id])), None)

    async def products(self, scope: Scope, product_ids: Sequence[ProductId]) -> list[Product]:
        found = (await self._version(scope)).entries.kept_products(product_ids)
        if found is None:
            found = await self._in_pool(scope, lambda version: version.entries.products(product_ids))
        return found

    async def facts(
        self, scope: Scope, *, product_id: ProductId | None, groups: frozenset[FactGroup] | None = None
    ) -> list[Fact]:
        found = (await self._version(scope)).entries.kept_facts(product_id)
        if found is None:
            found = await self._in_pool(scope, lambda version: version.entries.facts(product_id))
        return [fact for fact in found if groups is None or fact.group in groups]

    async def all_products(self, scope: Scope, *, offset: int = 0, limit: int = 100) -> list[Product]:
        return await self._in_pool(scope, lambda version: version.entries.catalogue(offset, limit))

    async def passages(self, scope: Scope, *, product_id: ProductId | None) -> list[Passage]:
        return list(await self._in_pool(scope, lambda version: version.entries.passages(product_id)))

    async def find_products(self, scope: Scope, text: str, *, limit: int = 10) -> list[Candidate]:
        return await self._in_pool(scope, lambda version: version.search.find_products(text, limit))

    async def close(self) -> None:
        """Waits for calls under way; to be called once."""
        opened = await asyncio.gather(*self._open.values(), return_exceptions=True)
        self._open.clear()
        await asyncio.to_thread(self._pool.shutdown)
        for version in opened:
            if isinstance(version, _Open):
                version.files.close()

    async def _in_pool(self, scope: Scope, work: Callable[[_Open], T]) -> T:
        version = await self._version(scope)
        version.readers += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work, version)
        future.add_done_callback(lambda done: self._finished(version, done))
        return await asyncio.shield(future)  # a caller that goes away leaves the thread on the version until it is done

    def _finished(self, version: _Open, done: asyncio.Future[T]) -> None:
        version.readers -= 1
        if not done.cancelled():
            done.exception()  # if the caller went away, nobody else will look
        self._close_unused()

    async def _version(self, scope: Scope) -> _Open:
        opening = self._open.get(scope)
        if opening is None:
            loop = asyncio.get_running_loop()
            opening = self._open[scope] = asyncio.ensure_future(loop.run_in_executor(self._pool, self._opened, scope))
        self._open.move_to_end(scope)
        try:
            return await asyncio.shield(opening)  # others may wait for the same one
        except Exception:
            if self._open.get(scope) is opening:
                del self._open[scope]
            raise

    def _opened(self, scope: Scope) -> _Open:
        files = IndexFiles(self._versions.folder(scope))
        manifest = files.manifest
        try:
            if manifest.scope != scope:
                raise NotReady(
                    f"The index of store {scope.store_id} holds version {manifest.scope.version_id} of store "
                    f"{manifest.scope.store_id}. Import the store again."
                )
            self._check_embedder(scope, manifest.embedder, manifest.dimension)
        except NotReady:
            files.close()
            raise
        entries = Entries(files, scope, self._codec)
        return _Open(files, entries, IndexSearch(files, scope, entries, self._analyzer))

    def _check_embedder(self, scope: Scope, embedder: str, dimension: int) -> None:
        if (embedder, dimension) != (self._embedder, self._dimension):
            raise EmbedderMismatch(
                f"The knowledge of store {scope.store_id} was built with the embedder {embedder} ({dimension} numbers "
                f"a vector), but {self._embedder} ({self._dimension}) is configured. Import the store again, or set "
                "the embedder back.",
                store_id=scope.store_id,
                built_with=embedder,
                configured=self._embedder,
            )

    def _close_unused(self) -> None:
        for scope, opened in list(self._open.items()):
            if len(self._open) <= self._keep:
                return
            if opened.done() and not opened.exception() and not opened.result().readers:
                del self._open[scope]
                opened.result().files.close()
