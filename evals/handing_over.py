"""How needlessly humans are called: the probabilities that conversations came to which need none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.calibration import HeldOut
from assistant.domain.reply import ActionKind
from assistant.domain.understanding import Route
from evals.cases import Exchange
from evals.door import action_of
from evals.door.traces import hand_over_of
from evals.suites.routing import Expected, route_taken

LEAST_CONVERSATIONS = 50
_WHATEVER, _NEVER = 1.0, 0.0  # called at any threshold, and at none


class TooFewConversations(ValueError):
    """What there is, and what is the least."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a conversation came to. probability: from which threshold down a human is called: 1 where something else
    than a threshold does it, 0 where nothing would."""

    probability: float
    required: bool
    allowed: bool

    @classmethod
    def of(cls, exchange: Exchange, expect: Expected) -> Call:
        kind, _ = action_of(exchange.reply)
        called = Route.HANDOFF is route_taken(exchange) or kind is ActionKind.HANDOFF
        judged = hand_over_of(exchange.trace)
        if judged is not None and called == (judged[0] >= judged[1]):
            return cls(judged[0], expect.handoff_required, expect.may_handoff)
        return cls(_WHATEVER if called else _NEVER, expect.handoff_required, expect.may_handoff)


@dataclass(frozen=True, slots=True)
class Calling:
    """What comes of stating that at most this share is handed over needlessly. found: of the conversations that need a
    human. needless: of those that may have none."""

    at_most_needless: float
    threshold: float
    found: float
    needless: float


def held_out(calls: Sequence[Call]) -> HeldOut:
    """The same conversations give the same. Raises TooFewConversations."""
    needless = [call.probability for call in calls if not call.allowed]
    if len(needless) < LEAST_CONVERSATIONS:
        raise TooFewConversations(
            f"{len(needless)} conversations need no human. At least {LEAST_CONVERSATIONS} are needed: add "
            "conversations with may_handoff false."
        )
    return HeldOut(len(needless), tuple(sorted((each for each in needless if each > _NEVER), reverse=True)))


def operating(calls: Sequence[Call], risks: Sequence[float]) -> list[Calling]:
    """Raises TooFewConversations."""
    held = held_out(calls)
    needed = [call.probability for call in calls if call.required]
    return [_calling(share, held, needed) for share in risks]


def _calling(share: float, held: HeldOut, needed: Sequence[float]) -> Calling:
    threshold = held.threshold(share)

    def called(each: float) -> bool:
        return each > _NEVER and (each >= threshold or each == _WHATEVER)

    found = sum(map(called, needed)) / max(1, len(needed))
    return Calling(share, threshold, found, sum(map(called, held.wrong_at)) / held.cases)
