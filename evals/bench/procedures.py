"""How long a shopper waits for what a procedure says, in process; the store's own system counted apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files

import yaml

from assistant.bootstrap import Application, application, rehearsal_of_folder
from assistant.domain.backend import (
    Balance,
    Coupon,
    JsonObject,
    Operation,
    Order,
    OrderId,
    Shipment,
    ShopperRecord,
    ShopperRef,
    StoreBackend,
)
from assistant.domain.conversation import SIGNED_IN, Conversation, Message, Shopper
from assistant.domain.ids import ConversationId, MessageId, ShopperId, new_id
from evals.bench.section import Section, Table, at_most, figure, percentile, table
from evals.bench.turns import Measured, answered, p50_p95, traced
from evals.bench.workspace import DEMO, Workspace, settings

APART_MS = 30
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What is said, and the reason code of the reply that it must come to."""

    text: str
    comes_to: str


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to play with a shopper who is signed in."""

    language: str
    shopper: str
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """One turn; milliseconds. system: of its total, what the store's system took; calls: how often it was asked."""

    language: str
    turn: Measured
    system: float
    calls: int

    @property
    def apart(self) -> float:
        """All but the store's system."""
        return self.turn.total - self.system

    @property
    def rest(self) -> float:
        return self.apart - self.turn.embedding


async def measure(workspace: Workspace) -> Section:
    scripts = load_scripts()
    data_dir = await workspace.demo_data()
    rehearse = rehearsal_of_folder(workspace.demo_store())
    assert rehearse is not None, "the demo store has a system"
    systems = TimedSystems(rehearse)
    async with application(settings(data_dir), backends=systems) as app:
        workspace.say("warming up")
        await _played(app, systems, scripts)
        workspace.say("timing turns of procedures")
        served = []
        for _ in range(1 if workspace.small else _ROUNDS):
            served += await _played(app, systems, scripts)
    apart = percentile([one.apart for one in served], 0.5)
    return Section(
        name="procedures",
        title="Time of a procedure turn, in process",
        about=(
            f"{sum(len(script.requests) for script in scripts)} messages in {len(scripts)} conversations of signed-in "
            "shoppers of the demo store, Chinese and English, each conversation with the store's records to itself: "
            "parcels tracked, orders listed and cancelled, an address changed, confirmations given and declined. The "
            "time runs as for other turns, and an effect's entries in the ledger are part of it. System is what the "
            "store's own system took of it, here records in memory; embedding is the step in which the model runs, "
            "which answers to the store's questions do without; the rest is everything else."
        ),
        tables=(_overview(served), _by_reply(served), _by_step(served)),
        checks=(
            at_most(
                f"a procedure turn takes at most {APART_MS} ms besides the store's system, embedding included "
                "(p50, one shopper)",
                apart,
                APART_MS,
                "ms",
            ),
        ),
        data=_data(served),
    )


def load_scripts() -> list[Script]:
    """The conversations of `requests.yaml`."""
    content = yaml.safe_load((files(__package__) / "requests.yaml").read_text("utf-8"))
    return [
        Script(
            item["language"],
            item["shopper"],
            tuple(Request(turn["say"], turn["comes_to"]) for turn in item["turns"]),
        )
        for item in content
    ]


async def _played(app: Application, systems: TimedSystems, scripts: Sequence[Script]) -> list[Served]:
    """Every turn of every script. Raises RuntimeError where one comes to something else."""
    served = []
    for script in scripts:
        app.queries.forget()
        shopper = Shopper(ShopperId(f"{SIGNED_IN}{script.shopper}"), identified=True)
        conversation = await app.log.open(DEMO, shopper, script.language, greeting=None, test=True)
        system = systems.give(conversation.id)
        for request in script.requests:
            message = Message(MessageId(new_id("msg")), new_id("bench"), request.text)
            before, calls = system.milliseconds, system.calls
            seq, milliseconds = await answered(app, conversation.id, message)
            turn = await traced(app, conversation.id, seq, request.text, milliseconds)
            if turn.reason != request.comes_to:
                raise RuntimeError(f"{request.text!r} came to {turn.reason}, and not to {request.comes_to}")
            served.append(Served(script.language, turn, system.milliseconds - before, system.calls - calls))
    return served


