"""What a shopper tells a procedure, and how far it comes by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.domain.backend import JsonObject, OrderId
from assistant.domain.commerce import Product
from assistant.domain.ids import ConversationId, ProductId, StoreId
from assistant.domain.procedures import Finished, Run
from assistant.domain.reply import HandoffReason
from assistant.domain.understanding import Clause, ClauseKind, Question, QuestionForm


@dataclass(frozen=True, slots=True)
class Told:
    """A message, as a procedure hears it.

    clause: what it says of the procedure; message: all of it. products: those it is about, named in it or talked about;
    named: which. orders: talked about before, the latest first. seq: of the message in its conversation. earlier: what
    was said of the matter before.
    """

    clause: Clause
    message: Clause
    store_id: StoreId
    conversation_id: ConversationId
    seq: int
    products: tuple[Product, ...] = ()
    named: bool = False
    orders: tuple[OrderId, ...] = ()
    earlier: Clause | None = None

    def of_something_else(self) -> Told:
        """As a procedure hears it that the message says nothing of."""
        silence = Clause("", "", ClauseKind.STATEMENT, Question("", QuestionForm.STATEMENT, ()))
        return replace(self, clause=silence, message=silence, products=(), named=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose. value: what the slot becomes. label: on a button. says: what the button sends."""

    value: object
    label: str
    says: str = ""


class Way(StrEnum):
    """How far a run has come with a message."""

    ASKS = "asks"
    CONFIRMS = "confirms"
    DONE = "done"
    REFUSED = "refused"  # a rule does not hold, or a condition of the shopper's
    DROPPED = "dropped"  # the shopper does not want it any more
    WAITS = "waits"  # for a human's yes, or for the system
    FAILED = "failed"  # what is not done or not known needs a human


@dataclass(frozen=True, slots=True)
class Progress:
    """run: as it stands; None once it is over. texts: what is said, one idea each.

    slot: asked for; choices: what may be chosen. orders: those it concerned; products: in them. rests_on: values that
    the texts were made of, by name. values: of the slots, where the run is over. handoff: why a human is needed.
    instead, suggest: as of the rule that did not hold. finished: what was done. lacking: whether what is wished for is
    not to be had, so that something else has to be chosen.
    aside: the run, where nothing was done and it may be taken up again.
    """

    way: Way
    procedure: str
    run: Run | None = None
    texts: tuple[str, ...] = ()
    slot: str = ""
    choices: tuple[Choice, ...] = ()
    orders: tuple[OrderId, ...] = ()
    products: tuple[ProductId, ...] = ()
    rests_on: Mapping[str, object] = field(default_factory=dict)
    values: JsonObject = field(default_factory=dict)
    handoff: HandoffReason | None = None
    instead: str = ""
    suggest: Sequence[str] = ()
    finished: tuple[Finished, ...] = ()
    lacking: bool = False
    aside: Run | None = None
