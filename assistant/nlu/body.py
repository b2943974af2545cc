"""Measures of the body in a message: height, weight, length of the foot, girths."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from assistant.domain.understanding import Measure, Slot
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities

BODY_MEASURES = ("height", "weight", "foot", "chest", "waist", "hips")
"""Slots that `BodyReader` fills: kilograms for the weight, millimetres for the others."""

_METRES = regex.compile(r"(?<!\d)([12一])\s*(?:米|m)\s*([0-9一二三四五六七八九])([0-9一二三四五六七八九])?(?!\d)")
_FEET = regex.compile(r"(?<!\d)([4-6])\s*(?:'|ft|feet|foot)\s*(\d{1,2})?(?:\"|\s*in(?:ch(?:es)?)?)?(?!\d)")
_PAIR = regex.compile(
    r"(?<![\d.])(1[3-9]\d|20\d)\s*(?:cm|厘米)?\s*[/,，、 和]?\s*(\d{2,3}(?:\.5)?)(?![\d.]|cm|厘米|\s*(?:cm|厘米|元|块))"
)
_LABELLED = regex.compile(
    r"^\s*(?:是|有|为|:|：|约|大概|is|of|about)?\s*(\d{1,3}(?:\.\d+)?)(?![\d.])\s*(\p{Latin}+|\p{Han})?"
)
_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_PER_INCH = Decimal("25.4")
_HEIGHTS_MM = (Decimal(400), Decimal(2200))
_FEET_MM = (Decimal(80), Decimal(320))
_MOST_KG_ZH, _MOST_KG_EN = 90, 110  # a bare weight above is in 斤, or in pounds
_UNITS = frozenset(
    {"c", "cm", "m", "mm", "kg", "kgs", "lb", "lbs", "厘", "公", "斤", "千", "磅", "毫", "米", "in", "g"}
)


class BodyReader:
    def __init__(self, quantities: Quantities) -> None:
        self._quantities = quantities
        self._names = {name: Phrases(words) for name, words in grammar.word_lists("body").items()}

    def named(self, text: str) -> str | None:
        """The measure that a heading names ("体重(kg)": weight)."""
        found = ((words.first(text), name) for name, words in self._names.items())
        longest = max(((word, name) for word, name in found if word), key=lambda item: len(item[0]), default=None)
        return longest[1] if longest else None

    def factor(self, measure: str, *texts: str) -> Decimal:
        """How many base units (kilograms, millimetres) a number of this measure is worth, by the first of the folded
        texts that holds a unit; without one a weight is in kilograms, anything else in centimetres."""
        kinds = ("mass",) if measure == "weight" else ("length",)
        found = (self._quantities.unit_in(text, kinds) for text in texts)
        stated = next((factor for factor in found if factor is not None), None)
        return stated or (Decimal(1) if measure == "weight" else Decimal(10))

    def in_text(self, folded: str, *, chinese: bool) -> tuple[Slot, ...]:
        """Each measure once, in the order of BODY_MEASURES; bare numbers where a word before them or a pair tells."""
        slots: dict[str, Slot] = {}
        for slot in (*self._written(folded), *self._labelled(folded, chinese), *self._pair(folded, chinese)):
            slots.setdefault(slot.name, slot)
        for slot in self._with_units(folded):
            slots.setdefault(slot.name, slot)
        return tuple(slots[name] for name in BODY_MEASURES if name in slots)

    def _labelled(self, folded: str, chinese: bool) -> Iterator[Slot]:
        """ "身高170", "脚长 26", "weight 65"."""
        for name, words in self._names.items():
            for word in words.all(folded):
                rest = folded[folded.index(word) + len(word) :]
                match = _LABELLED.match(rest)
                if match and match[2] not in _UNITS:
                    yield Slot(name, str(_bare(name, Decimal(match[1]), chinese)), f"{word}{match[1]}")
                elif match and (measure := self._first(rest, "mass" if name == "weight" else "length")):
                    yield Slot(name, str(measure.number), f"{word}{measure.text}")

    def _first(self, text: str, kind: str) -> Measure | None:
        """The measure that a text begins with, if it is of the kind."""
        found = next(iter(self._quantities.in_text(text.lstrip("是有为约:： ")[:16])), None)
        return found if found and found.kind == kind else None

    def _written(self, folded: str) -> Iterator[Slot]:
        """ "1米75", "一米七", "5'7"."""
        for match in _METRES.finditer(folded):
            tens, ones = (_DIGITS.get(digit, digit) for digit in (match[2], match[3] or "0"))
            metres = _DIGITS.get(match[1], match[1])
            yield Slot("height", str(int(f"{metres}{tens}{ones}") * 10), match.group())
        for match in _FEET.finditer(folded):
            inches = int(match[1]) * 12 + int(match[2] or 0)
            yield Slot("height", str(inches * _PER_INCH), match.group())

    def _pair(self, folded: str, chinese: bool) -> Iterator[Slot]:
        """ "170/65", "165 110斤": a height, and a weight beside it."""
        if match := _PAIR.search(folded):
            yield Slot("height", str(Decimal(match[1]) * 10), match[1])
            measured = next(iter(self._quantities.in_text(folded[match.start(2) :])), None)
            if measured and measured.kind == "mass":
                yield Slot("weight", str(measured.number), measured.text)
            elif not measured or not folded[match.start(2) :].startswith(measured.text):
                yield Slot("weight", str(_bare("weight", Decimal(match[2]), chinese)), match[2])

    def _with_units(self, folded: str) -> Iterator[Slot]:
        """ "65公斤" is a weight; a length is a height or that of a foot if it can be no other."""
        feet = self._names["foot"].found_in(folded)
        for measure in self._quantities.in_text(folded):
            if measure.kind == "mass":
                yield Slot("weight", str(measure.number), measure.text)
            elif measure.kind == "length" and feet and _FEET_MM[0] <= measure.number <= _FEET_MM[1]:
                yield Slot("foot", str(measure.number), measure.text)
            elif measure.kind == "length" and _HEIGHTS_MM[0] <= measure.number <= _HEIGHTS_MM[1]:
                yield Slot("height", str(measure.number), measure.text)


def _bare(name: str, number: Decimal, chinese: bool) -> Decimal:
    """A number without a unit: centimetres, or kilograms up to what a person weighs, else 斤 or pounds."""
    if name != "weight":
        return number * 10
    if chinese:
        return number if number <= _MOST_KG_ZH else number / 2
    return number if number <= _MOST_KG_EN else number * Decimal("0.45359237")
