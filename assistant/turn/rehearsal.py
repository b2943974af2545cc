"""Runs turns before nobody, for people who ask why: nothing is stored or sent, and nobody is called."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import zip_longest

from assistant.domain.conversation import Conversation, Focus, Owner, Page, Shopper
from assistant.domain.errors import NotFound
from assistant.domain.explanation import Asked, Explained
from assistant.domain.ids import ConversationId, ShopperId, TurnId, new_id
from assistant.domain.ports import Stores
from assistant.domain.reply import Action, ActionKind, Reply
from assistant.domain.store import Store
from assistant.turn import pipeline
from assistant.turn.notes import intents_noted
from assistant.turn.steps import Tools
from assistant.turn.tuned import TunedTools
from assistant.turn.turn import Request, Said, Turn

_TOLD = Action(ActionKind.ANSWER, "history")  # what the store is said to have answered


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """remembered: lines before the message that a turn knows of. seconds: the time budget of a turn."""

    stores: Stores
    tools: TunedTools
    remembered: int
    seconds: float

    async def explain(self, asked: Asked) -> Explained:
        """Raises NotFound for a store or product that there is not, NotReady where nothing is published."""
        store = await self.stores.get(asked.store_id)
        tools = await self._tools(store)
        scope = await tools.knowledge.published(store.id)
        if asked.product_id and await tools.knowledge.product(scope, asked.product_id) is None:
            raise NotFound(
                f"Store {store.id} has no product {asked.product_id}.", store_id=store.id, product_id=asked.product_id
            )
        conversation = self._conversation(store, asked.language or store.default_language)
        page = Page(product_id=asked.product_id)
        said: list[Said] = []
        for line, following in zip_longest(asked.before, asked.before[1:]):
            if not line.by_shopper:
                said.append(Said(line.text, _TOLD))
                continue
            if following is None or following.by_shopper:
                turn = await self._turn(conversation, store, line.text, page, said)
                conversation = replace(conversation, focus=pipeline.focus_after(turn))
                said += [Said(line.text, by_shopper=True), Said(_replied(turn).text, _replied(turn).action)]
            else:
                said.append(Said(line.text, by_shopper=True))
        turn = await self._turn(conversation, store, asked.text, page, said)
        intents = dict.fromkeys(name for matter in turn.matters for name in intents_noted(matter))
        labels = {name: tools.labels.of(name) for name in intents}
        return Explained(_replied(turn), turn.trace.written(), labels)

    async def _turn(self, conversation: Conversation, store: Store, text: str, page: Page, before: list[Said]) -> Turn:
        kept = tuple(before[-self.remembered :])
        request = Request(TurnId(new_id("turn")), conversation, store, text, page, answers=len(before) + 1, before=kept)
        async with asyncio.timeout(self.seconds):
            return await pipeline.run(request, await self._tools(store))

    async def _tools(self, store: Store) -> Tools:
        """Those of the store's turns, but for what procedures are served with: nothing is read or done of anybody's."""
        return replace(await self.tools.of(store), serving=None)

    def _conversation(self, store: Store, language: str) -> Conversation:
        return Conversation(
            id=ConversationId(new_id("conv")),
            store_id=store.id,
            shopper=Shopper(ShopperId(new_id("shopper"))),
            language=language,
            owner=Owner.BOT,
            epoch=0,
            last_seq=0,
            answered_seq=0,
            focus=Focus(),
            created_at=self.tools.shipped.clock.now(),
            test=True,
        )


def _replied(turn: Turn) -> Reply:
    assert turn.reply is not None, "the step decide comes before the end"
    return turn.reply
