"""The one typed thing that the steps of a turn work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from assistant.answers.ranking import Ranked
from assistant.answers.voice import Voice
from assistant.domain.commerce import Product
from assistant.domain.conversation import Choice, Conversation, Focus, Page
from assistant.domain.events import Payload
from assistant.domain.evidence import Scope
from assistant.domain.ids import ProductId, TurnId
from assistant.domain.models import LanguageModel
from assistant.domain.reply import Action, Reply
from assistant.domain.store import Store
from assistant.domain.understanding import Clause, Question, Route, Understanding
from assistant.turn.audience import Audience
from assistant.turn.counter import Desk

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier line of the conversation: the shopper's, or the store's with what it did (None: by a human)."""

    text: str
    action: Action | None = None
    by_shopper: bool = False


def shoppers(lines: Sequence[Said]) -> list[str]:
    """What the shopper said in them, oldest first."""
    return [line.text for line in lines if line.by_shopper]


def stores_last(lines: Sequence[Said]) -> Said | None:
    """The store's last line in them."""
    return next((line for line in reversed(lines) if not line.by_shopper), None)


@dataclass(frozen=True, slots=True)
class Routed:
    """Which way a matter goes. reason: a stable code for handing over and refusing. why: the rule, for the trace.

    procedure: the one asked for, where words and not the intent tell. hand_over: the probability that a threshold
    judged, None where something else decided.
    """

    route: Route
    intent: str
    reason: str = ""
    why: str = "said"
    confidence: float = 0.0
    procedure: str = ""
    hand_over: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a turn starts from: the messages it answers, joined, the page of the last one, and what was said before."""

    turn_id: TurnId
    conversation: Conversation
    store: Store
    text: str
    page: Page
    answers: int  # sequence number of the last message answered
    before: tuple[Said, ...] = ()


@dataclass(slots=True)
class Trace:
    """Why the turn went as it went: milliseconds a step, and notes by name. Kept for people who ask why."""

    milliseconds: dict[str, float] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)

    def written(self) -> dict[str, object]:
        """As it is kept."""
        return {"milliseconds": self.milliseconds, "notes": self.notes}


@dataclass(slots=True)
class Turn:
    """Filled in step by step; a step reads what earlier steps wrote. One matter a clause of the message.

    focus: what the conversation was about when the message came. whole: the message as one matter; the only one of
    `matters` where it says one thing. vectors: embeddings by text. desk: where procedures are served,
    if the store has any. model: the store's language models, where it has any. audience: who it is for.
    waits: what a procedure under way still asks, if anything. told_of_human: whether the reply says by itself that a
    human is asked for.
    """

    request: Request
    scope: Scope
    voice: Voice
    focus: Focus
    understanding: Understanding | None = None
    whole: Matter = field(init=False)
    matters: list[Matter] = field(default_factory=list)
    vectors: dict[str, Vector] = field(default_factory=dict)
    desk: Desk | None = None
    model: LanguageModel | None = None
    audience: Audience = field(default_factory=Audience)
    waits: Reply | None = None
    reply: Reply | None = None
    also: tuple[Payload, ...] = ()
    told_of_human: bool = False
    left_contact: bool = False
    trace: Trace = field(default_factory=Trace)

    @property
    def read(self) -> Understanding:
        assert self.understanding is not None, "the step understand comes first"
        return self.understanding

    def open(self) -> list[Matter]:
        """The whole and the matters, each once, whose way is not known yet."""
        known = self.matters if self.whole in self.matters else [self.whole, *self.matters]
        return [matter for matter in known if matter.routed is None]


@dataclass(slots=True, eq=False)
class Matter:
    """One thing that a message asks or says, on its way to an answer.

    products: what it is about (several: a comparison, or a choice to be made). named: whether the message itself names
    the product. ambiguous: products among which the shopper must choose. shown: products offered as a choice, in
    order. question: the question as resolved against the context. asked_vector: its embedding, unit length. routed:
    which way it goes. offered: what the shopper is asked to choose from. chosen: whether it takes up a question again
    with what was chosen. ranked: evidence as it was ranked for an answer, best first. confidence: of the first of it.
    notes: for the trace.
    """

    turn: Turn
    read: Clause
    question: Question
    products: tuple[Product, ...] = ()
    named: bool = False
    ambiguous: tuple[Product, ...] = ()
    routed: Routed | None = None
    asked_vector: tuple[float, ...] | None = None
    ranked: tuple[Ranked, ...] = ()
    confidence: float | None = None
    shown: tuple[ProductId, ...] = ()
    offered: tuple[Choice, ...] = ()
    chosen: bool = False
    reply: Reply | None = None
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def voice(self) -> Voice:
        """Only the first matter of a reply addresses the shopper."""
        first = not self.turn.matters or self.turn.matters[0] is self
        return self.turn.voice if first else self.turn.voice.continuing()

    @property
    def scope(self) -> Scope:
        return self.turn.scope
