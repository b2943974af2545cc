"""What confidences are worth: risk against coverage, and how far they are from the share that is right.

Confidences that are equal are one group here: no measure depends on the order of the rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Row i is what would be if only the i + 1 surest cases were answered.

    coverage: the share answered. risk: the share of those that is wrong; within a group of equal confidences, what is
    to be expected if its cases come in random order. threshold: the least confidence answered.
    """

    coverage: Floats
    risk: Floats
    threshold: Floats


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of about as many cases each, from the least sure to the surest: what was claimed and what was so."""

    confidence: Floats  # the mean in the bin
    right: Floats  # the share in the bin
    count: npt.NDArray[np.int64]


def risk_coverage(confidence: npt.ArrayLike, right: npt.ArrayLike) -> RiskCoverage:
    """The risk-coverage curve (El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017).

    Args:
        confidence: any numbers of which more means surer. NaN: not answered, so answered last.
        right: 1 or True where the answer is right.
    """
    sure, correct = _columns(confidence, right)
    sure = np.where(np.isnan(sure), -np.inf, sure)
    levels, group = np.unique(-sure, return_inverse=True)
    sizes = np.bincount(group, minlength=levels.size)
    wrong = np.bincount(group, weights=1 - correct, minlength=levels.size)
    rate = np.repeat(wrong / np.maximum(sizes, 1), sizes)
    answered = np.arange(1, sure.size + 1)
    return RiskCoverage(answered / max(sure.size, 1), np.cumsum(rate) / answered, np.repeat(-levels, sizes))


def aurc(confidence: npt.ArrayLike, right: npt.ArrayLike) -> float:
    """The area under the risk-coverage curve, its mean over all coverages 1/n ... 1; NaN where there is no case.

    0 is perfect. Confidences that say nothing give the share of wrong answers.
    """
    risk = risk_coverage(confidence, right).risk
    return float(risk.mean()) if risk.size else math.nan


def reliability(confidence: npt.ArrayLike, right: npt.ArrayLike, *, bins: int = 10) -> Reliability:
    """Cases by confidence in at most `bins` bins of equal mass; equal confidences share a bin. NaN is left out."""
    sure, correct = _columns(confidence, right)
    kept = ~np.isnan(sure)
    sure, correct = sure[kept], correct[kept]
    levels, group = np.unique(sure, return_inverse=True)
    sizes = np.bincount(group, minlength=levels.size)
    middles = np.cumsum(sizes) - sizes / 2
    _, member = np.unique((bins * middles / max(sure.size, 1)).astype(np.int64)[group], return_inverse=True)
    count = np.bincount(member)
    return Reliability(np.bincount(member, weights=sure) / count, np.bincount(member, weights=correct) / count, count)


def calibration_error(confidence: npt.ArrayLike, right: npt.ArrayLike, *, bins: int = 10) -> float:
    """Expected calibration error with bins of equal mass (Nixon et al. 2019): how far, on average over the cases, the
    confidence of a bin is from the share of it that is right. 0 is perfect, NaN where there is no case."""
    binned = reliability(confidence, right, bins=bins)
    if not binned.count.size:
        return math.nan
    return float(np.average(np.abs(binned.confidence - binned.right), weights=binned.count))


def _columns(confidence: npt.ArrayLike, right: npt.ArrayLike) -> tuple[Floats, Floats]:
    sure, correct = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if sure.shape != correct.shape or sure.ndim != 1:
        raise ValueError(
            f"confidence and right must be of one length; they are of shapes {sure.shape}, {correct.shape}"
        )
    return sure, correct
