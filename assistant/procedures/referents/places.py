"""Places that a text names, and whether an address lies there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from assistant.domain.backend import Address
from assistant.domain.folding import fold
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words

_SUFFIX = regex.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|自治州|地区|省|市|区|县)$")
_LEAST_STREET = 4  # characters of a street that name an address


class Places:
    """Built once."""

    def __init__(self) -> None:
        lists = words.sections("places")
        self._regions: dict[str, set[str]] = {}
        self._cities: dict[str, set[str]] = {}
        for code, names in lists["regions"].items():
            for name in names:
                self._regions.setdefault(fold(code), set()).add(name)
        for city, names in lists["cities"].items():
            self._cities.setdefault(fold(city), set()).update(names)
        self._zips = [
            (int(low), int(high), state)
            for state, stretches in lists["zip"].items()
            for low, _, high in (stretch.partition("-") for stretch in stretches)
        ]
        self._ways = Phrases(way for ways in (*self._regions.values(), *self._cities.values()) for way in ways)

    def state_of(self, postcode: str) -> str:
        """The US state of a ZIP code; empty where it is none."""
        if not regex.fullmatch(r"\d{5}(?:-\d{4})?", postcode):
            return ""
        first = int(postcode[:3])
        return next((state for low, high, state in self._zips if low <= first <= high), "")

    def state(self, name: str) -> str:
        """The two letters of a US state by its name or letters; empty where it is none."""
        folded = fold(name).strip(" .")
        if folded in self._regions:
            return folded.upper()
        return next((code.upper() for code, names in self._regions.items() if folded in names), "")

    def named(self, folded: str, addresses: Sequence[Address]) -> tuple[tuple[str, int, int, frozenset[int]], ...]:
        """The stretches that name where addresses lie: the words, their place, which addresses; the longest first."""
        ways: dict[str, set[int]] = {}
        for index, address in enumerate(addresses):
            for way in self._ways_to_say(address):
                ways.setdefault(way, set()).add(index)
        found = [
            (word, start, end, frozenset(ways[word]))
            for word, start, end in Phrases(ways).spans(folded)
            if word in ways
        ]
        return tuple(sorted(found, key=lambda one: (one[1] - one[2], one[1])))

    def elsewhere(self, folded: str, addresses: Sequence[Address]) -> tuple[str, ...]:
        """Places known by name that a text names and in which none of the addresses lies."""
        named = tuple(self._ways.all(folded))
        if not named:
            return ()
        lying = {way for address in addresses for way in self._ways_to_say(address)}
        return tuple(word for word in named if word not in lying and len(word) > 2)

    def _ways_to_say(self, address: Address) -> Iterator[str]:
        city, region = fold(address.city), fold(address.region)
        for name in (city, region, fold(address.district)):
            if len(name) > 1 and not (name.isascii() and len(name) == 2):
                yield name
                bare = _SUFFIX.sub("", name)
                if len(bare) > 1:
                    yield bare
        bare = _SUFFIX.sub("", city)
        yield from (way for way in self._cities.get(bare, ()) if len(way) > 1)
        yield from self._regions.get(region, ())
        street = fold(address.street)
        if len(street) >= _LEAST_STREET:
            yield street
            named = regex.sub(r"^\d+[a-z]? ", "", street)
            if " " in named:
                yield named
