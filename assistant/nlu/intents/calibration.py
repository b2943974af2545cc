"""From scores to probabilities, by what the scores turned out to be on examples held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import fmin_l_bfgs_b, minimize_scalar
from scipy.special import expit, logsumexp

from assistant.nlu.intents.regression import Flags, Rows

Scores = npt.NDArray[np.floating]

_FOLDS = 3
_ENOUGH = 3_000  # held-out examples; large sets need not be fitted once for each fold
_SHARPEST, _BLUNTEST = 6.0, 0.3


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve (Platt 1999): the probability that a score is one of those wanted."""

    slope: float
    offset: float

    def __call__(self, scores: Scores) -> Scores:
        return expit(self.slope * scores + self.offset)

    @classmethod
    def fit(cls, wanted: Scores, others: Scores, *, share: float | None = None) -> Curve | None:
        """From the scores of both kinds; None where there are too few to tell. Never falls with the score.

        share: of those wanted among what will come; None: as among the scores given.
        """
        if min(len(wanted), len(others)) < 2:
            return None
        scores = np.concatenate([wanted, others])
        middle, spread = scores.mean(), scores.std() or 1.0
        # Targets short of 0 and 1, as Platt takes them, keep the curve finite where the scores do not overlap.
        high, low = (len(wanted) + 1) / (len(wanted) + 2), 1 / (len(others) + 2)
        target = np.concatenate([np.full(len(wanted), high), np.full(len(others), low)])
        of_wanted = len(wanted) / len(scores) if share is None else share
        weight = np.concatenate(
            [np.full(len(wanted), of_wanted / len(wanted)), np.full(len(others), (1 - of_wanted) / len(others))]
        )
        standard = (scores - middle) / spread

        def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
            logits = parameters[0] * standard + parameters[1]
            lost = weight @ (np.logaddexp(0, logits) - target * logits)
            change = weight * (expit(logits) - target)
            return float(lost), np.array([change @ standard, change.sum()])

        (slope, offset), _, _ = fmin_l_bfgs_b(loss, np.array([1.0, 0.0]), bounds=[(0.0, None), (None, None)])
        return cls(float(slope / spread), float(offset - slope * middle / spread))


def sharpness(scores: Scores, target: Rows) -> float:
    """The factor that makes a softmax over held-out scores likeliest, classes weighed alike."""
    row = np.arange(len(target))
    sizes = np.bincount(target)
    share = 1 / (np.count_nonzero(sizes) * sizes[target])

    def loss(factor: float) -> float:
        return float(-(share * (factor * scores[row, target] - logsumexp(factor * scores, axis=1))).sum())

    return float(minimize_scalar(loss, bounds=(_BLUNTEST, _SHARPEST), method="bounded").x)


def best_threshold(chances: Scores, wanted: Flags) -> float:
    """The probability from which to take a label, for the best F1 of all decisions together."""
    tried = np.linspace(0.05, 0.95, 37)
    found = [2 * np.sum(wanted & (chances >= at)) / max(1, np.sum(wanted) + np.sum(chances >= at)) for at in tried]
    return float(tried[int(np.argmax(found))])


def folds(strata: Rows) -> Iterator[tuple[Rows, Rows]]:
    """(rest, held out) of rows: thirds with the same share of each stratum, the same for the same strata.

    Ends early when enough rows have been held out.
    """
    order = np.random.default_rng(0).permutation(len(strata))
    order = order[np.argsort(strata[order], kind="stable")]
    part = np.empty(len(strata), dtype=np.intp)
    part[order] = np.arange(len(strata)) % _FOLDS
    seen = 0
    for fold in range(_FOLDS):
        held_out = np.flatnonzero(part == fold)
        if len(held_out) and seen < _ENOUGH:
            yield np.flatnonzero(part != fold), held_out
        seen += len(held_out)
