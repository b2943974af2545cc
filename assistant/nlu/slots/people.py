"""Names of people, and the names that invoices are made out to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed

_HAN = regex.compile(r"\p{Han}{1,12}(?:·\p{Han}{1,8})?")
_CAPITALISED = r"\p{Lu}[\p{Ll}\p{Lu}'-]{1,20}"
_NAME = regex.compile(rf"{_CAPITALISED}(?: \p{{Lu}}\.?(?= ))?(?: {_CAPITALISED}){{0,2}}")
_NAME_IN_ANY_CASE = regex.compile(r"[\p{Latin}'-]{2,20}(?: [\p{Latin}'-]{2,20}){0,2}")
_OPENING = regex.compile(
    r"(?:^|[\n.!?])\s*"
    r"(?P<greeting>(?i:hi|hello|hey+|yo|good (?:morning|afternoon|evening)|greetings)(?i: there)?[,!. ]+)?"
    rf"(?P<name>{_CAPITALISED}(?: \p{{Lu}}\.?)?(?: {_CAPITALISED}){{1,2}})(?P<after>,| here\b| in\b| from\b| zip\b)"
)
_POSTCODE_NEAR = regex.compile(r".{0,45}?\b\d{5}\b")
_FIRST_NAME = regex.compile(
    r"\bthis is (?P<name>\p{Lu}\p{Ll}{1,20})(?= (?:in|from|here|speaking|calling|again)\b)"
    r"|\b(?P<name>\p{Lu}\p{Ll}{1,20})(?= (?:here|speaking)\b)"
)
_LONGEST_HAN = 4  # characters of a Chinese name


class NameFinder:
    """person_name."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._labels = Phrases(words["labels"])
        self._links: Sequence[str] = sorted(words["links"], key=len, reverse=True)
        self._me, self._i_am = Phrases(words["me"]), Phrases(words["i_am"])
        self._ends = tuple(words["ends"])
        self._never, self._never_in_english = Phrases(words["never"]), frozenset(words["never_en"])
        self._surnames = frozenset("".join(words["surnames"].split()))
        self._compound = tuple(words["compound"])

    def find(self, line: Line) -> Iterator[Placed]:
        for _, label, end in self._labels.spans(line.even):
            if not line.even.endswith("your ", 0, label):
                start = after_links(line.even, end, self._links)
                yield from self._at(line, start, linked=line.even[end:start].strip() != "")
        for _, _, end in self._me.spans(line.even):
            yield from self._at(line, after_links(line.even, end, self._links), linked=True)
        if not line.chinese:
            yield from self._introduced(line)

    def _at(self, line: Line, start: int, *, linked: bool) -> Iterator[Placed]:
        """The name that begins at `start`, after a word that announces it; `linked`: with "is" or ":" between."""
        if match := _HAN.match(line.even, start):
            if name := self._chinese(match.group(), linked=linked):
                yield line.place("person_name", name, start, start + len(name), 3 if linked else 2)
        elif linked and (latin := _NAME.match(line.typed, start) or _NAME_IN_ANY_CASE.match(line.typed, start)):
            yield from self._english(line, latin, 1)

    def _chinese(self, run: str, *, linked: bool) -> str:
        """The name at the start of a run of Chinese characters; empty where there is none.

        It begins with a surname and ends with the run, or before a word that ends names.
        """
        if "·" in run:
            return run
        compound = run.startswith(self._compound)
        if self._never.found_in(run[:_LONGEST_HAN]) or not (compound or run[0] in self._surnames):
            return ""
        for length in range(2 + compound, _LONGEST_HAN + compound):
            if len(run) == length or run.startswith(self._ends, length):
                return run[:length]
        return run if linked and len(run) == _LONGEST_HAN else ""

    def _introduced(self, line: Line) -> Iterator[Placed]:
        """ "I'm Ann Lee", "Hi, Ann Lee, zip 12345", "Ann here"."""
        for _, _, end in self._i_am.spans(line.even):
            if line.even.startswith(" ", end) and (match := _NAME.match(line.typed, end + 1)):
                yield from self._english(line, match, 2)
        for match in _OPENING.finditer(line.typed):
            if match["greeting"] or match["after"] != "," or _POSTCODE_NEAR.match(line.typed, match.end("name")):
                yield from self._whole(line, match)
        for match in _FIRST_NAME.finditer(line.typed):
            yield from self._whole(line, match, strength=1)

    def _english(self, line: Line, match: regex.Match[str], least: int) -> Iterator[Placed]:
        """The words of a match up to the first that is never part of a name, if there are `least` of them."""
        kept: list[str] = []
        for word in match.group().split():
            if word.casefold() in self._never_in_english:
                break
            kept.append(word)
        if len(kept) >= least:
            name = " ".join(kept)
            yield line.place("person_name", name, match.start(), match.start() + len(name), 2)

    def _whole(self, line: Line, match: regex.Match[str], *, strength: int = 2) -> Iterator[Placed]:
        if not any(word.casefold() in self._never_in_english for word in match["name"].split()):
            yield line.place("person_name", match["name"], match.start("name"), match.end("name"), strength)


def after_links(even: str, start: int, links: Sequence[str]) -> int:
    """Where what is announced begins: past "是", ":" and the like."""
    while True:
        start += len(even[start:]) - len(even[start:].lstrip())
        link = next((link for link in links if even.startswith(link, start) and _ends(even, start, link)), None)
        if link is None:
            return start
        start += len(link)


def _ends(even: str, start: int, link: str) -> bool:
    """Whether a link is not the first letters of a word: "to" of "Tom"."""
    after = even[start + len(link) : start + len(link) + 1]
    return not (link[-1].isascii() and link[-1].isalpha() and after.isascii() and after.isalpha())
