"""The words that sentences are read by, from `lexicon.yaml` and `units.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import regex
import yaml

_SECTIONS = frozenset(
    [
        "same",
        "light",
        "glue",
        "negations",
        "said_with_no",
        "marks",
        "bounds",
        "roles",
        "pronouns",
        "leads",
        "courtesies",
        "superlatives",
        "promises",
        "offers",
        "instructions",
    ]
)
_LATIN = regex.compile(r"[a-z0-9]")
_ENDINGS = ("ies", "ing", "ed", "es", "s")
_SHORTEST_STEM = 3


class Role(StrEnum):
    """What a word does in a sentence."""

    GLUE = "glue"
    CONTENT = "content"
    LIGHT = "light"  # content that may be added
    NEGATION = "negation"
    MARK = "mark"
    BOUND = "bound"
    PARTY = "party"  # the shop or the shopper
    PRONOUN = "pronoun"
    SUPERLATIVE = "superlative"
    PROMISE = "promise"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Entry:
    """key: what the word stands for; the same for words that say the same. content: what a word that says no says no
    to, where it holds that itself."""

    role: Role
    key: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    kind: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Lexicon:
    """by_start: words with their entries by their first character, the longest first. by_stem: English words."""

    by_start: Mapping[str, tuple[tuple[str, Entry], ...]]
    by_stem: Mapping[str, Entry]
    units: Mapping[str, Unit]
    affirming: frozenset[str]
    denying: frozenset[str]
    courtesies: regex.Pattern[str]
    instructions: regex.Pattern[str]
    superlatives: regex.Pattern[str]

    def at(self, text: str, start: int) -> tuple[int, Entry] | None:
        """The longest word of a folded text that begins at a place: where it ends, and what it does."""
        for word, entry in self.by_start.get(text[start], ()):
            if text.startswith(word, start):
                end = start + len(word)
                if not _cuts(text, end):
                    return end, entry
        return None


def _cuts(text: str, end: int) -> bool:
    """Whether a Latin word goes on behind a place."""
    return end < len(text) and bool(_LATIN.match(text[end])) and bool(_LATIN.match(text[end - 1]))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """An English word without its ending: enough to find "exchanging" in "exchanged", and the same on both sides."""
    for ending in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiousl"
    return word[:-1] if doubled else word.removesuffix("e")


def load() -> Lexicon:
    """Reads both files. Raises ValueError with the file and the word or section that is wrong."""
    content, units = _read("lexicon.yaml"), _read("units.yaml")
    if unknown := _SECTIONS ^ content.keys():
        raise ValueError(f"lexicon.yaml: sections that are missing or not known: {', '.join(sorted(unknown))}")
    entries: dict[str, Entry] = {}
    for word, entry in _entries(content):
        folded = word.casefold()
        if entries.setdefault(folded, entry) != entry:
            raise ValueError(f"lexicon.yaml: {word!r} stands for {entries[folded].key!r} and for {entry.key!r}")
    by_start: defaultdict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for word in sorted(entries, key=len, reverse=True):
        by_start[word[0]].append((word, entries[word]))
    single = {word: entry for word, entry in entries.items() if word.isascii() and word.isalpha()}
    return Lexicon(
        {first: tuple(words) for first, words in by_start.items()},
        {stem(word): entry for word, entry in reversed(single.items())},
        _units(units),
        frozenset(_words(content["leads"], "yes")),
        frozenset(_words(content["leads"], "no")),
        regex.compile(longest_first(_words(content["courtesies"], "zh", "en"))),
        regex.compile(longest_first(_words(content, "instructions"))),
        regex.compile("|".join(map(_whole, _words(content, "superlatives")))),
    )


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    named: dict[str, str] = {}
    light = frozenset(_words(content, "light"))
    for line in content["same"]:
        if not isinstance(line, list) or not line:
            raise ValueError(f"lexicon.yaml: same holds lists of words, and {line!r} is none")
        for word in line:
            named[word] = line[0]
            yield word, Entry(Role.LIGHT if line[0] in light else Role.CONTENT, line[0])
    for word in light - named.keys():
        yield word, Entry(Role.LIGHT, word)
    for word in _words(content["glue"], "zh", "en"):
        yield word, Entry(Role.GLUE, "")
    said_with_no = content["said_with_no"]
    for word in _words(content["negations"], "zh", "en"):
        said = said_with_no.get(word, "")
        yield word, Entry(Role.NEGATION, "no", named.get(said, ""))
    for section, role in (
        ("marks", Role.MARK),
        ("bounds", Role.BOUND),
        ("roles", Role.PARTY),
        ("pronouns", Role.PRONOUN),
    ):
        for key in content[section]:
            for word in _words(content[section], key):
                yield word, Entry(role, key)
    for section, role in (("superlatives", Role.SUPERLATIVE), ("promises", Role.PROMISE), ("offers", Role.OFFER)):
        for word in content[section]:
            yield word, Entry(role, stem(word.casefold()) if word.isascii() else word)


def _words(section: Mapping[str, Any], *names: str) -> Iterator[str]:
    for name in names:
        words = section.get(name)
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise ValueError(f"lexicon.yaml: {name} must be a list of words")
        yield from words


def _units(content: Mapping[str, Any]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for kind, lines in content.items():
        for factor, *spellings in lines:
            for spelling in spellings:
                unit = Unit(kind, Decimal(factor))
                if units.setdefault(spelling.casefold(), unit) != unit:
                    raise ValueError(f"units.yaml: {spelling!r} is a unit of {kind} and something else")
    return units


def _read(name: str) -> dict[str, Any]:
    """Every scalar is text, so that "no" is a word."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (builds only text, lists, maps)
    if not isinstance(content, dict):
        raise ValueError(f"{name}: a map is expected")
    return content


def _whole(word: str) -> str:
    start, end = (rf"(?{look}[a-z])" if letter.isascii() else "" for look, letter in (("<!", word[0]), ("!", word[-1])))
    return f"{start}{regex.escape(word.casefold())}{end}"


def longest_first(words: Iterable[str]) -> str:
    """A pattern that finds any of the words, the longest at a place."""
    return "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True))
