"""Measures of labels.

Where a case may have several labels or none, a matrix says which: rows are cases, columns labels. What is not defined
is NaN, also where scikit-learn would warn and say 0.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

Matrix = npt.NDArray[np.bool_]


def share(flags: npt.ArrayLike) -> float:
    """The mean of numbers or flags, NaN left out; of flags that say "right", the accuracy. NaN where there is none."""
    values = np.asarray(flags, dtype=np.float64)
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else math.nan


def auroc(score: npt.ArrayLike, positive: npt.ArrayLike) -> float:
    """The probability that a positive case has a higher score than a negative one; an equal score counts half.

    NaN where there is no case of one of the two.
    """
    scores, flags = np.asarray(score, dtype=np.float64), np.asarray(positive, dtype=np.bool_)
    if flags.all() or not flags.any():
        return math.nan
    return float(roc_auc_score(flags, scores))


def f1_of_labels(gold: Matrix, predicted: Matrix) -> npt.NDArray[np.float64]:
    """The F1 of each label; NaN for one that neither stands in the cases nor was predicted."""
    hits = (gold & predicted).sum(axis=0)
    named = gold.sum(axis=0) + predicted.sum(axis=0)
    f1: npt.NDArray[np.float64] = np.divide(2.0 * hits, named, out=np.full(named.shape, np.nan), where=named > 0)
    return f1


def macro_f1(gold: Matrix, predicted: Matrix) -> float:
    """The mean of the F1 of all labels that stand in the cases or were predicted."""
    return share(f1_of_labels(gold, predicted))


def micro_f1(gold: Matrix, predicted: Matrix) -> float:
    """The F1 over all pairs of a case and a label; NaN where there are none."""
    named = int(gold.sum() + predicted.sum())
    return float(2 * (gold & predicted).sum() / named) if named else math.nan
