"""A suite whose assistants are scripted, so that what the runner makes of them can be known beforehand.

A file has one case a line: {"id": "1", "question": "...", "answer": "..." or null where only abstaining is right}. The
store names the assistant: "perfect", "abstaining", "wrong", "flaky" (right or wrong by chance, the same chance for the
same case, run and seed), "slow:0.2" (perfect after so many seconds), and those that crash in ways of their own:
"crashing", "exiting", "cancelled", "hanging", "unwritable", "mistaken". The store "shut" cannot be opened.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from evals.cases import Case, Exchange, Outcome, Place, Verdict
from evals.figures import Columns, Figure
from evals.suites.suite import CaseRunner, MalformedSuite, Refused
from evals.target import Target


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str | None


def question(case_id: str, answer: str | None = "yes") -> Case:
    return Case(case_id, Place("cases.jsonl", 1), Question(f"What of {case_id}?", answer))


def _mean(name: str):  # type: ignore[no-untyped-def]
    return lambda columns: float(np.mean(columns[name])) if len(columns[name]) else float("nan")


@dataclass
class Scripted:
    """opened: how many cases each opening was given. asked: the ids of the cases that ran, in their order."""

    name: str = "scripted"
    opened: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    figures: tuple[Figure, ...] = (
        Figure("right_share", _mean("right"), paired="right"),
        Figure("wrong_share", _mean("wrong"), better="lower", paired="wrong"),
        Figure("score_mean", _mean("score"), paired="score"),
        Figure("score_spread", lambda columns: float(np.std(columns["score"])), better="lower"),
        Figure("picture_share", lambda columns: float("nan")),
    )

    def read(self, data: Path) -> list[Case]:
        cases, faults = [], []
        for number, line in enumerate(data.read_text("utf-8").splitlines(), start=1):
            place = Place(data.name, number)
            try:
                row = json.loads(line)
                cases.append(Case(row["id"], place, Question(row["question"], row["answer"])))
            except ValueError:
                faults.append(Refused(place, "not JSON"))
            except KeyError as error:
                faults.append(Refused(place, f"{error.args[0]} is missing"))
        if faults:
            raise MalformedSuite(faults)
        return cases

    def open(self, target: Target, cases: Sequence[Case]) -> AbstractAsyncContextManager[CaseRunner]:
        self.opened.append(len(cases))
        return _opened(self, target)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        right = [outcome.measured.get("right", 0.0) for outcome in outcomes]
        wrong = [outcome.verdict in (Verdict.WRONG, Verdict.CRASHED) for outcome in outcomes]
        return {
            "right": np.array(right, dtype=float),
            "wrong": np.array(wrong, dtype=float),
            "score": np.array([outcome.measured.get("score", 0.0) for outcome in outcomes], dtype=float),
        }


@asynccontextmanager
async def _opened(suite: Scripted, target: Target) -> AsyncIterator[CaseRunner]:
    async def run_case(case: Case, *, run: int) -> Outcome:
        suite.asked.append(case.id)
        return await _answer(case, run, target)

    if target.store == "shut":
        raise ConnectionError("the store is shut")
    yield run_case


async def _answer(case: Case, run: int, target: Target) -> Outcome:
    assert isinstance(case.content, Question)
    chance = random.Random(f"{case.id} {run} {target.seed}")
    assistant, _, argument = str(target.store).partition(":")
    await asyncio.sleep(float(argument or 0) if assistant == "slow" else chance.random() / 1000)
    said: str | None = case.content.answer
    match assistant:
        case "abstaining":
            said = None
        case "wrong":
            said = "something else"
        case "flaky":
            said = case.content.answer if chance.random() < 0.6 else "something else"
        case "crashing":
            raise RuntimeError(f"no idea about {case.id}")
        case "exiting":
            raise SystemExit(3)
        case "cancelled":
            raise asyncio.CancelledError
        case "hanging":
            await asyncio.Event().wait()
    right = said == case.content.answer
    verdict = Verdict.ABSTAINED if said is None else Verdict.RIGHT if right else Verdict.WRONG
    score: float = chance.random() if right else 0.0
    if assistant == "unwritable":
        score = float("nan")
    return Outcome(
        "another" if assistant == "mistaken" else case.id,
        run,
        verdict,
        {"right": float(right), "score": score},
        exchanges=(Exchange((case.content.question,), {"text": said}, {"steps": [1]}, 7.5),),
        expected=str(case.content.answer),
        milliseconds=tuple(chance.uniform(1, 100) for _ in range(chance.randint(1, 3))),
        tokens=10,
        cost=Decimal("0.001"),
    )
