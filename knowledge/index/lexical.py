"""BM25 over prepared terms: what a query's terms weigh, who may match them, and how well an entry does."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.terms import is_character, splits

K1: Final = 0.5
B: Final = 0.4
"""Low, for texts as short as a shop's: in a title, a word said twice says little more than said once, and a long title
is hardly less about each of its words (docs/decisions/0011)."""
PAIR_WEIGHT: Final = 2.0
CHARACTER_WEIGHT: Final = 0.5
"""A pair of characters is most often a word, and says more than the two by themselves. So it counts twice, and a
character of the query half where some entry has a pair of the query with it; where none has, as in a misspelt word, the
character is all there is to go by. A word of two characters counts about as much as with equal weights."""
POSTINGS_A_QUERY: Final = 3_000
"""How many postings one query reads, rarest terms first: about 0.2 µs each, and the reason why a query of common
characters over 100,000 entries takes no longer than over 5,000. Terms left unread count when candidates are scored."""

_COMPOUNDS_A_QUERY: Final = 4  # words that no entry has, which are tried as two

# One text with all numbers costs a third of one row for each.
_POSTINGS: Final = """
SELECT group_concat(rowid) FROM (
  SELECT rowid FROM postings WHERE postings MATCH ? AND rowid BETWEEN ? AND ?
  AND EXISTS (SELECT 1 FROM manifest WHERE store_id = ? AND version_id = ?) LIMIT ?
)
"""

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """The distinct terms of a query: in how many entries each stands, and its weight (inverse document frequency)."""

    frequency: dict[str, int]
    weight: dict[str, float]

    @property
    def ideal(self) -> float:
        """The score of an entry of average length that has every term once."""
        return sum(self.weight.values())


@dataclass(frozen=True, slots=True)
class Bm25:
    """Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with Lucene's weight, which is never
    negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""

    entries: int
    average_length: float

    def query(self, connection: sqlite3.Connection, scope: tuple[str, str], terms: Sequence[str]) -> QueryTerms:
        """A word that no entry has, though they have two words that it is made of, counts as these two."""
        frequency = _frequencies(connection, scope, dict.fromkeys(terms))
        absent = [term for term, entries in frequency.items() if not entries]
        frequency = _with_compounds_split(connection, scope, frequency, absent) if absent else frequency
        pairs = [term for term in frequency if len(term) == 2 and is_character(term[0])]
        factors = dict.fromkeys(
            (character for pair in pairs if frequency[pair] for character in pair), CHARACTER_WEIGHT
        )
        factors |= dict.fromkeys(pairs, PAIR_WEIGHT)
        weight = {term: factors.get(term, 1.0) * self._weight(entries) for term, entries in frequency.items()}
        return QueryTerms(frequency, weight)

    def score(self, query: QueryTerms, length: int, counts: Iterable[tuple[str, int]]) -> float:
        """`counts`: the query's terms that the entry has, and how often."""
        damping = K1 * (1 - B + B * length / self.average_length)
        return sum(query.weight[term] * count * (K1 + 1) / (count + damping) for term, count in counts)

    def assuming_once(
        self, weights: npt.NDArray[np.float64], lengths: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.float64]:
        """The scores of entries that have terms of these summed weights, were each in them once."""
        return weights * (K1 + 1) / (1 + K1 * (1 - B + B * lengths / self.average_length))

    def _weight(self, entries: int) -> float:
        return log(1 + (self.entries - entries + 0.5) / (entries + 0.5))


def matching_entries(
    connection: sqlite3.Connection,
    scope: tuple[str, str],
    query: QueryTerms,
    ranges: Sequence[tuple[int, int]],
) -> tuple[IntArray, npt.NDArray[np.float64]]:
    """Entries that have some of the query's terms, and the summed weight of these terms.

    Only entries of `scope` (store, version) within `ranges` (start, stop).
    Reads terms from the rarest on until `POSTINGS_A_QUERY` is spent, and at least one.
    """
    span = sum(stop - start for start, stop in ranges)
    found: list[IntArray] = []
    weights: list[float] = []
    budget = POSTINGS_A_QUERY
    for term, frequency in sorted(query.frequency.items(), key=lambda item: item[1]):
        expected = min(frequency, span)
        if found and expected > budget:
            break
        for start, stop in ranges if frequency else ():
            (numbers,) = connection.execute(
                _POSTINGS, (f'"{term}"', start, stop - 1, *scope, POSTINGS_A_QUERY)
            ).fetchone()
            found.append(np.fromstring(numbers or "", dtype=np.int64, sep=","))
            weights.append(query.weight[term])
        budget -= expected
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0)
    entries, places = np.unique(np.concatenate(found), return_inverse=True)
    summed = np.bincount(places, np.repeat(weights, [len(part) for part in found]), minlength=len(entries))
    return entries, summed.astype(np.float64)


def _frequencies(connection: sqlite3.Connection, scope: tuple[str, str], terms: Collection[str]) -> dict[str, int]:
    """In how many entries each of these terms stands."""
    rows = connection.execute(
        f"SELECT term, entries FROM frequencies WHERE term IN ({marks(terms)}) "  # noqa: S608 - only marks
        "AND EXISTS (SELECT 1 FROM manifest WHERE store_id = ? AND version_id = ?)",
        (*terms, *scope),
    )
    return dict.fromkeys(terms, 0) | dict(rows)


def _with_compounds_split(
    connection: sqlite3.Connection, scope: tuple[str, str], frequency: dict[str, int], absent: Sequence[str]
) -> dict[str, int]:
    """The terms, with two known words in place of each absent one that is made of them ("baggedmilk")."""
    compounds = ((term, pairs) for term in absent if (pairs := splits(term)))
    possible = dict(islice(compounds, _COMPOUNDS_A_QUERY))
    if not possible:
        return frequency
    parts = {part for pairs in possible.values() for pair in pairs for part in pair}
    known = _frequencies(connection, scope, parts)
    found = dict(frequency)
    for term, pairs in possible.items():
        likeliest = max(pairs, key=lambda pair: known[pair[0]] * known[pair[1]])
        if all(known[part] for part in likeliest):
            del found[term]
            found |= {part: known[part] for part in likeliest}
    return found


def marks(values: Collection[object]) -> str:
    """As many question marks as there are values."""
    return ",".join("?" * len(values))
