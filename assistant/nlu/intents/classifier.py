"""Tells the intent of a message: patterns decide alone, otherwise the nearest examples do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import regex

from assistant.domain.ports import Embedder, Vectors
from assistant.domain.understanding import Intent
from assistant.nlu.intents.definitions import IntentDefinition

QUESTION = "question"

_NOT_SPOKEN = regex.compile(r"[\p{P}\p{S}\p{M}\s]+")
_NEIGHBOURS = 3
_SHARPNESS = 3.0  # of the softmax over standardised similarities
_PATTERN_TIME_LIMIT_S = 0.05  # a pattern that backtracks this long counts as no match


class IntentClassifier:
    """Built once from definitions and an embedder; holds one vector an example."""

    def __init__(self, definitions: Sequence[IntentDefinition], labels: Sequence[str], vectors: Vectors) -> None:
        self._definitions = definitions
        self._names = sorted(set(labels))
        self._rows = [np.flatnonzero(np.array(labels) == name) for name in self._names]
        self._vectors = vectors

    @classmethod
    async def build(cls, definitions: Sequence[IntentDefinition], embedder: Embedder) -> IntentClassifier:
        texts = [(d.name, text) for d in definitions for text in d.examples]
        texts += [(QUESTION, text) for d in definitions for text in d.unless]
        vectors = await embedder.embed_passages([text for _, text in texts])
        return cls(definitions, [name for name, _ in texts], vectors)

    def by_pattern(self, folded: str) -> Intent | None:
        """The intent whose pattern matches the whole message, punctuation and emoji aside."""
        spoken = _NOT_SPOKEN.sub(" ", folded).strip()
        joined = spoken.replace(" ", "") if not spoken.isascii() else spoken
        for definition in self._definitions:
            if any(_matches(pattern, spoken) or _matches(pattern, joined) for pattern in definition.patterns):
                return Intent(definition.name, 0.99)
        return None

    def by_examples(self, vector: npt.NDArray[np.float32]) -> Intent:
        """The intent whose nearest examples are closest.

        Confidence is a softmax over similarities standardised across all examples, so that it means the same for
        embedders whose cosines lie close together and for those whose cosines spread.
        """
        similarity = self._vectors @ vector
        standard = (similarity - similarity.mean()) / (similarity.std() or 1.0)
        scores = np.array([np.sort(standard[rows])[-_NEIGHBOURS:].mean() for rows in self._rows])
        weights = np.exp(_SHARPNESS * (scores - scores.max()))
        best = int(scores.argmax())
        return Intent(self._names[best], float(weights[best] / weights.sum()))


def _matches(pattern: regex.Pattern[str], text: str) -> bool:
    try:
        return pattern.fullmatch(text, timeout=_PATTERN_TIME_LIMIT_S) is not None
    except TimeoutError:
        return False
