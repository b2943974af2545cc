"""Tells which one of several intents a text has, or that it has none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

from assistant.nlu.intents.calibration import Curve, Scores, folds, sharpness
from assistant.nlu.intents.hierarchy import akin
from assistant.nlu.intents.linear import SHARPNESS
from assistant.nlu.intents.nearest import NearestExamples
from assistant.nlu.intents.regression import Flags, Floats, Inputs, Rows, Weights, fit_one_of
from assistant.nlu.intents.told import Told

_NEAREST_WEIGHT = 2.2  # of the similarity to the nearest examples, beside the logits of the linear model
_SHARE_UNKNOWN = 0.2  # of the messages that are to come
_SURE_UNKNOWN = 0.5  # from which probability on a text is taken for none of the intents


@dataclass(frozen=True, slots=True)
class OneIntent:
    """sharpness: of the softmax over the scores. known: from the log of the sum of all exponentiated scores to the
    probability that it is one of the intents."""

    names: tuple[str, ...]
    scorer: _Scorer
    sharpness: float
    known: Curve

    @classmethod
    def fit(cls, names: tuple[str, ...], inputs: Inputs, wanted: Flags) -> OneIntent:
        """wanted: (texts, names), at most one a text; a text without any shows what is none of them."""
        having, without = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(~wanted.any(axis=1))
        known, target = inputs.at(having), wanted[having].argmax(axis=1)
        scorer = _Scorer.fit(known, target, len(names))
        rows, scores = _held_out(known, target, len(names))
        factor = sharpness(scores, target[rows]) if len(rows) else SHARPNESS
        inside = logsumexp(factor * scores, axis=1)
        outside = [_as_if_unknown(names, target[rows], factor * scores)]
        if len(without):
            outside.append(logsumexp(factor * scorer(inputs.at(without)), axis=1))
        curve = Curve.fit(inside, np.concatenate(outside), share=1 - _SHARE_UNKNOWN)
        if curve is None:  # too few examples to hold any out: what is known scores at least half of what they do
            curve = Curve(1.0, -float(logsumexp(factor * scorer(known), axis=1).min()) / 2)
        return cls(names, scorer, factor, curve)

    def tell(self, inputs: Inputs) -> list[Told]:
        scores = self.sharpness * self.scorer(inputs)
        none = 1 - self.known(logsumexp(scores, axis=1))
        chances = softmax(scores, axis=1) * (1 - none[:, None])
        return [
            Told(
                dict(zip(self.names, map(float, row), strict=True)),
                float(unknown),
                () if unknown >= _SURE_UNKNOWN else (self.names[int(row.argmax())],),
            )
            for row, unknown in zip(chances, none, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Scorer:
    weights: Weights
    nearest: NearestExamples

    @classmethod
    def fit(cls, inputs: Inputs, target: Rows, classes: int) -> _Scorer:
        return cls(fit_one_of(inputs, target, classes), NearestExamples.of(inputs, target, classes))

    def __call__(self, inputs: Inputs) -> Floats:
        """Shape (texts, intents)."""
        scores: Floats = self.weights.logits(inputs) + _NEAREST_WEIGHT * self.nearest.similarity(inputs)
        return scores


def _held_out(known: Inputs, target: Rows, classes: int) -> tuple[Rows, Scores]:
    """Rows and their scores by models that had others of the same intent, but not them, to learn from."""
    rows: list[Rows] = [np.empty(0, dtype=np.intp)]
    scores: list[Scores] = [np.empty((0, classes))]
    for rest, part in folds(target):
        learnt = part[np.isin(target[part], target[rest])]
        if len(learnt):
            rows.append(learnt)
            scores.append(_Scorer.fit(known.at(rest), target[rest], classes)(known.at(learnt)))
    return np.concatenate(rows), np.concatenate(scores)


def _as_if_unknown(names: Sequence[str], target: Rows, scores: Scores) -> Scores:
    """The logs of the sums of scores that texts would have if their intent, and its kin, did not exist."""
    kin = np.array([[akin(one, other) for other in names] for one in names])
    strange = np.where(kin[target], -np.inf, scores)
    return np.asarray(logsumexp(strange[np.isfinite(strange).any(axis=1)], axis=1))
