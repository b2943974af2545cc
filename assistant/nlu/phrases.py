"""Sets of words looked for in folded text: Chinese ones anywhere, Latin ones as whole words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

_LATIN = regex.compile(r"[a-z0-9]")


class Phrases:
    """A compiled set of words; the longest match at a place wins.

    "能…不" matches 能 and 不 up to six characters apart.
    """

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted({word.casefold() for word in words}, key=len, reverse=True)
        self._pattern = regex.compile("|".join(_as_pattern(word) for word in ordered)) if ordered else None

    def found_in(self, folded: str) -> bool:
        return self._pattern is not None and self._pattern.search(folded) is not None

    def first(self, folded: str) -> str | None:
        match = self._pattern.search(folded) if self._pattern else None
        return match.group() if match else None

    def all(self, folded: str) -> Iterator[str]:
        if self._pattern:
            yield from (match.group() for match in self._pattern.finditer(folded))

    def tokens(self, folded: str) -> Iterator[tuple[str, bool]]:
        """The text cut at every match: (piece, whether it is a match), in order; pieces between may be blank."""
        end = 0
        for match in self._pattern.finditer(folded) if self._pattern else ():
            yield folded[end : match.start()], False
            yield match.group(), True
            end = match.end()
        yield folded[end:], False

    def remove(self, folded: str) -> str:
        """The text with every match replaced by a blank."""
        return self._pattern.sub(" ", folded) if self._pattern else folded


def _as_pattern(word: str) -> str:
    body = regex.escape(word).replace("…", ".{1,6}?")
    start = r"(?<![a-z0-9])" if _LATIN.match(word) else ""
    end = r"(?![a-z0-9])" if _LATIN.match(word[-1]) else ""
    return f"{start}{body}{end}"
