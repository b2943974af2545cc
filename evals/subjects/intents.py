"""Telling intents: what a classifier must do to be measured, and the assistant's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.domain.folding import fold
from assistant.domain.ports import Embedder
from assistant.nlu.intents import TaughtIntents
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


_LEAST_OF_SEVERAL = 0.15  # probability from which an intent is one of several in a message


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
        pairs = [(fold(example.text), label) for example in examples for label in example.labels]
        pairs += [(fold(label.replace("_", " ")), label) for label in dict.fromkeys(label for _, label in pairs)]
        texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
        vectors = np.asarray(await self.embedder.embed_queries(texts))
        taught = await asyncio.to_thread(TaughtIntents.fit, texts, labels, vectors, self.embedder.name)
        several = any(len(example.labels) > 1 for example in examples)
        return _AssistantClassifier(self.embedder, taught, several)


@dataclass(frozen=True, slots=True)
class _AssistantClassifier:
    """several: a message may have more than one intent."""

    embedder: Embedder
    taught: TaughtIntents
    several: bool

    async def predict(self, text: str) -> Prediction:
        folded = fold(text)
        told = self.taught.tell([folded], np.asarray(await self.embedder.embed_queries([folded])))[0]
        best = max(told.likely, key=lambda name: told.likely[name])
        least = _LEAST_OF_SEVERAL if self.several else told.likely[best]
        chosen = tuple(name for name, value in told.likely.items() if value >= least) if told.none < 0.5 else ()
        return Prediction(told.likely, told.none, chosen)
