"""Telling intents: what a classifier must do to be measured, and the assistant's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from assistant.domain.ports import Embedder
from assistant.nlu.intents.classifier import IntentClassifier
from evals.subjects import parts
from evals.suites.lessons import Course
from evals.target import Target


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a message was taken for.

    confidences: of intents, 0 to 1; may leave out those that are out of the question. none: the probability that no
    intent fits. chosen: the intents that would be acted on; none where the message is taken to be out of scope.
    """

    confidences: Mapping[str, float]
    none: float
    chosen: tuple[str, ...]


class Classifier(Protocol):
    async def predict(self, text: str) -> Prediction: ...


class Learner(Protocol):
    async def learn(self, course: Course) -> Classifier:
        """A classifier of the intents in the examples drawn from a course."""
        ...


@asynccontextmanager
async def assistant_intents(target: Target) -> AsyncIterator[Learner]:
    """The classifier that tells shoppers' intents, made from other examples."""
    async with parts.opened(target) as app:
        yield _AssistantLearner(app.embedder, target)


@dataclass(frozen=True, slots=True)
class _AssistantLearner:
    embedder: Embedder
    target: Target

    async def learn(self, course: Course) -> Classifier:
        examples = course.drawn(self.target.shots, self.target.seed)
        pairs = [(example.text, label) for example in examples for label in example.labels]
        vectors = await self.embedder.embed_passages([text for text, _ in pairs])
        labels = [label for _, label in pairs]
        return _AssistantClassifier(self.embedder, await asyncio.to_thread(IntentClassifier, (), labels, vectors))


@dataclass(frozen=True, slots=True)
class _AssistantClassifier:
    embedder: Embedder
    classifier: IntentClassifier

    async def predict(self, text: str) -> Prediction:
        vectors = await self.embedder.embed_queries([text])
        best = self.classifier.by_examples(vectors[0])
        none = 1 - best.confidence
        return Prediction({best.name: best.confidence}, none, (best.name,) if none < 0.5 else ())
