"""A linear model over a text's embedding and its hashed n-grams, which tells how likely each intent is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from assistant.nlu.intents.ngrams import hashed
from assistant.nlu.intents.regression import Floats, Inputs, Weights, fit_one_of

BITS = 12  # of the hash: 4,096 columns; 16,384 tell intents no better
_NGRAM_WEIGHT = 0.4  # length of a text's n-grams beside its embedding, which has length 1
SHARPNESS = 1.8
"""By which logits of held-out texts are calibrated."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """names: of the classes. mean: of the embeddings it was fitted on, taken away first. weights: (dimension, classes)
    of the embedding; ngram_weights: (2**BITS, classes); bias: (classes,). embedder: whose vectors it reads."""

    names: tuple[str, ...]
    embedder: str
    mean: Floats
    weights: Floats
    ngram_weights: Floats
    bias: Floats

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        vectors: Floats,
        embedder: str,
        *,
        start: LinearModel | None = None,
    ) -> LinearModel:
        """Multinomial logistic regression with classes weighed alike. `texts` are folded.

        start: a model of mostly the same texts, read by the same embedder, from where the fit is short.
        """
        names = tuple(sorted(set(labels)))
        number = {name: place for place, name in enumerate(names)}
        mean = vectors.mean(axis=0) if start is None else start.mean
        target = np.array([number[label] for label in labels])
        nearly = None if start is None else start._weights_of(names)
        found = fit_one_of(inputs_of(texts, vectors, mean), target, len(names), start=nearly)
        return cls(names, embedder, mean, found.vectors, found.ngrams, found.bias)

    def _weights_of(self, names: Sequence[str]) -> Weights:
        """The weights of these classes; of those it does not know, none, and the least bias."""
        places = [self.names.index(name) if name in self.names else -1 for name in names]
        known = np.array([place >= 0 for place in places])
        return Weights(
            np.where(known, self.weights[:, places], 0).astype(np.float32),
            np.where(known, self.ngram_weights[:, places], 0).astype(np.float32),
            np.where(known, self.bias[places], self.bias.min()).astype(np.float32),
        )

    def likely(self, texts: Sequence[str], vectors: Floats) -> list[dict[str, float]]:
        """For each folded text with its embedding, the probability of each class by name."""
        logits = Weights(self.weights, self.ngram_weights, self.bias).logits(inputs_of(texts, vectors, self.mean))
        return [dict(zip(self.names, map(float, row), strict=True)) for row in softmax(SHARPNESS * logits, axis=1)]

    def save(self, path: Path) -> None:
        """Half precision, which changes no decision."""
        arrays: dict[str, Any] = {
            name: getattr(self, name).astype(np.float16) for name in ("mean", "weights", "ngram_weights", "bias")
        }
        np.savez_compressed(path, names=np.array(self.names), embedder=np.array(self.embedder), **arrays)

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Raises ValueError or KeyError for a file that holds no model."""
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in ("mean", "weights", "ngram_weights", "bias")}
            return cls(tuple(map(str, file["names"])), str(file["embedder"]), **arrays)


def inputs_of(texts: Sequence[str], vectors: Floats, mean: Floats) -> Inputs:
    """Folded texts as the models read them."""
    return Inputs(centred(vectors, mean), hashed(texts, bits=BITS, weight=_NGRAM_WEIGHT))


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Without what all texts share, at unit length: multilingual embeddings lie in a narrow cone."""
    rest = vectors - mean
    centred: Floats = (rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return centred
