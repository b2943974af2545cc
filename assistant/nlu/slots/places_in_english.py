"""Addresses in English, by the line that names the street."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed
from assistant.nlu.slots.postcodes import ZIP

_PART = r"\p{L}[\p{L}.'-]{1,20}(?: [\p{L}.'-]{2,20}){0,2}"  # "New York", "NY"
_CITY_PART = regex.compile(r",\s*[^,]+")
_LONGEST_CITY = 3  # words
_STREET = r"""
    (?<![\w$£€\#.,-]) \d{1,5}[A-Za-z]? \s+
    (?:
        (?i:highway|hwy|broadway)
        | (?: (?:[NSEWnsew]\.?|\p{L}[\w'.]*|\d{1,3}(?:st|nd|rd|th)) \s+ ){1,4}? (?: (?i:KINDS) | CAPITAL )
    )
    \b \.? (?: \s+ (?:NW|NE|SW|SE|[NSEW])\b )?
    (?: ,?\s+ (?i:apt|apartment|suite|ste|unit|flat|floor|\#) \.? \s* [\w-]+ )?
    (?P<city> (?: ,\s* PART (?![\p{L}\d]) ){0,3} )
    (?P<zip> ,?\s+ ZIP )?
"""


class EnglishAddressFinder:
    """address, and the postcode in it."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._labels = Phrases(words["labels"])
        pattern = _STREET.replace("PART", _PART.replace(" ", "[ ]")).replace("ZIP", ZIP)
        pattern = pattern.replace("KINDS", "|".join(words["english_streets"]))
        self._street = regex.compile(
            pattern.replace("CAPITAL", "|".join(words["english_streets_capital"])), regex.VERBOSE
        )

    def find(self, line: Line) -> Iterator[Placed]:
        """In small letters only after a label or with a postcode: "2 houses down the street" is none."""
        for match in self._street.finditer(line.typed):
            street = match.group().split(",")[0].split()
            capitals = all(word[0].isupper() or word[0].isdigit() for word in street)
            if not (capitals or match["zip"] or self._labels.found_in(line.even)):
                continue
            end = match.end() if match["zip"] else match.start("city") + len(_city(match["city"]))
            yield line.place("address", " ".join(line.typed[match.start() : end].split()), match.start(), end, 2)
            if match["zip"]:
                code = match["zip"].lstrip(", \t\n")
                yield line.place("postcode", code, match.end("zip") - len(code), match.end("zip"), 2)


def _city(text: str) -> str:
    """The town after a street where no postcode ends it: its short parts in capitals."""
    kept = ""
    for part in _CITY_PART.findall(text):
        words = part.strip(", \t\n").split()
        if not 0 < len(words) <= _LONGEST_CITY or not all(word[0].isupper() for word in words):
            break
        kept += part
    return kept