@dataclass(slots=True)
class TimedSystems:
    """The StoreBackends of the bench: every conversation has the store's records to itself."""

    rehearse: Callable[[], StoreBackend]
    _given: dict[ConversationId, TimedSystem] = field(default_factory=dict)

    def give(self, conversation_id: ConversationId) -> TimedSystem:
        return self._given.setdefault(conversation_id, TimedSystem(self.rehearse()))

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        return self._given.get(conversation.id)


@dataclass(slots=True)
class TimedSystem:
    """A store's system by the clock, which counts seconds. milliseconds: in which at least one of its calls was under
    way, so far."""

    backend: StoreBackend
    clock: Callable[[], float] = time.perf_counter
    milliseconds: float = 0.0
    calls: int = 0
    _under_way: int = 0
    _since: float = 0.0

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self.calls += 1
        if not self._under_way:
            self._since = self.clock()
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.milliseconds += (self.clock() - self._since) * 1000

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self.backend.operations

    @property
    def identified_by(self) -> Sequence[frozenset[str]]:
        return self.backend.identified_by

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        with self._timed():
            return await self.backend.identify(particulars)

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        with self._timed():
            return await self.backend.shopper(shopper)

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        with self._timed():
            return await self.backend.orders(shopper)

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order:
        with self._timed():
            return await self.backend.order(shopper, order_id)

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        with self._timed():
            return await self.backend.shipments(shopper, order_id)

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        with self._timed():
            return await self.backend.balances(shopper)

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        with self._timed():
            return await self.backend.coupons(shopper)

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        with self._timed():
            return await self.backend.call(operation, arguments, shopper=shopper, idempotency_key=idempotency_key)

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        with self._timed():
            return await self.backend.outcome(idempotency_key)


_MEASURES: Mapping[str, Callable[[Served], float]] = {
    "total": lambda one: one.turn.total,
    "system": lambda one: one.system,
    "without system": lambda one: one.apart,
    "embedding": lambda one: one.turn.embedding,
    "rest": lambda one: one.rest,
}


def _overview(served: Sequence[Served]) -> Table:
    languages = dict.fromkeys(one.language for one in served)
    groups = [("all", served), *((name, [one for one in served if one.language == name]) for name in languages)]
    return table(
        ("of a turn", *(f"{name} {share}" for name, _ in groups for share in ("p50", "p95"))),
        [
            (name, *(text for _, group in groups for text in p50_p95([measure(one) for one in group])))
            for name, measure in _MEASURES.items()
        ],
        title=f"Milliseconds, one shopper, {figure(len(served))} turns",
    )


def _by_reply(served: Sequence[Served]) -> Table:
    reasons = sorted({one.turn.reason for one in served})
    groups = [(reason, [one for one in served if one.turn.reason == reason]) for reason in reasons]
    return table(
        ("reply", "turns", "without system p50", "without system p95", "rest p50", "rest p95"),
        [
            (
                reason,
                figure(len(group)),
                *p50_p95([one.apart for one in group]),
                *p50_p95([one.rest for one in group]),
            )
            for reason, group in groups
        ],
        title="Milliseconds by what the reply does",
    )


def _by_step(served: Sequence[Served]) -> Table:
    steps = list(served[0].turn.steps)
    outside = [one.turn.total - sum(one.turn.steps.values()) for one in served]
    return table(
        ("step", "p50", "p95"),
        [
            *((step, *p50_p95([one.turn.steps.get(step, 0.0) for one in served])) for step in steps),
            ("storing, announcing, waking", *p50_p95(outside)),
        ],
        title="Milliseconds by step, the store's system included",
    )


def _data(served: Sequence[Served]) -> dict[str, object]:
    return {
        "turns": len(served),
        "calls_a_turn": sum(one.calls for one in served) / len(served),
        **{
            f"{name.replace(' ', '_')}_ms": {
                "p50": percentile([measure(one) for one in served], 0.5),
                "p95": percentile([measure(one) for one in served], 0.95),
            }
            for name, measure in _MEASURES.items()
        },
    }
