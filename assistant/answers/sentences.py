"""Cuts a text that comes piece by piece into sentences, each as soon as it is certain where it ends."""

from __future__ import annotations

import regex

# A Chinese stop ends a sentence wherever it stands; a Latin one may stand within a number, a name or an abbreviation.
_SURE = regex.compile(r"[。！？!?\n]")
_STOP = regex.compile(r"\.(?=\s)")
_NEXT = regex.compile(r"\s+(?=\S)")
_ABBREVIATED = regex.compile(
    r"(?:(?<![^\W\d_])[^\W\d_]|\b(?:no|nos|vs|approx|ca|max|min|mr|mrs|ms|dr|st|inc|ltd|co|dept|fig|art|vol|incl|excl|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|e\.g|i\.e|etc|tel|ext))$",
    regex.IGNORECASE,
)
_NUMBERED = regex.compile(r"^\W*\d{1,2}$")
_CLOSING = "”’\"'」』）)】]》。！？!?.…~ \t\n"


class Sentences:
    """Feed it pieces, in order; what was cut off never changes."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that are whole now, without blanks around them."""
        self._rest += piece
        whole = []
        while (end := self._end()) is not None:
            sentence, self._rest = self._rest[:end], self._rest[end:]
            if sentence := _stripped(sentence):
                whole.append(sentence)
        return whole

    def rest(self) -> str:
        """What is left once nothing more comes: a sentence without its end, or nothing."""
        left, self._rest = _stripped(self._rest), ""
        return left

    def _end(self) -> int | None:
        """Where the first whole sentence ends; None where that is not certain yet."""
        sure = _SURE.search(self._rest)
        limit = sure.start() if sure else len(self._rest)
        for stop in _STOP.finditer(self._rest, endpos=limit + 1):
            if stop.start() < limit and self._ends_at(stop.start()):
                return stop.end()
        return sure.end() if sure else None

    def _ends_at(self, place: int) -> bool:
        """Whether the Latin stop there ends a sentence: what comes next must be known, and begin one."""
        following = _NEXT.match(self._rest, place + 1)
        if following is None or self._rest[following.end()].islower():
            return "\n" in self._rest[place + 1 : place + 3]
        before = self._rest[:place]
        return _ABBREVIATED.search(before) is None and _NUMBERED.match(before) is None


def _stripped(sentence: str) -> str:
    """Without what closed the sentence before, and without blanks; nothing where no word is left."""
    text = sentence.lstrip(_CLOSING).rstrip()
    return text if any(character.isalnum() for character in text) else ""
