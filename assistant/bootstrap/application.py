"""A running assistant: what it holds, and what programs beside the API do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from assistant.bootstrap.locations import read_location
from assistant.desk.briefing import Briefings
from assistant.desk.desks import Desks
from assistant.domain.conversation import Message, Page, Shopper
from assistant.domain.errors import InvalidInput, NotFound, PackRefused, StorebotError
from assistant.domain.events import Replied
from assistant.domain.evidence import Candidate, EvidenceKind, SearchQuery
from assistant.domain.folding import fold
from assistant.domain.ids import ConversationId, MessageId, ProductId, ShopperId, StoreId, new_id
from assistant.domain.models import LanguageModels
from assistant.domain.packs import ImportedStore
from assistant.domain.ports import Clock, StoreBackends
from assistant.domain.reply import Reply
from assistant.domain.store import Store, SystemSettings
from assistant.effects import LedgerEffects
from assistant.events import MemoryLiveEvents
from assistant.jobs import DurableJobs
from assistant.nlu.intents import IntentFault
from assistant.procedures.authoring import Authoring
from assistant.procedures.files import check
from assistant.procedures.shop_checks import Shop
from assistant.settings import Settings
from assistant.storage import (
    SqlApiKeys,
    SqlArchive,
    SqlConversationLog,
    SqlModelUsage,
    SqlProcedures,
    SqlStores,
    SqlUsers,
    SuiteFolders,
    SystemFolders,
    TuningFiles,
)
from assistant.turn.dispatcher import Dispatcher
from assistant.turn.rehearsal import Rehearsal
from assistant.turn.trial import Trials
from assistant.turn.tuned import TunedTools
from connectors.connected import ConnectedSystems, connector
from knowledge.chunking import Chunker
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.recent import RecentQueries
from knowledge.index.knowledge import EmbeddedKnowledge
from knowledge.ingest import ImportReport, Progress, ingest
from knowledge.intent_files import read_intent_files
from knowledge.media import MediaStore
from knowledge.versions import Versions, check_store_id


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply given in process, the conversation it belongs to, and the trace of its turn."""

    reply: Reply
    conversation_id: ConversationId
    trace: dict[str, object]


