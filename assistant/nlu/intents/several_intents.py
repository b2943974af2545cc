"""Tells which of several intents a text has: any number of them, each told by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.nlu.intents.calibration import Curve, Scores, best_threshold, folds
from assistant.nlu.intents.regression import Flags, Inputs, Weights, fit_each
from assistant.nlu.intents.told import Told


@dataclass(frozen=True, slots=True)
class SeveralIntents:
    """curve: from logits to probabilities, one for all intents: most have too few examples for one of their own.
    threshold: the probability from which an intent is taken."""

    names: tuple[str, ...]
    weights: Weights
    curve: Curve
    threshold: float

    @classmethod
    def fit(cls, names: tuple[str, ...], inputs: Inputs, wanted: Flags) -> SeveralIntents:
        """wanted: (texts, names), any number a text."""
        scores, true = _held_out(inputs, wanted)
        curve = Curve.fit(scores[true], scores[~true]) or Curve(1.0, 0.0)
        threshold = best_threshold(curve(scores), true) if true.any() else 0.5
        return cls(names, fit_each(inputs, wanted), curve, threshold)

    def tell(self, inputs: Inputs) -> list[Told]:
        return [
            Told(
                dict(zip(self.names, map(float, row), strict=True)),
                float(1 - row.max()),
                tuple(self.names[place] for place in np.argsort(-row) if row[place] >= self.threshold),
            )
            for row in self.curve(self.weights.logits(inputs))
        ]


def _held_out(inputs: Inputs, wanted: Flags) -> tuple[Scores, Flags]:
    """The logits of examples held out, for every intent that others were there to learn from, and which are right."""
    scores: list[Scores] = [np.empty(0)]
    true: list[Flags] = [np.empty(0, dtype=np.bool_)]
    # A text counts for the rarest of its intents, so that rare ones are spread over the folds.
    size = np.where(wanted, wanted.sum(axis=0), len(wanted) + 1)
    for rest, part in folds(np.where(wanted.any(axis=1), size.argmin(axis=1), wanted.shape[1])):
        learnt = wanted[rest].any(axis=0)
        logits = fit_each(inputs.at(rest), wanted[rest]).logits(inputs.at(part))
        scores.append(logits[:, learnt].ravel())
        true.append(wanted[part][:, learnt].ravel())
    return np.concatenate(scores), np.concatenate(true)
