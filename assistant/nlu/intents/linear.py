"""A linear model over a text's embedding and its hashed n-grams, which tells how likely each intent is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import fmin_l_bfgs_b
from scipy.sparse import csr_matrix
from scipy.special import softmax

from assistant.nlu.intents.ngrams import hashed

Floats = npt.NDArray[np.float32]

BITS = 12  # of the hash: 4,096 columns; 16,384 tell intents no better
_NGRAM_WEIGHT = 0.4  # length of a text's n-grams beside its embedding, which has length 1
_INVERSE_REGULARISATION = 10.0
_STEPS = 60
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
    def fit(cls, texts: Sequence[str], labels: Sequence[str], vectors: Floats, embedder: str) -> LinearModel:
        """Multinomial logistic regression with classes weighed alike, by L-BFGS. `texts` are folded."""
        names = tuple(sorted(set(labels)))
        target = np.array([names.index(label) for label in labels])
        mean = vectors.mean(axis=0)
        weights, ngram_weights, bias = _fitted(centred(vectors, mean), ngrams_of(texts), target, len(names))
        return cls(names, embedder, mean, weights, ngram_weights, bias)

    def likely(self, texts: Sequence[str], vectors: Floats) -> list[dict[str, float]]:
        """For each folded text with its embedding, the probability of each class by name."""
        logits = centred(vectors, self.mean) @ self.weights + ngrams_of(texts) @ self.ngram_weights + self.bias
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
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float32) for name in ("mean", "weights", "ngram_weights", "bias")}
            return cls(tuple(map(str, file["names"])), str(file["embedder"]), **arrays)


def ngrams_of(texts: Sequence[str]) -> csr_matrix:
    """The hashed n-grams of folded texts, as the model reads them."""
    return hashed(texts, bits=BITS, weight=_NGRAM_WEIGHT)


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Without what all texts share, at unit length: multilingual embeddings lie in a narrow cone."""
    rest = vectors - mean
    centred: Floats = (rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return centred


def _fitted(
    vectors: Floats, ngrams: csr_matrix, target: npt.NDArray[np.int64], classes: int
) -> tuple[Floats, Floats, Floats]:
    count, dimension = vectors.shape
    columns = ngrams.shape[1]
    transposed = ngrams.T.tocsr()
    sizes = np.bincount(target, minlength=classes)
    share = ((count / (classes * np.maximum(sizes, 1)))[target] / count).astype(np.float32)
    penalty = 1 / (_INVERSE_REGULARISATION * count)
    row = np.arange(count)
    first, second = dimension * classes, (dimension + columns) * classes

    def parts(flat: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        small = flat.astype(np.float32)
        return (
            small[:first].reshape(dimension, classes),
            small[first:second].reshape(columns, classes),
            small[second:],
        )

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, ngram_weights, bias = parts(flat)
        chance = softmax(vectors @ weights + ngrams @ ngram_weights + bias, axis=1)
        lost = -(share * np.log(np.maximum(chance[row, target], 1e-12))).sum(dtype=np.float64)
        chance[row, target] -= 1
        chance *= share[:, None]
        gradient = np.concatenate([(vectors.T @ chance).ravel(), (transposed @ chance).ravel(), chance.sum(axis=0)])
        gradient = gradient.astype(np.float64)
        held = flat[:second]
        gradient[:second] += penalty * held
        return lost + 0.5 * penalty * float(held @ held), gradient

    start = np.zeros(second + classes)
    found, _, _ = fmin_l_bfgs_b(loss, start, m=5, maxiter=_STEPS, pgtol=1e-6, factr=1e10)
    return parts(found)