@dataclass(frozen=True, slots=True)
class Application:
    """A running assistant. `application` opens and closes it.

    backends: the stores' own systems; system_folders: what their connectors read and write. procedures: those in force;
    authoring: changes them; shops: what they are checked against; effects: what they do in the systems. queries: the
    embedder again, as turns use it, with what was said of late. rehearsal: turns before nobody.
    models: the stores' language models; model_usage: what they have taken.
    briefings: what people at the desk are told of conversations.
    archive: the log, for those who look back. trials: conversations in which a store's procedures are tried.
    """

    settings: Settings
    clock: Clock
    stores: SqlStores
    log: SqlConversationLog
    archive: SqlArchive
    keys: SqlApiKeys
    users: SqlUsers
    live: MemoryLiveEvents
    embedder: CachedEmbedder
    queries: RecentQueries
    versions: Versions
    knowledge: EmbeddedKnowledge
    tunings: TuningFiles
    tuned: TunedTools
    dispatcher: Dispatcher
    desks: Desks
    jobs: DurableJobs
    suites: SuiteFolders
    system_folders: SystemFolders
    backends: StoreBackends
    procedures: SqlProcedures
    authoring: Authoring
    shops: Shops
    effects: LedgerEffects
    rehearsal: Rehearsal
    models: LanguageModels
    model_usage: SqlModelUsage
    briefings: Briefings
    trials: Trials

    async def ask(
        self,
        store_id: StoreId,
        text: str,
        *,
        product_id: ProductId | None = None,
        language: str | None = None,
        conversation_id: ConversationId | None = None,
    ) -> Answer:
        """One message and its reply, outside of production figures. Raises NotFound, NotReady, InvalidInput."""
        if not text.strip():
            raise InvalidInput("The message is empty; write a question.")
        store = await self.stores.get(store_id)
        await self.knowledge.published(store_id)
        if conversation_id is None:
            shopper = Shopper(ShopperId(new_id("shopper")))
            opened = await self.log.open(
                store_id, shopper, language or store.default_language, greeting=None, test=True
            )
            conversation_id = opened.id
        message = Message(MessageId(new_id("msg")), new_id("ask"), text, Page(product_id=product_id))
        event, _ = await self.log.receive(conversation_id, message)
        await self.dispatcher.answer_now(conversation_id)
        for later in await self.log.events(conversation_id, after=event.seq):
            if isinstance(later.payload, Replied):
                trace = await self.log.trace(conversation_id, later.payload.turn_id)
                return Answer(later.payload.reply, conversation_id, orjson.loads(trace) if trace else {})
        raise NotFound("No reply was written; the log says why.", conversation_id=conversation_id)

    async def import_store(
        self, location: str, store_id: StoreId, progress: Callable[[Progress], None] = lambda _: None
    ) -> ImportReport:
        """Reads `location` (a store folder, or IMPORTER:PATH), builds a version and publishes it.

        The suites and intents that a store folder brings are kept beside it, and what its connector reads; its
        procedures come into force. Raises PackRefused, SystemRefused and ProcedureRefused, with what was published
        before left in place, and InvalidInput for an id that no store can have, an unknown importer or a suite out of
        bounds.
        """
        check_store_id(store_id)
        suites = await asyncio.to_thread(self.suites.check, Path(location))
        imported = read_location(location, store_id)
        intents = await asyncio.to_thread(read_intent_files, Path(location))
        try:
            taught = await self.tuned.teach(intents)
        except IntentFault as fault:
            detail_zh = fault.text.in_language("zh")
            raise PackRefused(
                str(fault), file=fault.file, row=fault.line, reason=fault.code, detail_zh=detail_zh
            ) from fault
        if imported.store.system is not None:
            system = await asyncio.to_thread(self._keep_system, location, imported.store)
            imported = replace(imported, store=replace(imported.store, system=system))
        shop = await self.shops.of(imported.store, frozenset(item.name for item in taught.definitions))
        check(imported.procedures, shop).refuse()
        report = await self._ingest(imported, progress)
        await asyncio.to_thread(self.suites.replace, store_id, suites)
        await self.tunings.put_intents(store_id, intents)
        await asyncio.to_thread(self.system_folders.clean, store_id, imported.store.system)
        return await self._bring(imported, report)

    def _keep_system(self, location: str, store: Store) -> SystemSettings:
        """A copy of what the store's connector reads, once that connector finds nothing wrong with it."""
        assert store.system is not None
        folder = Path(location).expanduser()
        self.system_folders.check(folder, store.system)
        connector(store.system).check(folder / store.system.path, store.system.options)
        return self.system_folders.keep(store.id, folder, store.system)

    async def import_read(
        self, imported: ImportedStore, progress: Callable[[Progress], None] = lambda _: None
    ) -> ImportReport:
        """As `import_store`, of what somebody else has read."""
        check_store_id(imported.store.id)
        check(imported.procedures, await self.shops.of(imported.store)).refuse()
        return await self._bring(imported, await self._ingest(imported, progress))

    async def _ingest(self, imported: ImportedStore, progress: Callable[[Progress], None]) -> ImportReport:
        return await ingest(
            imported,
            versions=self.versions,
            media=MediaStore(self.settings.media_dir),
            embedder=self.embedder,
            stores=self.stores,
            chunk=Chunker().passages,
            progress=progress,
        )

    async def _bring(self, imported: ImportedStore, report: ImportReport) -> ImportReport:
        """Put the store's procedures into force; the report with their number."""
        if not imported.procedures:
            return report
        await self.authoring.bring(imported.store.id, imported.procedures, by="import")
        return replace(report, accepted={**report.accepted, "procedure": len(imported.procedures)})

    async def search(
        self, store_id: StoreId, text: str, *, kinds: frozenset[EvidenceKind] = frozenset(EvidenceKind), limit: int = 20
    ) -> list[Candidate]:
        """What the store's knowledge has on a text, by words and by meaning, best first. Raises NotReady."""
        scope = await self.knowledge.published(store_id)
        vectors = await self.embedder.embed_queries([text])
        query = SearchQuery(fold(text), tuple(vectors[0].tolist()), kinds, limit=limit)
        return await self.knowledge.search(scope, query)


@dataclass(frozen=True, slots=True)
class Shops:
    """What the procedures of stores are checked against, as things stand."""

    stores: SqlStores
    systems: ConnectedSystems
    tuned: TunedTools

    async def __call__(self, store_id: StoreId) -> Shop:
        """Raises NotFound."""
        return await self.of(await self.stores.get(store_id))

    async def of(self, store: Store, intents: frozenset[str] | None = None) -> Shop:
        """Without the system's operations where it cannot be asked now. intents: those that the store is to have."""
        intents = intents or (await self.tuned.of(store)).router.intents
        operations = None
        if store.system is not None:
            with suppress(StorebotError):
                operations = await self.systems.operations(store.id, store.system)
        return Shop(store.languages, intents, operations)
