"""One reply from the replies to all that a message asked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.answers.facts import shortened
from assistant.answers.voice import Voice
from assistant.domain.reply import ActionKind, Part, Reply

_T = TypeVar("_T", bound=Hashable)

# Which action names a reply that does several things: the one that the shopper has to know of first.
_RANK = (
    ActionKind.HANDOFF,
    ActionKind.PROCEDURE,
    ActionKind.RECOMMEND,
    ActionKind.ANSWER,
    ActionKind.CLARIFY,
    ActionKind.ABSTAIN,
    ActionKind.REFUSE,
    ActionKind.SMALL_TALK,
)
_CLAUSE_SHOWN = 40  # characters of a clause that the reply names it by
_UNSURE = (ActionKind.CLARIFY, ActionKind.ABSTAIN)


def composed(answered: Sequence[tuple[str, Reply]], voice: Voice) -> Reply:
    """`answered`: each clause as typed, and its reply, at least one. What is not known is said with the words asked."""
    substantial = [pair for pair in answered if pair[1].action.kind is not ActionKind.SMALL_TALK]
    pairs = substantial or list(answered[:1])
    if len(pairs) == 1:
        return pairs[0][1]
    replies = [_naming(said, reply, voice) if reply.action.kind in _UNSURE else reply for said, reply in pairs]
    leading = min(replies, key=lambda reply: (_RANK.index(reply.action.kind), reply.expects is None))
    return replace(
        leading,
        parts=_unrepeated(part for reply in replies for part in reply.parts),
        evidence=_unique(item for reply in replies for item in reply.evidence),
        cards=_unique(card for reply in replies for card in reply.cards),
        table=next((reply.table for reply in replies if reply.table), None),
        quick_replies=_unique(button for reply in replies for button in reply.quick_replies),
        expects=next((reply.expects for reply in reversed(replies) if reply.expects), None),
    )


def _naming(said: str, reply: Reply, voice: Voice) -> Reply:
    first, *rest = reply.parts
    text = voice.say("about_clause", clause=shortened(said.strip(" ，,。.？?！!"), _CLAUSE_SHOWN), text=first.text)
    return replace(reply, parts=(replace(first, text=text), *rest))


def _unrepeated(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Without what an earlier part says already, be it after a form of address."""
    kept: list[Part] = []
    for part in parts:
        if not any(earlier.text.endswith(part.text) for earlier in kept):
            kept.append(part)
    return tuple(kept)


def _unique(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
