"""Runs of scripted assistants: what is measured is what they did, and no case is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases import Case, Outcome, Verdict
from evals.program import this_program
from evals.results import RunResult
from evals.running import Circumstances, Identity, Plan, Step, evaluate, open_journal
from evals.suites.suite import CaseRunner, MalformedSuite
from evals.target import Target
from tests.evals.scripted_suite import Scripted, question

QUICK = Plan(resamples=20)
IDENTITY = Identity("scripted", "d1")
HERE = Circumstances(this_program())


def target(store: str, seed: int = 0) -> Target:
    return Target(store, Path("nowhere"), seed=seed)


def run(store: str, cases: Sequence[Case], plan: Plan = QUICK, **more: Any) -> RunResult:
    return asyncio.run(evaluate(more.pop("suite", Scripted()), cases, target(store), plan, **more))


CASES = [question("a"), question("b", "no"), question("c", None)]


def test_a_perfect_assistant_has_everything_right() -> None:
    figures = run("perfect", CASES).figures
    assert (figures["right_share"], figures["wrong_share"], figures["crashed"], figures["cases"]) == (1, 0, 0, 3)


def test_an_assistant_that_always_abstains_is_right_only_where_that_is_right() -> None:
    figures = run("abstaining", CASES).figures
    assert (figures["right_share"], figures["wrong_share"]) == (pytest.approx(1 / 3), 0)


def test_an_assistant_that_is_always_wrong_has_nothing_right() -> None:
    figures = run("wrong", CASES).figures
    assert (figures["right_share"], figures["wrong_share"]) == (0, 1)


@pytest.mark.parametrize(
    ("store", "note"),
    [
        ("crashing", "RuntimeError: no idea about a ("),
        ("exiting", "SystemExit: 3 ("),
        ("cancelled", "CancelledError"),
        ("hanging", "took longer than 0.05 s"),
        ("unwritable", "ValueError: measured score is nan"),
        ("mistaken", "ValueError: the suite gave the outcome of case 'another'"),
    ],
)
def test_whatever_a_case_does_it_is_a_crashed_case_that_says_why(store: str, note: str) -> None:
    result = run(store, CASES, Plan(resamples=20, case_timeout_s=0.05))
    assert [outcome.verdict for outcome in result.outcomes] == [Verdict.CRASHED] * 3
    assert note in result.outcomes[0].note
    assert (result.figures["crashed"], result.figures["right_share"], result.figures["wrong_share"]) == (3, 0, 1)


def test_the_note_of_a_crash_ends_with_the_frame_that_raised() -> None:
    [outcome] = run("crashing", [question("a")]).outcomes
    assert "scripted_suite.py" in outcome.note
    assert outcome.note.endswith("in _answer)")


def test_a_crash_whose_message_cannot_be_written_is_kept_all_the_same(tmp_path: Path) -> None:
    class Garbled(Scripted):
        @asynccontextmanager
        async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # type: ignore[override]
            async def run_case(case: Case, *, run: int) -> Outcome:
                raise RuntimeError("half a \ud83d")

            yield run_case

    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        [outcome] = run("perfect", [question("a")], suite=Garbled(), journal=journal).outcomes
    assert outcome.note.startswith("RuntimeError: half a ?")


def test_a_case_that_crashes_leaves_the_others_alone() -> None:
    class Half(Scripted):
        @asynccontextmanager
        async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # type: ignore[override]
            async with Scripted().open(target, cases) as perfect:

                async def run_case(case: Case, *, run: int) -> Outcome:
                    if case.id == "b":
                        raise KeyError("b")
                    return await perfect(case, run=run)

                yield run_case

    verdicts = {outcome.case_id: outcome.verdict for outcome in run("perfect", CASES, suite=Half()).outcomes}
    assert verdicts == {"a": "right", "b": "crashed", "c": "abstained"}


def test_outcomes_are_in_the_order_of_cases_and_runs_whatever_finished_first() -> None:
    cases = [question(str(number)) for number in range(20)]
    result = run("flaky", cases, Plan(runs=3, concurrency=7, resamples=20))
    expected = [(case.id, number) for case in cases for number in range(3)]
    assert [(outcome.case_id, outcome.run) for outcome in result.outcomes] == expected


def test_as_many_cases_run_at_once_as_asked_for() -> None:
    class Counting(Scripted):
        most = 0

        @asynccontextmanager
        async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # type: ignore[override]
            now = 0
            async with Scripted().open(target, cases) as perfect:

                async def run_case(case: Case, *, run: int) -> Outcome:
                    nonlocal now
                    now += 1
                    self.most = max(self.most, now)
                    outcome = await perfect(case, run=run)
                    now -= 1
                    return outcome

                yield run_case

    for concurrency in (1, 4):
        suite = Counting()
        run("perfect", [question(str(n)) for n in range(12)], Plan(concurrency=concurrency, resamples=5), suite=suite)
        assert suite.most == concurrency


def test_each_outcome_is_told_as_it_comes() -> None:
    steps: list[Step] = []
    run("perfect", CASES, Plan(runs=2, resamples=5), progress=steps.append)
    assert [(step.done, step.total, step.resumed) for step in steps] == [(n, 6, 0) for n in range(1, 7)]


def test_two_cases_of_one_id_are_refused_with_both_places() -> None:
    with pytest.raises(MalformedSuite, match=r"'a' is used already, at cases\.jsonl:1"):
        run("perfect", [question("a"), question("a")])


def test_a_suite_that_cannot_be_opened_says_so() -> None:
    with pytest.raises(ConnectionError, match="shut"):
        run("shut", CASES)


def test_a_result_says_what_it_was_made_with() -> None:
    plan = Plan(runs=2, concurrency=3, resamples=10, data="cases.jsonl", data_hash="d1", limit=3)
    remote = Target("1", Path("nowhere"), url="https://me:secret@shop.example/v1", key="key-of-mine", seed=4)
    result = asyncio.run(evaluate(Scripted(), CASES, remote, plan))
    made = result.environment
    assert (made.seed, made.runs, made.concurrency, made.limit, made.data_hash) == (4, 2, 3, 3, "d1")
    assert made.url == "https://shop.example/v1"
    assert made.versions["storebot"] == this_program().version
    assert {"numpy", "scipy"} <= made.versions.keys()
    assert "pytest" not in made.versions
    assert "key-of-mine" not in result.to_json()


def interrupted(store: str, cases: Sequence[Case], plan: Plan, folder: Path, *, after: int) -> None:
    """A run that is cancelled when `after` outcomes have come, as Ctrl-C does."""

    async def start() -> None:
        with open_journal(folder, IDENTITY, HERE) as journal:
            running: asyncio.Task[RunResult] | None = None

            def stop(step: Step) -> None:
                if step.done == after and running is not None:
                    running.cancel()

            running = asyncio.create_task(evaluate(Scripted(), cases, target(store), plan, journal, stop))
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(start())


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    cases = [question(str(number)) for number in range(10)]
    interrupted("perfect", cases, QUICK, tmp_path, after=4)
    suite, steps = Scripted(), list[Step]()
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        result = run("perfect", cases, suite=suite, journal=journal, progress=steps.append)
    assert len(suite.asked) == 6
    assert suite.opened == [10], "what is opened must not depend on what is left to do"
    assert [(step.done, step.resumed) for step in steps[3:5]] == [(4, 4), (5, 4)]
    assert result.environment.resumed == 4
    assert result.figures["cases"] == 10


def test_a_run_that_broke_off_after_its_last_case_opens_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        run("perfect", CASES, journal=journal)
    suite = Scripted()
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert run("perfect", CASES, suite=suite, journal=journal).figures["right_share"] == 1
    assert suite.opened == []


def test_crashed_cases_are_kept_too_and_not_run_again(tmp_path: Path) -> None:
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        run("crashing", CASES, journal=journal)
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert run("perfect", CASES, journal=journal).figures["crashed"] == 3


@settings(max_examples=25)
@given(
    count=st.integers(2, 12),
    runs=st.integers(1, 3),
    concurrency=st.integers(1, 8),
    stop=st.integers(1, 40),
    chance=st.randoms(use_true_random=False),
)
def test_order_concurrency_and_interruption_change_no_figure(
    count: int, runs: int, concurrency: int, stop: int, chance: random.Random
) -> None:
    cases = [question(f"case {number}", "yes" if number % 3 else None) for number in range(count)]
    plain = run("flaky", cases, Plan(runs=runs, resamples=20))

    shuffled = chance.sample(cases, count)
    plan = Plan(runs=runs, concurrency=concurrency, resamples=20)
    with TemporaryDirectory() as folder:
        if stop < count * runs:
            interrupted("flaky", shuffled, plan, Path(folder), after=stop)
        with open_journal(Path(folder), IDENTITY, HERE) as journal:
            resumed = run("flaky", shuffled, plan, journal=journal)

    assert resumed.figures == plain.figures
    assert resumed.intervals == plain.intervals
    assert sorted(resumed.outcomes, key=by_case) == sorted(plain.outcomes, key=by_case)


def by_case(outcome: Outcome) -> tuple[str, int]:
    return outcome.case_id, outcome.run
