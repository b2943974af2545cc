"""Quantities in text: numbers with units, and the kind of quantity a question asks for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import regex

from assistant.domain.understanding import Measure
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases

_KEPT_UP_TO = 400  # characters of a text whose measures are kept
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_CHINESE_DIGITS = dict(zip("零一二两三四五六七八九", (0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CHINESE_NUMBER = regex.compile(r"[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]")


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
        self._found = lru_cache(maxsize=20_000)(self._find)  # evidence is looked at in turn after turn
        units = "|".join(regex.escape(unit) for unit in sorted(self._units, key=len, reverse=True))
        prefix = "|".join(regex.escape(sign) for sign in prefixes)
        self._measure = regex.compile(
            rf"(?P<sign>{prefix})\s*(?P<money>{_NUMBER})"
            rf"|(?<![\d.a-wyz第])(?P<number>{_NUMBER}|[一二两三四五六七八九十]{{1,3}})\s*(?P<unit>{units})(?![a-z])"
        )

    def in_text(self, folded: str) -> tuple[Measure, ...]:
        """All measures of a folded text, in order, in base units."""
        return self._found(folded) if len(folded) <= _KEPT_UP_TO else self._find(folded)

    def _find(self, folded: str) -> tuple[Measure, ...]:
        return tuple(measure for match in self._measure.finditer(folded) if (measure := self._read(match)))

    def remove(self, folded: str) -> str:
        """The text with every measure replaced by a blank."""
        return self._measure.sub(" ", folded)

    def asked_for(self, folded: str) -> str | None:
        """The kind of quantity that answers the question, by its question words; the longest cue wins."""
        best: tuple[int, str] | None = None
        for kind, cues in self._cues.items():
            cue = cues.first(folded)
            if cue and (best is None or len(cue) > best[0]):
                best = (len(cue), kind)
        return best[1] if best else None

    def implied_property(self, kind: str) -> tuple[str, ...]:
        """Words for the property that a question of this kind asks for without naming one ("多重"); may be none."""
        return self._words[kind] if kind in self._implied else ()

    def is_unit(self, kind: str, word: str) -> bool:
        """Whether a word is a unit of this kind."""
        unit = self._units.get(word)
        return unit is not None and unit.kind == kind

    def _read(self, match: regex.Match[str]) -> Measure | None:
        if match["sign"]:
            return Measure("money", Decimal(match["money"].replace(",", "")), match.group())
        unit = self._units[match["unit"]]
        number = _number(match["number"])
        return Measure(unit.kind, number * unit.factor, match.group()) if number is not None else None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        pass
    if not _CHINESE_NUMBER.fullmatch(text):
        return None
    tens, ten, ones = text.partition("十")
    if not ten:
        return Decimal(_CHINESE_DIGITS[text])
    return Decimal(10 * _CHINESE_DIGITS.get(tens, 1) + _CHINESE_DIGITS.get(ones, 0))
