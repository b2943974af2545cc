"""One score from two: how well an entry matches by meaning (dense) and by words (lexical)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
LEXICAL_WEIGHT: Final = 0.5
DENSE_SPREAD: Final = 0.02
"""Cosines that differ less than this tell nothing apart; those of multilingual-e5 lie between 0.7 and 0.95."""
LEXICAL_SPREAD: Final = 0.05
"""As a share of the score of an entry that has every term of the query: little, for with a question's words come their
synonyms, and hardly an entry has many of them."""


def fuse(dense: Scores, lexical: Scores, *, ideal: float, lexical_weight: float = LEXICAL_WEIGHT) -> Scores:
    """z-score fusion: `(1 - w) z(dense) + w z(lexical)`, with `z(s) = (s - mean) / max(standard deviation, spread)`.

    The two have no common scale (a cosine, and an unbounded BM25 sum); what they share is how far a candidate stands
    out among the others. Unlike reciprocal rank fusion this keeps the distances: a clear winner stays one. The least
    spread keeps noise small: were one candidate of eighty the only one to share a word with the question, and be it
    the commonest, it would otherwise stand out by nine standard deviations.

    Args:
        dense: one cosine a candidate.
        lexical: one BM25 score a candidate.
        ideal: the BM25 score of an entry of average length that has every term of the query once.
        lexical_weight: w, between 0 and 1.
    """
    by_meaning = standardised(dense, least_spread=DENSE_SPREAD)
    by_words = standardised(lexical, least_spread=LEXICAL_SPREAD * ideal)
    return (1 - lexical_weight) * by_meaning + lexical_weight * by_words


def standardised(scores: Scores, *, least_spread: float) -> Scores:
    """(score - mean) / max(standard deviation, least_spread); zeros where the scores do not differ."""
    if not len(scores):
        return scores
    spread = max(float(scores.std()), least_spread)
    return np.asarray((scores - scores.mean()) / spread) if spread > 0 else np.zeros_like(scores)
