"""Postcodes that stand without an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed

ZIP = r"\d{5}(?:-\d{4})?"
"""A pattern for American postcodes."""

ABROAD = r"(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d)"
"""A pattern for British and Canadian postcodes."""

_TOLD = regex.compile(rf"[\s:：是为=]*(?:code|is)?[\s:：]*(?P<code>\d{{6}}|{ZIP})(?!\d)")
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK"
    "|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_AFTER_A_TOWN = regex.compile(
    rf"(?:\b(?:{_STATES}),?\s+|\b\p{{Lu}}[\p{{L}}']{{1,30}}(?: here)?,?\s+)(?P<code>{ZIP})(?=\s*(?:[,.!?;)]|$))"
)
_ABROAD = regex.compile(rf"\b(?P<code>{ABROAD})\b")
_ALONE = regex.compile(rf"^\s*(?P<code>{ZIP})\s*[.!]?\s*$")


class PostcodeFinder:
    """postcode: after a word for it, after a town, or alone in an English message."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = Phrases(labels)

    def find(self, line: Line) -> Iterator[Placed]:
        for _, _, end in self._labels.spans(line.even):
            if match := _TOLD.match(line.even, end):
                yield line.place("postcode", match["code"], match.start("code"), match.end("code"), 3)
        if line.chinese:
            return
        for pattern, strength in ((_AFTER_A_TOWN, 2), (_ABROAD, 1), (_ALONE, 1)):
            for match in pattern.finditer(line.typed):
                yield line.place("postcode", match["code"], match.start("code"), match.end("code"), strength)
