"""Ranks candidates by the probability that they answer the question.

A small logistic model over a few signals of each candidate puts them in order, and another over how they stand in it
tells the probability; both are data (`calibration`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import regex

from assistant.answers.calibration import MOST_LEAD, MOST_WORDS, Calibration, Standing
from assistant.domain.commerce import Fact, Faq, Passage
from assistant.domain.evidence import Candidate, Entry, product_of
from assistant.domain.folding import fold, holds
from assistant.domain.ids import ProductId
from assistant.domain.text import same_language
from assistant.domain.understanding import Measure, Question, Term

_SENTENCE = regex.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*|[。！？!?；;\n]+")
_LATIN_STOP = regex.compile(r"(?<=[a-z\d)])\.\s+(?=[A-Z])")
_HAN = regex.compile(r"\p{Han}")
_PARTIAL = 0.9  # what a stretch of characters is worth when only its pairs are found


class MeasureReader(Protocol):
    def in_text(self, folded: str) -> tuple[Measure, ...]: ...


@dataclass(frozen=True, slots=True)
class Features:
    """The signals of one candidate, each about 0 to 1 (dense: in standard deviations, -2 to 3).

    coverage: weighted share of the question's content words that the evidence holds.
    dense: cosine of question and evidence, standardised over the candidates.
    kind: 1 if the evidence holds the kind of quantity asked for, -1 if it does not, 0 if none is asked for.
    name: how well the question's words cover the fact's key or the FAQ's question, both ways (F1).
    lexical: log(1 + BM25), so that rare words count for more than common ones; 0 to about 4.
    own: 1 if the evidence is of the product asked about, 0 if it is the shop's.
    asked: weight of the content words that do not name the product; what is asked, where there is none, is told by the
    kind alone ("一箱几个苹果").
    foreign: 1 if the evidence is in another language, where there is some in the shopper's own.
    """

    coverage: float
    dense: float
    kind: float
    name: float
    lexical: float
    own: float
    asked: float = 1.0
    foreign: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """`name` and `text` are what the entry is about, and the part of it that answers; `probability` that it answers the
    question. `standing`: what tells that."""

    candidate: Candidate
    name: str
    text: str
    features: Features
    standing: Standing
    probability: float


class Ranker:
    def __init__(self, measures: MeasureReader, calibration: Calibration) -> None:
        self.calibration = calibration
        self._measures = measures

    def calibrated(self, calibration: Calibration) -> Ranker:
        """The same, by another calibration."""
        return Ranker(self._measures, calibration)

    def rank(
        self,
        question: Question,
        candidates: Sequence[Candidate],
        language: str,
        *,
        known: str = "",
        own: ProductId | None = None,
    ) -> list[Ranked]:
        """Best first. `known` is folded text about the product in focus: words it covers name the product, and are not
        what is asked. `own`: that product, whose own evidence comes before the shop's."""
        fresh = tuple(term for term in question.terms if not known or covered(term, known) < 1)
        asked = sum(term.weight for term in fresh)
        terms = fresh or question.terms
        spread = _Spread.of([candidate.signals.dense for candidate in candidates])
        spoken = any(_speaks(candidate.entry, language) for candidate in candidates)
        read = [self._read(question, terms, asked, candidate, spread, language, own) for candidate in candidates]
        if spoken:
            read = [item if _speaks(item.candidate.entry, language) else item.abroad() for item in read]
        scored = sorted(((self._log_odds(item), item) for item in read), key=lambda pair: -pair[0])
        return self._standing(scored, float(min(MOST_WORDS, sum(term.weight >= 1 for term in terms))))

    def _standing(self, scored: Sequence[tuple[float, _Read]], words: float) -> list[Ranked]:
        """How each stands among the others, and what that says."""
        ranked: list[Ranked] = []
        for place, (log_odds, item) in enumerate(scored):
            lead = 0.0
            if place == 0:
                others = (other for other, seen in scored[1:] if seen.text != item.text)
                lead = min(MOST_LEAD, log_odds - next(others, -math.inf))  # never below 0: the list is in order
            standing = Standing(log_odds, lead, item.features.coverage, words)
            probability = self.calibration.probability(standing)
            ranked.append(Ranked(item.candidate, item.name, item.text, item.features, standing, probability))
        return ranked

    def _read(
        self,
        question: Question,
        terms: tuple[Term, ...],
        asked: float,
        candidate: Candidate,
        spread: _Spread,
        language: str,
        own: ProductId | None,
    ) -> _Read:
        name, body = _name_and_body(candidate, language)
        text = self._best_sentence(question, terms, body) if isinstance(candidate.entry, Passage) else body
        features = Features(
            coverage=coverage(terms, f"{fold(name)} {fold(text)}"),
            dense=spread.standard(candidate.signals.dense),
            kind=self._kind(question.kind, text),
            name=0.0 if isinstance(candidate.entry, Passage) else self._name(terms, candidate, language),
            lexical=math.log1p(max(0.0, candidate.signals.lexical)),
            own=float(own is not None and product_of(candidate.entry) == own),
            asked=asked,
        )
        return _Read(candidate, name, text, features)

    def _log_odds(self, item: _Read) -> float:
        weights, features = self.calibration.weights, item.features
        return (
            weights["intercept"]
            + weights["coverage"] * features.coverage
            + weights["dense"] * features.dense
            + weights["kind"] * features.kind
            + weights["name"] * features.name
            + weights["lexical"] * features.lexical
            + weights["own"] * features.own
            + weights["foreign"] * features.foreign
            + weights.get(item.candidate.kind.value, 0.0)
        )

    def _kind(self, kind: str | None, text: str) -> float:
        if kind is None:
            return 0.0
        return 1.0 if any(measure.kind == kind for measure in self._measures.in_text(fold(text))) else -1.0

    def _name(self, terms: tuple[Term, ...], candidate: Candidate, language: str) -> float:
        """F1 of two coverages: of the question by the entry's name, and of the name by the question."""
        entry = candidate.entry
        best, words = 0.0, " ".join((term.text + " " + " ".join(term.synonyms)) for term in terms)
        for name in _names(entry, language):
            folded = fold(name)
            forth = coverage(terms, folded)
            if forth == 0:
                continue
            back = share_found(folded, words)
            best = max(best, 2 * forth * back / (forth + back) if back else 0.0)
        return best

    def _best_sentence(self, question: Question, terms: tuple[Term, ...], text: str) -> str:
        sentences = sentences_of(text)
        if len(sentences) == 1:
            return text
        return max(sentences, key=lambda s: coverage(terms, fold(s)) + 0.4 * self._kind(question.kind, s))


