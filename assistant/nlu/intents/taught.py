"""Intents taught by examples alone: a linear model for what they share, the nearest examples for what is rare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import expit, logsumexp, softmax

from assistant.nlu.intents.linear import SHARPNESS, Floats, LinearModel, centred, ngrams_of

_NEAREST = 3  # examples of an intent that speak for it
_NEAREST_WEIGHT = 4.0
_UNKNOWN_QUANTILE = 0.02  # of the examples themselves, that would be taken for unknown


@dataclass(frozen=True, slots=True)
class Told:
    """likely: probability by intent, of those there are. none: the probability that it is none of them."""

    likely: Mapping[str, float]
    none: float


@dataclass(frozen=True, slots=True)
class TaughtIntents:
    """Fitted once; holds the examples. known: from which score on a text is as likely as not one of the intents."""

    model: LinearModel
    examples: Floats
    ngrams: csr_matrix
    members: tuple[npt.NDArray[np.intp], ...]
    known: float

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str], vectors: Floats, embedder: str) -> TaughtIntents:
        """`texts` are folded; row i of `vectors` is the embedding of texts[i] as a query."""
        model = LinearModel.fit(texts, labels, vectors, embedder)
        rows = tuple(np.flatnonzero(np.array(labels) == name) for name in model.names)
        examples, ngrams = centred(vectors, model.mean), ngrams_of(texts)
        own = logsumexp(SHARPNESS * (examples @ model.weights + ngrams @ model.ngram_weights + model.bias), axis=1)
        return cls(model, examples, ngrams, rows, float(np.quantile(own, _UNKNOWN_QUANTILE)))

    def tell(self, texts: Sequence[str], vectors: Floats) -> list[Told]:
        """For folded texts with their embeddings as queries."""
        vector, ngrams = centred(vectors, self.model.mean), ngrams_of(texts)
        shared = SHARPNESS * (vector @ self.model.weights + ngrams @ self.model.ngram_weights + self.model.bias)
        alike = vector @ self.examples.T + (ngrams @ self.ngrams.T).toarray()
        near = np.stack([np.sort(alike[:, rows], axis=1)[:, -_NEAREST:].mean(axis=1) for rows in self.members], axis=1)
        logits = shared + _NEAREST_WEIGHT * near
        none = expit(self.known - logsumexp(logits, axis=1))
        return [
            Told(dict(zip(self.model.names, map(float, row), strict=True)), float(share))
            for row, share in zip(softmax(logits, axis=1), none, strict=True)
        ]
