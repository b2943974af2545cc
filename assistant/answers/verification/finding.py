"""What comes of checking a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.domain.ids import EvidenceId


class Reason(StrEnum):
    """Why a sentence is not said. The values are stable codes, for traces and figures."""

    WORDS = "words"  # something is said that no evidence says
    QUANTITY = "quantity"  # a number, price, date or time that the evidence does not hold, or not of this
    CODE = "code"  # an id or a model number that the evidence does not hold
    BINDING = "binding"  # what is said stands in the evidence, but of something else
    POLARITY = "polarity"  # yes where the evidence says no, or the other way round
    BOUND = "bound"  # all, only, at least, about, must: said otherwise than in the evidence
    CONDITION = "condition"  # a condition or an exception of the evidence is left out
    PRODUCT = "product"  # of another product, or not clear of which
    PROMISE = "promise"
    OFFER = "offer"  # a discount, gift or compensation
    SUPERLATIVE = "superlative"  # forbidden in advertising, whatever the evidence says
    CONTACT = "contact"  # a link, an address, a number to call that the evidence does not hold
    UNREADABLE = "unreadable"  # markup, code, another language: nothing that can be checked


@dataclass(frozen=True, slots=True)
class Finding:
    """reasons: why the sentence must not be said; none where it may. evidence_ids: what it rests on, the first first;
    none where it states nothing ("Happy to help!")."""

    reasons: tuple[Reason, ...] = ()
    evidence_ids: tuple[EvidenceId, ...] = ()

    @property
    def supported(self) -> bool:
        return not self.reasons
