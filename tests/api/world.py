"""A small world to serve: one shop, its log in SQLite, and a bot that answers everything the same way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from assistant.answers.texts import Texts
from assistant.api.app import create_app
from assistant.api.deps import Services
from assistant.api.identity import FileIdentityKeys
from assistant.api.limits import Limits
from assistant.api.server import Server
from assistant.api.tokens import SessionTokens
from assistant.desk.briefing import Briefings
from assistant.desk.desks import Desks
from assistant.desk.entering import Entries
from assistant.domain.access import KeyScope, NewApiKey
from assistant.domain.commerce import Money, Product, Source
from assistant.domain.effects import Outcome, Plan
from assistant.domain.errors import NotFinished, NotFound, NotReady
from assistant.domain.evaluations import Evaluation, Order
from assistant.domain.events import Replied, ReplyDelta, Typing
from assistant.domain.evidence import Evidence, EvidenceKind, Scope
from assistant.domain.explanation import Asked, Explained
from assistant.domain.hours import Hours
from assistant.domain.ids import ConversationId, EvaluationId, EvidenceId, ProductId, StoreId, TurnId, VersionId, new_id
from assistant.domain.jobs import JobState
from assistant.domain.reply import Action, ActionKind, Part, ProductCard, Reply
from assistant.domain.skills import DeskSettings
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.domain.trial import Tried, TryOut
from assistant.effects import LedgerEffects
from assistant.events.memory import MemoryLiveEvents
from assistant.nlu.mood import MoodReader
from assistant.procedures.authoring import Authoring
from assistant.procedures.files import load
from assistant.procedures.shop_checks import Shop
from assistant.prompts import Prompts
from assistant.storage import (
    SqlApiKeys,
    SqlConversationLog,
    SqlDeskBook,
    SqlLedger,
    SqlModelUsage,
    SqlProcedures,
    SqlProcedureVersions,
    SqlStores,
    SqlUsers,
)
from assistant.storage.passwords import Passwords
from tests.effects.world import System, Systems, WaitingJobs
from tests.fresh_database import fresh_database

SECRET = "0f6c1d0b5a7e4c3d9b8a7f6e5d4c3b2a1908f7e6d5c4b3a2"
IDENTITY_KEY = "9a8b7c6d5e4f30211203f4e5d6c7b8a9"
SHOP_ORIGIN = "https://shop.example"

LAMP = Product(
    id=ProductId("LAMP-1"),
    title=LocalText.of({"zh": "折叠台灯", "en": "Folding lamp"}),
    source=Source("lamps", "products.json"),
    url="https://shop.example/lamp-1",
    image="media/lamp 1.svg",
    price=Money(Decimal("129.00"), "CNY"),
)
SHOP = Store(
    id=StoreId("lamps"),
    name=LocalText.of({"zh": "灯铺", "en": "The Lamp Shop"}),
    languages=("zh", "en"),
    persona=Persona(LocalText.of({"zh": "小灯", "en": "Lumi"})),
    hours=Hours(weekly=((0, "09:00", "18:00"),)),
    origins=(SHOP_ORIGIN, "http://localhost:*"),
    url="https://shop.example",
    desk=DeskSettings(),
)
OTHER_SHOP = replace(
    SHOP, id=StoreId("chairs"), name=LocalText.one("en", "Chairs"), origins=("https://chairs.example",)
)


class FakeClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, **amount: float) -> None:
        self.time += timedelta(**amount)


class LampKnowledge:
    """The published knowledge of the lamp shop, as much of it as the API reads. Other stores have published none."""

    async def published(self, store_id: StoreId) -> Scope:
        if store_id != SHOP.id:
            raise NotReady(f"Store {store_id} has published nothing.")
        return Scope(store_id, VersionId("ver_1"))

    async def product(self, scope: Scope, product_id: ProductId) -> Product | None:
        return LAMP if product_id == LAMP.id else None

    async def products(self, scope: Scope, product_ids: Sequence[ProductId]) -> list[Product]:
        return [LAMP for product_id in product_ids if product_id == LAMP.id]


@dataclass
class ScriptedBot:
    """Answers all open messages at once, in its own task, with the signs of life that a turn gives."""

    log: SqlConversationLog
    live: MemoryLiveEvents
    silent: bool = False
    may_deliver: threading.Event | None = None  # where set, a reply waits for it after its signals
    notified: list[ConversationId] = field(default_factory=list)
    gone: list[ConversationId] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def notify(self, conversation_id: ConversationId) -> None:
        self.notified.append(conversation_id)
        if not self.silent:
            task = asyncio.get_running_loop().create_task(self.answer(conversation_id))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def left(self, conversation_id: ConversationId) -> None:
        self.gone.append(conversation_id)

    @contextmanager
    def silenced(self, conversation_id: ConversationId) -> Iterator[None]:
        yield

    async def greet(self, store: Store, language: str) -> Replied:
        text = {"zh": "你好，我是小灯", "en": "Hello, I am Lumi"}[language]
        return Replied(TurnId(new_id("turn")), Reply(language, Action(ActionKind.SMALL_TALK), (Part(text),)), answers=0)

    async def answer(self, conversation_id: ConversationId) -> None:
        conversation, waiting = await self.log.unanswered(conversation_id)
        if not waiting:
            return
        turn_id = TurnId(new_id("turn"))
        await self.live.signal(conversation_id, Typing(turn_id, datetime.now(UTC) + timedelta(seconds=5)))
        await self.live.signal(conversation_id, ReplyDelta(turn_id, 0, "¥129"))
        if self.may_deliver is not None:
            await asyncio.to_thread(self.may_deliver.wait, 10)
        replied = Replied(turn_id, lamp_reply(), answers=waiting[-1].seq)
        stored = await self.log.deliver(
            conversation_id, replied, expected_epoch=conversation.epoch, focus=conversation.focus
        )
        await self.live.announce(conversation_id, stored[-1].seq)
        await self.live.signal(conversation_id, ReplyDelta(turn_id, 0, "late"))  # overtaken by its own reply


def lamp_reply() -> Reply:
    evidence = Evidence(
        EvidenceId("ev_1"), EvidenceKind.FACT, "¥129", "价格", "products.json", url="javascript:alert(1)"
    )
    return Reply(
        "zh",
        Action(ActionKind.ANSWER, "fact"),
        (Part("¥129", (evidence.id,)), Part("还需要什么？")),
        evidence=(evidence,),
        cards=(ProductCard(LAMP.id, "折叠台灯", "¥129", image="media/lamp 1.svg", url=LAMP.url),),
    )


@dataclass
class ScriptedExplainer:
    """Explains everything as one question about the lamp's price."""

    asked: list[Asked] = field(default_factory=list)

    async def explain(self, asked: Asked) -> Explained:
        if asked.product_id not in (None, LAMP.id):
            raise NotFound(f"Store {asked.store_id} has no product {asked.product_id}.")
        self.asked.append(asked)
        candidate = {
            **{"id": "ev_1", "kind": "fact", "title": "价格", "text": "¥129", "source": "products.json"},
            **{"probability": 0.97, "taken": True, "coverage": 1.0, "dense": 1.2, "quantity": 1.0},
        }
        matter = {
            **{"said": asked.text, "intents": {"presale.price_promo": 0.9}, "intent": "presale.price_promo"},
            **{
                "route": "answer",
                "rule": "said",
                "resolved": asked.text,
                "products": ["LAMP-1"],
                "names": ["折叠台灯"],
            },
            **{"candidates": [candidate], "threshold": 0.5, "action": "answer", "reason": "fact"},
            **{"why": "best_evidence"},
        }
        clause = {"text": asked.text, "kind": "question", "conditions": [], "slots": [], "measures": []}
        notes = {"language": "zh", "mood": {"level": "calm"}, "clauses": [clause], "matters": [matter]}
        trace = {"milliseconds": {"understand": 1.5}, "notes": notes}
        return Explained(lamp_reply(), trace, {"presale.price_promo": LocalText.of({"zh": "价格", "en": "Price"})})


