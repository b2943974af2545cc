"""From what was read to a published version: refuse what cannot be used, embed, write the index, switch."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Final, Literal, TypeVar

from assistant.domain.commerce import Passage, Product
from assistant.domain.errors import PackRefused
from assistant.domain.evidence import Entry
from assistant.domain.ids import VersionId
from assistant.domain.packs import ImportedStore, Item, Media, Prose, Refusal
from assistant.domain.ports import Embedder, Stores
from knowledge.embedding.cached import CachedEmbedder
from knowledge.index.builder import IndexBuilder
from knowledge.index.graph import GRAPH_FROM
from knowledge.index.spool import Repeated, Spool, Unusable
from knowledge.media import MEDIA, Incoming, MediaStore
from knowledge.readers.reasons import reason
from knowledge.versions import Building, PackVersion, Versions

T = TypeVar("T")
Chunk = Callable[[Prose], Sequence[Passage]]
REFUSALS_KEPT: Final = 1_000
_ITEMS_A_STEP: Final = 200
_ROW: Final = re.compile(r"\b(?:row|line) (\d+)")


@dataclass(frozen=True, slots=True)
class Progress:
    """`total` is None while it is not known. Units: items read, texts embedded, 1 for the index written."""

    stage: Literal["read", "embed", "write"]
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    accepted: entries by kind (product, fact, faq, passage), and pictures (media). refused: how many rows and files were
    not taken; refusals: the first of them, with reasons. remarked, remarks: the same for what was taken and is worth a
    look. embedded: texts that the embedder had to work on; cached: those it had seen before. unchanged: the content is
    that of a version already there, and no version was built; pictures are brought up to date all the same.
    """

    version_id: VersionId
    accepted: dict[str, int]
    refused: int
    refusals: tuple[Refusal, ...]
    remarked: int
    remarks: tuple[Refusal, ...]
    embedded: int
    cached: int
    seconds: float
    unchanged: bool


async def ingest(
    imported: ImportedStore,
    *,
    versions: Versions,
    media: MediaStore,
    embedder: Embedder,
    stores: Stores,
    chunk: Chunk,
    progress: Callable[[Progress], None] = lambda _: None,
    graph_from: int = GRAPH_FROM,
) -> ImportReport:
    """Build a version of everything in `imported` and publish it; on any failure all stays as it was.

    Content that is already there as a version, built by the same embedder, is not built again but published.

    Args:
        imported: what was read; its items are consumed once, in a thread of their own.
        versions: where the version is built and published.
        media: where pictures are put, once the version they belong to is published.
        embedder: a `CachedEmbedder` saves work on texts that were embedded before.
        stores: gets the store's settings just before its knowledge is published.
        chunk: cuts prose into passages.
        progress: called in the event loop as the work goes on.
        graph_from: rows of vectors from which a partition gets a nearest-neighbour graph.

    Raises:
        PackRefused: the pack cannot be read, or holds nothing that can be used.
        Conflict: another import of this store is running.
        NotReady: the embedder does not work.
    """
    started = perf_counter()
    with (
        versions.building(imported.store.id) as building,
        media.receiving(imported.store.id) as incoming,
        ThreadPoolExecutor(1, "ingest") as thread,
    ):
        run = _Import(imported, building, incoming, embedder, chunk, progress, thread)
        with closing(
            Spool(building.folder / "spool.db", embedder=embedder.name, dimension=embedder.dimension)
        ) as spool:
            await run.read(spool)
            known = next((kept for kept in versions.kept(imported.store.id) if kept.digest == spool.digest), None)
            if known is None:
                await run.build(spool, graph_from)
            digest, counts = spool.digest, {kind.evidence.value: count for kind, count in spool.counts.items()}
        await stores.put(imported.store)
        if known is None:
            commit = partial(_commit, versions, building, digest=digest, embedder=embedder, counts=counts)
            version = await run.in_thread(commit)
        else:
            versions.publish(known.scope)
            version = known
        await run.in_thread(incoming.keep)
    return ImportReport(
        version_id=version.scope.version_id,
        accepted=counts | ({MEDIA: incoming.count} if incoming.count else {}),
        refused=run.refused.count,
        refusals=tuple(run.refused.first),
        remarked=run.remarked.count,
        remarks=tuple(run.remarked.first),
        embedded=run.embedded,
        cached=run.cached,
        seconds=perf_counter() - started,
        unchanged=known is not None,
    )


