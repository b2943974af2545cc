"""What a turn notes of itself for people who ask why: how the message was read, and what spoke for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.answers.answering import Answering
from assistant.answers.ranking import Ranked
from assistant.domain.commerce import Product
from assistant.domain.reply import ActionKind, Reply
from assistant.domain.understanding import Clause, Route
from assistant.turn.turn import Matter, Routed, Turn

_CANDIDATES = 5
_LONGEST = 120  # characters of a candidate's text
_RANKED_REASONS = frozenset({"fact", "faq", "passage"})  # of answers that the candidate ranked first gave


def clauses(turn: Turn) -> list[dict[str, Any]]:
    """The message as it was cut, whichever way its parts have gone."""
    return [_clause(clause) for clause in turn.read.clauses]


def of_route(matter: Matter, routed: Routed) -> None:
    """Which way a matter goes, by what, and how surely."""
    matter.notes["intent"], matter.notes["route"] = routed.intent, routed.route.value
    matter.notes.setdefault("intents", {routed.intent: round(routed.confidence, 3)})
    matter.notes["rule"], matter.notes["sureness"] = routed.why, round(routed.confidence, 3)


def of_candidates(matter: Matter, ranked: Sequence[Ranked], answering: Answering) -> None:
    """What the answer was looked for in, the likeliest first, and from which probability on one is taken."""
    matter.ranked = tuple(ranked)
    matter.notes["candidates"] = [_candidate(item, answering, matter) for item in ranked[:_CANDIDATES]]
    matter.notes["threshold"] = answering.thresholds.answer
    if ranked:
        matter.confidence = matter.notes["confidence"] = round(ranked[0].probability, 3)


def of_handing_over(turn: Turn, routed: Routed, threshold: float) -> None:
    """How likely it was at most, over all that was read in the message, that a human is needed, and from which
    probability on one is called; nothing where words or rules decided."""
    if routed.hand_over is None:
        return
    found = {"probability": round(routed.hand_over, 4), "from": threshold}
    before: Any = turn.trace.notes.get("hand_over", found)
    turn.trace.notes["hand_over"] = max(before, found, key=lambda note: note["probability"])


def of_reply(matter: Matter, reply: Reply) -> None:
    """What came of a matter, and by what: `why` is one of the codes in docs/explain.md."""
    matter.notes |= {
        "said": matter.read.text,
        "products": [product.id for product in matter.products],
        "names": _names(matter, matter.products),
        "choices": _names(matter, matter.ambiguous),
        "action": reply.action.kind.value,
        "reason": reply.action.reason,
        "why": _why(matter, reply),
    }


def of_model(turn: Turn) -> None:
    """What the language model was called for, and what came of it; nothing where it was not."""
    if turn.model is not None and turn.model.calls:
        turn.trace.notes["model"] = [asdict(call) for call in turn.model.calls]


def intents_noted(matter: Matter) -> list[str]:
    """The intents that the notes of a matter name."""
    likely: Any = matter.notes.get("intents", {})
    return [*likely, str(matter.notes.get("intent", ""))]


def of_turn(turn: Turn) -> dict[str, object]:
    """Of the turn as a whole: its route and intent, and how sure it is of what it states."""
    leading = next(
        (matter for matter in turn.matters if matter.notes.get("route") != Route.SMALL_TALK), turn.matters[0]
    )
    sure = [matter.confidence for matter in turn.matters if matter.confidence is not None]
    notes: dict[str, object] = {"route": leading.notes.get("route"), "intent": leading.notes.get("intent")}
    return notes | ({"confidence": min(sure)} if sure else {})


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "text": clause.text,
        "kind": clause.kind.value,
        "conditions": list(clause.conditions),
        "slots": [{"name": slot.name, "value": slot.value, "text": slot.text} for slot in clause.slots],
        "measures": [
            {"kind": item.kind, "number": str(item.number), "text": item.text, "relation": item.relation.value}
            for item in clause.measures
        ],
    }


def _candidate(item: Ranked, answering: Answering, matter: Matter) -> dict[str, Any]:
    shown = matter.voice.evidence(item.candidate.entry)
    return {
        "id": shown.id,
        "title": shown.title,
        "text": item.text[:_LONGEST],
        "source": shown.source,
        "kind": item.candidate.kind.value,
        "probability": round(item.probability, 3),
        "taken": answering.believes(matter.question, item),
        "coverage": round(item.features.coverage, 2),
        "dense": round(item.features.dense, 2),
        "quantity": item.features.kind,
        "name": round(item.features.name, 2),
        "lexical": round(item.features.lexical, 2),
        "own": item.features.own,
    }


def _names(matter: Matter, products: Sequence[Product]) -> list[str]:
    return [matter.voice.name(product) for product in products]


def _why(matter: Matter, reply: Reply) -> str:
    action = reply.action
    if action.kind is ActionKind.CLARIFY:
        return "asked_back"
    if action.kind is ActionKind.ABSTAIN:
        return "not_connected" if action.reason == "no_procedure" else _why_not(matter)
    if action.kind is not ActionKind.ANSWER:
        return "by_route"
    if action.reason in _RANKED_REASONS and matter.notes.get("candidates"):
        return "best_evidence"
    return {"products": "products_listed", "comparison": "compared"}.get(action.reason, "stated")


def _why_not(matter: Matter) -> str:
    """Why nothing is known: nothing stated, nothing found, nothing likely enough, or other words than those asked."""
    ranked: Any = matter.notes.get("candidates")
    if ranked is None:
        return "not_stated"
    if not ranked:
        return "nothing_found"
    return "unlikely" if ranked[0]["probability"] < matter.notes["threshold"] else "other_words"
