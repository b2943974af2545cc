"""Logistic regression on embeddings and hashed n-grams side by side, the one dense and the other sparse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import fmin_l_bfgs_b
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_INVERSE_REGULARISATION = 10.0
_STEPS = 60
_STEPS_FROM_START = 12  # after which 99 of 100 decisions are those of a whole fit


@dataclass(frozen=True, slots=True)
class Inputs:
    """Texts as the models read them. vectors: (texts, dimension), centred. ngrams: (texts, columns)."""

    vectors: Floats
    ngrams: csr_matrix

    def __len__(self) -> int:
        return len(self.vectors)

    def at(self, rows: Rows) -> Inputs:
        return Inputs(self.vectors[rows], self.ngrams[rows])


@dataclass(frozen=True, slots=True)
class Weights:
    """vectors: (dimension, outputs). ngrams: (columns, outputs). bias: (outputs,)."""

    vectors: Floats
    ngrams: Floats
    bias: Floats

    def logits(self, inputs: Inputs) -> Floats:
        """Shape (texts, outputs)."""
        found: Floats = inputs.vectors @ self.vectors + inputs.ngrams @ self.ngrams + self.bias
        return found


def fit_one_of(inputs: Inputs, target: Rows, classes: int, *, start: Weights | None = None) -> Weights:
    """Of several classes exactly one: multinomial, with classes weighed alike however many examples they have.

    target: for each text the number of its class. start: weights that are nearly right already, which makes it quicker.
    """
    sizes = np.bincount(target, minlength=classes)
    share = (1 / (classes * np.maximum(sizes, 1)))[target].astype(np.float32)
    row = np.arange(len(inputs))

    def loss(logits: Floats) -> tuple[float, Floats]:
        chance: Floats = softmax(logits, axis=1)
        lost = -(share * np.log(np.maximum(chance[row, target], 1e-12))).sum(dtype=np.float64)
        chance[row, target] -= 1
        return float(lost), chance * share[:, None]

    return _fit(inputs, classes, loss, start)


def fit_each(inputs: Inputs, wanted: Flags) -> Weights:
    """Any number of labels for a text: one against the rest each, with examples for and against weighed alike.

    wanted: (texts, labels).
    """
    count, having = len(inputs), wanted.sum(axis=0)
    share = np.where(wanted, 0.5 / np.maximum(having, 1), 0.5 / np.maximum(count - having, 1)).astype(np.float32)

    def loss(logits: Floats) -> tuple[float, Floats]:
        lost = (share * np.logaddexp(0, np.where(wanted, -logits, logits))).sum(dtype=np.float64)
        return float(lost), share * (expit(logits) - wanted)

    return _fit(inputs, wanted.shape[1], loss)


def _fit(
    inputs: Inputs, outputs: int, loss: Callable[[Floats], tuple[float, Floats]], start: Weights | None = None
) -> Weights:
    """By L-BFGS, with an L2 penalty on all weights but the bias. loss: of the logits, with its gradient."""
    dimension, columns = inputs.vectors.shape[1], inputs.ngrams.shape[1]
    transposed = inputs.ngrams.T.tocsr()
    penalty = 1 / (_INVERSE_REGULARISATION * len(inputs))
    first, second = dimension * outputs, (dimension + columns) * outputs

    def weights(flat: npt.NDArray[Any]) -> Weights:
        small = flat.astype(np.float32)
        parts = small[:first].reshape(dimension, outputs), small[first:second].reshape(columns, outputs)
        return Weights(*parts, small[second:])

    def penalised(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        lost, change = loss(weights(flat).logits(inputs))
        parts = (inputs.vectors.T @ change).ravel(), (transposed @ change).ravel(), change.sum(axis=0)
        gradient = np.concatenate(parts).astype(np.float64)
        held = flat[:second]
        gradient[:second] += penalty * held
        return lost + 0.5 * penalty * float(held @ held), gradient

    first_guess, steps = np.zeros(second + outputs), _STEPS
    if start is not None:
        parts = (start.vectors.ravel(), start.ngrams.ravel(), start.bias)
        first_guess, steps = np.concatenate(parts).astype(np.float64), _STEPS_FROM_START
    found, _, _ = fmin_l_bfgs_b(penalised, first_guess, m=5, maxiter=steps, pgtol=1e-6, factr=1e10)
    return weights(found)
