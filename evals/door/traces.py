"""What traces say that suites score. Notes of a turn come first, then those of its matters, one for each request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SURE = 1.0  # of what is said without a doubt being noted: a fact that was looked up


def failure_of(trace: Mapping[str, object]) -> str | None:
    """The error that ended the turn, where one did: what came back is an apology."""
    failed = trace.get("failed")
    return str(failed) if failed else None


def intent_of(trace: Mapping[str, object]) -> str:
    """The intent that the turn was taken to have, "" where none is noted."""
    named = [_noted(notes, "intent") for notes in (notes_of(trace), *matters_of(trace))]
    return next((intent for intent in named if intent), "")


def route_of(trace: Mapping[str, object]) -> str:
    """The route that the turn took, "" where none is noted."""
    return _noted(notes_of(trace), "route")


def confidence_of(trace: Mapping[str, object]) -> float:
    """The probability that what was answered is right: what the turn notes, else that of its least sure matter."""
    stated = _probability(notes_of(trace).get("confidence"))
    if stated is not None:
        return stated
    return min((_confidence_of_matter(matter) for matter in matters_of(trace)), default=_SURE)


def hand_over_of(trace: Mapping[str, object]) -> tuple[float, float] | None:
    """How likely it was that a human is needed, and from which probability on one is called; None where words or rules
    decided."""
    noted = notes_of(trace).get("hand_over")
    found = [_probability(noted.get(name)) for name in ("probability", "from")] if isinstance(noted, Mapping) else []
    probability, threshold = found if found else (None, None)
    return None if probability is None or threshold is None else (probability, threshold)


def asked_model(trace: Mapping[str, object]) -> bool:
    """Whether the turn called a language model, for whatever."""
    return bool(notes_of(trace).get("model"))


def _confidence_of_matter(notes: Mapping[str, Any]) -> float:
    stated = _probability(notes.get("confidence"))
    if stated is not None:
        return stated
    candidates = notes.get("candidates")
    best = candidates[0] if isinstance(candidates, list) and candidates else None
    chosen = _probability(best.get("probability")) if isinstance(best, Mapping) else None
    return _SURE if chosen is None else chosen


def notes_of(trace: Mapping[str, object]) -> Mapping[str, Any]:
    """The notes of the turn as a whole."""
    notes = trace.get("notes")
    return notes if isinstance(notes, Mapping) else {}


def matters_of(trace: Mapping[str, object]) -> list[Mapping[str, Any]]:
    """The notes of each thing that the message asked."""
    matters = notes_of(trace).get("matters")
    return [matter for matter in matters if isinstance(matter, Mapping)] if isinstance(matters, list) else []


def _noted(notes: Mapping[str, Any], name: str) -> str:
    value = notes.get(name)
    return value if isinstance(value, str) else ""


def _probability(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if known and isinstance(value, int | float) else None
