"""A desk over real storage, with a clock that tests move and a bot that notes what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.answers.texts import Texts
from assistant.desk.desks import Desks
from assistant.desk.entering import Entries
from assistant.desk.serving import At
from assistant.domain.conversation import Conversation, Owner, Shopper
from assistant.domain.desk import Agent, Outlook, PresenceState, Wanted
from assistant.domain.events import AgentSaid, Event, HandoffRequested, OwnerChanged, QueueMoved
from assistant.domain.ids import AgentId, ConversationId, ShopperId, StoreId, new_id
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import DeskSettings
from assistant.domain.store import Store
from assistant.domain.text import LocalText
from assistant.events import MemoryLiveEvents
from assistant.storage import Database, SqlConversationLog, SqlDeskBook, SqlStores, open_database
from tests.conformance.examples import STORE, a_message, a_store, replied

MEI, TOM = AgentId("mei"), AgentId("tom")
OTHER = StoreId("elsewhere")


class Clock:
    def __init__(self) -> None:
        self.time = datetime.fromisoformat("2026-11-23T04:00:00+00:00")  # Monday noon in Shanghai

    def now(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class NotedBot:
    silenced_in: list[ConversationId] = field(default_factory=list)
    notified: list[ConversationId] = field(default_factory=list)

    @contextmanager
    def silenced(self, conversation_id: ConversationId) -> Iterator[None]:
        self.silenced_in.append(conversation_id)
        yield

    def notify(self, conversation_id: ConversationId) -> None:
        self.notified.append(conversation_id)


def with_desk(store: Store, **settings: Any) -> Store:
    within = LocalText.of({"zh": "1 个工作日内", "en": "within one working day"})
    return replace(store, desk=replace(DeskSettings(answers_within=within), **settings))


@dataclass
class DeskWorld:
    database: Database
    clock: Clock
    desks: Desks
    bot: NotedBot
    log: SqlConversationLog
    live: MemoryLiveEvents
    store: Store

    @property
    def book(self) -> SqlDeskBook:
        assert isinstance(self.desks.entries.book, SqlDeskBook)
        return self.desks.entries.book

    async def come(self, agent_id: AgentId = MEI, **changes: Any) -> Agent:
        now = self.clock.now()
        agent = Agent(agent_id, STORE, agent_id.title(), PresenceState.ONLINE, 2, (), (), seen_at=now, idle_since=now)
        return await self.desks.serving.come(replace(agent, **changes))

    async def open(self, language: str = "zh", *, test: bool = False, text: str = "转人工") -> Conversation:
        opened = await self.log.open(STORE, Shopper(ShopperId("anne")), language, greeting=None, test=test)
        await self.write(opened.id, text)
        return await self.log.get(opened.id)

    async def write(self, conversation_id: ConversationId, text: str = "在吗") -> Event:
        return (await self.log.receive(conversation_id, a_message(new_id("m"), text)))[0]

    async def outlook(self, conversation: Conversation, **wanted: Any) -> Outlook:
        reason = wanted.pop("reason", HandoffReason.CUSTOMER_REQUEST)
        matter = Wanted(reason, "转人工", conversation.language, **wanted)
        return await self.desks.queue.outlook(conversation, self.store, matter)

    async def ask(self, language: str = "zh", **wanted: Any) -> ConversationId:
        """A shopper asks for a human, and is answered as a turn would: the reply and what comes with it at once."""
        conversation = await self.open(language)
        outlook = await self.outlook(conversation, **wanted)
        reason = wanted.get("reason", HandoffReason.CUSTOMER_REQUEST)
        also = (HandoffRequested(reason, "转人工", 0.9), *outlook.also)
        answered = replied((await self.log.unanswered(conversation.id))[1][-1].seq)
        focus = replace(conversation.focus, language=language)
        await self.log.deliver(conversation.id, answered, expected_epoch=conversation.epoch, focus=focus, also=also)
        await self.desks.queue.stir(STORE)
        return conversation.id

    def at(self, conversation_id: ConversationId, epoch: int = 0) -> At:
        return At(STORE, conversation_id, epoch)

    async def owner(self, conversation_id: ConversationId) -> Owner:
        return (await self.log.get(conversation_id)).owner

    async def told(self, conversation_id: ConversationId) -> list[str]:
        """What the shopper reads of changes of owner and of humans."""
        events = await self.log.events(conversation_id)
        return [event.payload.text for event in events if isinstance(event.payload, OwnerChanged | AgentSaid)]

    async def offered(self) -> dict[str, str]:
        found = await self.book.open_handoffs(STORE)
        return {each.conversation_id: each.offered_to for each in found if each.offered_to}

    async def mind(self) -> None:
        await self.desks.queue.mind(STORE)

    async def place(self, conversation_id: ConversationId) -> QueueMoved | None:
        return await self.desks.queue.place(conversation_id)


@asynccontextmanager
async def desk_world(folder: Path, store: Store | None = None) -> AsyncIterator[DeskWorld]:
    """Opened twice over one folder, the second is the first after a restart."""
    database = open_database(f"sqlite:///{folder / 'storebot.db'}")
    await database.upgrade()
    clock, bot, live = Clock(), NotedBot(), MemoryLiveEvents()
    stores, log = SqlStores(database), SqlConversationLog(database, clock)
    store = store or with_desk(replace(a_store(), hours=replace(a_store().hours, weekly=())))
    await stores.put(store)
    await stores.put(with_desk(a_store(OTHER)))
    desks = Desks(Entries(log, live, stores, SqlDeskBook(database), Texts.load(), clock))
    desks.bot.go_by(bot)
    try:
        yield DeskWorld(database, clock, desks, bot, log, live, store)
    finally:
        await database.close()
