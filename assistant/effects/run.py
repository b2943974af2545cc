"""A run under way: call by call, each in the ledger before it is sent and after its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from assistant.domain.backend import Risk
from assistant.domain.effects import Effect, EffectState, Outcome, OutcomeState, Plan, effect_id
from assistant.domain.errors import Conflict
from assistant.domain.ledger import Account, Course, Ledger
from assistant.domain.ports import Clock
from assistant.effects.binding import NotCallable, bound, canonical, faults
from assistant.effects.calling import Caller, operation_of

_log = structlog.get_logger(__name__)

AFTER_REFUSED = "after_refused"
AFTER_UNKNOWN = "after_unknown"
CONDITION = "condition"


def planned(plan: Plan, clock: Clock) -> Account:
    """The account of a plan of which nothing was begun."""
    now = clock.now()
    effects = tuple(
        Effect(effect_id(plan.run_id, call.name), plan, call, EffectState.PLANNED, now) for call in plan.calls
    )
    return Account(plan, effects, Course(), now)


def outcome(effects: Sequence[Effect]) -> Outcome:
    """What effects come to as a whole."""
    results = {effect.call.name: effect.result for effect in effects if effect.state is EffectState.DONE}
    for effect in effects:
        match effect.state:
            case EffectState.UNKNOWN:
                return Outcome(OutcomeState.UNKNOWN, results, effect.reason)
            case EffectState.REFUSED:
                return Outcome(OutcomeState.PARTLY if results else OutcomeState.REFUSED, results, effect.reason)
            case EffectState.APPROVING:
                return Outcome(OutcomeState.APPROVING, results)
    if all(effect.state.settled for effect in effects):
        return Outcome(OutcomeState.DONE, results)
    return Outcome(OutcomeState.UNAVAILABLE, results)


def stopped(effects: Sequence[Effect], place: int, at: Effect) -> list[Effect]:
    """The effects with the one at `place` refused or unknown, and so none after it done."""
    reason = AFTER_REFUSED if at.state is EffectState.REFUSED else AFTER_UNKNOWN
    after = [replace(effect, state=EffectState.SKIPPED, reason=reason, at=at.at) for effect in effects[place + 1 :]]
    return [*effects[:place], at, *after]


def same(one: Plan, other: Plan) -> bool:
    """Whether two plans do the same for the same shopper, whatever they rest on."""
    return _what(one) == _what(other)


def _what(plan: Plan) -> object:
    calls = [(call.name, call.operation, canonical(call.arguments), dict(call.later), call.when) for call in plan.calls]
    return plan.store_id, plan.conversation_id, plan.shopper, plan.procedure, calls


class TakenOver(Exception):
    """Another carrier holds the run now."""


@dataclass
class Run:
    """Goes on with an account that `carrier` holds, or enters a new one.

    new: not in the ledger yet. heard: whether somebody waits for the end and will tell the shopper. What can be worked
    out without a call goes into one transaction: what came of a call is written together with the next being sent.
    """

    account: Account
    ledger: Ledger
    carrier: str
    clock: Clock
    heard: Callable[[], bool]
    new: bool = False
    effects: list[Effect] = field(init=False)
    _kept: tuple[Effect, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._stand(self.account)

    async def go_on(self, caller: Caller) -> Account:
        """As far as it goes now. Raises TakenOver."""
        place = 0
        while place < len(self.effects):
            effect = self.effects[place]
            unclear = effect.state is EffectState.SENT
            if effect.state is EffectState.PLANNED:
                effect = self._set(place, self._before_call(effect, caller))
            if effect.state is EffectState.APPROVING:
                break
            if effect.state is EffectState.SENT:
                if not await self._keep(self.account.course):
                    place = 0  # it was begun before: from where it stands
                    continue
                came = await caller.made(effect, unclear=unclear)
                self._set(place, replace(effect, state=came.state, result=came.result, reason=came.reason))
                if not came.settled:
                    break
            place += 1
        if not await self._keep(self._course()):
            return await self.go_on(caller)  # it was begun before: from where it stands
        return replace(self.account, effects=tuple(self.effects))

    async def put_off(self) -> Account:
        """To be taken up again later, with nothing done now. Raises TakenOver."""
        await self._keep(self._course())
        return replace(self.account, effects=tuple(self.effects))

    async def give_up(self, reason: str) -> Account:
        """Nothing more is called. What may have been done already is for a human to look up. Raises TakenOver."""
        for place, effect in enumerate(self.effects):
            if not effect.state.settled:
                state = EffectState.UNKNOWN if effect.state is EffectState.SENT else EffectState.REFUSED
                self._set(place, replace(effect, state=state, reason=reason))
        await self._keep(self._course())
        return replace(self.account, effects=tuple(self.effects))

    def _before_call(self, effect: Effect, caller: Caller) -> Effect:
        """A planned effect once it is to be called: sent, or waiting for a human, or not to be called at all."""
        results = {each.call.name: each.result for each in self.effects if each.state is EffectState.DONE}
        try:
            call = bound(effect.call, results)
            if call is None:
                return replace(effect, state=EffectState.SKIPPED, reason=CONDITION)
            operation = operation_of(caller.backend, call.operation)
            if wrong := faults(call.arguments, operation.arguments):
                raise NotCallable("invalid_arguments", ", ".join(wrong))
        except NotCallable as error:
            _log.error("effect_not_callable", effect_id=effect.id, reason=error.reason, detail=str(error))
            return replace(effect, state=EffectState.REFUSED, reason=error.reason)
        waits = Risk.APPROVE in (operation.risk, call.risk) and not effect.decided_by
        return replace(effect, call=call, state=EffectState.APPROVING if waits else EffectState.SENT, reason="")

    def _set(self, place: int, effect: Effect) -> Effect:
        effect = replace(effect, at=self.clock.now())
        if effect.state in (EffectState.REFUSED, EffectState.UNKNOWN):
            self.effects = stopped(self.effects, place, effect)
        else:
            self.effects[place] = effect
        return effect

    async def _keep(self, course: Course) -> bool:
        """Write what has changed. False where the run turned out to be in the ledger: then it stands as it is there.

        Raises TakenOver, and Conflict where the run has another plan there.
        """
        changed = [now for now, before in zip(self.effects, self._kept, strict=True) if now != before]
        run_id = self.account.plan.run_id
        if self.new:
            entry = replace(self.account, effects=tuple(self.effects), course=course)
            self.new = False
            known = await self.ledger.open(entry, self.carrier)
            if known is not None:
                if not same(known.plan, self.account.plan):
                    raise Conflict(f"Run {run_id} has another plan already.", run_id=run_id)
                self._stand(await self.ledger.take(run_id, self.carrier))
                return False
        elif (changed or course != self.account.course) and not await self.ledger.write(
            run_id, self.carrier, changed, course
        ):
            raise TakenOver
        self._stand(replace(self.account, effects=tuple(self.effects), course=course))
        return True

    def _stand(self, account: Account) -> None:
        self.account, self.effects, self._kept = account, list(account.effects), account.effects

    def _course(self) -> Course:
        """Where it stops: at its end, or put off; then, or where nobody waits for the end, that is to be told."""
        course = self.account.course
        if all(effect.state.settled for effect in self.effects):
            return replace(course, ended=True, owed=course.owed or not self.heard())
        waits = any(effect.state is EffectState.APPROVING for effect in self.effects)
        return replace(course, owed=True, tries=course.tries if waits else course.tries + 1)
