"""Running cases: the entry for programs. The command line and the API's jobs call `evaluate`."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from evals.cases import Case, Outcome, Verdict
from evals.program import this_program, versions
from evals.results import Environment, RunResult, decode, encode
from evals.running.circumstances import Circumstances, cores, machine, without_password
from evals.running.journal import Journal
from evals.running.sampling import check_ids
from evals.statistics.bootstrap import RESAMPLES
from evals.statistics.measurement import Measures, measure
from evals.suites.suite import CaseRunner, Suite
from evals.target import Target

_FRAMES = 4  # of a crash that are told: the last ones


@dataclass(frozen=True, slots=True)
class Plan:
    """How cases are run. runs: how often each. concurrency: how many at once. case_timeout_s: for one run of a case.

    resamples: of the bootstrap. data, data_hash, limit, circumstances: where the cases come from and what the run is
    made under, for the record; circumstances are looked up where None is given.
    """

    runs: int = 1
    concurrency: int = 1
    case_timeout_s: float = 300.0
    resamples: int = RESAMPLES
    data: str = ""
    data_hash: str = ""
    limit: int | None = None
    circumstances: Circumstances | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One more outcome. `done` of `total` case runs, `resumed` of them kept from before."""

    outcome: Outcome
    done: int
    total: int
    resumed: int


Progress = Callable[[Step], None]


async def evaluate(
    suite: Suite,
    cases: Sequence[Case],
    target: Target,
    plan: Plan | None = None,
    journal: Journal | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Runs every case as often as planned and computes the suite's figures.

    What a case raises, and what takes too long, is a crashed outcome. `progress` is told of each outcome, first of
    those that the journal kept. Cancelling stops at once; what is in the journal stays there. Outcomes are in the
    order of the cases, whatever came first, and figures do not depend on that order, on the concurrency or on being
    interrupted. Raises MalformedSuite where ids are used twice, and what opening the suite raises.
    """
    plan = plan or Plan()
    check_ids(cases)
    started, clock = datetime.now(UTC), time.perf_counter()
    wanted = [(case, run) for run in range(plan.runs) for case in cases]
    ledger = _Ledger(len(wanted), journal, progress or (lambda _: None))
    todo = [(case, run) for case, run in wanted if not ledger.resume(case, run)]
    if todo:
        async with suite.open(target, cases) as runner:
            await _run_all(runner, todo, plan, ledger.add)
    outcomes = tuple(ledger.outcomes[case.id, run] for case in cases for run in range(plan.runs))
    # In a thread: resampling takes seconds, and a server has others to answer meanwhile.
    measures = await asyncio.to_thread(
        measure, suite, outcomes, runs=plan.runs, seed=target.seed, resamples=plan.resamples
    )
    environment = _environment(
        target, plan, started=started, seconds=time.perf_counter() - clock, ledger=ledger, journal=journal
    )
    return _result(suite, cases, outcomes, measures, environment)


@dataclass(slots=True)
class _Ledger:
    """The outcomes so far."""

    total: int
    journal: Journal | None
    progress: Progress
    outcomes: dict[tuple[str, int], Outcome] = field(default_factory=dict)
    resumed: int = 0

    def resume(self, case: Case, run: int) -> bool:
        """Whether the journal kept the outcome; then it is taken over."""
        kept = self.journal.outcomes.get((case.id, run)) if self.journal is not None else None
        if kept is None:
            return False
        self.resumed += 1
        self._settle(kept)
        return True

    def add(self, outcome: Outcome) -> None:
        if self.journal is not None:
            self.journal.append(outcome)
        self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes[outcome.case_id, outcome.run] = outcome
        self.progress(Step(outcome, len(self.outcomes), self.total, self.resumed))


async def _run_all(
    runner: CaseRunner, todo: Sequence[tuple[Case, int]], plan: Plan, add: Callable[[Outcome], None]
) -> None:
    waiting = iter(todo)

    async def work() -> None:
        for case, run in waiting:  # shared: whoever is free takes the next
            add(await _run_case(runner, case, run, plan.case_timeout_s))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(plan.concurrency, len(todo))):
                group.create_task(work())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None  # of the journal or of `progress`; cases do not raise


async def _run_case(runner: CaseRunner, case: Case, run: int, timeout_s: float) -> Outcome:
    limit = asyncio.timeout(timeout_s)
    try:
        async with limit:
            outcome = await runner(case, run=run)
        return _kept(outcome, case, run)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return _crashed(case, run, error)  # something inside the case was cancelled, not the run
    except TimeoutError as error:
        if limit.expired():
            return _crashed(case, run, None, f"took longer than {timeout_s:g} s")
        return _crashed(case, run, error)
    except (Exception, SystemExit) as error:  # a case that asks the process to exit is a crash like others
        return _crashed(case, run, error)


def _kept(outcome: Outcome, case: Case, run: int) -> Outcome:
    """The outcome as the journal gives it back: figures are the same whether it was interrupted or not."""
    if (outcome.case_id, outcome.run) != (case.id, run):
        raise ValueError(
            f"the suite gave the outcome of case {outcome.case_id!r}, run {outcome.run}, for {case.id!r}, run {run}"
        )
    return decode(encode(outcome))


def _crashed(case: Case, run: int, error: BaseException | None, note: str = "") -> Outcome:
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        places = "; ".join(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        note = f"{type(error).__name__}: {error}" + (f" ({places})" if places else "")
    writable = note.encode("utf-8", "replace").decode()
    return Outcome(case.id, run, Verdict.CRASHED, {}, note=writable)


def _environment(
    target: Target, plan: Plan, *, started: datetime, seconds: float, ledger: _Ledger, journal: Journal | None
) -> Environment:
    made = plan.circumstances or Circumstances(this_program())
    return Environment(
        commit=made.program.commit,
        sources=made.program.sources,
        versions=versions(),
        platform=machine(),
        cores=cores(),
        data=plan.data,
        data_hash=plan.data_hash,
        store=target.store,
        store_hash=made.store_hash,
        url=without_password(target.url) if target.url else None,
        seed=target.seed,
        runs=plan.runs,
        limit=plan.limit,
        shots=target.shots,
        concurrency=plan.concurrency,
        case_timeout_s=plan.case_timeout_s,
        resamples=plan.resamples,
        settings=made.settings,
        started_at=started.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        resumed=ledger.resumed,
        resumed_from=journal.resumed_from if journal is not None else (),
    )


def _result(
    suite: Suite, cases: Sequence[Case], outcomes: tuple[Outcome, ...], measures: Measures, environment: Environment
) -> RunResult:
    places: Mapping[str, Any] = {case.id: str(case.place) for case in cases}
    return RunResult(suite.name, measures.figures, measures.intervals, outcomes, environment, places)
