"""The assistant over the small store, with turns that something happens to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.bootstrap import Application, application, turn_tools
from assistant.domain.conversation import Message, Shopper
from assistant.domain.desk import HumanDesk
from assistant.domain.events import Event, MessageReceived, Replied
from assistant.domain.evidence import Candidate, Scope, SearchQuery
from assistant.domain.ids import ConversationId, MessageId, ShopperId, new_id
from assistant.domain.ports import Knowledge
from assistant.nlu.intents import KeptModels
from assistant.settings import Settings
from assistant.turn.dispatcher import Dispatcher, Pace
from assistant.turn.tuned import TunedTools
from tests.small_shop import SMALL_STORE

QUESTION = "伞骨断了怎么修"
PACE = Pace(coalesce=0.05, turn=30)

Happening = Callable[[], Awaitable[None]]


class Eventful:
    """Knowledge during whose searches something happens: a message, a change of owner, a failure, a long wait."""

    def __init__(self, knowledge: Knowledge, happening: Happening) -> None:
        self._knowledge = knowledge
        self._happening = happening
        self.searches = 0

    async def search(self, scope: Scope, query: SearchQuery) -> list[Candidate]:
        self.searches += 1
        await self._happening()
        return await self._knowledge.search(scope, query)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._knowledge, name)


@dataclass(frozen=True, slots=True)
class Conversing:
    """One conversation with a running assistant."""

    app: Application
    id: ConversationId

    async def say(self, text: str) -> Event:
        """Store a message, and tell nobody."""
        message = Message(MessageId(new_id("msg")), new_id("test"), text)
        event, _ = await self.app.log.receive(self.id, message)
        return event

    async def events(self) -> list[Event]:
        return await self.app.log.events(self.id)

    async def messages(self) -> list[int]:
        """The sequence numbers of the messages."""
        return [event.seq for event in await self.events() if isinstance(event.payload, MessageReceived)]

    async def replies(self) -> list[Replied]:
        return [event.payload for event in await self.events() if isinstance(event.payload, Replied)]


async def begin(app: Application, language: str = "zh") -> Conversing:
    shopper = Shopper(ShopperId(new_id("shopper")))
    opened = await app.log.open(SMALL_STORE, shopper, language, greeting=None)
    return Conversing(app, opened.id)


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[Application]:
    async with application(Settings(data_dir=data_dir, coalesce_ms=50)) as app:
        yield app


@asynccontextmanager
async def dispatching(
    app: Application, happening: Happening, pace: Pace = PACE, *, desk: HumanDesk | None = None
) -> AsyncIterator[Dispatcher]:
    """A dispatcher of `app` in whose turns `happening` happens."""
    tools = replace(await turn_tools(Eventful(app.knowledge, happening), app.embedder, app.clock), desk=desk)
    tuned = TunedTools(tools, app.tunings, KeptModels(app.settings.data_dir / "intents"))
    dispatcher = Dispatcher(app.log, app.live, app.stores, tuned, pace)
    try:
        yield dispatcher
    finally:
        await dispatcher.close()


class Gate:
    """A happening that waits to be let through; `reached` is set when the first turn has come to it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self) -> None:
        self.reached.set()
        await self.open.wait()
