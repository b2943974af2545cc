"""Tries a store's procedures in a conversation that nobody has: real records are read, and nothing is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.domain.backend import ShopperRef
from assistant.domain.conversation import SIGNED_IN, Conversation, Focus, Owner, Page, Shopper
from assistant.domain.errors import NotFound
from assistant.domain.ids import ConversationId, ShopperId, StoreId, TurnId, new_id
from assistant.domain.ports import Stores
from assistant.domain.store import Store
from assistant.domain.trial import Passed, Tried, TryOut
from assistant.procedures.failing import FAULTS, TROUBLES
from assistant.procedures.known import Known, NotKnownYet
from assistant.procedures.progress import Progress
from assistant.turn import pipeline
from assistant.turn.counter import Desk
from assistant.turn.dry import DryEffects, dry
from assistant.turn.steps import Tools
from assistant.turn.tuned import TunedTools
from assistant.turn.turn import Request, Said


@dataclass(frozen=True, slots=True)
class Trials:
    """Opens conversations in which procedures are tried. seconds: the time budget of a turn."""

    stores: Stores
    tools: TunedTools
    seconds: float

    def open(self, store_id: StoreId, *, language: str | None = None, shopper: ShopperRef | None = None) -> Trial:
        return Trial(self.stores, self.tools, store_id, language, shopper, self.seconds)

    async def play(self, asked: TryOut) -> list[Tried]:
        """Every message, one after the other. Raises as `Trial.says`."""
        trial = self.open(asked.store_id, language=asked.language, shopper=asked.shopper)
        return [await trial.says(text) for text in asked.messages]


@dataclass(slots=True)
class Trial:
    """One conversation; `says` takes its lines in order.

    shopper: whom the merchant's site would vouch for; None: nobody is signed in.
    """

    stores: Stores
    tools: TunedTools
    store_id: StoreId
    language: str | None = None
    shopper: ShopperRef | None = None
    seconds: float = 10.0
    effects: DryEffects = field(default_factory=DryEffects)
    _conversation: Conversation | None = None
    _said: list[Said] = field(default_factory=list)

    async def says(self, text: str) -> Tried:
        """What comes of a line.

        Raises NotFound for a store, a system, a procedure or a shopper that there is not, as a turn does, and as the
        store's system where it cannot be asked.
        """
        store = await self.stores.get(self.store_id)
        tools = dry(await self.tools.of(store), self.effects)
        conversation = self._conversation
        if conversation is None:
            conversation = self._opened(store)
            await self._check(conversation, tools)
        known = {run.procedure: run.values for run in conversation.focus.service.runs}
        planned = len(self.effects.plans)
        request = Request(
            TurnId(new_id("turn")),
            conversation,
            store,
            text,
            Page(),
            answers=len(self._said) + 1,
            before=tuple(self._said),
        )
        async with asyncio.timeout(self.seconds):
            turn = await pipeline.run(request, tools)
        assert turn.reply is not None, "the step decide comes before the end"
        self._conversation = replace(conversation, focus=pipeline.focus_after(turn))
        self._said += [Said(text, by_shopper=True), Said(turn.reply.text, turn.reply.action)]
        passed: Sequence[Progress] = turn.desk.passed if turn.desk is not None else ()
        return Tried(
            text,
            turn.reply,
            tuple([await _passed(progress, turn.desk, known) for progress in passed]),
            tuple(self.effects.plans[planned:]),
        )

    async def _check(self, conversation: Conversation, tools: Tools) -> None:
        """Whether there is something to try, and somebody to try it with: a turn would only say that it cannot help."""
        serving, store_id = tools.serving, self.store_id
        backend = await serving.backends.of(conversation) if serving is not None else None
        if serving is None or backend is None:
            raise NotFound(
                f"Store {store_id} has no system; name one in its store.yaml and import it again.",
                store_id=store_id,
                detail_zh=f"店铺 {store_id} 没有接入业务系统；请在 store.yaml 里写明 system 并重新导入。",
            )
        if not await serving.procedures.of(store_id):
            raise NotFound(
                f"Store {store_id} has no procedure in force; `storebot procedure put` brings one.",
                store_id=store_id,
                detail_zh=f"店铺 {store_id} 没有生效的流程；可用 storebot procedure put 放入。",
            )
        if self.shopper is not None:
            await backend.shopper(self.shopper)

    def _opened(self, store: Store) -> Conversation:
        """It counts as no test: those are not given the store's system."""
        signed_in = ShopperId(f"{SIGNED_IN}{self.shopper}") if self.shopper else ShopperId(new_id("shopper"))
        return Conversation(
            id=ConversationId(new_id("conv")),
            store_id=store.id,
            shopper=Shopper(signed_in, identified=self.shopper is not None),
            language=self.language or store.default_language,
            owner=Owner.BOT,
            epoch=0,
            last_seq=0,
            answered_seq=0,
            focus=Focus(),
            created_at=self.tools.shipped.clock.now(),
        )


async def _passed(progress: Progress, desk: Desk | None, known: Mapping[str, Mapping[str, object]]) -> Passed:
    slots = dict(progress.run.values if progress.run is not None else progress.values)
    before = known.get(progress.procedure, {})
    told = frozenset(name for name, value in slots.items() if before.get(name) != value)
    rules = await _rules(progress, slots, desk) if desk is not None and desk.shopper is not None else {}
    waits_for = progress.run.waits_for if progress.run is not None else ""
    return Passed(progress.procedure, progress.way.value, slots, told, rules, waits_for)


async def _rules(progress: Progress, slots: Mapping[str, object], desk: Desk) -> dict[str, str]:
    """How each rule stands, for the first order that is concerned."""
    procedure = desk.procedures.get(progress.procedure)
    found: dict[str, str] = {}
    for rule in procedure.rules if procedure is not None and slots else ():
        assert procedure is not None
        values = Known(procedure, slots, desk.records(), next(iter(progress.orders), None))
        try:
            found[rule.name] = "holds" if await values.holds(rule.holds) else "broken"
        except NotKnownYet:
            found[rule.name] = "open"
        except (*FAULTS, *TROUBLES) as fault:
            found[rule.name] = str(fault)
    return found
