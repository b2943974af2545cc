"""What one or more clauses say, laid out so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import regex

from assistant.answers.verification.amounts import Amount
from assistant.answers.verification.lexicon import Role
from assistant.answers.verification.reading import Clause, Token

_HAN_RUN = regex.compile(r"\p{Han}+")
_STAND_BY = frozenset({"before", "after"})
ANYTHING = "*"
"""What is said no to where the whole is."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An amount as it is to be understood: at least, about, within."""

    amount: Amount
    bounds: frozenset[str]
    clause: int
    place: int

    def equals(self, other: Bound) -> bool:
        return self.bounds == other.bounds and self.amount.equals(other.amount)


@dataclass(frozen=True, slots=True)
class Party:
    """The shop or the shopper in a clause. before, after: the content next to it, "" where there is none."""

    key: str
    named: bool  # else a pronoun
    before: str
    after: str


@dataclass(frozen=True)
class Span:
    """Clauses that stand together. denied: whether a no stands over all of it. contrasts: whether it is said beside
    something that is said alike."""

    clauses: tuple[Clause, ...]
    denied: bool = False
    contrasts: bool = False

    @cached_property
    def content(self) -> tuple[Token, ...]:
        return tuple(token for clause in self.clauses for token in clause.content)

    @cached_property
    def words(self) -> frozenset[str]:
        """Content that is no amount and no single character."""
        held = {token.holds for clause in self.clauses for token in clause.tokens if token.holds}
        return frozenset(token.key for token in self.content if not token.amount and not token.character) | held

    @cached_property
    def light(self) -> frozenset[str]:
        """Words that may be said where the evidence has none."""
        return frozenset(token.key for token in self.content if token.role is Role.LIGHT)

    @cached_property
    def characters(self) -> tuple[str, ...]:
        return tuple(token.key for token in self.content if token.character)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Every two Chinese characters that stand beside each other."""
        runs = (run for clause in self.clauses for run in _HAN_RUN.findall(clause.text))
        return frozenset(run[place : place + 2] for run in runs for place in range(len(run) - 1))

    @cached_property
    def amounts(self) -> tuple[Bound, ...]:
        return tuple(bound for number, clause in enumerate(self.clauses) for bound in _bounds(number, clause))

    @cached_property
    def marks(self) -> frozenset[str]:
        """Marks, and bounds that stand beside no amount."""
        marks = {mark for clause in self.clauses for mark in _marks(clause)}
        for clause in self.clauses:
            if not any(token.amount for token in clause.tokens):
                marks |= {token.key for token in clause.tokens if token.role is Role.BOUND}
        return frozenset(marks | {"but" for clause in self.clauses[1:] if clause.opens})

    @cached_property
    def negated(self) -> tuple[str, ...]:
        """What is said no to, once for each no."""
        said = tuple(head for clause in self.clauses for head in _negated(clause))
        return (*said, ANYTHING) if self.denied else said

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        return tuple(party for clause in self.clauses for party in _parties(clause))


def _bounds(number: int, clause: Clause) -> Iterable[Bound]:
    amounts = [token for token in clause.tokens if token.amount]
    by_amount: dict[int, set[str]] = {token.start: set() for token in amounts}
    for token in clause.tokens:
        if token.role is Role.BOUND and amounts:
            nearest = min(amounts, key=lambda amount: _gap(amount, token))
            key = token.key
            if key == "within" and nearest.amount and nearest.amount.kind in _LASTING:
                key = "at_most"  # within two days is two days at most
            by_amount[nearest.start].add(key)
    for token in amounts:
        if token.amount:
            yield Bound(token.amount, frozenset(by_amount[token.start]), number, token.start)


_LASTING = frozenset({"time", "month", "working_day"})


def _gap(one: Token, other: Token) -> int:
    return max(one.start - other.end, other.start - one.end)


def _marks(clause: Clause) -> Iterable[str]:
    """Marks; before and after with what they stand by, behind it in Chinese and before it in English."""
    for place, token in enumerate(clause.tokens):
        if token.role is not Role.MARK:
            continue
        if token.key in _STAND_BY:
            chinese = not clause.text[:1].isascii() or _HAN_RUN.search(clause.text) is not None
            beside = reversed(clause.tokens[:place]) if chinese else clause.tokens[place + 1 :]
            yield f"{token.key} {next((key for other in beside if (key := _key(other))), '')}"
        else:
            yield token.key


def _negated(clause: Clause) -> Iterable[str]:
    """What each no of a clause says no to: what it holds itself, else what comes next, else what came before."""
    for place, token in enumerate(clause.tokens):
        if token.role is Role.NEGATION:
            behind = (key for other in clause.tokens[place + 1 :] if (key := _key(other)))
            ahead = (key for other in reversed(clause.tokens[:place]) if (key := _key(other)))
            yield token.holds or next(behind, "") or next(ahead, "")


def _parties(clause: Clause) -> Iterable[Party]:
    for place, token in enumerate(clause.tokens):
        if token.role in (Role.PARTY, Role.PRONOUN):
            before = next((key for other in reversed(clause.tokens[:place]) if (key := _key(other))), "")
            after = next((key for other in clause.tokens[place + 1 :] if (key := _key(other))), "")
            yield Party(token.key, token.role is Role.PARTY, before, after)


def _key(token: Token) -> str:
    if token.role in (Role.CONTENT, Role.LIGHT, Role.OFFER, Role.PROMISE):
        return token.key or str(token.amount.value if token.amount else "")
    return ""


def alike(span: Span) -> bool:
    """Whether clauses say things alike, so that what one says is easily taken for what another says: "the pump has 8
    years, the case has 6"."""
    clauses = [Span((clause,)) for clause in span.clauses if not clause.aside]
    for place, one in enumerate(clauses):
        for other in clauses[place + 1 :]:
            kinds = {bound.amount.kind for bound in one.amounts} & {bound.amount.kind for bound in other.amounts}
            shared = one.words & other.words
            if kinds or len(shared) > 1 or (shared and one.parties and other.parties):
                return True
    return False
