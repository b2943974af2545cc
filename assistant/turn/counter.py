"""Serves a conversation's procedures in a turn: the one under way goes on with the message, others are begun."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from assistant.answers.voice import Voice
from assistant.domain.backend import JsonObject, OrderId, ShopperRef, StoreBackend
from assistant.domain.errors import StoreSystemUnavailable
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.ports import StoreBackends
from assistant.domain.procedures import Asked, Procedure, Procedures, Run, Service, SlotKind, Stage
from assistant.domain.reply import HandoffReason
from assistant.domain.understanding import Clause
from assistant.procedures.engine import Counter, Engine
from assistant.procedures.failing import FAULTS, TROUBLES, faulty
from assistant.procedures.known import FindProducts, Records
from assistant.procedures.progress import Progress, Told, Way
from assistant.turn.guesses import Guesses
from assistant.turn.particulars import PARTICULARS, particulars_in

_log = structlog.get_logger(__name__)
_ORDERS_REMEMBERED = 5
_FINISHED_REMEMBERED = 40
_STRANGERS = 3  # times that what a shopper says of themselves may fit nobody, then only a human can help
_NEVER_MORE = 6  # procedures begun in one turn


@dataclass(frozen=True, slots=True)
class Serving:
    """What procedures are served with."""

    procedures: Procedures
    backends: StoreBackends
    engine: Engine
    guesses: Guesses = field(default_factory=Guesses)


@dataclass(slots=True)
class Desk:
    """Where the procedures of one turn are served. state: as it stands; what the turn leaves is kept with the reply.

    passed: how far each procedure came in this turn, in order.
    """

    serving: Serving
    backend: StoreBackend
    procedures: Mapping[str, Procedure]
    voice: Voice
    products: FindProducts
    state: Service
    signed_in: ShopperRef | None
    now: datetime
    store_id: StoreId
    guesses: Guesses = field(default_factory=Guesses)
    passed: list[Progress] = field(default_factory=list)
    _records: Records | None = None

    @property
    def shopper(self) -> ShopperRef | None:
        """The session tells who it is; only where none does, what was said here."""
        return self.signed_in or self.state.shopper

    @property
    def identifies(self) -> bool:
        """Whether the store's system can tell a shopper by what they say of themselves."""
        return self.signed_in is None and bool(self.ways)

    @property
    def ways(self) -> list[frozenset[str]]:
        """The sets of particulars that each suffice, of those that can be told in a conversation."""
        return [enough for enough in self.backend.identified_by if enough and enough <= PARTICULARS]

    @property
    def nobody(self) -> bool:
        """Whether so much of what was said fitted nobody that this conversation is not asked again."""
        return self.state.unknown >= _STRANGERS

    def procedure_of(self, intent: str) -> Procedure | None:
        """The procedure for an intent, or for the one above it: order.cancel serves order.cancel.with_reason."""
        while intent:
            for procedure in self.procedures.values():
                if intent in procedure.intents:
                    return procedure
            intent = intent.rpartition(".")[0]
        return None

    def wanted(self, name: str, intent: str) -> Procedure | None:
        """The procedure of a name, else that for an intent."""
        return self.procedures.get(name) or self.procedure_of(intent)

    def asked_for(self, clause: Clause) -> list[Procedure]:
        """The procedures that a clause asks for in so many words."""
        return self.serving.engine.hearing.asked_for(clause, self.procedures)

    def requested(self, clause: Clause, procedure: Procedure) -> bool:
        """Whether a clause wants a procedure done."""
        return self.serving.engine.hearing.requested(clause, procedure)

    def records(self) -> Records:
        assert self.shopper is not None, "whose records, must be known"
        if self._records is None or self._records.shopper_ref != self.shopper:
            self._records = Records(
                self.backend,
                self.shopper,
                self.products,
                self.now,
                self.voice.today,
                self.voice.language.tag,
                self.state.finished,
            )
        return self._records

    async def identify(self, clause: Clause) -> bool:
        """Whether the message, with what was said before, now tells who the shopper is.

        Who has guessed too often is told the same as who is wrong, and the store's system is not asked.
        """
        if self.shopper is not None or not self.identifies or self.nobody:
            return False
        useful = frozenset().union(*self.ways)
        told = particulars_in(clause, useful, asked=bool(self.state.waiting))
        if not told:
            return False
        particulars = {**self.state.particulars, **told}
        self.state = replace(self.state, particulars=particulars)
        if not any(enough <= particulars.keys() for enough in self.ways):
            return False
        may = self.guesses.may(self.store_id, particulars, self.now)
        record = await self.backend.identify(particulars) if may else None
        if not may:
            _log.warning("identification_halted", store_id=self.store_id)
        if record is None:
            self.guesses.wrong(self.store_id, particulars, self.now)
            self.state = replace(self.state, particulars={}, unknown=self.state.unknown + 1)
            return False
        self.state = replace(self.state, shopper=record.id, unknown=0)
        return True

    async def go_on(self, told: Told) -> bool:
        """Whether the message says something to the run that waits, which then has gone on with it."""
        run = self.state.run
        procedure = self._current(run)
        if run is None or procedure is None or self.shopper is None or self._asks_for_another(run, procedure, told):
            return False
        progress = await self._safely(procedure, self.serving.engine.go_on(procedure, run, told, self._counter()))
        if progress is None:
            return False
        self._pop()
        await self._take(progress, told)
        return True

    async def take_up(self, told: Told) -> bool:
        """Whether the message puts right what a rule refused, so that the run which was refused goes on."""
        aside = self.state.aside
        procedure = self.procedures.get(aside.procedure) if aside is not None else None
        if aside is None or procedure is None or procedure.version != aside.version or self.shopper is None:
            return False
        if self.state.run is not None or self.asked_for(told.message):
            return False
        taken = self.serving.engine.take_up(procedure, aside, told, self._counter())
        progress = await self._safely(procedure, taken)
        if progress is None:
            return False
        await self._take(progress, told)
        return True

    def _asks_for_another(self, run: Run, procedure: Procedure, told: Told) -> bool:
        """Whether a message asks for something else to be done: instead of an answer that could be any words, of one to
        what is only looked up, or of a yes or no."""
        if run.stage is Stage.CONFIRMING:
            named = self.serving.engine.hearing.asked_for(told.message, self.procedures, plainly=True)
            others = [one for one in named if one.steps and self.requested(told.message, one)]
            return bool(others) and procedure not in named and not self.serving.engine.answers(procedure, told)
        waited = next((slot for slot in procedure.slots if slot.name == run.waits_for), None)
        if waited is None or (procedure.steps and waited.kind not in (SlotKind.TEXT, SlotKind.NAME)):
            return False
        named = self.asked_for(told.message)
        return bool(named) and procedure not in named

    async def begin(self, procedure: Procedure, told: Told) -> None:
        """Begin a procedure that the message asks for, on top of what is under way; what was named for want of that is
        taken in its place."""
        instead, *waiting = self.state.waiting or (None,)
        if instead is not None and instead.otherwise and instead.procedure == procedure.name:
            self._pop()
            self.state = replace(self.state, waiting=tuple(waiting))
        run = self.state.run
        given: JsonObject = {}
        if run is not None and run.procedure == procedure.name:
            given = run.values
            self._pop()  # asked for again: it starts anew with what is known
        await self._begun(procedure, told, given)

    async def _begun(self, procedure: Procedure, told: Told, given: JsonObject) -> None:
        begun = self.serving.engine.begin(procedure, told, self._counter(), given=given)
        if progress := await self._safely(procedure, begun):
            await self._take(progress, told)

    async def resume(self, told: Told) -> None:
        """Say once more what is waited for, after something else was answered."""
        run = self.state.run
        procedure = self._current(run)
        if run is not None and procedure is not None and self.shopper is not None:
            self._pop()
            asked = self.serving.engine.ask_again(procedure, run, told.of_something_else(), self._counter())
            if progress := await self._safely(procedure, asked):
                await self._take(progress, told)

    def give_up_for_want(self) -> None:
        """Where what the run that waits needs is not to be had, it comes to nothing: the shopper has said what then."""
        if not (self.waits and self.passed and self.passed[-1].lacking):
            return
        self._pop()
        self.passed[-1] = replace(self.passed[-1], way=Way.REFUSED, run=None, texts=self.passed[-1].texts[:1])

    def heard(self, procedure: str) -> str:
        """What was said before of the matter: of the run that waits, or of one that came to nothing."""
        known = self.state.run or self.state.aside
        if known is None or (procedure and known.procedure != procedure):
            return ""
        return known.heard

    def later(self, asked: Asked) -> None:
        """Keep a request until what is under way is through."""
        self.state = replace(self.state, waiting=(*self.state.waiting, asked))

    @property
    def waits(self) -> bool:
        """Whether a run waits for the shopper."""
        return self.state.run is not None

    def next_request(self) -> Asked | None:
        """The next request whose turn it is, taken off the list."""
        if self.waits or not self.state.waiting or len(self.passed) > _NEVER_MORE:
            return None
        first, *rest = self.state.waiting
        self.state = replace(self.state, waiting=tuple(rest))
        refused = bool(self.passed) and self.passed[-1].way in (Way.REFUSED, Way.FAILED)
        return first if refused or not first.otherwise else self.next_request()

    def drop_runs(self) -> None:
        """A human takes over: nothing goes on by itself."""
        self.state = replace(self.state, runs=(), waiting=())

    async def _take(self, progress: Progress, told: Told) -> None:
        """Note how far a run has come; a wish that another procedure serves is passed on to it."""
        progress = replace(progress, products=await self._products(progress.orders))
        self.passed.append(progress)
        runs = (*self.state.runs, progress.run) if progress.run is not None else self.state.runs
        self.state = replace(
            self.state,
            runs=runs,
            orders=_latest(progress.orders, self.state.orders),
            finished=(*self.state.finished, *progress.finished)[-_FINISHED_REMEMBERED:],
            aside=progress.aside or self._aside_from(progress.procedure),
        )
        instead = self.procedures.get(progress.instead)
        if instead is not None and len(self.passed) <= _NEVER_MORE:
            given = {slot.name: progress.values[slot.name] for slot in instead.slots if slot.name in progress.values}
            await self._begun(instead, told, given)

    def _aside_from(self, procedure: str) -> Run | None:
        """The run that was put aside last, as long as its own procedure does not go on."""
        aside = self.state.aside
        return aside if aside is not None and aside.procedure != procedure else None

    async def _safely(self, procedure: Procedure, served: Awaitable[Progress | None]) -> Progress | None:
        """How far a procedure comes; where it cannot go on, nothing is done and a human is asked."""
        try:
            return await served
        except FAULTS as fault:
            faulty(procedure.name, fault)
            text = "procedure_failed"
        except TROUBLES as trouble:
            faulty(procedure.name, trouble)
            text = "procedure_no_system" if isinstance(trouble, StoreSystemUnavailable) else "procedure_failed"
        words = self.voice.say(text, matter=procedure.title.in_language(self.voice.language.tag))
        return Progress(Way.FAILED, procedure.name, texts=(words,), handoff=HandoffReason.TOOL_FAILURE)

    async def _products(self, order_ids: Sequence[OrderId]) -> tuple[ProductId, ...]:
        try:
            orders = await self.records().orders() if order_ids else []
        except TROUBLES:
            return ()
        return tuple({line.product_id: None for order in orders if order.id in order_ids[:1] for line in order.lines})

    def _current(self, run: Run | None) -> Procedure | None:
        """The procedure of a run; None, and the run is dropped, where it is no more or was changed meanwhile."""
        if run is None:
            return None
        procedure = self.procedures.get(run.procedure)
        if procedure is None or procedure.version != run.version:
            self._pop()
            return None
        return procedure

    def _pop(self) -> None:
        self.state = replace(self.state, runs=self.state.runs[:-1])

    def _counter(self) -> Counter:
        return Counter(self.records(), self.voice)


def _latest(now: Sequence[OrderId], before: Sequence[OrderId]) -> tuple[OrderId, ...]:
    return tuple(dict.fromkeys((*now, *before)))[:_ORDERS_REMEMBERED]
