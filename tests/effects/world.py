"""A store whose system fails in every way that there is, and effects over a real ledger."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import cast

from assistant.domain.backend import JsonObject, Operation, Risk, ShopperRef, StoreBackend
from assistant.domain.conversation import Conversation, Focus, Shopper
from assistant.domain.effects import Call, Effect, Effects, Outcome, Plan, Yes
from assistant.domain.errors import NotFound
from assistant.domain.ids import ConversationId, JobId, ShopperId
from assistant.domain.jobs import Arguments, Job, JobFunction
from assistant.domain.procedures import Expression, RunId
from assistant.domain.text import LocalText
from assistant.effects import LedgerEffects, Patience
from assistant.storage import Database, SqlConversationLog, SqlLedger, SqlStores
from tests.conformance.examples import STORE, TickingClock, a_message, a_store, replied
from tests.fresh_database import fresh_database

AMOUNT = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "amount": {"type": "number", "minimum": 0}},
    "required": ["order_id"],
    "additionalProperties": False,
}
REFUND = {"type": "object", "properties": {"refund": {"type": "number"}}, "required": ["refund"]}
OPERATIONS = {
    name: Operation(name, risk, LocalText.one("en", name), AMOUNT, result)
    for name, risk, result in (
        ("cancel", Risk.WRITE, REFUND),
        ("refund", Risk.WRITE, {"type": "object"}),
        ("goodwill", Risk.APPROVE, {"type": "object"}),
    )
}
PATIENCE = Patience(turn=5.0, call=0.5, at_once=(0.0, 0.0), later=(1.0, 10.0), give_up=3600.0)
AT_ONCE = Patience(turn=0.02, call=0.5, at_once=(), later=(1.0,), give_up=3600.0)


@dataclass
class System:
    """Keeps effects by their keys, as the port says, and counts them.

    before: raised one after another before a call has its effect; after: the same after it, when the answer is lost;
    None lets it pass. lookups: raised, or the answer, when an outcome is asked for.
    """

    done: dict[str, JsonObject] = field(default_factory=dict)
    calls: list[tuple[str, str, JsonObject]] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)
    before: list[Exception | None] = field(default_factory=list)
    after: list[Exception | None] = field(default_factory=list)
    lookups: list[Exception | None] = field(default_factory=list)
    result: JsonObject = field(default_factory=lambda: {"refund": 19.9})
    slow: asyncio.Event | None = None
    operations: Mapping[str, Operation] = field(default_factory=lambda: OPERATIONS)

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        assert shopper == "ann"
        self.calls.append((idempotency_key, operation, arguments))
        if self.slow is not None:
            await self.slow.wait()
        _raised(self.before)
        if idempotency_key not in self.done:
            self.effects[idempotency_key] += 1
            self.done[idempotency_key] = self.result
        _raised(self.after)
        return self.done[idempotency_key]

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        _raised(self.lookups)
        return self.done.get(idempotency_key)


def _raised(troubles: list[Exception | None]) -> None:
    trouble = troubles.pop(0) if troubles else None
    if trouble is not None:
        raise trouble


@dataclass
class Systems:
    """The StoreBackends port: one system for all; opening it may fail."""

    system: System | None
    before: list[Exception | None] = field(default_factory=list)

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        _raised(self.before)
        return cast(StoreBackend | None, self.system)


@dataclass
class WaitingJobs:
    """Jobs that run when a test says so."""

    functions: dict[str, JobFunction] = field(default_factory=dict)
    waiting: dict[JobId, tuple[str, Arguments, float]] = field(default_factory=dict)

    def register(self, name: str, function: JobFunction, *, at_once: int | None = None) -> None:
        self.functions[name] = function

    async def start(self, name: str, job_id: JobId, arguments: Arguments, *, after: float = 0.0) -> None:
        self.waiting.setdefault(job_id, (name, arguments, after))

    async def run(self) -> None:
        """All that wait now."""
        waiting, self.waiting = self.waiting, {}
        for job_id, (name, arguments, _) in waiting.items():
            await self.functions[name](job_id, arguments)

    async def get(self, job_id: JobId) -> Job:
        raise NotFound(job_id)

    async def of_name(self, name: str) -> list[Job]:
        return []

    async def cancel(self, job_id: JobId) -> None: ...

    async def resume(self) -> int:
        return 0


@dataclass
class World:
    """effects: what a server has; `another()` is what the next one has, over the same ledger."""

    database: Database
    log: SqlConversationLog
    ledger: SqlLedger
    systems: Systems
    conversation_id: ConversationId
    clock: TickingClock
    jobs: WaitingJobs = field(default_factory=WaitingJobs)
    told: list[tuple[RunId, Outcome]] = field(default_factory=list)
    patience: Patience = PATIENCE
    _effects: Effects | None = None

    @property
    def system(self) -> System:
        assert self.systems.system is not None
        return self.systems.system

    @property
    def effects(self) -> Effects:
        if self._effects is None:
            self._effects = self.another()
        return self._effects

    def another(self) -> LedgerEffects:
        async def tell(plan: Plan, outcome: Outcome) -> None:
            self.told.append((plan.run_id, outcome))

        async def at_once(seconds: float) -> None:
            await asyncio.sleep(0)

        return LedgerEffects(
            self.ledger, self.systems, self.log, self.jobs, self.clock, tell, patience=self.patience, sleep=at_once
        )

    def plan(self, calls: Iterable[Call], run: str = "run_1", yes: Yes | None = None) -> Plan:
        return Plan(
            RunId(run),
            STORE,
            self.conversation_id,
            ShopperRef("ann"),
            "cancel",
            "v1",
            yes or Yes(1, "好的", "为您取消订单A1，确认吗？"),
            tuple(calls),
            ("not_sent_yet",),
            ("order A1: paid",),
        )

    async def audit(self) -> list[Effect]:
        """The oldest first."""
        return list(reversed(await self.effects.audit(STORE)))

    async def states(self) -> list[str]:
        return [effect.state.value for effect in await self.audit()]

    async def answer(self) -> None:
        """As a turn does that has answered the yes."""
        conversation = await self.log.get(self.conversation_id)
        await self.log.deliver(
            self.conversation_id, replied(answers=1), expected_epoch=conversation.epoch, focus=Focus()
        )


def cancel(**changes: object) -> Call:
    return Call("cancel", "cancel", Risk.WRITE, {"order_id": "A1"}, **changes)  # type: ignore[arg-type]


def refund() -> Call:
    """Of what the cancellation gives back."""
    later = {"amount": Expression("results.cancel.refund")}
    return Call("refund", "refund", Risk.WRITE, {"order_id": "A1"}, later)


def goodwill(amount: str = "5.00") -> Call:
    return Call("goodwill", "goodwill", Risk.APPROVE, {"order_id": "A1", "amount": Decimal(amount)})


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[World]:
    clock = TickingClock()
    database = fresh_database(folder / "storebot.db")
    log = SqlConversationLog(database, clock)
    await SqlStores(database).put(a_store())
    conversation = await log.open(STORE, Shopper(ShopperId("user:ann"), identified=True), "zh", greeting=None)
    await log.receive(conversation.id, a_message(text="好的"))
    try:
        yield World(database, log, SqlLedger(database), Systems(System()), conversation.id, clock)
    finally:
        await database.close()
