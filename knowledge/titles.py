"""Attributes that a product's title states: "80升 3300W 一级能效" says capacity, power and energy class.

The rules are data (`knowledge/data/title_words.yaml`) and hold for any shop: numbers with units, and known words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import yaml

from knowledge.readers.quantity import parse_number, quantity_pattern, unit_pattern

_NOTHING = "nothing"
_TIMES = re.compile(r"\s*[*×xX]\s*\d")
_DENIED_BY = "不非无免未没"


class TitleWords:
    """Rules that find attribute values in titles."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        units: Mapping[str, Sequence[str]] = rules["units"]
        self._attribute_of_unit = {unit: attribute for attribute, names in units.items() for unit in names}
        names = tuple(sorted(self._attribute_of_unit, key=lambda unit: (-len(unit), unit)))
        self._quantity = re.compile(quantity_pattern(unit_pattern(names)))
        self._no_ranges = frozenset(rules.get("no_ranges", ()))
        self._patterns = {attribute: re.compile(pattern) for attribute, pattern in rules["patterns"].items()}
        self._words = {
            attribute: _WordRule(rule, str(rules["not_before"])) for attribute, rule in rules["words"].items()
        }

    @classmethod
    def shipped(cls) -> TitleWords:
        """The rules in `knowledge/data/title_words.yaml`."""
        path = files("knowledge").joinpath("data/title_words.yaml")
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def read(self, title: str, *, but: Iterable[str] = ()) -> dict[str, str]:
        """Values by the canonical name of their attribute, word for word as in `title`.

        Words of `but` (brand and model) state nothing. An attribute for which the title names several different
        values, where only one can be meant, is left out.
        """
        for name in but:
            title = title.replace(name, " ") if name else title
        found: dict[str, list[str]] = {}
        for attribute, value in (*self._quantities(title), *self._matches(title)):
            values = found.setdefault(attribute, [])
            if _compact(value) not in {_compact(known) for known in values}:
                values.append(value)
        single = {attribute: values[0] for attribute, values in found.items() if len(values) == 1}
        for attribute, rule in self._words.items():
            values = rule.find(title)
            if attribute not in found and values and (rule.many or len(values) == 1):
                single[attribute] = (", " if values[0].isascii() else "、").join(values)
        return single

    def _quantities(self, title: str) -> Iterator[tuple[str, str]]:
        for match in self._quantity.finditer(title):
            attribute = self._attribute_of_unit[match["unit"]]
            ranged = match["high"] is not None
            if attribute == _NOTHING or _TIMES.match(title, match.end()):
                continue  # "5g*10" is the weight of a part
            if parse_number(match["low"]) and not (ranged and attribute in self._no_ranges):
                yield attribute, match.group().strip()

    def _matches(self, title: str) -> Iterator[tuple[str, str]]:
        for attribute, pattern in self._patterns.items():
            for match in pattern.finditer(title):
                yield attribute, match["value"]


class _WordRule:
    """Known values of one attribute."""

    def __init__(self, rule: Mapping[str, Any], not_before: str) -> None:
        self.many = bool(rule.get("many", False))
        plain = _alternatives(rule.get("plain", ()))
        token = _alternatives(rule.get("token", ()))
        parts = [
            rf"(?<![{_DENIED_BY}{rule.get('not_after', '')}])(?:{plain})(?![{not_before}])" if plain else "",
            rf"(?<!\w)(?:{token})(?!\w|-free)" if token else "",
        ]
        self._pattern = re.compile("|".join(part for part in parts if part), re.IGNORECASE)

    def find(self, title: str) -> list[str]:
        """Different values, in the order of the title."""
        return list({match.group().casefold(): match.group() for match in self._pattern.finditer(title)}.values())


def _alternatives(words: Iterable[object]) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=lambda word: -len(str(word))))


def _compact(value: str) -> str:
    return re.sub(r"\s+", "", value).casefold()
