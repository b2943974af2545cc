"""A human takes over at any moment of a reply on its way: from then on the bot says nothing, stored or shown."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.answers.texts import Texts
from assistant.desk.desks import Desks
from assistant.desk.entering import Entries
from assistant.domain.events import AgentSaid, Event, OwnerChanged, Payload, Replied, ReplyDelta, Signal, Typing
from assistant.domain.ids import ConversationId
from assistant.domain.ports import ConversationLog
from assistant.domain.reply import Action, ActionKind, Part, Reply
from assistant.events import MemoryLiveEvents
from assistant.turn.audience import Audience
from assistant.turn.dispatcher import Dispatcher, Failed, Pace
from assistant.turn.turn import Request, Turn
from tests.desk.world import MEI, DeskWorld, desk_world

TAKE_OVERS, AT_ONCE = 500, 25
PARTS = ("寄回给我们，", "换一根伞骨收 8 元。", "折叠伞可以带上飞机，", "付款后 24 小时内发出。")


@dataclass
class Watched:
    """The log and the live events, as somebody sees them who knows when each take-over is stored."""

    log: ConversationLog
    live: MemoryLiveEvents

    def __post_init__(self) -> None:
        self.taken: set[ConversationId] = set()
        self.after: list[Signal] = []
        self.begun: defaultdict[ConversationId, asyncio.Event] = defaultdict(asyncio.Event)

    async def change(
        self, conversation_id: ConversationId, payloads: Sequence[Payload], **how: Any
    ) -> tuple[list[Event], bool]:
        entered = await self.log.change(conversation_id, payloads, **how)
        self.taken.add(conversation_id)
        return entered

    async def signal(self, conversation_id: ConversationId, signal: Signal) -> None:
        if isinstance(signal, ReplyDelta | Typing) and conversation_id in self.taken:
            self.after.append(signal)
        if isinstance(signal, ReplyDelta):
            self.begun[conversation_id].set()
        await self.live.signal(conversation_id, signal)

    async def begins(self, conversation_id: ConversationId) -> None:
        """Wait for the first piece of the reply."""
        await self.begun[conversation_id].wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.live if hasattr(MemoryLiveEvents, name) else self.log, name)


class SlowlyTelling(Dispatcher):
    """Its turns tell the same reply piece by piece, as a language model would, and take their time over each."""

    async def _run(self, request: Request, audience: Audience) -> Turn | Failed:
        for index, part in enumerate(PARTS):
            await asyncio.sleep(CHANCE.random() * 0.2)
            await audience.show(index, part)
        reply = Reply("zh", Action(ActionKind.ANSWER, "faq"), tuple(map(Part, PARTS)))
        return Failed(request, reply, "")


CHANCE = random.Random(7)


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[tuple[DeskWorld, Watched, SlowlyTelling, Desks]]:
    async with desk_world(folder) as world:
        watched = Watched(world.log, world.live)
        entries = world.desks.entries
        desks = Desks(Entries(watched, watched, entries.stores, entries.book, Texts.load(), world.clock))  # type: ignore[arg-type]
        tools = SimpleNamespace(shipped=SimpleNamespace(clock=world.clock, desk=desks.queue))
        bot = SlowlyTelling(watched, watched, entries.stores, tools, Pace(coalesce=0.0, turn=60))  # type: ignore[arg-type]
        desks.bot.go_by(bot)
        await world.come(capacity=999)
        try:
            yield world, watched, bot, desks
        finally:
            await bot.close()


async def test_five_hundred_take_overs_leave_no_word_of_the_bot_after_them(tmp_path: Path) -> None:
    at_once = asyncio.Semaphore(AT_ONCE)
    async with watching(tmp_path) as (world, watched, bot, desks):

        async def taken_over() -> ConversationId:
            async with at_once:
                conversation = await world.open(text="伞骨断了怎么修")
                bot.notify(conversation.id)
                if CHANCE.random() < 0.9:
                    await watched.begins(conversation.id)
                await asyncio.sleep(CHANCE.random() * 0.3)
                await desks.serving.say(world.at(conversation.id), MEI, "我来")
                await desks.serving.close(world.at(conversation.id), MEI, "done")
                return conversation.id

        ids = await asyncio.gather(*(taken_over() for _ in range(TAKE_OVERS)))
        await bot.drain()
        logs = [[event.payload for event in await world.log.events(each)] for each in ids]
    told_before = 0
    for payloads in logs:
        place = next(place for place, payload in enumerate(payloads) if isinstance(payload, OwnerChanged))
        told_before += any(isinstance(payload, Replied) for payload in payloads[:place])
        assert [type(payload) for payload in payloads[place:]] == [OwnerChanged, AgentSaid, OwnerChanged]
    assert watched.after == [], "a piece of a reply was shown after a human had taken over"
    cut_off = sum(begun.is_set() for begun in watched.begun.values()) - told_before
    assert cut_off > TAKE_OVERS / 10, "hardly a reply was on its way"
    assert told_before > TAKE_OVERS / 50, "hardly a reply came through"
