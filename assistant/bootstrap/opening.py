"""Opens a running assistant, and closes what it opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from inspect import isawaitable

from assistant.answers.answering import Answering, Observer
from assistant.answers.calibration import Calibration
from assistant.answers.figures import Figures
from assistant.answers.generative import Generative
from assistant.answers.ranking import Ranker
from assistant.answers.texts import Texts
from assistant.answers.verification.verifier import Verifier
from assistant.bootstrap.application import Application, Shops
from assistant.bootstrap.clock import SystemClock
from assistant.bootstrap.language_models import open_models
from assistant.desk.briefing import Briefings
from assistant.desk.desks import Desks
from assistant.desk.entering import Entries
from assistant.desk.summary import Say
from assistant.domain.evidence import Evidence
from assistant.domain.models import LanguageModels
from assistant.domain.ports import Clock, ConversationLog, Embedder, Knowledge, StoreBackends, Stores
from assistant.effects import LedgerEffects, Teller
from assistant.events import MemoryLiveEvents
from assistant.jobs import DurableJobs
from assistant.llm.accounting import Accounts
from assistant.nlu.intents import IntentLabels, KeptModels, ShopIntents
from assistant.nlu.understand import Reader
from assistant.procedures.authoring import Authoring
from assistant.procedures.engine import Engine
from assistant.procedures.files import load
from assistant.procedures.filling import Filler
from assistant.procedures.referring import Referring
from assistant.prompts import Prompts
from assistant.settings import Settings, system_secret
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
from connectors.connected import ConnectedSystems
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.endpoint import Endpoint
from knowledge.embedding.factory import make_embedder
from knowledge.embedding.recent import RecentQueries
from knowledge.index.knowledge import EmbeddedKnowledge
from knowledge.versions import Versions


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
            models = await stack.enter_async_context(open_models(settings, Accounts(usage, clock), tools.reader.slots))
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
