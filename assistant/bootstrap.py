"""The composition root: the one place that knows both the core and its adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import entry_points
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from assistant.answers.answering import Answering, Observer
from assistant.answers.calibration import Calibration
from assistant.answers.figures import Figures
from assistant.answers.generative import Generative
from assistant.answers.ranking import Ranker
from assistant.answers.texts import Texts
from assistant.answers.verification.verifier import Verifier
from assistant.desk.briefing import Briefings
from assistant.desk.desks import Desks
from assistant.desk.entering import Entries
from assistant.desk.summary import Say
from assistant.domain.backend import StoreBackend
from assistant.domain.conversation import Message, Page, Shopper
from assistant.domain.errors import InvalidInput, NotFound, NotReady, PackRefused, StorebotError
from assistant.domain.events import Replied
from assistant.domain.evidence import Candidate, Evidence, EvidenceKind, SearchQuery
from assistant.domain.folding import fold
from assistant.domain.ids import ConversationId, MessageId, ProductId, ShopperId, StoreId, new_id
from assistant.domain.models import Ceiling, LanguageModels
from assistant.domain.packs import ImportedStore, StoreImporter
from assistant.domain.ports import Clock, ConversationLog, Embedder, Knowledge, StoreBackends, Stores
from assistant.domain.reply import Reply
from assistant.domain.store import Persona, Store, SystemSettings
from assistant.domain.systems import Rehearsing, Surroundings
from assistant.domain.text import LocalText
from assistant.effects import LedgerEffects, Teller
from assistant.events import MemoryLiveEvents
from assistant.jobs import DurableJobs
from assistant.llm.accounting import Accounts
from assistant.llm.choosing import OpenAiModels, Terms
from assistant.llm.endpoint import Endpoint as ModelEndpoint
from assistant.llm.endpoint import Waits
from assistant.llm.masking import Datum, Finder
from assistant.llm.metering import Prices
from assistant.nlu.intents import IntentFault, IntentLabels, KeptModels, ShopIntents
from assistant.nlu.slots import SlotReader
from assistant.nlu.understand import Reader
from assistant.procedures.authoring import Authoring
from assistant.procedures.engine import Engine
from assistant.procedures.files import check, load
from assistant.procedures.filling import Filler
from assistant.procedures.referring import Referring
from assistant.procedures.shop_checks import Shop
from assistant.prompts import Prompts
from assistant.settings import Settings, model_key, system_secret
from assistant.storage import (
    SqlApiKeys,
    SqlArchive,
    SqlConversationLog,
    SqlDeskBook,
    SqlLedger,
    SqlModelUsage,
    SqlProcedures,
    SqlProcedureVersions,
    SqlStores,
    SqlUsers,
    SuiteFolders,
    SystemFolders,
    TuningFiles,
    open_database,
)
from assistant.turn.consulting import Consulting
from assistant.turn.context import ContextResolver
from assistant.turn.counter import Serving
from assistant.turn.dispatcher import REMEMBERED, Dispatcher, Pace
from assistant.turn.phrasing import Phrasing
from assistant.turn.rehearsal import Rehearsal
from assistant.turn.steps import Tools
from assistant.turn.trial import Trials
from assistant.turn.tuned import TunedTools, router_of
from connectors.connected import ConnectedSystems, connector
from knowledge.catalogue import completed
from knowledge.chunking import Chunker
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.endpoint import Endpoint
from knowledge.embedding.factory import make_embedder
from knowledge.embedding.recent import RecentQueries
from knowledge.folder import read_settings, read_store
from knowledge.index.knowledge import EmbeddedKnowledge
from knowledge.ingest import ImportReport, Progress, ingest
from knowledge.intent_files import read_intent_files
from knowledge.media import MediaStore
from knowledge.versions import Versions, check_store_id

if TYPE_CHECKING:
    from assistant.llm.checking import Finding

IMPORTERS = "storebot.importers"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


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


def read_location(location: str, store_id: StoreId) -> ImportedStore:
    """What stands at a store folder, or at IMPORTER:PATH where an importer of that name is installed."""
    name, colon, path = location.partition(":")
    importers = {entry.name: entry for entry in entry_points(group=IMPORTERS)}
    if colon and name in importers:
        importer: StoreImporter = importers[name].load()
        return completed(importer(Path(path).expanduser(), store_id))
    if not Path(location).expanduser().exists():
        known = ", ".join(sorted(importers)) or "none"
        raise InvalidInput(f"There is nothing at {location}. Give a store folder, or IMPORTER:PATH ({known}).")
    return read_store(Path(location).expanduser(), store_id)


def system_folder(folder: Path) -> Path:
    """Where the store in `folder` has what its connector reads. Raises PackRefused, and InvalidInput for no system."""
    return folder / _system_of(folder).path


def _system_of(folder: Path) -> SystemSettings:
    system = read_settings(folder, StoreId("store")).system
    if system is None:
        raise InvalidInput(
            f"The store.yaml in {folder} names no system; add `system: {{connector: files}}`.",
            detail_zh=f"{folder} 的 store.yaml 没有 system；请加上 system: {{connector: files}}。",
        )
    return system


@asynccontextmanager
async def system_of_folder(folder: Path, data: Path) -> AsyncIterator[StoreBackend]:
    """The system that the store.yaml of a folder names, with nothing else of the store. data: where it may write.

    Raises as `system_folder` and Connector.open do.
    """
    system = await asyncio.to_thread(_system_of, folder)
    surroundings = Surroundings(
        StoreId("store"), folder / system.path, system.options, data, SystemClock(), system_secret
    )
    async with connector(system).open(surroundings) as backend:
        yield backend


def rehearsal_of_folder(folder: Path) -> Callable[[], StoreBackend] | None:
    """The system of the store in `folder` for evaluations, anew at each call; None where there is none of that kind.

    Raises PackRefused and SystemRefused.
    """
    system = read_settings(folder, StoreId("store")).system if folder.is_dir() else None
    if system is None or not isinstance(found := connector(system), Rehearsing):
        return None
    return found.rehearsal(folder / system.path, system.options, SystemClock())


@asynccontextmanager
async def application(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    clock: Clock | None = None,
    backends: StoreBackends | None = None,
    observe: Observer | None = None,
    models: LanguageModels | None = None,
) -> AsyncIterator[Application]:
    """Opens storage, index and models, and closes all at the end.

    `embedder` takes the place of the one in settings, `clock` that of the system's, `backends` that of the systems that
    the stores have connected, `models` that of the language models in settings.
    """
    async with AsyncExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        clock = clock or SystemClock()
        database = open_database(f"sqlite:///{settings.data_dir / 'storebot.db'}")
        stack.push_async_callback(database.close)
        await database.upgrade()
        stores, live = SqlStores(database), MemoryLiveEvents()
        log, keys = SqlConversationLog(database, clock), SqlApiKeys(database, clock)
        users = SqlUsers(database, clock, timedelta(hours=settings.sign_in_hours))
        if embedder is None:
            embedder = _embedder(settings)
            stack.push_async_callback(_close, embedder)
        cached = CachedEmbedder(embedder, settings.data_dir / "embeddings.db")
        stack.callback(cached.close)
        versions = Versions(settings.data_dir / "knowledge")
        stack.callback(versions.close)
        await asyncio.to_thread(versions.clean)
        knowledge = EmbeddedKnowledge(versions, embedder=cached.name, dimension=cached.dimension)
        stack.push_async_callback(knowledge.close)
        queries = RecentQueries(cached)
        tunings = TuningFiles(settings.data_dir / "tunings")
        folders = SystemFolders(settings.data_dir / "systems")
        systems = ConnectedSystems(stores, folders.folder, folders.data, clock, system_secret)
        stack.push_async_callback(systems.close)
        backends = backends or systems
        tools = await turn_tools(knowledge, queries, clock, observe)
        usage = SqlModelUsage(database)
        if models is None:
            models = await stack.enter_async_context(_models(settings, Accounts(usage, clock), tools.reader.slots))
        procedures = SqlProcedures(database, load)
        jobs = DurableJobs(settings.data_dir / "jobs.db", at_once=settings.jobs_at_once)
        desks = Desks(Entries(log, live, stores, SqlDeskBook(database), tools.texts, clock))
        tell = Teller(log, live, stores, procedures, tools.texts, clock, desks.queue)
        effects = LedgerEffects(SqlLedger(database), backends, log, jobs, clock, tell)
        stack.push_async_callback(effects.close)
        stack.push_async_callback(jobs.close)
        engine = Engine(effects, Filler(Referring(tools.reader.quantities)))
        tools = replace(tools, serving=Serving(procedures, backends, engine), models=models, desk=desks.queue)
        tuned = TunedTools(tools, tunings, KeptModels(settings.data_dir / "intents"))
        stack.push_async_callback(tuned.close)
        pace = Pace(settings.coalesce_ms / 1000, settings.turn_timeout_s)
        dispatcher = Dispatcher(log, live, stores, tuned, pace)
        desks.bot.go_by(dispatcher)
        stack.push_async_callback(dispatcher.close)
        suites = SuiteFolders(settings.data_dir / "suites")
        shops = Shops(stores, systems, tuned)
        rehearsal = Rehearsal(stores, tuned, REMEMBERED, settings.turn_timeout_s)
        yield Application(
            settings=settings,
            clock=clock,
            stores=stores,
            log=log,
            archive=SqlArchive(database),
            keys=keys,
            users=users,
            live=live,
            embedder=cached,
            queries=queries,
            versions=versions,
            knowledge=knowledge,
            tunings=tunings,
            tuned=tuned,
            dispatcher=dispatcher,
            desks=desks,
            jobs=jobs,
            suites=suites,
            system_folders=folders,
            backends=backends,
            procedures=procedures,
            authoring=Authoring(SqlProcedureVersions(database, clock), shops),
            shops=shops,
            effects=effects,
            models=models,
            model_usage=usage,
            rehearsal=rehearsal,
            briefings=_briefings(tools, rehearsal, log, stores),
            trials=Trials(stores, tuned, settings.turn_timeout_s),
        )


async def turn_tools(knowledge: Knowledge, embedder: Embedder, clock: Clock, observe: Observer | None = None) -> Tools:
    """What a turn works with, over any knowledge. `observe` is told of every ranking."""
    intents = await asyncio.to_thread(ShopIntents.load, embedder.name)
    reader, calibration = Reader(intents), await asyncio.to_thread(Calibration.load)
    prompts = await asyncio.to_thread(Prompts.load)
    answering = Answering(
        Ranker(reader.quantities, calibration),
        reader.quantities,
        reader.body,
        Figures(reader.quantities),
        calibration.thresholds(),
        observe,
    )
    return Tools(
        knowledge,
        embedder,
        reader,
        router_of(intents, answering.thresholds.hand_over),
        ContextResolver(knowledge, reader.quantities),
        answering,
        Texts.load(),
        IntentLabels.load(),
        clock,
        consulting=Consulting(prompts),
        phrasing=Phrasing(Generative(prompts, Verifier())),
    )


async def examine_models(settings: Settings, store_id: StoreId | None) -> tuple[str, list[Finding]]:
    """Where the models stand that serve a store (None: one that says nothing of its own), and what they can do.

    Raises NotFound for no such store, NotReady where no models are set, and as Terms.endpoint does.
    """
    from assistant.llm.checking import NothingKept, examine

    store = Store(StoreId("none"), LocalText.of({"en": "-"}), ("en",), Persona(LocalText.of({"en": "-"})))
    if store_id is not None:
        database = open_database(f"sqlite:///{settings.data_dir / 'storebot.db'}")
        try:
            await database.upgrade()
            store = await SqlStores(database).get(store_id)
        finally:
            await database.close()
    models = OpenAiModels(model_terms(settings), Accounts(NothingKept(), SystemClock()), lambda _: ())
    try:
        endpoint = models.terms.endpoint(store.model)
        if endpoint is None:
            raise NotReady(
                "No language model is set; set STOREBOT_LLM_BASE_URL and STOREBOT_LLM_MODEL. Everything else works.",
                detail_zh="没有设置大语言模型；请设置 STOREBOT_LLM_BASE_URL 和 STOREBOT_LLM_MODEL。其余功能照常可用。",
            )
        await asyncio.to_thread(models.warm_up)
        place = f"{endpoint.model}, {endpoint.base_url}"
        return place, [finding async for finding in examine(models.at(endpoint, store))]
    finally:
        await models.close()


@asynccontextmanager
async def _models(settings: Settings, accounts: Accounts, slots: SlotReader) -> AsyncIterator[OpenAiModels]:
    models = OpenAiModels(model_terms(settings), accounts, personal_data(slots))
    try:
        if models.terms.may_be_used:
            await asyncio.to_thread(models.warm_up)
        yield models
    finally:
        await models.close()


def model_terms(settings: Settings) -> Terms:
    """What the settings say of language models."""
    priced = settings.llm_price_in is not None and settings.llm_price_out is not None
    patience = ModelEndpoint(
        base_url=settings.llm_base_url or "",
        model=settings.llm_model,
        understanding_model=settings.llm_understanding_model,
        api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else "",
        prices=Prices(settings.llm_price_in or Decimal(0), settings.llm_price_out or Decimal(0)) if priced else None,
        temperature=settings.llm_temperature,
        waits=Waits(first=settings.llm_first_token_s, between=settings.llm_stall_s, whole=settings.llm_timeout_s),
        at_once=settings.llm_calls_at_once,
        attempts=settings.llm_attempts,
    )
    origins = frozenset(origin.strip() for origin in settings.llm_store_origins.split(",") if origin.strip())
    ceiling = Ceiling(settings.llm_daily_tokens, settings.llm_daily_cost)
    return Terms(patience, bool(settings.llm_base_url), ceiling, origins, model_key)


def personal_data(slots: SlotReader) -> Finder:
    """What the reader of slots takes for personal. Most lines of a prompt are the same every time, and read once."""

    @lru_cache(maxsize=2000)
    def of_line(line: str) -> tuple[Datum, ...]:
        chinese = any("\u4e00" <= character <= "\u9fff" for character in line)
        return tuple(Datum(slot.name, slot.text) for slot in slots.personal(line, chinese=chinese))

    return lambda text: [datum for line in text.splitlines() for datum in of_line(line)]


def _briefings(tools: Tools, explainer: Rehearsal, log: ConversationLog, stores: Stores) -> Briefings:
    assert tools.serving is not None
    assert tools.consulting is not None
    texts, consulting = tools.texts, tools.consulting

    def wording(language: str) -> Say:
        return lambda name, **values: texts.say(name, language, **values)

    def holds(sentence: str, evidence: Sequence[Evidence]) -> bool:
        return consulting.verifier.over(evidence).check(sentence).supported

    return Briefings(
        log,
        stores,
        tools.knowledge,
        tools.serving.procedures,
        explainer,
        wording,
        tools.reader.mood.read,
        consulting.prompts,
        holds,
        tools.models,
    )


def _embedder(settings: Settings) -> Embedder:
    endpoint = None
    if settings.embedder_base_url and settings.embedder_dimension:
        endpoint = Endpoint(settings.embedder_base_url, settings.embedder_model, settings.embedder_dimension)
        if settings.embedder_api_key:
            endpoint = replace(endpoint, api_key=settings.embedder_api_key.get_secret_value())
    return make_embedder(settings.embedder.value, model=settings.embedder_model, endpoint=endpoint)


async def _close(embedder: Embedder) -> None:
    """Some embedders hold threads, some connections, some nothing."""
    close = getattr(embedder, "close", None)
    if close is not None and isawaitable(closing := close()):
        await closing
