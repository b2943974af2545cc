"""How close the nearest examples of each intent are: what a linear model blurs, a rare example still tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from assistant.nlu.intents.regression import Floats, Inputs, Rows

_NEAREST = 3  # examples of an intent that speak for it
_AT_ONCE = 64  # texts, to bound the memory


@dataclass(frozen=True, slots=True)
class NearestExamples:
    """vectors: (dimension, examples). ngrams: (columns, examples). members: (intents, most examples of one), their
    places; the number of all examples fills up."""

    vectors: Floats
    ngrams: csr_matrix
    members: Rows

    @classmethod
    def of(cls, examples: Inputs, target: Rows, classes: int) -> NearestExamples:
        """target: for each example the number of its intent."""
        places = [np.flatnonzero(target == number) for number in range(classes)]
        members = np.full((classes, max(map(len, places))), len(examples), dtype=np.intp)
        for number, own in enumerate(places):
            members[number, : len(own)] = own
        return cls(np.ascontiguousarray(examples.vectors.T), examples.ngrams.T.tocsr(), members)

    def similarity(self, inputs: Inputs) -> Floats:
        """Shape (texts, intents): the mean similarity to the nearest three of each; 0 for an intent without any."""
        found = np.empty((len(inputs), len(self.members)), dtype=np.float32)
        for start in range(0, len(inputs), _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, len(inputs)))
            found[rows] = self._of_some(inputs.at(rows))
        return found

    def _of_some(self, inputs: Inputs) -> Floats:
        alike = inputs.vectors @ self.vectors + (inputs.ngrams @ self.ngrams).toarray()
        by_intent = np.pad(alike, ((0, 0), (0, 1)), constant_values=-np.inf)[:, self.members]
        count = min(_NEAREST, by_intent.shape[2])
        top = np.partition(by_intent, -count, axis=2)[:, :, -count:]
        there = np.isfinite(top)
        means: Floats = (np.where(there, top, 0).sum(axis=2) / np.maximum(there.sum(axis=2), 1)).astype(np.float32)
        return means
