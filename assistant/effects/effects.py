"""Who goes on with which run, and when: turns, recovery, jobs and people who approve, one at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from assistant.domain.backend import StoreBackend
from assistant.domain.effects import Effect, EffectId, EffectState, Outcome, OutcomeState, Plan, Sought
from assistant.domain.errors import Conflict, InvalidInput, StorebotError
from assistant.domain.ids import JobId, StoreId, new_id
from assistant.domain.jobs import Arguments
from assistant.domain.ledger import Account, Ledger
from assistant.domain.ports import Clock, ConversationLog, Jobs, StoreBackends
from assistant.domain.procedures import RunId
from assistant.effects.calling import Caller, Sleep
from assistant.effects.patience import Patience
from assistant.effects.run import Run, TakenOver, outcome, planned, same, stopped
from assistant.effects.telling import DENIED

_log = structlog.get_logger(__name__)

JOB = "effects"
NO_SYSTEM = "no_system"
GAVE_UP = "gave_up"
_AT_ONCE = 8  # runs that recovery and jobs go on with at the same time

Tell = Callable[[Plan, Outcome], Awaitable[None]]
"""Tells the shopper, or else people at the desk, in the conversation what a run has come to; once, however often it is
called."""


class LedgerEffects:
    """The `Effects` port over a ledger. Close it at the end."""

    def __init__(
        self,
        ledger: Ledger,
        backends: StoreBackends,
        log: ConversationLog,
        jobs: Jobs,
        clock: Clock,
        tell: Tell,
        *,
        patience: Patience | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """jobs: take up what was put off; the name JOB is registered there."""
        self._ledger = ledger
        self._backends = backends
        self._log = log
        self._jobs = jobs
        self._clock = clock
        self._tell = tell
        self._patience = patience or Patience()
        self._sleep = sleep
        self._carrier = new_id("carrier")
        self._under_way: dict[RunId, asyncio.Task[Outcome]] = {}
        self._waiting: Counter[RunId] = Counter()
        self._put_aside: set[RunId] = set()  # a turn has said of them that it takes a while
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._closed = False
        jobs.register(JOB, self._take_up, at_once=_AT_ONCE)

    async def carry_out(self, plan: Plan) -> Outcome:
        _check(plan)
        if not plan.calls:
            return Outcome(OutcomeState.DONE)
        joined = plan.run_id in self._under_way
        found = await self._outcome(plan.run_id, lambda: self._begun(plan))
        if joined:
            account = await self._ledger.read(plan.run_id)
            if account is not None and not same(account.plan, plan):
                raise Conflict(f"Run {plan.run_id} has another plan already.", run_id=plan.run_id)
        return found

    async def outcome_of(self, run_id: RunId) -> Outcome | None:
        account = await self._ledger.read(run_id)
        if account is None and run_id not in self._under_way:
            return None
        if account is not None and _rests(account):
            return outcome(account.effects)
        return await self._outcome(run_id, lambda: self._taken(run_id))

    async def recover(self) -> int:
        unfinished = await self._ledger.unfinished()
        for run_id in unfinished:
            self._start(run_id, lambda run_id=run_id: self._taken(run_id))  # type: ignore[misc]
        return len(unfinished)

    async def audit(
        self, store_id: StoreId, sought: Sought | None = None, *, limit: int = 100, before: EffectId | None = None
    ) -> Sequence[Effect]:
        return await self._ledger.audit(store_id, sought or Sought(), limit=limit, before=before)

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        return await self._ledger.awaiting(store_id)

    async def decide(
        self, store_id: StoreId, effect_id: EffectId, *, approve: bool, by: str, reason: str = ""
    ) -> Outcome:
        account = await self._ledger.awaited(store_id, effect_id)
        run_id = account.plan.run_id
        if (before := self._under_way.get(run_id)) is not None:
            await asyncio.wait([before])
        place = next(place for place, effect in enumerate(account.effects) if effect.id == effect_id)
        decided = replace(account.effects[place], at=self._clock.now(), decided_by=by, remark=reason)
        if approve:
            effects = list(account.effects)
            effects[place] = replace(decided, state=EffectState.PLANNED)
        else:
            effects = stopped(account.effects, place, replace(decided, state=EffectState.REFUSED, reason=DENIED))
        ended = all(effect.state.settled for effect in effects)
        changed = [now for now, before in zip(effects, account.effects, strict=True) if now != before]
        course = replace(account.course, ended=ended, owed=True)
        await self._ledger.decide(effect_id, self._carrier, changed, course)
        return await self._outcome(run_id, lambda: self._taken(run_id))

    async def close(self) -> None:
        """Stop what is under way; `recover` takes it up at the next start."""
        self._closed = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _outcome(self, run_id: RunId, begin: Callable[[], Coroutine[None, None, Outcome]]) -> Outcome:
        """What a run comes to while a turn can wait. It goes on by itself after that, or when the turn is cancelled."""
        task = self._under_way.get(run_id) or self._start(run_id, begin)
        self._waiting[run_id] += 1
        try:
            done, _ = await asyncio.wait([task], timeout=self._patience.turn)
            if not done:
                self._put_aside.add(run_id)
        except asyncio.CancelledError:
            self._put_aside.add(run_id)
            raise
        finally:
            self._waiting[run_id] -= 1
            if not self._waiting[run_id]:
                del self._waiting[run_id]
        return task.result() if done else Outcome(OutcomeState.UNAVAILABLE)

    def _start(self, run_id: RunId, begin: Callable[[], Coroutine[None, None, Outcome]]) -> asyncio.Task[Outcome]:
        if (task := self._under_way.get(run_id)) is not None:
            return task
        task = self._under_way[run_id] = asyncio.create_task(begin(), name=f"effects of {run_id}")

        def over(task: asyncio.Task[Outcome]) -> None:
            del self._under_way[run_id]
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.error("effects_failed", run_id=run_id, error=repr(error), exc_info=error)

        task.add_done_callback(over)
        return task

    async def _begun(self, plan: Plan) -> Outcome:
        return await self._carried(planned(plan, self._clock), new=True)

    async def _taken(self, run_id: RunId) -> Outcome:
        async with self._free:
            account = await self._ledger.take(run_id, self._carrier)
            if account.course.ended:
                return await self._ended(account)
            return await self._carried(account, new=False)

    async def _carried(self, account: Account, *, new: bool) -> Outcome:
        run_id = account.plan.run_id
        run = Run(account, self._ledger, self._carrier, self._clock, lambda: self._waiting[run_id] > 0, new)
        try:
            account = await self._gone_on(run)
        except TakenOver:
            held = await self._ledger.read(run_id)
            assert held is not None, "what was taken over is in the ledger"
            return outcome(held.effects)
        if account.course.ended:
            return await self._ended(account)
        if not _rests(account):
            await self._put_off(account)
        return outcome(account.effects)

    async def _gone_on(self, run: Run) -> Account:
        try:
            backend = await self._backend(run.account.plan)
        except StorebotError as error:
            _log.warning("store_system_not_opened", run_id=run.account.plan.run_id, code=error.code)
            account = await run.put_off()
        else:
            if backend is None:
                return await run.give_up(NO_SYSTEM)
            account = await run.go_on(Caller(backend, self._patience, self._sleep))
        too_old = self._clock.now() - account.opened_at > timedelta(seconds=self._patience.give_up)
        if account.course.ended or _rests(account) or not too_old:
            return account
        return await run.give_up(GAVE_UP)

    async def _backend(self, plan: Plan) -> StoreBackend | None:
        return await self._backends.of(await self._log.get(plan.conversation_id))

    async def _ended(self, account: Account) -> Outcome:
        """Tell the end where it is owed, and note that."""
        found, plan = outcome(account.effects), account.plan
        _log.info("effects_ended", run_id=plan.run_id, state=found.state.value, reason=found.reason)
        if account.course.owed:
            try:
                if await self._is_to_be_told(account):
                    await self._tell(plan, found)
                await self._ledger.write(plan.run_id, self._carrier, (), replace(account.course, owed=False))
            except Exception:  # it stays owed, for the next start
                _log.exception("effects_not_told", run_id=plan.run_id)
        self._put_aside.discard(plan.run_id)
        return found

    async def _is_to_be_told(self, account: Account) -> bool:
        """Whether the turn that had the yes is over. Else it is run again, and tells the end itself."""
        plan = account.plan
        put_off = account.course.tries > 0 or any(effect.decided_by for effect in account.effects)
        if put_off or plan.run_id in self._put_aside:
            return True
        return (await self._log.get(plan.conversation_id)).answered_seq >= plan.yes.seq

    async def _put_off(self, account: Account) -> None:
        """Have a job take the run up later. Where none can be started, that is left to the next start of the server."""
        run_id, tries = account.plan.run_id, account.course.tries
        pause = self._patience.before(max(0, tries - 1))
        try:
            await self._jobs.start(JOB, JobId(f"{run_id}-{tries}"), {"run_id": run_id, "tries": tries}, after=pause)
        except StorebotError as error:
            _log.error("effects_not_put_off", run_id=run_id, code=error.code, detail=error.detail)

    async def _take_up(self, job_id: JobId, arguments: Arguments) -> None:  # noqa: ARG002
        run_id = RunId(str(arguments["run_id"]))
        account = await self._ledger.read(run_id)
        if account is None or account.course.tries != arguments["tries"]:
            return  # it was taken up meanwhile
        await asyncio.wait([self._start(run_id, lambda: self._taken(run_id))])


def _rests(account: Account) -> bool:
    """Whether nothing can be done about it now: it is over, or a human has to decide."""
    return account.course.ended or any(effect.state is EffectState.APPROVING for effect in account.effects)


def _check(plan: Plan) -> None:
    if plan.calls and not (plan.yes.said.strip() and plan.yes.shown.strip() and plan.yes.seq > 0):
        raise InvalidInput(f"Run {plan.run_id} has no recorded yes; nothing is carried out without one.")
    names = [call.name for call in plan.calls]
    if len(set(names)) < len(names):
        raise InvalidInput(f"Run {plan.run_id} has two calls of one name.", names=names)
