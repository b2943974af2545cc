"""A message as the finders of slots see it, and what they find in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Protocol

import regex

from assistant.domain.folding import to_simplified
from assistant.domain.understanding import Slot

_SAME = str.maketrans("’‘＂“”—–－﹣−", '\'\'"""-----')


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot with its place in the message, `end` excluded. strength: how well it is told, 0 (by its look) to 3."""

    slot: Slot
    start: int
    end: int
    strength: int = 1

    def overlaps(self, other: Placed) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Line:
    """A message typed on `today`. even: the same text as compared, character for character at the same place."""

    typed: str
    even: str
    chinese: bool
    today: date

    @classmethod
    def of(cls, text: str, *, chinese: bool, today: date) -> Line:
        even = "".join(map(_even, text))
        if not even.isascii():
            simplified = to_simplified(even)
            even = simplified if len(simplified) == len(text) else even
        return cls(text, even, chinese, today)

    def place(self, name: str, value: str, start: int, end: int, strength: int = 1) -> Placed:
        """A slot over the characters from `start` to `end`, blanks around them left out."""
        raw = self.typed[start:end]
        start += len(raw) - len(raw.lstrip())
        text = raw.strip()
        return Placed(Slot(name, value, text), start, start + len(text), strength)

    def without(self, places: list[Placed]) -> Line:
        """The line with blanks where something was found already."""
        even = self.even
        for placed in places:
            even = f"{even[: placed.start]}{' ' * (placed.end - placed.start)}{even[placed.end :]}"
        return replace(self, even=even) if places else self


class Finder(Protocol):
    """Finds the slots of some names. What it finds may overlap; the reader decides."""

    def find(self, line: Line) -> Iterator[Placed]: ...


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest that fits."""
    return "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=20_000)
def _even(character: str) -> str:
    """One character for one: compatibility forms and case folded as in `folding.fold`, line ends kept."""
    if character in "\n\r":
        return "\n"
    if unicodedata.category(character) in {"Cc", "Cs", "Zs", "Zl", "Zp"}:
        return " "
    folded = unicodedata.normalize("NFKC", character).casefold()
    return (folded if len(folded) == 1 else character).translate(_SAME)
