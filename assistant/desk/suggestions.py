"""Replies that an agent may give: what the assistant would say, and what the shop's knowledge has close to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.domain.events import AgentSaid, Event, MessageReceived, Replied
from assistant.domain.evidence import Evidence
from assistant.domain.explanation import Explained
from assistant.domain.ids import ProductId
from assistant.domain.reply import ActionKind

_ANSWERS = (ActionKind.ANSWER, ActionKind.RECOMMEND)
_NO_QUESTION = (ActionKind.HANDOFF, ActionKind.SMALL_TALK, ActionKind.REFUSE)
_CLOSE = 0.1  # the probability of an answer from which a text is worth a look
_MOST = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where a suggestion comes from: as in Evidence."""

    title: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply. sources: what it rests on. probability: that it answers the question, 0 to 1; of what the assistant
    itself would say, 1 where nothing else is known."""

    text: str
    sources: tuple[Source, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    text: str
    seq: int
    product_id: ProductId | None


def open_question(events: Sequence[Event]) -> OpenQuestion | None:
    """What the shopper asked last: what came after the last answer, or before a wish for a human; None for nothing."""
    found: OpenQuestion | None = None
    pending: OpenQuestion | None = None
    for event in events:
        match event.payload:
            case MessageReceived(message):
                pending = OpenQuestion(message.text, event.seq, message.page.product_id)
            case Replied(reply=reply):
                if pending is not None and reply.action.kind not in _NO_QUESTION:
                    found = pending if reply.action.kind not in _ANSWERS else None
                pending = None
            case AgentSaid():
                found = pending = None
            case _:
                pass
    return pending or found


def suggestions(explained: Explained) -> list[Suggestion]:
    """From the reply that the assistant would give and from what it looked at; the reply first, if it answers."""
    reply = explained.reply
    found: list[Suggestion] = []
    candidates = list(_candidates(explained.trace))
    if reply.action.kind in _ANSWERS:
        sources = tuple(map(_source, reply.evidence))
        held = {item.id for item in reply.evidence}
        best = next((each["probability"] for each in candidates if each["id"] in held), 1.0)
        found.append(Suggestion(reply.text, sources, best))
        candidates = [each for each in candidates if each["id"] not in held]
    for each in sorted(candidates, key=lambda each: -each["probability"]):
        if each["probability"] >= _CLOSE and all(each["text"] not in one.text for one in found):
            source = Source(each["title"], each["text"], each["source"])
            found.append(Suggestion(each["text"], (source,), each["probability"]))
    return found[:_MOST]


def _candidates(trace: Mapping[str, object]) -> list[dict[str, Any]]:
    notes: Any = trace.get("notes", {})
    return [each for matter in notes.get("matters", ()) for each in matter.get("candidates", ())]


def _source(item: Evidence) -> Source:
    return Source(item.title, item.text, item.source)
