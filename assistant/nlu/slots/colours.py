"""Colours in Chinese and English, under one name in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed, any_of


class ColourFinder:
    """colour."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._names = {spelling: name for name, spellings in words["colours"].items() for spelling in spellings}
        self._shades = {spelling: shade for shade, spellings in words["shades"].items() for spelling in spellings}
        self._things: Mapping[str, str] = words["things"]
        self._never = Phrases(words["never"])
        single = "".join(word for word in self._names if len(word) == 1)
        whole = any_of(word for word in self._names if len(word) > 1 and not word.isascii())
        english = any_of(word for word in self._names if word.isascii())
        things = any_of(self._things)
        shades = any_of(word for word in self._shades if not word.isascii())
        shades_en = any_of(word for word in self._shades if word.isascii())
        suffixes = any_of(words["suffixes"])
        self._chinese = regex.compile(
            rf"(?P<shade>{shades})?(?P<whole>{whole})(?P<tail>色系|色)?"
            rf"|(?P<shaded>{shades})(?P<after>[{single}])色?"
            rf"|(?P<single>[{single}])(?={suffixes})(?:色系|色)?"
        )
        self._english = regex.compile(
            rf"\b(?:(?P<shade>{shades_en})[ -])?(?P<whole>{english})\b"
            rf"|\b(?P<thing>{things})(?=[ -](?:colou?r|one|version)\b)|(?:(?<=\bin )|(?<=\bcolou?r ))(?P<in>{things})\b"
        )

    def find(self, line: Line) -> Iterator[Placed]:
        never = list(self._never.spans(line.even))
        for pattern, read in ((self._chinese, self._of_chinese), (self._english, self._of_english)):
            if pattern is self._chinese and line.even.isascii():
                continue
            for match in pattern.finditer(line.even):
                if not any(start < match.end() and match.start() < end for _, start, end in never):
                    yield line.place("colour", read(match), match.start(), match.end())

    def _of_chinese(self, match: regex.Match[str]) -> str:
        word = match["whole"] or match["after"] or match["single"]
        return self._shaded(match["shade"] or match["shaded"], self._names[word])

    def _of_english(self, match: regex.Match[str]) -> str:
        if thing := match["thing"] or match["in"]:
            return self._things[thing]
        return self._shaded(match["shade"], self._names[match["whole"]])

    def _shaded(self, shade: str | None, name: str) -> str:
        return f"{self._shades[shade]} {name}" if shade else name