@dataclass(slots=True)
class _Tally:
    """How many there were, and the first of them."""

    count: int = 0
    first: list[Refusal] = field(default_factory=list)

    def add(self, refusal: Refusal) -> None:
        self.count += 1
        if len(self.first) < REFUSALS_KEPT:
            self.first.append(refusal)


class _Import:
    """One import under way. Reading, cutting and writing happen in one thread, which is never two steps at once."""

    def __init__(
        self,
        imported: ImportedStore,
        building: Building,
        incoming: Incoming,
        embedder: Embedder,
        chunk: Chunk,
        progress: Callable[[Progress], None],
        thread: ThreadPoolExecutor,
    ) -> None:
        self._imported = imported
        self._building = building
        self._incoming = incoming
        self._embedder = embedder
        self._chunk = chunk
        self._progress = progress
        self._thread = thread
        self.refused = _Tally()
        self.remarked = _Tally()
        self.embedded = 0
        self.cached = 0

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Also when cancelled, the step that has begun is waited for: it uses files that are about to go."""
        step = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step])
            raise

    async def read(self, spool: Spool) -> None:
        items = iter(self._imported.items)
        read = 0
        while step := await self.in_thread(lambda: self._read_some(items, spool)):
            read += step
            self._progress(Progress("read", read))
        if not spool.counts:
            raise self._nothing_usable()

    async def build(self, spool: Spool, graph_from: int) -> None:
        with closing(
            IndexBuilder(
                self._building.folder,
                self._building.scope,
                embedder=self._embedder.name,
                dimension=self._embedder.dimension,
                graph_from=graph_from,
            )
        ) as builder:
            await self.in_thread(partial(builder.lay_out, spool))
            await self._embed(builder)
            self._progress(Progress("write", 0, 1))
            await self.in_thread(builder.finish)
            self._progress(Progress("write", 1, 1))

    async def _embed(self, builder: IndexBuilder) -> None:
        self._progress(Progress("embed", 0, builder.texts))
        for start, texts in builder.batches():
            if isinstance(self._embedder, CachedEmbedder):
                vectors, fresh = await self._embedder.embed_counting(texts)
            else:
                vectors, fresh = await self._embedder.embed_passages(texts), len(texts)
            self.embedded += fresh
            self.cached += len(texts) - fresh
            builder.put_vectors(start, vectors)
            self._progress(Progress("embed", start + len(texts), builder.texts))

    def _read_some(self, items: Iterator[Item | Media | Refusal], spool: Spool) -> int:
        read = 0
        for item in islice(items, _ITEMS_A_STEP):  # one by one: a picture can be read until the next item is taken
            read += 1
            if isinstance(item, Refusal):
                self._report(item)
            elif isinstance(item, Media):
                if refused := self._incoming.take(item):
                    self._report(refused)
            else:
                self._spool(item, spool)
        return read

    def _spool(self, item: Item, spool: Spool) -> None:
        for entry in self._entries(item):
            try:
                spool.add(entry)
            except Unusable as error:
                # The same words on two pages are no mistake.
                if not (isinstance(error, Repeated) and isinstance(entry, Passage)):
                    self._report(Refusal(entry.source.file, _row(entry), error.detail, text=error.text))

    def _entries(self, item: Item) -> Iterator[Entry]:
        if isinstance(item, Prose):
            yield from self._chunk(item)
        else:
            yield item
            if isinstance(item, Product):
                yield from item.facts

    def _report(self, refusal: Refusal) -> None:
        (self.remarked if refusal.remark else self.refused).add(refusal)

    def _nothing_usable(self) -> PackRefused:
        def said(language: str) -> str:
            rows = (
                (each, each.text.in_language(language) if each.text else each.reason) for each in self.refused.first
            )
            shown = (f"{refusal.file}:{refusal.row}: {why}" for refusal, why in islice(rows, 3))
            return " ".join((reason("nothing_usable").in_language(language), *shown))

        return PackRefused(said("en"), refused=self.refused.count, detail_zh=said("zh"))


def _commit(
    versions: Versions, building: Building, *, digest: str, embedder: Embedder, counts: dict[str, int]
) -> PackVersion:
    for leftover in building.folder.glob("spool.db*"):
        leftover.unlink()
    return versions.commit(building, digest=digest, embedder=embedder.name, dimension=embedder.dimension, counts=counts)


def _row(entry: Entry) -> int:
    """The row that an entry's source names, 0 if it names none."""
    found = _ROW.search(entry.source.locator)
    return int(found[1]) if found else 0
