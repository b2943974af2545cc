"""Addresses in English: the line that names the street, and all parts before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed, any_of
from assistant.nlu.slots.postcodes import ABROAD, ZIP

_STREET = r"""
    (?<![\p{Latin}\d$£€\#.,/-]) (?:
    (?i:p\.?[ ]?o\.?[ ]?box) \s+ \d+
    | \d{1,5}[A-Za-z]? (?: [/-]\d{1,5}[A-Za-z]? )? \s+
    (?:
        (?i:highway|hwy|broadway)
        | (?: (?:[NSEWnsew]\.?|\p{Latin}[\w'.]*|\d{1,3}(?:st|nd|rd|th)) \s+ ){1,4}? (?: (?i:KINDS) | CAPITAL )
    )
    (?![\p{Latin}\d]) \.? (?: \s+ (?:NW|NE|SW|SE|[NSEW])\b )?
    )
"""
_WORD = r"(?:(?:St|Ft|Mt)\.|\p{Lu}[\p{Latin}'-]*(?:\.\p{Lu}\b\.?)*)"
_NAME = rf"{_WORD}(?: (?:of|on|upon|le|de|la|the|{_WORD})){{0,3}}"  # "New York", "NY"
_ANY_NAME = r"\p{Latin}[\p{Latin}.'-]{1,20}(?: [\p{Latin}.'-]{2,20}){0,2}"
_HAN_PLACE = r"\p{Han}{2,8}?(?:省|市|自治区|区|县|镇|乡|街道)(?!\p{Han})|(?:北京|上海|天津|重庆|中国)(?!\p{Han})"
_MOST_BEFORE, _MOST_AFTER = 3, 8  # parts


class EnglishAddressFinder:
    """address, and the postcode in it."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._labels = Phrases(words["labels"])
        kinds, capital = ("|".join(words[name]) for name in ("english_streets", "english_streets_capital"))
        self._street = regex.compile(_STREET.replace("KINDS", kinds).replace("CAPITAL", capital), regex.VERBOSE)
        unit = (
            rf"(?i:(?:{any_of(words['english_units'])})\b\.?|\#) ?(?:no\. ?)?(?:\d[\w/-]*|[A-Za-z](?![a-z])[\d-]*|#\d+)"
            r"|(?:the )?\d+(?:st|nd|rd|th) (?i:floor)|\d{1,3}/[FG]\b"
        )
        house = rf"(?:\p{{Lu}}[\p{{Latin}}'-]* ){{1,3}}(?:{any_of(words['english_houses'])})\b"
        bare = rf"(?i:{any_of(words['english_units'])}) "  # "Unit 12/88 George Street"
        self._before = regex.compile(rf"(?<![\p{{Latin}}\d])(?:(?:{unit}|{house})[, ]\s*|{bare})$")
        self._unit = regex.compile(rf"[,;]?\s+(?:{unit}|{house})(?![\p{{Latin}}\d])|,(?:{unit})(?![\p{{Latin}}\d])")
        self._code = regex.compile(rf",?\s+(?P<code>{ABROAD}|{ZIP}|(?<=[A-Z]{{2,3}} )\d{{4}}|\d{{6}})(?![\w-])")
        never = rf"(?!(?i:{any_of(words['not_places'])})\b)"
        self._place = regex.compile(rf",\s*{never}(?:{_NAME}|{_HAN_PLACE})(?![\p{{L}}\d])|\s+(?:{_HAN_PLACE})")
        self._going_on = regex.compile(rf"\s+{never}{_NAME}(?=,|\s+\d|$)")
        self._any_place = regex.compile(rf",?\s*{never}{_ANY_NAME}(?![\p{{L}}\d])")

    def find(self, line: Line) -> Iterator[Placed]:
        """In small letters only after a label or with a postcode: "2 houses down the street" is none."""
        upto = 0
        for match in self._street.finditer(line.typed):
            if match.start() < upto:
                continue
            end, code = self._end(line.typed, match.end())
            start = self._start(line.typed, match.start(), upto)
            capitals = all(not word[0].islower() for word in match.group().split())
            if not (capitals or code or start < match.start() or self._labels.found_in(line.even)):
                continue
            upto = end
            yield line.place("address", " ".join(line.typed[start:end].split()), start, end, 2)
            if code:
                yield line.place("postcode", code["code"], code.start("code"), code.end("code"), 2)

    def _start(self, text: str, street: int, least: int) -> int:
        """Where the address begins: at its first flat, floor or house before the street."""
        for _ in range(_MOST_BEFORE):
            found = self._before.search(text, least, street)
            if found is None:
                break
            street = found.start()
        return street

    def _end(self, text: str, street: int) -> tuple[int, regex.Match[str] | None]:
        """Where the address ends, and its postcode: past units, places in capitals, and what a postcode ends."""
        end, code = self._through(text, street, (self._unit, self._place, self._going_on))
        if code is None:
            # Written in small letters, towns are told by the postcode after them.
            further, code = self._through(text, street, (self._unit, self._any_place))
            end = further if code else end
        if code:
            end, _ = self._through(text, end, (self._unit, self._place), coded=True)
        return end, code

    def _through(
        self, text: str, end: int, patterns: Sequence[regex.Pattern[str]], *, coded: bool = False
    ) -> tuple[int, regex.Match[str] | None]:
        """How far parts of these patterns go on, up to a postcode and past it only where one is known already."""
        for _ in range(_MOST_AFTER):
            if not coded and (code := self._code.match(text, end)):
                return code.end(), code
            found = next((match for pattern in patterns if (match := pattern.match(text, end))), None)
            if found is None:
                break
            end = found.end()
        return end, None
