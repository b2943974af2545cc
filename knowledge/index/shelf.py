"""All entries of one product, kept ready: small enough to score every one of them exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from assistant.domain.ports import Vectors
from knowledge.index.lexical import Bm25, QueryTerms
from knowledge.index.scored import IntArray, Links, Scored


class Shelf:
    """`terms` are the prepared terms of each entry, `matrix` holds the vectors of `links.rows`, in order."""

    def __init__(
        self, entries: IntArray, kinds: npt.NDArray[np.int8], terms: Sequence[str], links: Links, matrix: Vectors
    ) -> None:
        self._entries = entries
        self._kinds = kinds
        self._links = links
        self._matrix = matrix
        self._lengths: list[int] = []
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, prepared in enumerate(terms):
            words = prepared.split()
            self._lengths.append(len(words))
            for term, count in Counter(words).items():
                self._postings[term].append((place, count))

    def __len__(self) -> int:
        return len(self._entries)

    def score(self, vector: Vectors | None, query: QueryTerms, bm25: Bm25, kinds: Sequence[int]) -> Scored:
        """Every entry of these kinds; without a vector, those that share a term with the query."""
        matched: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for term in query.weight:
            for place, count in self._postings.get(term, ()):
                matched[place].append((term, count))
        lexical = np.zeros(len(self))
        for place, counts in matched.items():
            lexical[place] = bm25.score(query, self._lengths[place], counts)
        wanted = np.isin(self._kinds, kinds)
        if vector is None:
            nothing = np.zeros(len(self)), np.full(len(self), -1, dtype=np.int64)
            return Scored(self._entries, nothing[0], lexical, nothing[1]).only(wanted & (lexical > 0))
        dense, rows = self._links.nearest(self._matrix, vector)
        return Scored(self._entries, dense, lexical, rows).only(wanted)
