"""Checks sentences that a model wrote against the evidence it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.verification.finding import Finding, Reason
from assistant.domain.commerce import Product
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold


class Verifier:
    """Holds the word lists. Stateless; make one and keep it."""

    def over(self, evidence: Sequence[Evidence], *, asked: str = "", products: Sequence[Product] = ()) -> Standard:
        """What sentences of one answer are measured by.

        asked: the shopper's question, with what the conversation adds to it; it tells what an answer is about and
        lends no truth. products: those that the question is about; evidence of others counts only where a sentence
        names them.
        """
        return Standard(tuple(evidence), asked, tuple(products))


@dataclass(frozen=True, slots=True)
class Standard:
    evidence: tuple[Evidence, ...]
    asked: str
    products: tuple[Product, ...]

    def check(self, sentence: str) -> Finding:
        """Whether one sentence may be said. What is not clearly held is refused. Under 2 ms."""
        said = fold(sentence).strip(" 。.!！")
        for item in self.evidence:
            if said and said in fold(item.text):
                return Finding(evidence_ids=(item.id,))
        return Finding((Reason.WORDS,))
