"""Checks sentences that a model wrote against the evidence it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answers.verification import lexicon, surface
from assistant.answers.verification.entailment import Told, fault
from assistant.answers.verification.finding import Finding, Reason
from assistant.answers.verification.grounds import Ground, Grounds
from assistant.answers.verification.lexicon import Role
from assistant.answers.verification.names import Names
from assistant.answers.verification.reading import Clause, Reader, Sentence
from assistant.answers.verification.span import Span
from assistant.answers.verification.whether import agrees
from assistant.domain.commerce import Product
from assistant.domain.evidence import Evidence
from assistant.domain.ids import EvidenceId, ProductId

_LONGEST = 300  # characters of a sentence; a longer one is refused unread
_MOST_TOGETHER = 4  # clauses of a sentence that one run of evidence may hold together
# Of the reasons that different evidence gives, the one that came nearest: the last that was looked at.
_NEAREST_FIRST = (
    Reason.BINDING,
    Reason.CONDITION,
    Reason.BOUND,
    Reason.POLARITY,
    Reason.QUANTITY,
    Reason.PROMISE,
    Reason.OFFER,
    Reason.CODE,
    Reason.WORDS,
)


class Verifier:
    """Holds the word lists, and texts read last. Make one and keep it. Raises ValueError where a list is wrong."""

    def __init__(self) -> None:
        self._reader = Reader(lexicon.load())

    def over(self, evidence: Sequence[Evidence], *, asked: str = "", products: Sequence[Product] = ()) -> Standard:
        """What sentences of one answer are measured by.

        asked: the shopper's question, with what the conversation adds to it; it tells what an answer is about and
        lends no truth. products: those that the question is about; evidence of others counts only where a sentence
        names them.
        """
        return Standard(self._reader, tuple(evidence), asked, tuple(products))


@dataclass(frozen=True)
class Standard:
    reader: Reader
    evidence: tuple[Evidence, ...]
    asked: str
    products: tuple[Product, ...]

    def check(self, sentence: str) -> Finding:
        """Whether one sentence may be said. What is not clearly held is refused. About a millisecond."""
        if on_sight := self._refused_on_sight(sentence):
            return Finding((on_sight,))
        rests_on: list[EvidenceId] = []
        for read in self.reader.sentences(sentence):
            found = self._rests_on(read)
            if isinstance(found, Reason):
                return Finding((found,))
            rests_on += [ground.evidence_id for ground in found]
        return Finding(evidence_ids=tuple(dict.fromkeys(rests_on)))

    @cached_property
    def _held(self) -> str:
        return self.reader.folded(" ".join(f"{item.title} {item.text}" for item in self.evidence))

    @cached_property
    def _grounds(self) -> tuple[Ground, ...]:
        grounds = Grounds(self.reader)
        return tuple(ground for item in self.evidence for ground in grounds.of(item))

    @cached_property
    def _names(self) -> Names:
        return Names.of(self.products, self.reader)

    @cached_property
    def _question(self) -> Span:
        return Span(tuple(clause for sentence in self.reader.sentences(self.asked) for clause in sentence.clauses))

    def _refused_on_sight(self, sentence: str) -> Reason | None:
        if len(sentence) > _LONGEST or surface.is_unreadable(sentence):
            return Reason.UNREADABLE
        folded = self.reader.folded(sentence)
        if surface.has_link(folded) or surface.reaches_out(folded, self._held):
            return Reason.CONTACT
        if self.reader.lexicon.superlatives.search(folded):
            return Reason.SUPERLATIVE
        return None

    def _rests_on(self, sentence: Sentence) -> list[Ground] | Reason:
        """The evidence that a sentence rests on, or why it must not be said."""
        used: list[Ground] = []
        products = self._products_of(sentence)
        place = 0
        while place < len(sentence.clauses):
            if _states_nothing(sentence.clauses[place]):
                place += 1
                continue
            found = self._held_from(sentence, place, products, used)
            if isinstance(found, Reason):
                return found
            ground, place = found
            used.append(ground)
        if sentence.affirms is None:
            return used
        answered = self._answers(sentence.affirms, used, products)
        return answered if isinstance(answered, Reason) else [*used, answered]

    def _held_from(
        self, sentence: Sentence, start: int, products: frozenset[ProductId], used: Sequence[Ground]
    ) -> tuple[Ground, int] | Reason:
        """The evidence that holds clauses from a place on, as many as can be, and the place behind them.

        What the sentence has said so far tells what is meant only where both are from one sentence of the evidence.
        """
        told = Told(self._names.name(products), self._question)
        going_on = replace(told, so_far=Span(sentence.clauses[:start]))
        reasons: set[Reason] = set()
        for end in range(min(len(sentence.clauses), start + _MOST_TOGETHER), start, -1):
            said = Span(sentence.clauses[start:end])
            for ground in self._about(products):
                same = bool(used) and used[-1].is_beside(ground)
                reason = fault(said, ground, going_on if same else told)
                if reason is None:
                    return ground, end
                reasons.add(reason)
        return next((reason for reason in _NEAREST_FIRST if reason in reasons), Reason.WORDS)

    def _about(self, products: frozenset[ProductId]) -> Iterator[Ground]:
        return (ground for ground in self._grounds if ground.product_id is None or ground.product_id in products)

    def _products_of(self, sentence: Sentence) -> frozenset[ProductId]:
        """The one product that a sentence is about: the one it names, else the only one in question."""
        named = self._names.named_in(sentence.text)
        if named:
            return named if len(named) == 1 else frozenset()
        known = {product.id for product in self.products}
        known = known or {item.product_id for item in self.evidence if item.product_id is not None}
        return frozenset(known) if len(known) == 1 else frozenset()

    def _answers(self, affirms: bool, used: Sequence[Ground], products: frozenset[ProductId]) -> Ground | Reason:
        """The evidence for a yes or no: what the rest of the sentence rests on, else any."""
        same = {ground.evidence_id for ground in used}
        near = [ground for ground in self._about(products) if not used or ground.evidence_id in same]
        asked = [self._question]
        if used:
            asked += [Span((clause,)) for clause in self._question.clauses]
        name = self._names.name(products)
        agreeing = (
            ground for question in asked for ground in near if agrees(affirms, question, ground, name, alone=not used)
        )
        return next(agreeing, Reason.POLARITY)


def _states_nothing(clause: Clause) -> bool:
    return all(token.role is Role.PRONOUN for token in clause.tokens)
