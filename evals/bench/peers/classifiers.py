"""Peers that tell intents: semantic-router, and TF-IDF with logistic regression."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from semantic_router import IndexedRouter
from semantic_router.index import LocalIndex
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from assistant.domain.ports import Embedder, Vectors
from evals.subjects import parts
from evals.subjects.intents import Classifier, Learner, Prediction
from evals.suites.lessons import Course
from evals.target import Target

Aggregation = Literal["mean", "max"]
Subject = Callable[[Target], AbstractAsyncContextManager[Learner]]
HELD_OUT = 5  # one in so many examples of an intent is kept from the router that is fitted
CHOSEN_FROM = 0.5  # of what is a probability
REGULARISATION = 10.0  # scikit-learn's C


def semantic_router(aggregation: Aggregation) -> Subject:
    """An IndexedRouter with the assistant's embedder. aggregation: of the scores of a route's nearest examples."""

    @asynccontextmanager
    async def opened(target: Target) -> AsyncIterator[Learner]:
        async with parts.opened(target) as app:
            yield _RouterLearner(app.embedder, aggregation, target)

    return opened


@asynccontextmanager
async def tfidf_logistic_regression(target: Target) -> AsyncIterator[Learner]:
    """Words, pairs of words, and the characters within words by 2 to 4."""
    yield _LinearLearner(target)


class AssistantEncoder:
    """The assistant's embedder, as semantic-router calls one.

    It embeds messages and examples alike, as queries, which is how E5 is meant to be used where both are of one kind.
    """

    name = "assistant"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def acall(self, docs: list[str]) -> list[list[float]]:
        rows: list[list[float]] = (await self._embedder.embed_queries(docs)).tolist()
        return rows


@dataclass(frozen=True, slots=True)
class _RouterLearner:
    embedder: Embedder
    aggregation: Aggregation
    target: Target

    async def learn(self, course: Course) -> Classifier:
        """The router's own `fit` takes messages that are not among its examples: some of them are held out for it.

        What it makes of them goes to a router of all examples.
        """
        texts, labels = drawn(course, self.target)
        vectors = await self.embedder.embed_queries(texts)
        kept, held = held_out(texts, labels)
        fitted = self._router([texts[row] for row in kept], [labels[row] for row in kept], vectors[kept])
        with suppress(ValueError):  # all of them right, or all wrong: nothing to fit by, its similarities stay raw
            await fitted.afit([texts[row] for row in held], [labels[row] for row in held])
        router = self._router(texts, labels, vectors)
        router.calibrator, router.confidence_threshold = fitted.calibrator, CHOSEN_FROM
        return _RouterClassifier(router)

    def _router(self, texts: list[str], labels: list[str], vectors: Vectors) -> IndexedRouter:
        index = LocalIndex()
        index.add(vectors.tolist(), labels, texts)
        encoder: Any = AssistantEncoder(self.embedder)  # a router asks no more of it
        return IndexedRouter(encoder, index=index, aggregation=self.aggregation)


@dataclass(frozen=True, slots=True)
class _RouterClassifier:
    router: IndexedRouter

    async def predict(self, text: str) -> Prediction:
        surest: Any = await self.router.acall(text, threshold=0.0)
        return _prediction(str(surest.name), float(surest.confidence))


@dataclass(frozen=True, slots=True)
class _LinearLearner:
    target: Target

    async def learn(self, course: Course) -> Classifier:
        texts, labels = drawn(course, self.target)
        features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        )
        pipeline = make_pipeline(features, LogisticRegression(C=REGULARISATION, max_iter=1000))
        return _LinearClassifier(await asyncio.to_thread(pipeline.fit, texts, labels))


@dataclass(frozen=True, slots=True)
class _LinearClassifier:
    pipeline: Pipeline

    async def predict(self, text: str) -> Prediction:
        [probabilities] = self.pipeline.predict_proba([text])
        best = int(probabilities.argmax())
        return _prediction(str(self.pipeline.classes_[best]), float(probabilities[best]))


def drawn(course: Course, target: Target) -> tuple[list[str], list[str]]:
    """The examples that a run learns from, as the assistant gets them: texts and, row by row, their intents."""
    pairs = [(example.text, label) for example in course.drawn(target.shots, target.seed) for label in example.labels]
    return [text for text, _ in pairs], [label for _, label in pairs]


def held_out(texts: Sequence[str], labels: Sequence[str]) -> tuple[list[int], list[int]]:
    """Rows to keep, and rows to hold out: of each intent every fifth, where no row that is kept has the same text."""
    seen: Counter[str] = Counter()
    kept: list[int] = []
    held: list[int] = []
    for row, label in enumerate(labels):
        seen[label] += 1
        (kept if seen[label] % HELD_OUT else held).append(row)
    known = {texts[row] for row in kept}
    return kept, [row for row in held if texts[row] not in known]


def _prediction(name: str, confidence: float) -> Prediction:
    return Prediction({name: confidence}, 1 - confidence, (name,) if confidence >= CHOSEN_FROM else ())
