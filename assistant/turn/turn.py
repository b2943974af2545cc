"""The one typed thing that the steps of a turn work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.answers.voice import Voice
from assistant.domain.commerce import Product
from assistant.domain.conversation import Conversation, Page
from assistant.domain.events import Payload
from assistant.domain.evidence import Scope
from assistant.domain.ids import ProductId, TurnId
from assistant.domain.ports import Vectors
from assistant.domain.reply import Reply
from assistant.domain.store import Store
from assistant.domain.understanding import Question, Understanding


@dataclass(frozen=True, slots=True)
class Request:
    """What a turn starts from: the messages it answers, joined, and the page of the last one."""

    turn_id: TurnId
    conversation: Conversation
    store: Store
    text: str
    page: Page
    answers: int  # sequence number of the last message answered


@dataclass(slots=True)
class Trace:
    """Why the turn went as it went: milliseconds a step, and notes by name. Kept for people who ask why."""

    milliseconds: dict[str, float] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """Filled in step by step; a step reads what earlier steps wrote.

    understanding: what the message says. products: what it is about (several: a comparison, or a choice to be made).
    named: whether the message itself names the product. ambiguous: products among which the shopper must choose.
    shown: products offered as a choice, in order. question: the question as resolved against the context.
    vectors: row 0 the message, last row the question.
    """

    request: Request
    scope: Scope
    voice: Voice
    understanding: Understanding | None = None
    question: Question | None = None
    products: tuple[Product, ...] = ()
    named: bool = False
    ambiguous: tuple[Product, ...] = ()
    vectors: Vectors | None = None
    shown: tuple[ProductId, ...] = ()
    reply: Reply | None = None
    also: tuple[Payload, ...] = ()
    trace: Trace = field(default_factory=Trace)

    @property
    def read(self) -> Understanding:
        assert self.understanding is not None, "the step understand comes first"
        return self.understanding

    @property
    def asked(self) -> Question:
        assert self.question is not None, "the step resolve comes first"
        return self.question