@dataclass(frozen=True, slots=True)
class _Read:
    """A candidate with its signals, not yet in order."""

    candidate: Candidate
    name: str
    text: str
    features: Features

    def abroad(self) -> _Read:
        return replace(self, features=replace(self.features, foreign=1.0))


@dataclass(frozen=True, slots=True)
class _Spread:
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Sequence[float]) -> _Spread:
        if not values:
            return cls(0.0, 1.0)
        mean = sum(values) / len(values)
        return cls(mean, math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)))

    def standard(self, value: float) -> float:
        if self.deviation < 1e-6:
            return 0.0
        return max(-2.0, min(3.0, (value - self.mean) / self.deviation))


def coverage(terms: Iterable[Term], folded: str) -> float:
    """The share, by weight, of `terms` that the folded text holds; 0 where there are no terms."""
    total = held = 0.0
    for term in terms:
        total += term.weight
        held += term.weight * covered(term, folded)
    return held / total if total else 0.0


def covered(term: Term, folded: str) -> float:
    """1 if the text holds the term or a synonym of it, else the share of its character pairs that it holds."""
    if _holds_word(folded, term.text):
        return 1.0
    for word in term.synonyms:  # a thousand times a turn, and a generator would cost twice as much
        if word in folded and len(word) > 1 and holds(folded, word):
            return 1.0
    if len(term.text) < 3 or not _HAN.search(term.text):
        return 0.0
    return _PARTIAL * share_found(term.text, folded)


def _holds_word(folded: str, word: str) -> bool:
    singular = word[:-1] if len(word) > 3 and word.endswith("s") and word.isascii() else word
    return holds(folded, word) or (singular != word and holds(folded, singular))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, with their closing marks."""
    marked = _LATIN_STOP.sub(".\n", text)
    return [sentence for match in _SENTENCE.findall(marked) if (sentence := match.strip())] or [text]


def share_found(text: str, within: str) -> float:
    """The share of the character pairs (Latin: words) of `text` that stand in `within`."""
    if not _HAN.search(text):
        words = text.split()
        return sum(word in within for word in words) / len(words) if words else 0.0
    compact = text.replace(" ", "")
    pairs = [compact[i : i + 2] for i in range(len(compact) - 1)] or [compact]
    return sum(pair in within for pair in pairs) / len(pairs)


def _names(entry: object, language: str) -> tuple[str, ...]:
    if isinstance(entry, Fact):
        return (*entry.key.texts, *entry.aliases)
    if isinstance(entry, Faq):
        return (entry.question.in_language(language), *entry.similar)
    return ()


def _speaks(entry: Entry, language: str) -> bool:
    """Whether what the entry says is there in a language."""
    if isinstance(entry, Passage):
        return same_language(entry.language, language)
    text = entry.value if isinstance(entry, Fact) else entry.answer if isinstance(entry, Faq) else entry.title
    return text.speaks(language)


def _name_and_body(candidate: Candidate, language: str) -> tuple[str, str]:
    entry = candidate.entry
    if isinstance(entry, Fact):
        return " ".join(_names(entry, language)), entry.value.in_language(language)
    if isinstance(entry, Faq):
        return " ".join(_names(entry, language)), entry.answer.in_language(language)
    if isinstance(entry, Passage):
        return " ".join(entry.heading), entry.text
    return "", entry.title.in_language(language)
