"""Selects the text that answers a question from among a few, and tells the probability that any of them does.

Where `ranking` compares entries that a search found, by signals of that search, this needs only the texts themselves:
what a page says about one product, reviews, answers to other people's questions. A small logistic model over a few
signals of each text; its weights are data (`selection.yaml`), fitted by `selection_fit` (docs/decisions/0011).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.resources import files
from typing import Any

import yaml

from assistant.answers.ranking import coverage
from assistant.domain.evidence import EvidenceKind
from assistant.domain.folding import fold
from assistant.domain.ports import Embedder, Vectors
from assistant.domain.understanding import Question

_DATA = "selection.yaml"
_BEST = 5  # texts whose mean tells whether there is an answer: one that only sounds like it seldom has company
_QUESTION_MARKS = ("?", "？")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text that may answer. name: a fact's attribute, the question that an FAQ entry answers, a passage's heading."""

    kind: EvidenceKind
    text: str
    name: str = ""

    @property
    def whole(self) -> str:
        return f"{self.name} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Embedded:
    """A snippet with its vectors, each of unit length: of the whole, and of what it says without the question that it
    answers (the same where it answers none)."""

    snippet: Snippet
    whole: Vectors = field(repr=False, compare=False)
    said: Vectors = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SnippetFeatures:
    """The signals of one text.

    meaning: cosine of the question and the whole. saying: cosine of the question and what it says.
    coverage: weighted share of the question's content words that the whole holds.
    states: 1 for a fact. replies: 1 for the answer to another question. asks: 1 for a text that is a question itself.
    """

    meaning: float
    saying: float
    coverage: float
    states: float
    replies: float
    asks: float


SIGNALS = tuple(each.name for each in fields(SnippetFeatures))


@dataclass(frozen=True, slots=True)
class Scale:
    """`weight` is what a signal one `spread` above its `mean` adds to the log-odds."""

    mean: float
    spread: float
    weight: float


@dataclass(frozen=True, slots=True)
class SelectionWeights:
    """embedder: the model whose cosines these weights are for. signals: of each of `SIGNALS`.

    any_intercept, any_slope: map the mean log-odds of the best texts to the log-odds that any text answers.
    """

    embedder: str
    intercept: float
    signals: Mapping[str, Scale]
    any_intercept: float
    any_slope: float

    def log_odds(self, features: SnippetFeatures) -> float:
        """That a text with these signals answers."""
        total = self.intercept
        for name in SIGNALS:
            scale = self.signals[name]
            total += scale.weight * (getattr(features, name) - scale.mean) / scale.spread
        return total

    def any_log_odds(self, log_odds: Sequence[float]) -> float:
        """That any text answers, from the log-odds of each that it does; there is at least one."""
        return self.any_intercept + self.any_slope * strength(log_odds)

    @classmethod
    def parse(cls, content: str, name: str = _DATA) -> SelectionWeights:
        """Raises ValueError, naming the file, for anything but what `as_yaml` writes."""
        try:
            data: dict[str, Any] = yaml.safe_load(content)
            signals = {
                signal: Scale(**{key: float(value) for key, value in scale.items()})
                for signal, scale in data["signals"].items()
            }
            weights = cls(
                str(data["embedder"]),
                float(data["intercept"]),
                signals,
                float(data["any"]["intercept"]),
                float(data["any"]["slope"]),
            )
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(
                f"{name}: not the weights of a selection ({error!r}); write them with selection_fit.fit"
            ) from error
        if set(signals) != set(SIGNALS) or any(scale.spread <= 0 for scale in signals.values()):
            raise ValueError(f"{name}: signals must be {', '.join(SIGNALS)}, each with a spread above 0")
        return weights

    def as_yaml(self) -> str:
        data = {
            "embedder": self.embedder,
            "intercept": _rounded(self.intercept),
            "signals": {
                name: {"mean": _rounded(scale.mean), "spread": _rounded(scale.spread), "weight": _rounded(scale.weight)}
                for name, scale in self.signals.items()
            },
            "any": {"intercept": _rounded(self.any_intercept), "slope": _rounded(self.any_slope)},
        }
        return yaml.safe_dump(data, sort_keys=False, default_flow_style=None)


@dataclass(frozen=True, slots=True)
class Selected:
    """`place` is that of the snippet among those given; `probability` that it answers, at least in part."""

    place: int
    snippet: Snippet
    features: SnippetFeatures
    probability: float


@dataclass(frozen=True, slots=True)
class Selection:
    """ranked: all snippets, best first. answerable: the probability that any of them answers, 0 where there is none."""

    ranked: tuple[Selected, ...]
    answerable: float


class Selector:
    def __init__(self, weights: SelectionWeights) -> None:
        self._weights = weights

    @classmethod
    def load(cls) -> Selector:
        return cls(SelectionWeights.parse((files(__package__) / _DATA).read_text(encoding="utf-8")))

    def select(self, question: Question, vector: Vectors, snippets: Sequence[Embedded]) -> Selection:
        """`vector` is the question's, embedded as a query. Snippets that are as likely stay in the order given."""
        found = [
            (self._weights.log_odds(features), Selected(place, each.snippet, features, 0.0))
            for place, each in enumerate(snippets)
            for features in (signals_of(question, vector, each),)
        ]
        ranked = tuple(
            Selected(item.place, item.snippet, item.features, _probability(log_odds))
            for log_odds, item in sorted(found, key=lambda pair: -pair[0])
        )
        answerable = _probability(self._weights.any_log_odds([log_odds for log_odds, _ in found])) if found else 0.0
        return Selection(ranked, answerable)


def signals_of(question: Question, vector: Vectors, embedded: Embedded) -> SnippetFeatures:
    snippet = embedded.snippet
    return SnippetFeatures(
        meaning=float(embedded.whole @ vector),
        saying=float(embedded.said @ vector),
        coverage=coverage(question.terms, fold(snippet.whole)),
        states=float(snippet.kind is EvidenceKind.FACT),
        replies=float(snippet.kind is EvidenceKind.FAQ),
        asks=float(snippet.text.rstrip().endswith(_QUESTION_MARKS)),
    )


def strength(log_odds: Sequence[float]) -> float:
    """The mean of the largest."""
    best = sorted(log_odds, reverse=True)[:_BEST]
    return sum(best) / len(best)


async def embed(snippets: Sequence[Snippet], embedder: Embedder) -> list[Embedded]:
    """The snippets with their vectors, in the same order; every text is embedded once."""
    texts = list(dict.fromkeys(text for snippet in snippets for text in (snippet.whole, _said(snippet))))
    vectors = dict(zip(texts, await embedder.embed_passages(texts), strict=True))
    return [Embedded(snippet, vectors[snippet.whole], vectors[_said(snippet)]) for snippet in snippets]


def _said(snippet: Snippet) -> str:
    return snippet.text if snippet.kind is EvidenceKind.FAQ else snippet.whole


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))


def _rounded(number: float) -> float:
    return round(float(number), 4)
