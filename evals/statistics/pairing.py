"""Tests for two runs of the same cases."""

from __future__ import annotations

from scipy.special import bdtr


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided p-value of McNemar's exact test.

    gained, lost: cases that are right now and were not, and the other way round. Cases that came out alike in both
    runs say nothing. If nothing had changed, each of the others would fall on either side with probability 1/2.
    """
    return min(1.0, 2 * float(bdtr(min(gained, lost), gained + lost, 0.5)))
