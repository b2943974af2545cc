"""Entries with how they matched, before they are fused, ranked and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.domain.ports import Vectors
from knowledge.fusion import Scores

IntArray = npt.NDArray[np.int64]


def cosines(matrix: Vectors, vector: Vectors) -> npt.NDArray[np.float32]:
    """One for each row; all of unit length.

    `matrix @ vector` is quicker on an idle machine, but BLAS spreads it over all cores and waits for the last: where
    these are busy, as under load they are, a tenth of a millisecond becomes ten.
    """
    return np.asarray(np.vecdot(matrix, vector))


@dataclass(frozen=True, slots=True)
class Scored:
    """Parallel arrays: an entry's number, its cosine and BM25 score, the row of its nearest text (-1: no vector)."""

    entries: IntArray
    dense: Scores
    lexical: Scores
    rows: IntArray

    def only(self, wanted: npt.NDArray[np.bool_]) -> Scored:
        return Scored(self.entries[wanted], self.dense[wanted], self.lexical[wanted], self.rows[wanted])

    @classmethod
    def joined(cls, parts: Sequence[Scored]) -> Scored:
        return cls(
            np.concatenate([part.entries for part in parts]),
            np.concatenate([part.dense for part in parts]),
            np.concatenate([part.lexical for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Links:
    """Which rows of the vectors belong to some entries: those of entry i are rows[ends[i]:ends[i + 1]]."""

    rows: IntArray
    ends: IntArray

    @classmethod
    def of(cls, entries: IntArray, all_rows: npt.NDArray[np.int32], all_ends: npt.NDArray[np.int32]) -> Links:
        """Those of the given entries, in their order."""
        starts = all_ends[entries].astype(np.int64)
        counts = all_ends[entries + 1] - starts
        ends = np.concatenate([[0], np.cumsum(counts)])
        places = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], counts)
        return cls(all_rows[places].astype(np.int64), ends)

    def nearest(self, matrix: Vectors, vector: Vectors) -> tuple[Scores, IntArray]:
        """For each entry its best cosine and the row that has it. `matrix` holds the vectors of `rows`, in order."""
        if not len(self.rows):
            return np.empty(0), np.empty(0, dtype=np.int64)
        scores = cosines(matrix, vector)
        best = np.maximum.reduceat(scores, self.ends[:-1])
        # Places where an entry's best cosine stands; of several in one entry, the first.
        places = np.flatnonzero(scores == np.repeat(best, np.diff(self.ends)))
        first = places[np.searchsorted(places, self.ends[:-1])]
        return best.astype(np.float64), self.rows[first]
