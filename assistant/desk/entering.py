"""How anything comes into a conversation from the desk: entered under its epoch, the bot silent meanwhile, then told to
all who listen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from assistant.answers.texts import Texts
from assistant.desk.ownership import Standing
from assistant.desk.words import Words
from assistant.domain.conversation import Conversation, Owner
from assistant.domain.desk import DeskBook, Handoff
from assistant.domain.errors import NotFound
from assistant.domain.events import Event, OwnerChanged, Payload
from assistant.domain.ids import ConversationId, StoreId
from assistant.domain.ports import Clock, ConversationLog, LiveEvents, Stores
from assistant.domain.skills import DeskSettings
from assistant.domain.store import Store


class Bot(Protocol):
    """The bot of all conversations, as far as the desk has to do with it."""

    def silenced(self, conversation_id: ConversationId, /) -> AbstractContextManager[None]:
        """Within, it says nothing in a conversation; what it was saying stops at once."""
        ...

    def notify(self, conversation_id: ConversationId, /) -> None:
        """There may be something to answer for it. Returns at once and never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation as somebody at the desk finds it. handoff: the passage that is open, if one is."""

    conversation: Conversation
    handoff: Handoff | None
    store: Store
    words: Words

    @property
    def settings(self) -> DeskSettings:
        return self.store.desk or DeskSettings()

    @property
    def standing(self) -> Standing:
        agent = self.handoff.agent if self.handoff and self.conversation.owner is Owner.AGENT else None
        return Standing(self.conversation.owner, self.conversation.epoch, agent)


@dataclass(frozen=True, slots=True)
class Entries:
    """What the desk works with."""

    log: ConversationLog
    live: LiveEvents
    stores: Stores
    book: DeskBook
    texts: Texts
    clock: Clock

    async def case(self, store_id: StoreId | None, conversation_id: ConversationId) -> Case:
        """Raises NotFound for a conversation of another store, and for a test, which is none of the desk's."""
        conversation, handoff = await self.book.standing(conversation_id)
        if conversation.test or store_id not in (None, conversation.store_id):
            raise NotFound(f"There is no conversation {conversation_id!r} at this desk.")
        store = await self.stores.get(conversation.store_id)
        return Case(conversation, handoff, store, Words(self.texts, store, conversation))

    async def enter(
        self, bot: Bot, case: Case, payloads: Sequence[Payload], *, key: str = "", answered: bool = False
    ) -> tuple[list[Event], bool]:
        """What was appended, and whether it was for the first time under this key. Raises EpochChanged where the
        conversation no longer stands as the case says."""
        conversation = case.conversation
        changes = any(isinstance(payload, OwnerChanged) for payload in payloads)
        with bot.silenced(conversation.id) if changes else nullcontext():
            entered = await self.log.change(
                conversation.id, payloads, expected_epoch=conversation.epoch, key=key, answered=answered
            )
        events, fresh = entered
        if fresh:
            await self.live.announce(conversation.id, events[-1].seq)
            if changes:
                bot.notify(conversation.id)
        return entered
