"""Drafts of FAQ entries: what shoppers asked and the assistant could not answer, with what a human answered then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.domain.events import AgentSaid, Event, MessageReceived, Replied
from assistant.domain.folding import fold
from assistant.domain.reply import ActionKind

_UNANSWERED = (ActionKind.ABSTAIN,)
_NO_KNOWLEDGE = ("no_evidence", "not_verified")  # the reasons of abstentions that an entry could help
_SHORTEST = 4  # letters of a question that somebody else may ask too
_MOST_LINES = 3  # of a human's, that make an answer


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as it was asked, and the answer that a human gave, "" where nobody has: for a person to edit.

    asked: how often, over the conversations that were looked through.
    """

    question: str
    answer: str = ""
    asked: int = 1


def drafts(conversations: Sequence[Sequence[Event]]) -> list[Draft]:
    """From conversations, each with its events in order: those asked most first, then those with an answer.

    Questions of the same words are one.
    """
    found: dict[str, Draft] = {}
    for events in conversations:
        for question, answer in _unanswered(events):
            key = "".join(letter for letter in fold(question) if letter.isalnum())
            if len(key) < _SHORTEST:
                continue
            before = found.get(key)
            found[key] = Draft(
                before.question if before else question,
                (before.answer if before else "") or answer,
                (before.asked if before else 0) + 1,
            )
    return sorted(found.values(), key=lambda draft: (-draft.asked, not draft.answer))


@dataclass(slots=True)
class _Found:
    question: str
    answers: list[str] = field(default_factory=list)


def _unanswered(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Questions that found no answer; what a human says first is taken to answer the last of them."""
    found: list[_Found] = []
    said = ""
    answering = False
    for event in events:
        match event.payload:
            case MessageReceived(message):
                said, answering = message.text.strip(), answering and not (found and found[-1].answers)
            case Replied(reply=reply) if said:
                if reply.action.kind in _UNANSWERED and reply.action.reason in _NO_KNOWLEDGE:
                    found.append(_Found(said))
                    answering = True
                said = ""
            case AgentSaid(text=text) if answering and len(found[-1].answers) < _MOST_LINES:
                found[-1].answers.append(text.strip())
            case _:
                pass
    yield from ((each.question, "\n".join(each.answers)) for each in found)
