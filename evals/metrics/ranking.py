"""Measures of one ranked list, from the grades of what was retrieved, best place first.

A grade is 0 for what is not relevant and higher for what is more so. The binary measures count every grade above 0
as relevant. All agree with trec_eval.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Grades = npt.ArrayLike


def precision_at(k: int, grades: Grades) -> float:
    """The share of the first `k` places that are relevant; places that are not filled are not."""
    return float(_relevant(grades)[:k].sum() / k)


def recall_at(k: int, grades: Grades, *, relevant: int) -> float:
    """The share of all `relevant` documents that are in the first `k` places; NaN where there are none."""
    return float(_relevant(grades)[:k].sum() / relevant) if relevant else math.nan


def reciprocal_rank_at(k: int, grades: Grades) -> float:
    """One over the place of the first relevant document, 0 if it is not in the first `k`. The mean is the MRR."""
    places = np.flatnonzero(_relevant(grades)[:k])
    return float(1 / (places[0] + 1)) if places.size else 0.0


def average_precision(grades: Grades, *, relevant: int) -> float:
    """The mean of the precisions at each relevant document, 0 for one that was not found. The mean is the MAP.

    NaN where there is no relevant document.
    """
    if not relevant:
        return math.nan
    found = _relevant(grades)
    places = np.flatnonzero(found) + 1
    return float((np.arange(1, places.size + 1) / places).sum() / relevant)


def ndcg_at(k: int, grades: Grades, *, ideal: Grades) -> float:
    """Discounted gain of the first `k` places in terms of the best possible (Järvelin and Kekäläinen 2002).

    The gain is the grade itself, the discount log2(place + 1). `ideal`: the grades of all judged documents, in any
    order; NaN where none is relevant.
    """
    best = _discounted(np.sort(np.asarray(ideal, dtype=np.float64))[::-1][:k])
    return float(_discounted(np.asarray(grades, dtype=np.float64)[:k]) / best) if best else math.nan


def _relevant(grades: Grades) -> npt.NDArray[np.bool_]:
    return np.asarray(grades, dtype=np.float64) > 0


def _discounted(gains: npt.NDArray[np.float64]) -> float:
    return float((gains / np.log2(np.arange(2, gains.size + 2))).sum())
