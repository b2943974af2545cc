"""Quantities in text: numbers with units, and the kind of quantity a question asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import regex

from assistant.domain.understanding import Measure, Relation
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases

_KEPT_UP_TO = 400  # characters of a text whose measures are kept
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_CHINESE_DIGITS = dict(zip("零一二两三四五六七八九", (0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_CHINESE_NUMBER = regex.compile(
    r"(?:[一二两三四五六七八九]?十|[一二两三四五六七八九][百千万]零?)*[一二两三四五六七八九]?"
)
_RANGE_BEFORE = regex.compile(rf"(?<![\d.a-z])({_NUMBER})\s*(?:-|~|–|—|到|至|to)\s*$")
_NUMERAL = regex.compile(r"[一二两三四五六七八九十百千万][一二两三四五六七八九十百千万零]*")
# Prices that are named roughly: "两三千" is two to three thousand, "千把块" and "一百来块" are about so much.
_ROUGHLY = regex.compile(
    r"(?<![\d第一二两三四五六七八九十百千万])(?:(?P<low>[一二两三四五六七八])(?P<high>[二两三四五六七八九])(?P<unit>[百千万])"
    r"|(?P<number>[一二两三四五六七八九]?[百千万])(?:把来?|来))"
    r"(?:块钱?|元|(?=的|以|左右|上下|吧|就|那种|[,，。.?？!！ ]|$))"
)
_LOOKED_BEFORE, _LOOKED_AFTER = 16, 10  # characters in which a relation stands
_LEAST_BARE_PRICE = 10  # "300以内" is a price without its unit; "3以内" may be anything


@dataclass(frozen=True, slots=True)
class _Unit:
    kind: str
    factor: Decimal


class Quantities:
    """Finds measures in folded text and tells what kind a question expects."""

    def __init__(self) -> None:
        self._units: dict[str, _Unit] = {}
        self._cues: dict[str, Phrases] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._implied: set[str] = set()
        self._before, self._after = (_relations(words) for words in grammar.load("relations").values())
        prefixes: list[str] = []
        for kind, entry in grammar.load("quantities").items():
            for name, (factor, *spellings) in entry["units"].items():
                for spelling in (name, *spellings):
                    self._units.setdefault(str(spelling).casefold(), _Unit(kind, Decimal(str(factor))))
            self._cues[kind] = Phrases(entry["cues"])
            self._words[kind] = tuple(word.casefold() for word in entry["words"])
            if entry.get("implied"):
                self._implied.add(kind)
            prefixes += entry.get("prefix", [])
        named = {word for kind in self._implied for word in self._words[kind] if len(word) > 1 and not word.isascii()}
        self._asked = regex.compile(rf"({'|'.join(map(regex.escape, named))})[是有为]?(?:多少|多大|几[^个件种款])")
        self._found = lru_cache(maxsize=20_000)(self._find)  # evidence is looked at in turn after turn
        units = "|".join(regex.escape(unit) for unit in sorted(self._units, key=len, reverse=True))
        self._bare_unit = regex.compile(rf"(?<![a-z])(?:{units})(?:(?<=\p{{Han}})|(?![a-z]))")
        prefix = "|".join(regex.escape(sign) for sign in prefixes)
        self._measure = regex.compile(
            rf"(?P<sign>{prefix})\s*(?P<money>{_NUMBER})"
            rf"|(?<![\d.a-wyz第])(?P<number>{_NUMBER}|[一二两三四五六七八九十百千万零]{{1,9}})\s*(?P<unit>{units})(?:(?<=\p{{Han}})|(?![a-z]))"
            rf"|(?<![\d.a-z])(?P<bare>{_NUMBER}|[一二两三四五六七八九]?[十百千万][一二三四五六七八九十百千万零]*)"
            rf"(?=块?(?:以内|之内|以下|左右|上下|以上))"
        )

    def in_text(self, folded: str) -> tuple[Measure, ...]:
        """All measures of a folded text, in order, in base units."""
        return self._found(folded) if len(folded) <= _KEPT_UP_TO else self._find(folded)

    def _find(self, folded: str) -> tuple[Measure, ...]:
        roughly = list(_ROUGHLY.finditer(folded))
        found = [measure for match in roughly for measure in _rough(match)]
        bare = _ROUGHLY.sub(lambda match: " " * len(match.group()), folded) if roughly else folded
        for match in self._measure.finditer(bare):
            if measure := self._read(match):
                found += self._bounded(measure, match, folded)
        return tuple(found)

    def _bounded(self, measure: Measure, match: regex.Match[str], folded: str) -> tuple[Measure, ...]:
        """The measure with the relation that the words beside it say; two where it ends a range."""
        before = folded[max(0, match.start() - _LOOKED_BEFORE) : match.start()]
        low = _RANGE_BEFORE.search(before)
        if low and match["unit"] and (number := _number(low[1])) is not None:
            first = Measure(measure.kind, number * self._units[match["unit"]].factor, low[1], Relation.AT_LEAST)
            return (first, replace(measure, relation=Relation.AT_MOST)) if first.number < measure.number else (measure,)
        after = folded[match.end() : match.end() + _LOOKED_AFTER].lstrip(" 块钱")
        for relation in (Relation.AT_MOST, Relation.AT_LEAST, Relation.ABOUT):
            if after.startswith(self._after[relation]) or before.rstrip().endswith(self._before[relation]):
                return (replace(measure, relation=relation),)
        return (measure,)

    def remove(self, folded: str) -> str:
        """The text with every measure replaced by a blank."""
        return self._measure.sub(" ", _ROUGHLY.sub(" ", folded))

    def asked_for(self, folded: str) -> str | None:
        """The kind of quantity that answers the question, by its question words; the longest cue wins."""
        best: tuple[int, str] | None = None
        for kind, cues in self._cues.items():
            cue = cues.first(folded)
            if cue and (best is None or len(cue) > best[0]):
                best = (len(cue), kind)
        return best[1] if best else self._named_and_asked(folded)

    def _named_and_asked(self, folded: str) -> str | None:
        """The kind whose property is named right before "how much" ("噪音多少", "容量有多大")."""
        found = self._asked.search(folded)
        return next((kind for kind in self._implied if found[1] in self._words[kind]), None) if found else None

    def implied_property(self, kind: str) -> tuple[str, ...]:
        """Words for the property that a question of this kind asks for without naming one ("多重"); may be none."""
        return self._words[kind] if kind in self._implied else ()

    @staticmethod
    def number(text: str) -> Decimal | None:
        """A number in digits or in Chinese characters; None where the text is none."""
        return _number(text)

    def is_unit(self, kind: str, word: str) -> bool:
        """Whether a word is a unit of this kind."""
        unit = self._units.get(word)
        return unit is not None and unit.kind == kind

    def unit_in(self, folded: str, kinds: Collection[str]) -> Decimal | None:
        """How many base units the first unit of one of these kinds is that stands in a heading ("胸围 (cm)")."""
        found = (self._units[match.group()] for match in self._bare_unit.finditer(folded))
        return next((unit.factor for unit in found if unit.kind in kinds), None)

    def _read(self, match: regex.Match[str]) -> Measure | None:
        if match["sign"]:
            return Measure("money", Decimal(match["money"].replace(",", "")), match.group())
        if match["bare"]:
            price = _number(match["bare"])
            return Measure("money", price, match.group()) if price and price >= _LEAST_BARE_PRICE else None
        unit = self._units[match["unit"]]
        number = _number(match["number"])
        return Measure(unit.kind, number * unit.factor, match.group()) if number is not None else None


def _rough(match: regex.Match[str]) -> tuple[Measure, ...]:
    """The price, or both ends of it."""
    if match["number"]:
        return (Measure("money", Decimal(_chinese(match["number"])), match.group(), Relation.ABOUT),)
    low, high = (_CHINESE_DIGITS[match[name]] * _CHINESE_UNITS[match["unit"]] for name in ("low", "high"))
    first = Measure("money", Decimal(low), match["low"], Relation.AT_LEAST)
    rest = match.group()[len(match["low"]) :]
    return (first, Measure("money", Decimal(high), rest, Relation.AT_MOST)) if low < high else ()


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        pass
    return Decimal(_chinese(text)) if text and _CHINESE_NUMBER.fullmatch(text) else None


def in_figures(text: str) -> str:
    """Chinese numerals of a text as figures: "一百块" is "100块"."""
    return _NUMERAL.sub(lambda found: str(_chinese(found[0])), text)


def _chinese(text: str) -> int:
    """三千二百 is 3200, 两万五 is 25000, 十二 is 12."""
    total, digit, unit = 0, 0, 1
    for character in text:
        if character in _CHINESE_UNITS:
            unit = _CHINESE_UNITS[character]
            total += (digit or 1) * unit
            digit = 0
        elif character == "零":
            unit = 1
        else:
            digit = _CHINESE_DIGITS[character]
    return total + digit * (unit // 10 if unit > 10 else 1)


def _relations(words: Mapping[str, list[str]]) -> dict[Relation, tuple[str, ...]]:
    return {Relation(name): tuple(phrases) for name, phrases in words.items()}
