"""The suite `qa`: is a question answered right, wrong, or not at all, and does the assistant know which?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.domain.reply import ActionKind
from evals.cases import Case, Exchange, Fault, Outcome, Verdict, content_of
from evals.door import Door, DoorClosed, Opening, Said, action_of, opened, text_of
from evals.door.traces import asked_model, confidence_of, failure_of
from evals.figures import Columns, Figure
from evals.metrics.classification import share
from evals.metrics.curves import aurc, calibration_error
from evals.suites.lines import LineFormat
from evals.suites.suite import CaseRunner
from evals.suites.wording import says
from evals.target import Target

LONGEST = 200
"""Characters of an answer: a shopper asked a question, not for the page."""

ABSTAINING = frozenset({ActionKind.ABSTAIN, ActionKind.CLARIFY, ActionKind.HANDOFF, ActionKind.REFUSE})
"""What a reply does that says it does not know, asks back or hands over. Every other reply states an answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a qa file. answer_contains: groups of which each needs one variant in the answer."""

    id: str
    question: str
    answerable: bool
    answer_contains: tuple[tuple[str, ...], ...] = ()
    must_not_contain: tuple[str, ...] = ()
    product_id: str | None = None
    history: tuple[Said, ...] = ()
    kind: str = ""
    evidence: str = ""
    lang: str | None = None


def _faults(row: Question) -> Iterator[str]:
    if not row.question.strip():
        yield "question is empty"
    if row.answerable and not row.answer_contains:
        yield "answer_contains is empty: say what a right answer holds, or set answerable to false"
    if not row.answerable and row.answer_contains:
        yield "answer_contains must be empty where answerable is false: there is no right answer"
    for number, group in enumerate(row.answer_contains, start=1):
        if not group or not all(variant.strip() for variant in group):
            yield f"group {number} of answer_contains is empty or has an empty variant"
    if not all(word.strip() for word in row.must_not_contain):
        yield "must_not_contain has an empty word"
    if not all(said.text.strip() for said in row.history):
        yield "history has an empty text"


FORMAT = LineFormat(Question, "qa*.jsonl", _faults)


def _answerable(columns: Columns, name: str) -> float:
    return share(columns[name][columns["answerable"] != 0])


def _unanswerable(columns: Columns, name: str) -> float:
    return share(columns[name][columns["answerable"] != 1])


@dataclass(frozen=True, slots=True)
class Qa:
    """`door` opens the way to the assistant."""

    door: Callable[[Target], AbstractAsyncContextManager[Door]] = opened

    name = "qa"
    figures = (
        Figure("right_answerable", lambda c: share(c["right"]), paired="right"),
        Figure("wrong_all", lambda c: share(c["wrong"]), better="lower", paired="wrong"),
        Figure("abstained_unanswerable", lambda c: share(c["declined"]), paired="declined"),
        Figure("aurc", lambda c: aurc(c["confidence"], c["fitting"]), better="lower", paired="fitting"),
        Figure("ece", lambda c: calibration_error(c["claimed"], 1 - c["wrong"]), better="lower"),
        Figure("wrong_answerable", lambda c: _answerable(c, "wrong"), better="lower"),
        Figure("abstained_answerable", lambda c: _answerable(c, "abstained"), better="lower"),
        Figure("wrong_unanswerable", lambda c: _unanswerable(c, "wrong"), better="lower"),
        Figure("asked_model", lambda c: share(c["asked_model"]), better="lower"),
    )

    def read(self, data: Path) -> list[Case]:
        return FORMAT.read(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # noqa: ARG002
        async with self.door(target) as door:
            yield _Runner(door)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        """answerable: 1, 0, or NaN for a crash that does not tell, which counts as both.

        right: NaN where there is no right answer. declined: whether it abstained, NaN where it should not. fitting:
        right or declined. confidence: of the reply; of an abstention 0. claimed: of stated answers, else NaN.
        asked_model: whether the turn called a language model.
        """
        rows = [_row(outcome) for outcome in outcomes]
        return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in _COLUMNS}


@dataclass(frozen=True, slots=True)
class _Runner:
    door: Door

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        question = content_of(case, Question)
        try:
            opening = Opening(question.lang, question.product_id, history=question.history)
            exchange = await (await self.door.open(opening)).say(question.question)
        except DoorClosed as closed:
            return _outcome(case, run, Verdict.CRASHED, str(closed))
        if failed := failure_of(exchange.trace):
            return _outcome(case, run, Verdict.CRASHED, failed, exchange)
        return _outcome(case, run, *judged(question, exchange.reply), exchange)


def judged(question: Question, reply: Mapping[str, object] | None) -> tuple[Verdict, str]:
    """What a reply comes to, and why."""
    kind, reason = action_of(reply)
    did = f"{kind.value if kind else 'unknown'}{f'/{reason}' if reason else ''}"
    if reply is None or kind in ABSTAINING:
        return Verdict.ABSTAINED, "no reply: a human has the word" if reply is None else f"it did not answer: {did}"
    if not question.answerable:
        return Verdict.WRONG, f"it answered what the shop's data does not hold ({did})"
    faults = list(_wrongs(question, text_of(reply)))
    return (Verdict.WRONG, f"{'; '.join(faults)} ({did})") if faults else (Verdict.RIGHT, did)


def _wrongs(question: Question, text: str) -> Iterator[str]:
    for group in question.answer_contains:
        if not any(says(text, variant) for variant in group):
            yield f"it lacks {' or '.join(group)}"
    for word in question.must_not_contain:
        if says(text, word):
            yield f"it says {word}"
    if len(text) > LONGEST:
        yield f"it has {len(text)} characters, more than {LONGEST}"


def _outcome(case: Case, run: int, verdict: Verdict, note: str, exchange: Exchange | None = None) -> Outcome:
    question = content_of(case, Question)
    stated = verdict in (Verdict.RIGHT, Verdict.WRONG)
    confidence = confidence_of(exchange.trace) if stated and exchange else 0.0
    return Outcome(
        case_id=case.id,
        run=run,
        verdict=verdict,
        measured={
            "answerable": question.answerable,
            "confidence": confidence,
            "asked_model": exchange is not None and asked_model(exchange.trace),
        },
        exchanges=(exchange,) if exchange else (),
        tags=tuple(tag for tag in (question.kind, "answerable" if question.answerable else "unanswerable") if tag),
        note=note,
        expected=_expected(question),
        fault=Fault.ASSISTANT if verdict is Verdict.CRASHED else None,
        milliseconds=(exchange.milliseconds,) if exchange and exchange.reply is not None else (),
    )


def _expected(question: Question) -> str:
    if not question.answerable:
        return "that it says it does not know, asks back or hands over"
    wanted = " and ".join(" or ".join(group) for group in question.answer_contains)
    return wanted + (f", without {', '.join(question.must_not_contain)}" if question.must_not_contain else "")


_COLUMNS = ("answerable", "right", "wrong", "abstained", "declined", "fitting", "confidence", "claimed", "asked_model")


def _row(outcome: Outcome) -> Mapping[str, float]:
    """A crash has the worst of values: wrong, and as sure of it as can be."""
    answerable = outcome.measured.get("answerable")
    crashed = outcome.verdict is Verdict.CRASHED
    right, abstained = outcome.verdict is Verdict.RIGHT, outcome.verdict is Verdict.ABSTAINED
    confidence = 1.0 if crashed else float(outcome.measured.get("confidence") or 0.0)
    return {
        "answerable": np.nan if answerable is None else float(bool(answerable)),
        "right": np.nan if answerable is False else float(right),
        "wrong": float(crashed or outcome.verdict is Verdict.WRONG),
        "abstained": float(abstained),
        "declined": np.nan if answerable is True else float(abstained),
        "fitting": float(right or (abstained and answerable is False)),
        "confidence": confidence,
        "claimed": np.nan if abstained else confidence,
        "asked_model": float(bool(outcome.measured.get("asked_model"))),
    }
