"""The desks of all stores: the queue, those who serve, and the clockwork that minds what waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress

from assistant.desk.entering import Bot, Entries
from assistant.desk.queue import Queue
from assistant.desk.serving import Serving
from assistant.domain.ids import ConversationId

LOOK_S = 2.0
"""How often it is looked for what has become due. A look costs one query where nobody waits."""


class LateBot:
    """The bot, which is built after the desk that its turns hand over to."""

    def __init__(self) -> None:
        self._bot: Bot | None = None

    def go_by(self, bot: Bot) -> None:
        self._bot = bot

    def silenced(self, conversation_id: ConversationId) -> AbstractContextManager[None]:
        return self._bot.silenced(conversation_id) if self._bot is not None else _nothing_to_silence()

    def notify(self, conversation_id: ConversationId) -> None:
        if self._bot is not None:
            self._bot.notify(conversation_id)


@contextmanager
def _nothing_to_silence() -> Iterator[None]:
    yield


class Desks:
    """queue: who waits, as the bot and shoppers see it. serving: what agents do. bot: to be told which one it is."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.bot = LateBot()
        self.queue = Queue(entries, self.bot)
        self.serving = Serving(entries, self.queue, self.bot)

    @asynccontextmanager
    async def minding(self) -> AsyncIterator[None]:
        """Within, what becomes due is done: also what became due while no process ran."""
        task = asyncio.create_task(self._mind(), name="desks")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _mind(self) -> None:
        while True:
            await self.queue.mind_all()
            await asyncio.sleep(LOOK_S)
