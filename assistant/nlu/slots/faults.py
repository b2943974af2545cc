"""Codes that a device shows when something is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed

_CODE = regex.compile(r"(?<![a-z0-9-])(?:err?|[a-z]{1,2})[-_ ]?\d{1,4}[a-z]?(?![a-z0-9-])")
_LETTERS = regex.compile(
    r"(?<![a-z0-9-])(?!(?:on|in|at|by|is|of|or|no|to|an?|it|my|me|up|so|as|ok|hi|we|us|do|go|id|pm|am|tv|ac)(?![a-z0-9]))"
    r"[a-z]{1,2}(?![a-z0-9-])"
)
_DIGITS = regex.compile(r"(?<![a-z0-9.-])\d{1,4}[a-f]?(?![a-z0-9.%]|\s?[元块天年月日个次度])")
_SURE = regex.compile(r"(?:[ef]-?0\d{1,3}|err?[-_ ]?\d{1,3})")
_NO_CODE = regex.compile(r"(?:v|uk|us|eu|no|to|in|at|by|is|of|on|or|r|ip|wf|cr)[-_ ]?\d+[a-z]?")  # a version, a size...
_LISTED = regex.compile(r"\s*(?:[、,/和跟或&]|and|or)?\s*")
_AFTER_WORD = regex.compile(r"[\s:：是了着个的为\"“「【(（]*(?:is|an?|the)?\s*")
_NAMES_A_CODE = ("码", "代码", "code", "error")
_REACH_BEFORE, _REACH_AFTER = 10, 8  # characters in which a code is said to be shown, or its meaning is asked for


class FaultFinder:
    """fault_code."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._shown, self._asked = Phrases(words["fault_before"]), Phrases(words["fault_after"])

    def find(self, line: Line) -> Iterator[Placed]:
        yield from self._in_letters(line)
        if not any(character.isdigit() for character in line.even):
            return
        last = -1  # where the code before ends
        for match in _CODE.finditer(line.even):
            listed = last >= 0 and _LISTED.fullmatch(line.even, last, match.start()) is not None
            if (listed or self._is_code(line.even, match)) and not _NO_CODE.fullmatch(match.group()):
                last = match.end()
                yield line.place("fault_code", "".join(match.group().split()).upper(), match.start(), last, 3)
        for match in _DIGITS.finditer(line.even):
            word = self._shown_by(line.even, match.start())
            if word.endswith(_NAMES_A_CODE) or (word and self._meaning_asked(line.even, match.end())):
                yield line.place("fault_code", match.group().upper(), match.start(), match.end(), 2)

    def _in_letters(self, line: Line) -> Iterator[Placed]:
        """ "显示EE", "error code dE": one or two letters, not all small in English, that a word says are shown."""
        for match in _LETTERS.finditer(line.even):
            typed = line.typed[match.start() : match.end()]
            shown = self._shown_by(line.even, match.start())
            named = shown.endswith(_NAMES_A_CODE)
            if shown and (named or len(typed) > 1) and (named or line.chinese or not typed.islower()):
                yield line.place("fault_code", typed.upper(), match.start(), match.end(), 2)

    def _is_code(self, even: str, match: regex.Match[str]) -> bool:
        """By its look, by a word that shows it, or since it is asked what it means."""
        return (
            _SURE.fullmatch(match.group()) is not None
            or bool(self._shown_by(even, match.start()))
            or self._meaning_asked(even, match.end())
        )

    def _shown_by(self, even: str, start: int) -> str:
        """The word right before a code that says it is shown; empty where there is none."""
        before = even[max(0, start - _REACH_BEFORE) : start]
        words = list(self._shown.spans(before))
        return words[-1][0] if words and _AFTER_WORD.fullmatch(before, words[-1][2]) else ""

    def _meaning_asked(self, even: str, end: int) -> bool:
        return self._asked.found_in(even[end : end + _REACH_AFTER])
