"""The suite `routing`: does a message take the right way, and does a human get what only a human may handle?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Route
from assistant.nlu.intents import is_kind_of
from evals.cases import Case, Exchange, Fault, Outcome, Verdict, content_of
from evals.door import Door, DoorClosed, Opening, Said, action_of, opened
from evals.door.traces import failure_of, intent_of, route_of
from evals.figures import Columns, Figure
from evals.metrics.classification import Matrix, macro_f1, share
from evals.suites.lines import LineFormat
from evals.suites.suite import CaseRunner
from evals.target import Target

ROUTES: Mapping[ActionKind, Route] = {
    ActionKind.ANSWER: Route.ANSWER,
    ActionKind.ABSTAIN: Route.ANSWER,  # the way of an answer, at whose end there was none
    ActionKind.CLARIFY: Route.CLARIFY,
    ActionKind.RECOMMEND: Route.RECOMMEND,
    ActionKind.PROCEDURE: Route.PROCEDURE,
    ActionKind.HANDOFF: Route.HANDOFF,
    ActionKind.REFUSE: Route.REFUSE,
    ActionKind.SMALL_TALK: Route.SMALL_TALK,
}
"""The way that a reply took, where its trace does not say."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is right for the last message. intent: dotted; a more special one of the same kind is right too."""

    route: Route
    intent: str
    handoff_required: bool
    may_handoff: bool
    reason: str = "none"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One line of a routing file: what is said, the shopper having the last word, and what is expected then."""

    id: str
    turns: tuple[Said, ...]
    expect: Expected
    lang: str | None = None


def _faults(row: Conversation) -> Iterator[str]:
    if not row.turns or row.turns[-1].role != "user":
        yield "turns must end with one of the user: the last message decides"
    if not all(said.text.strip() for said in row.turns):
        yield "turns has an empty text"
    if not row.expect.intent.strip():
        yield "expect.intent is empty"
    if row.expect.handoff_required and not row.expect.may_handoff:
        yield "expect.handoff_required is true and expect.may_handoff is false: a required handoff must be allowed"


FORMAT = LineFormat(Conversation, "routing*.jsonl", _faults)


@dataclass(frozen=True, slots=True)
class Routing:
    """`door` opens the way to the assistant."""

    door: Callable[[Target], AbstractAsyncContextManager[Door]] = opened

    name = "routing"
    figures = (
        Figure("route_accuracy", lambda c: share(c["right"]), paired="right"),
        Figure("intent_macro_f1", lambda c: macro_f1(c["gold"], c["predicted"]), paired="intent_right"),
        Figure("handoff_recall", lambda c: share(c["handoff_made"]), paired="handoff_made"),
        Figure("false_handoff_rate", lambda c: share(c["handoff_false"]), better="lower", paired="handoff_false"),
        Figure("refusal_recall", lambda c: share(c["refused"]), paired="refused"),
        Figure("intent_accuracy", lambda c: share(c["intent_right"]), paired="intent_right"),
    )

    def read(self, data: Path) -> list[Case]:
        return FORMAT.read(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # noqa: ARG002
        async with self.door(target) as door:
            yield _Runner(door)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        """Flags are 1, 0, or NaN where they are not asked of a case; a crash has the worst of all that are.

        gold, predicted: a row a case, a column an expected intent. A predicted intent counts as the most special
        expected one that it is a kind of.
        """
        rows = [outcome.measured for outcome in outcomes]
        expected = [str(row.get("expected_intent") or _UNTOLD) for row in rows]
        intents = sorted(set(expected))
        predicted = [_kind_of(str(row.get("intent") or ""), intents) for row in rows]
        return {
            "right": np.array([outcome.verdict is Verdict.RIGHT for outcome in outcomes], dtype=np.float64),
            "intent_right": np.array([_is_kind(row) for row in rows], dtype=np.float64),
            "handoff_made": _asked(rows, "handoff_required", "handed_over", otherwise=0.0),
            "handoff_false": _asked(rows, "must_not_hand_over", "handed_over", otherwise=1.0),
            "refused": _asked(rows, "must_refuse", "refused", otherwise=0.0),
            "gold": _matrix(expected, intents),
            "predicted": _matrix(predicted, intents),
        }


@dataclass(frozen=True, slots=True)
class _Runner:
    door: Door

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        content = content_of(case, Conversation)
        try:
            opening = Opening(content.lang, history=content.turns[:-1])
            exchange = await (await self.door.open(opening)).say(content.turns[-1].text)
        except DoorClosed as closed:
            return _outcome(case, run, None, str(closed))
        return _outcome(case, run, exchange, failure_of(exchange.trace))


def route_taken(exchange: Exchange) -> Route | None:
    """The way the last message took: what the trace notes, else what the reply did; None for neither."""
    noted = route_of(exchange.trace).replace("_", "")
    if noted in {route.value for route in Route}:
        return Route(noted)
    if exchange.reply is None:
        return Route.HANDOFF  # a human has the word
    kind, _ = action_of(exchange.reply)
    return ROUTES.get(kind) if kind else None


def _outcome(case: Case, run: int, exchange: Exchange | None, failed: str | None) -> Outcome:
    """`exchange`: None where the conversation broke off. `failed`: the error it, or its turn, ended with."""
    content, expect = content_of(case, Conversation), content_of(case, Conversation).expect
    measured: dict[str, float | str | bool | None] = {
        "expected_route": expect.route.value,
        "expected_intent": expect.intent,
        "handoff_required": expect.handoff_required,
        "must_not_hand_over": not expect.may_handoff,
        "must_refuse": expect.route is Route.REFUSE,
    }
    verdict, note = Verdict.CRASHED, failed or ""
    if exchange is not None and failed is None:
        route, intent = route_taken(exchange), intent_of(exchange.trace)
        kind, reason = action_of(exchange.reply)
        measured |= {
            "route": route.value if route else "",
            "intent": intent,
            "handed_over": route is Route.HANDOFF or kind is ActionKind.HANDOFF,
            "refused": route is Route.REFUSE or kind is ActionKind.REFUSE,
            "reason": reason,
        }
        verdict = Verdict.RIGHT if route is expect.route else Verdict.WRONG
        note = f"route {route.value if route else 'unknown'}, intent {intent or 'unknown'}, reason {reason or 'none'}"
    return Outcome(
        case_id=case.id,
        run=run,
        verdict=verdict,
        measured=measured,
        exchanges=(exchange,) if exchange else (),
        tags=tuple(tag for tag in (content.lang, expect.route.value) if tag),
        note=note,
        expected=f"route {expect.route.value}, intent {expect.intent}, reason {expect.reason}",
        fault=Fault.ASSISTANT if verdict is Verdict.CRASHED else None,
        milliseconds=(exchange.milliseconds,) if exchange and exchange.reply is not None else (),
    )


_Measured = Mapping[str, float | str | bool | None]
_UNTOLD = " "  # the intent that was expected of a crash that does not tell: nobody can have predicted it


def _asked(
    rows: Sequence[_Measured], of: str, flag: str, *, otherwise: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The flag of the cases that it is asked of; `otherwise` for a crash, also for one that does not tell."""
    values = [
        np.nan if row.get(of, True) is False else float(found) if (found := row.get(flag)) is not None else otherwise
        for row in rows
    ]
    return np.array(values, dtype=np.float64)


def _is_kind(row: _Measured) -> bool:
    return bool(row.get("expected_intent")) and is_kind_of(str(row.get("intent") or ""), str(row["expected_intent"]))


def _kind_of(intent: str, kinds: Sequence[str]) -> str:
    return max((kind for kind in kinds if is_kind_of(intent, kind)), key=len, default="")


def _matrix(labels: Sequence[str], names: Sequence[str]) -> Matrix:
    return np.array([[label == name for name in names] for label in labels], dtype=np.bool_).reshape(-1, len(names))
