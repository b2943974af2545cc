"""A reply: text that rests on evidence, cards, quick replies, and what the bot waits for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assistant.domain.evidence import Evidence
from assistant.domain.ids import EvidenceId, ProductId


class ActionKind(StrEnum):
    """What the bot did, as figures count it."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ABSTAIN = "abstain"
    SMALL_TALK = "small_talk"
    HANDOFF = "handoff"
    REFUSE = "refuse"
    RECOMMEND = "recommend"
    PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True)
class Action:
    """`reason` is a stable code: for a handoff one of HandoffReason, elsewhere e.g. "fact", "faq", "no_evidence"."""

    kind: ActionKind
    reason: str = ""


class HandoffReason(StrEnum):
    CUSTOMER_REQUEST = "customer_request"
    COMPLAINT_ESCALATION = "complaint_escalation"
    LEGAL_OR_MEDIA_THREAT = "legal_or_media_threat"
    SAFETY_INJURY = "safety_injury"
    REPEATED_FAILURE = "repeated_failure"
    MISSING_KNOWLEDGE = "missing_knowledge"
    POLICY_RESTRICTION = "policy_restriction"
    TOOL_FAILURE = "tool_failure"
    VIP_OR_HIGH_VALUE = "vip_or_high_value"
    ABUSE = "abuse"


class Operation(StrEnum):
    """How a number follows from others."""

    DIFFERENCE = "difference"  # of the first and the second, without its sign
    PERCENT_OF = "percent_of"  # the first in a hundred of the second


@dataclass(frozen=True, slots=True)
class Derived:
    """A number that the evidence does not hold but follows from: it passes the check only where it does."""

    operation: Operation
    operands: tuple[Decimal, Decimal]

    @property
    def value(self) -> Decimal:
        first, second = self.operands
        return abs(first - second) if self.operation is Operation.DIFFERENCE else first * second / 100


@dataclass(frozen=True, slots=True)
class Part:
    """One idea of a reply, and the evidence it rests on (none for greetings and questions back).

    `derived`: numbers of the text worked out from numbers of the evidence.
    """

    text: str
    evidence_ids: tuple[EvidenceId, ...] = ()
    derived: tuple[Derived, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductCard:
    product_id: ProductId
    title: str
    price: str = ""
    image: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A small table, for comparisons: the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A button: `label` is shown, `text` is sent as the shopper's message."""

    label: str
    text: str


class ExpectsKind(StrEnum):
    CHOICE = "choice"
    SLOT = "slot"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Expects:
    """What the bot waits for; `name` says which slot or choice, `options` what may be chosen."""

    kind: ExpectsKind
    name: str
    options: tuple[QuickReply, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    language: str
    action: Action
    parts: tuple[Part, ...]
    evidence: tuple[Evidence, ...] = ()
    cards: tuple[ProductCard, ...] = ()
    table: Table | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    expects: Expects | None = None

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)
