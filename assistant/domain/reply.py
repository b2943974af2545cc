"""A reply: text that rests on evidence, cards, quick replies, and what the bot waits for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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
    """How a number follows from others. What is a share of money is reckoned to the cent, half a cent up."""

    DIFFERENCE = "difference"  # of the first and the second, without its sign
    PRODUCT = "product"  # of the first and the second
    WHOLE_TIMES = "whole_times"  # how many whole times the second goes into the first
    PERCENT_OF = "percent_of"  # the first in a hundred of the second
    TENTHS_OF = "tenths_of"  # the first in ten of the second: a Chinese 9折 is nine tenths
    HALF_OF = "half_of"  # of the only number


@dataclass(frozen=True, slots=True)
class Derived:
    """A number that the evidence does not hold but follows from: it passes the check only where it does."""

    operation: Operation
    operands: tuple[Decimal, ...]

    @property
    def value(self) -> Decimal:
        first, second = self.operands[0], self.operands[-1]
        match self.operation:
            case Operation.DIFFERENCE:
                return abs(first - second)
            case Operation.PRODUCT:
                return first * second
            case Operation.WHOLE_TIMES:
                return first // second
            case Operation.PERCENT_OF:
                return _to_the_cent(first * second / 100)
            case Operation.TENTHS_OF:
                return _to_the_cent(first * second / 10)
            case Operation.HALF_OF:
                return _to_the_cent(first / 2)


def _to_the_cent(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


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
