"""Telling intents: what a classifier must do to be measured, and the assistant's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.domain.folding import fold
from assistant.domain.ports import Embedder
from assistant.nlu.intents import TaughtIntents
from evals.subjects import parts
from evals.suites.lessons import Course
from evals.target import Target

_LEAST_OF_SEVERAL = 0.15  # probability from which an intent is one of several in a message
_AT_ONCE = 256  # texts that are embedded in one call


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a message was taken for.

    confidences: that a message has an intent, 0 to 1; may leave out those that are out of the question. none: the
    probability that no intent fits. chosen: the intents that would be acted on; none where the message is taken to be
    out of scope.
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
    """embedded: by text. What several folds learn from is embedded once."""

    embedder: Embedder
    target: Target
    embedded: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)

    async def learn(self, course: Course) -> Classifier:
        examples = course.drawn(self.target.shots, self.target.seed)
        pairs = [(fold(example.text), label) for example in examples for label in example.labels]
        # The name that people gave an intent is one more example of it.
        pairs += [(fold(label.replace("_", " ")), label) for label in dict.fromkeys(label for _, label in pairs)]
        texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
        await self._embed(texts)
        vectors = np.stack([self.embedded[text] for text in texts])
        taught = await asyncio.to_thread(TaughtIntents.fit, texts, labels, vectors, self.embedder.name)
        return _AssistantClassifier(self.embedder, taught, course.several)

    async def _embed(self, texts: Sequence[str]) -> None:
        fresh = [text for text in dict.fromkeys(texts) if text not in self.embedded]
        for start in range(0, len(fresh), _AT_ONCE):
            batch = fresh[start : start + _AT_ONCE]
            self.embedded.update(zip(batch, await self.embedder.embed_queries(batch), strict=True))


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
        # What is told as likely is so if the message has an intent at all.
        confidences = {name: value * (1 - told.none) for name, value in told.likely.items()}
        return Prediction(confidences, told.none, chosen)
