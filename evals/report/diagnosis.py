"""Where a case went wrong: the step of the turn to look at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evals.cases import Exchange, Fault, Outcome, Verdict
from evals.door.traces import failure_of, matters_of, notes_of
from evals.suites.wording import says


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """step: of the turn ("resolve", "decide"), "" where none can be named. reason: a name among the report's texts."""

    step: str
    reason: str


def diagnosed(outcome: Outcome) -> Diagnosis | None:
    """None for a case that is right, or of which no turn is known."""
    if outcome.verdict is Verdict.RIGHT:
        return None
    if outcome.fault is Fault.SIMULATOR:
        return Diagnosis("", "simulator")
    last = outcome.exchanges[-1] if outcome.exchanges else None
    if last is None:
        return Diagnosis("", "crashed") if outcome.verdict is Verdict.CRASHED else None
    if outcome.verdict is Verdict.CRASHED or failure_of(last.trace):
        return Diagnosis(_last_step(last), "crashed")
    if notes_of(last.trace).get("unsupported"):
        return Diagnosis("check", "unsupported")
    if "expected_route" in outcome.measured:
        right_intent = str(outcome.measured.get("intent", "")).startswith(str(outcome.measured.get("expected_intent")))
        return Diagnosis("decide" if right_intent else "classify", "route" if right_intent else "intent")
    return _of_answer(outcome, matters_of(last.trace))


def _of_answer(outcome: Outcome, matters: list[Mapping[str, Any]]) -> Diagnosis | None:
    candidates = [item for matter in matters for item in matter.get("candidates", ()) if isinstance(item, Mapping)]
    if not matters:
        return None
    wanted = [word for group in outcome.expected.split(" and ") for word in group.split(" or ")]
    holding = [item for item in candidates if any(word and says(str(item.get("text", "")), word) for word in wanted)]
    if holding:
        return Diagnosis("decide", "not_chosen" if outcome.verdict is Verdict.WRONG else "not_trusted")
    if not any(matter.get("products") for matter in matters) and "answerable" in outcome.tags:
        return Diagnosis("resolve", "no_product")
    if outcome.verdict is Verdict.ABSTAINED or candidates:
        return Diagnosis("decide", "not_found")
    return Diagnosis("decide", "read_otherwise")


def _last_step(exchange: Exchange) -> str:
    steps = exchange.trace.get("milliseconds")
    return list(steps)[-1] if isinstance(steps, Mapping) and steps else ""
