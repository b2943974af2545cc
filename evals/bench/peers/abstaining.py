"""Thresholds for a peer that always answers, found with the answers known: as good as any threshold can be for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.cases import Outcome, Verdict


def most_fitting(outcomes: Sequence[Outcome]) -> float:
    """The threshold with the most answers that are right and abstentions that should be; of equals the highest."""

    def fitting(threshold: float) -> int:
        return sum(
            outcome.verdict is Verdict.RIGHT if _sure(outcome) >= threshold else not outcome.measured["answerable"]
            for outcome in outcomes
        )

    return max(_thresholds(outcomes), key=lambda threshold: (fitting(threshold), threshold))


def seldom_wrong(outcomes: Sequence[Outcome], most: int) -> float:
    """The lowest threshold with at most so many wrong answers."""

    def wrong(threshold: float) -> int:
        return sum(outcome.verdict is Verdict.WRONG and _sure(outcome) >= threshold for outcome in outcomes)

    return min(threshold for threshold in _thresholds(outcomes) if wrong(threshold) <= most)


def abstaining_below(threshold: float, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, had what is less sure not been said."""
    return [
        outcome
        if _sure(outcome) >= threshold
        else replace(outcome, verdict=Verdict.ABSTAINED, measured={**outcome.measured, "confidence": 0.0})
        for outcome in outcomes
    ]


def _thresholds(outcomes: Sequence[Outcome]) -> list[float]:
    """Those that make a difference, and one that nothing reaches."""
    return [*(_sure(outcome) for outcome in outcomes), 1.1]


def _sure(outcome: Outcome) -> float:
    return float(outcome.measured["confidence"] or 0.0)
