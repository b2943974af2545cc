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
from assistant.nlu.intents import Lesson, TaughtIntents, together
from evals.subjects import parts
from evals.suites.lessons import Course
from evals.target import Target

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
        lessons = [Lesson(fold(example.text), example.labels) for example in examples]
        if not course.several:
            # The name that people gave an intent is one more example of it.
            names = dict.fromkeys(label for lesson in lessons for label in lesson.intents)
            lessons += [Lesson(fold(name.replace("_", " ")), (name,)) for name in names]
        texts = [lesson.text for lesson in lessons]
        await self._embed(texts)
        vectors = np.stack([self.embedded[text] for text in texts])
        return _AssistantClassifier(self.embedder, await asyncio.to_thread(TaughtIntents.fit, lessons, vectors))

    async def _embed(self, texts: Sequence[str]) -> None:
        fresh = [text for text in dict.fromkeys(texts) if text not in self.embedded]
        for start in range(0, len(fresh), _AT_ONCE):
            batch = fresh[start : start + _AT_ONCE]
            self.embedded.update(zip(batch, await self.embedder.embed_queries(batch), strict=True))


@dataclass(frozen=True, slots=True)
class _AssistantClassifier:
    embedder: Embedder
    taught: TaughtIntents

    async def predict(self, text: str) -> Prediction:
        parts = self.taught.parts(fold(text))
        told = together(self.taught.tell(parts, np.asarray(await self.embedder.embed_queries(parts))))
        return Prediction(told.likely, told.none, told.chosen)