@dataclass
class ScriptedTrials:
    """Every message gets the same reply, and no procedure serves it."""

    asked: list[TryOut] = field(default_factory=list)

    async def play(self, asked: TryOut) -> list[Tried]:
        if asked.shopper not in (None, "mei"):
            raise NotFound("There is no such shopper.")
        self.asked.append(asked)
        return [Tried(text, lamp_reply(), (), ()) for text in asked.messages]


@dataclass
class MemoryEvaluations:
    """Evaluations that wait until a test says how they have ended."""

    clock: FakeClock
    known: dict[EvaluationId, Evaluation] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)

    async def start(self, store_id: StoreId, order: Order) -> Evaluation:
        self.orders.append(order)
        made = Evaluation(
            EvaluationId(new_id("eval")),
            store_id,
            order.suite,
            order.options,
            order.folder,
            self.clock.now(),
            JobState.WAITING,
        )
        self.known[made.id] = made
        return made

    async def get(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation:
        found = self.known.get(evaluation_id)
        if found is None or found.store_id != store_id:
            raise NotFound(f"Store {store_id} has no evaluation {evaluation_id}.")
        return found

    async def of_store(self, store_id: StoreId) -> list[Evaluation]:
        return [each for each in reversed(self.known.values()) if each.store_id == store_id]

    async def result(self, store_id: StoreId, evaluation_id: EvaluationId) -> str:
        if (await self.get(store_id, evaluation_id)).state is not JobState.DONE:
            raise NotFinished("It waits.")
        return '{"suite": "qa", "figures": {"right": 1.0}}'

    async def report(self, store_id: StoreId, evaluation_id: EvaluationId, language: str) -> str:
        await self.result(store_id, evaluation_id)
        return {"zh": "<h1>报告</h1>", "en": "<h1>Report</h1>"}[language]

    async def cancel(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation:
        found = await self.get(store_id, evaluation_id)
        self.end(evaluation_id, JobState.CANCELLED)
        return self.known[found.id]

    async def delete(self, store_id: StoreId, evaluation_id: EvaluationId) -> None:
        del self.known[(await self.get(store_id, evaluation_id)).id]

    def end(self, evaluation_id: str, state: JobState, **what: Any) -> None:
        found = self.known[EvaluationId(evaluation_id)]
        if not found.state.over:
            self.known[found.id] = replace(found, state=state, **what)


@dataclass
class World:
    services: Services
    bot: ScriptedBot
    clock: FakeClock
    evaluations: MemoryEvaluations
    keys: SqlApiKeys
    explainer: ScriptedExplainer
    trials: ScriptedTrials

    async def new_key(self, *scopes: KeyScope, store_id: StoreId = SHOP.id) -> NewApiKey:
        return await self.keys.create(store_id, frozenset(scopes), "a test")

    async def auth(self, *scopes: KeyScope, store_id: StoreId = SHOP.id) -> dict[str, str]:
        """The header that a holder of a new key sends."""
        return {"Authorization": f"Bearer {(await self.new_key(*scopes, store_id=store_id)).token}"}

    def app(self, **limits: Any) -> Any:
        return create_app(replace(self.services, limits=replace(self.services.limits, **limits)))

    @contextmanager
    def serving(self, **limits: Any) -> Iterator[httpx.Client]:
        """The app on a real port, with a client of it."""
        with serve(self.app(**limits)) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield client


async def lamp_rules(store_id: StoreId) -> Shop:
    """What procedures are checked against."""
    return Shop(SHOP.languages, frozenset({"order.track", "order.cancel"}))


async def tell_nobody(plan: Plan, outcome: Outcome) -> None:
    """What effects come to is told elsewhere."""


@contextmanager
def world_in(data_dir: Path) -> Iterator[World]:
    clock = FakeClock()
    database = fresh_database(data_dir / "storebot.db")
    live = MemoryLiveEvents()
    log = SqlConversationLog(database, clock)
    stores = SqlStores(database)
    bot = ScriptedBot(log, live)
    evaluations, keys = MemoryEvaluations(clock), SqlApiKeys(database, clock)
    texts = Texts.load()
    users = SqlUsers(database, clock, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=64)))
    explainer, trials = ScriptedExplainer(), ScriptedTrials()
    briefings = Briefings(
        log,
        stores,
        LampKnowledge(),  # type: ignore[arg-type]  # as below
        SqlProcedures(database, load),
        explainer,
        lambda language: lambda name, **values: texts.say(name, language, **values),
        MoodReader().read,
        Prompts.load(),
        lambda sentence, evidence: True,
    )
    effects = LedgerEffects(SqlLedger(database), Systems(System()), log, WaitingJobs(), clock, tell_nobody)

    desks = Desks(Entries(log, live, stores, SqlDeskBook(database), Texts.load(), clock))
    desks.bot.go_by(bot)

    async def prepare() -> None:
        await stores.put(SHOP)
        await stores.put(OTHER_SHOP)

    asyncio.run(prepare())
    (data_dir / "identity_keys.yaml").write_text(f"{SHOP.id}: {IDENTITY_KEY}\n")
    services = Services(
        stores=stores,
        log=log,
        live=live,
        knowledge=LampKnowledge(),  # type: ignore[arg-type]  # the part of the port that the API uses
        clock=clock,
        sessions=SessionTokens(SECRET, timedelta(hours=24), clock),
        keys=keys,
        api_keys=keys,
        users=users,
        identity_keys=FileIdentityKeys(data_dir / "identity_keys.yaml"),
        dispatcher=bot,
        authoring=Authoring(SqlProcedureVersions(database, clock), lamp_rules),
        explainer=explainer,
        briefings=briefings,
        trials=trials,
        effects=effects,
        model_usage=SqlModelUsage(database),
        desks=desks,
        media_dir=data_dir / "media",
        limits=Limits(messages_per_session=0, sessions_per_address=0, requests_per_address=0, heartbeat_s=0.5),
        evaluations=evaluations,
    )
    try:
        yield World(services, bot, clock, evaluations, keys, explainer, trials)
    finally:
        asyncio.run(database.close())


@contextmanager
def serve(app: Any) -> Iterator[str]:
    server = Server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.bound_port}"
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server did not stop"


@dataclass(frozen=True)
class Opened:
    """A session as a client holds it."""

    conversation_id: str
    token: str

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def path(self, rest: str) -> str:
        return f"/v1/conversations/{self.conversation_id}/{rest}"


def opened(response: httpx.Response) -> Opened:
    assert response.status_code in (200, 201), response.text
    body = response.json()
    return Opened(body["conversation_id"], body["session_token"])
