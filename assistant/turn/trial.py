"""Tries a store's procedures in a conversation that nobody has: real records are read, and nothing is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.domain.backend import ShopperRef
from assistant.domain.conversation import SIGNED_IN, Conversation, Focus, Owner, Page, Shopper
from assistant.domain.effects import Plan
from assistant.domain.ids import ConversationId, ShopperId, StoreId, TurnId, new_id
from assistant.domain.ports import Stores
from assistant.domain.reply import Reply
from assistant.domain.store import Store
from assistant.procedures.failing import FAULTS, TROUBLES
from assistant.procedures.known import Known, NotKnownYet
from assistant.procedures.progress import Progress
from assistant.turn import pipeline
from assistant.turn.counter import Desk
from assistant.turn.dry import DryEffects, dry
from assistant.turn.tuned import TunedTools
from assistant.turn.turn import Request, Said


@dataclass(frozen=True, slots=True)
class Passed:
    """How far a procedure came. slots: as it keeps them; told: those that this line told or changed. rules: "holds",
    "broken", "open" (something it needs is not known yet) or what is wrong with it, by name."""

    procedure: str
    way: str
    slots: Mapping[str, object]
    told: frozenset[str]
    rules: Mapping[str, str]
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One line, and what came of it. calls: what would have been done."""

    text: str
    reply: Reply
    passed: tuple[Passed, ...]
    plans: tuple[Plan, ...]


@dataclass(slots=True)
class Trial:
    """One conversation; `says` takes its lines in order. Raises as a turn does.

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
        store = await self.stores.get(self.store_id)
        conversation = self._conversation or self._opened(store)
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
            turn = await pipeline.run(request, dry(await self.tools.of(store), self.effects))
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

    def _opened(self, store: Store) -> Conversation:
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
            test=True,
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
