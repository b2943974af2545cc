"""Figures that texts state of a product: widths, weights, watts, with the words that say which figure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

import regex
import yaml

from assistant.answers.ranking import MeasureReader
from assistant.domain.commerce import Fact, FactGroup, Passage
from assistant.domain.evidence import Entry
from assistant.domain.folding import fold

_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"mm|毫米|cm|厘米|公分|m(?![a-z])|米|英寸|inch(?:es)?|in(?![a-z])"
_TIMES = r"\s*[×x*✕╳]\s*"
_IN_MM = {
    **dict.fromkeys(("mm", "毫米"), Decimal(1)),
    **dict.fromkeys(("cm", "厘米", "公分"), Decimal(10)),
    **dict.fromkeys(("m", "米"), Decimal(1000)),
    **dict.fromkeys(("in", "inch", "inches", "英寸"), Decimal("25.4")),
}
_SIDE = rf"(?:[\p{{Han}}a-z]{{1,8}}\s*[:约]?\s*)?{_NUMBER}\s*(?:{_UNIT})?"
_SIDES = regex.compile(rf"{_SIDE}(?:{_TIMES}{_SIDE}){{1,2}}")
_ONE_SIDE = regex.compile(rf"(?P<label>[\p{{Han}}a-z]{{1,8}}?)?\s*[:约]?\s*(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?")
_ORDER = regex.compile(
    r"([长宽高深厚]|[lwhd])[度]?\s*[×x*/✕、·]?\s*([长宽高深厚]|[lwhd])[度]?\s*[×x*/✕、·]?\s*([长宽高深厚]|[lwhd])"
)
_ORDER_WORDS = {"长": "length", "宽": "width", "高": "height", "深": "depth", "厚": "thickness"}
_ORDER_WORDS |= {"l": "length", "w": "width", "h": "height", "d": "depth"}
_SIDE_NAMES = frozenset({"width", "depth", "height", "length", "thickness", "diameter"})
_UP_TO_SIDE = regex.compile(r"^[^\d长宽高深厚直lwhd]+")
_SIDES_NAMED = 3
_NEAR = 12  # characters before a figure in which it is named
_BESIDE = 5  # characters between a number and the word for its side
_AFTER = 6  # and behind it
_CLAUSE_END = regex.compile(r"[,，;；。、(（]\s*")


@dataclass(frozen=True, slots=True)
class Property:
    """A property that is a figure. more, less: what is said of the one with more or less of it, by language."""

    name: str
    kind: str
    words: tuple[str, ...]
    more: Mapping[str, str]
    less: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """What an entry states: numbers in the kind's base unit (several: the sides of a thing, in the order written).

    sides: for each number the property it is, "" where the text does not say. text: as written, folded. states: what
    the figure is of other than the thing as it stands ("packed"). explicit: whether the words before it or over it name
    the property.
    """

    numbers: tuple[Decimal, ...]
    sides: tuple[str, ...]
    text: str
    entry: Entry
    states: frozenset[str] = frozenset()
    explicit: bool = True

    @property
    def certainty(self) -> int:
        """2 for a fact that names the property, 1 for prose that does, 0 where it only may be meant."""
        return (1 + isinstance(self.entry, Fact)) if self.explicit else 0

    @property
    def written(self) -> str:
        """The text with capitals and signs as the entry writes them, where it does so in one stretch."""
        match = regex.search(regex.escape(self.text), _raw(self.entry), regex.IGNORECASE)
        return match.group() if match else self.text

    def of(self, name: str) -> Decimal | None:
        return next((number for number, side in zip(self.numbers, self.sides, strict=True) if side == name), None)


@dataclass(frozen=True, slots=True)
class Box:
    """Two or three sides of a thing in millimetres, with the property each is, "" where the text does not say.

    near: the words before it in the same clause.
    """

    numbers: tuple[Decimal, ...]
    sides: tuple[str, ...]
    text: str
    near: str


class Figures:
    """Reads figures out of entries. Holds the words for properties; stateless otherwise."""

    def __init__(self, measures: MeasureReader) -> None:
        content = yaml.safe_load((files(__package__) / "properties.yaml").read_text(encoding="utf-8"))
        self._measures = measures
        self.properties = {
            name: Property(name, entry["kind"], tuple(entry["words"]), entry["more"], entry["less"])
            for name, entry in content["properties"].items()
        }
        self._named = _Words({name: item.words for name, item in self.properties.items()})
        self._states = _Words({name: tuple(words) for name, words in content["states"].items()})
        self._less = _Words({"less": tuple(content["asking_less"])})
        self.of_entry = lru_cache(maxsize=5_000)(self._of_entry)

    def asked_for(self, folded: str) -> Property | None:
        """The property that a question names last, where it names one."""
        found = self._named.all(folded)
        return self.properties[found[-1][0]] if found else None

    def wants_less(self, folded: str) -> bool:
        """Whether a question asks for the one that has less of it ("更薄")."""
        return bool(self._less.all(folded))

    def states(self, folded: str) -> frozenset[str]:
        return frozenset(name for name, _, _ in self._states.all(folded))

    def of(self, item: Property, entries: Iterable[Entry], states: frozenset[str] = frozenset()) -> list[Figure]:
        """The figures of a property, facts before prose, of the thing as it stands or in the states asked about."""
        every = sorted(entries, key=lambda entry: isinstance(entry, Passage))
        found = [figure for entry in every for figure in self.of_entry(entry, item.kind)]
        fitting = [figure for figure in found if figure.states == states]
        if item.name == "size":
            return [figure for figure in fitting if len(figure.numbers) == _SIDES_NAMED]
        return [figure for figure in fitting if figure.of(item.name) is not None]

    def side_beside(self, folded: str, start: int, end: int) -> str:
        """Which side the words at a number name: those right before it, else those right behind; "" where none do."""
        before = self._side_named(_CLAUSE_END.split(folded[max(0, start - _BESIDE) : start])[-1])
        return before or self._side_named(folded[end : end + _BESIDE])

    def _of_entry(self, entry: Entry, kind: str) -> tuple[Figure, ...]:
        heading, text = _heading_and_text(entry)
        if not text:
            return ()
        if kind == "length":
            key = fold(" ".join(entry.key.texts)) if isinstance(entry, Fact) else ""
            boxes = tuple(
                Figure(box.numbers, box.sides, box.text, entry, self.states(f"{key} {box.near}"))
                for box in self._boxes(key, text)
            )
            bare = _SIDES.sub(lambda match: " " * len(match.group()), text)
            return (*boxes, *self._singles(entry, kind, heading, bare))
        return tuple(self._singles(entry, kind, heading, text))

    def boxes_in(self, heading: str, text: str) -> list[Box]:
        """The sides of things in a folded text under a folded heading, which may say in which order they stand."""
        return list(self._boxes(heading, text))

    def _boxes(self, heading: str, text: str) -> Iterable[Box]:
        for match in _SIDES.finditer(text):
            parsed = [_ONE_SIDE.fullmatch(side.strip()) for side in regex.split(_TIMES, match.group())]
            if any(side is None for side in parsed):
                continue
            sides = [side for side in parsed if side]
            units = [side["unit"] for side in sides if side["unit"]]
            named = heading if not units else ""
            unit = units[-1] if units else next(iter(regex.findall(r"\b(?:mm|cm)\b|毫米|厘米", named)), "")
            if not unit:
                continue
            before = text[max(0, match.start() - _NEAR) : match.start()]
            order = _ORDER.search(f"{heading} {before}")
            labels = [self._side_named(side["label"] or "") for side in sides]
            if order and not any(labels) and len(sides) == _SIDES_NAMED:
                labels = [_ORDER_WORDS[letter] for letter in order.groups()]
            near = _CLAUSE_END.split(f"{before}{sides[0]['label'] or ''}")[-1]
            yield Box(
                tuple(Decimal(side["number"]) * _IN_MM[side["unit"] or unit] for side in sides),
                tuple(labels),
                _UP_TO_SIDE.sub("", match.group()).strip(),
                near,
            )

    def _singles(self, entry: Entry, kind: str, heading: str, text: str) -> Iterable[Figure]:
        measures = [measure for measure in self._measures.in_text(text) if measure.kind == kind]
        position = 0
        for measure in measures:
            start = text.find(measure.text, position)
            if start < 0:
                continue
            position = start + len(measure.text)
            before = _CLAUSE_END.split(text[max(0, start - _NEAR) : start])[-1]
            after = _CLAUSE_END.split(text[position : position + _AFTER])[0]
            label, explicit = self._label_near(kind, before, after, heading)
            if label:
                states = self.states(f"{heading} {before}")
                yield Figure((measure.number,), (label,), measure.text, entry, states, explicit)

    def _side_named(self, words: str) -> str:
        found = [name for name, _, _ in self._named.all(words) if name in _SIDE_NAMES]
        return found[-1] if found else ""

    def _label_near(self, kind: str, before: str, after: str, heading: str) -> tuple[str, bool]:
        """The property that the words before a figure name, or the heading over it, or those behind it, and whether
        that is sure."""
        for words, place in ((before, -1), (heading, 0)):  # a heading's other names come behind its own
            found = [name for name, _, _ in self._named.all(words) if self.properties[name].kind == kind]
            if found:
                return found[place], True
        behind = [name for name, _, _ in self._named.all(after) if self.properties[name].kind == kind]
        alone = [item.name for item in self.properties.values() if item.kind == kind]
        return behind[0] if behind else alone[0] if len(alone) == 1 else "", False


def surest(item: Property, found: Sequence[Figure]) -> Figure | None:
    """The most certain figure, where all as certain agree."""
    most = max((figure.certainty for figure in found), default=0)
    sure = [figure for figure in found if figure.certainty == most]
    return sure[0] if len({size_of(item, figure) for figure in sure}) == 1 else None


def size_of(item: Property, figure: Figure) -> tuple[Decimal, ...]:
    """The number of a property; of a box, its sides from the shortest."""
    number = figure.of(item.name)
    return tuple(sorted(figure.numbers)) if number is None else (number,)


def _raw(entry: Entry) -> str:
    return entry.text if isinstance(entry, Passage) else " ".join(entry.value.texts) if isinstance(entry, Fact) else ""


def _heading_and_text(entry: Entry) -> tuple[str, str]:
    """Folded; nothing of facts that are no description of the product."""
    if isinstance(entry, Fact):
        if entry.group not in (FactGroup.ATTRIBUTE, FactGroup.SERVICE) or entry.sku_id:
            return "", ""
        return fold(" ".join((*entry.key.texts, *entry.aliases))), fold(entry.value.texts[0])
    if isinstance(entry, Passage):
        return "", fold(entry.text)
    return "", ""


class _Words:
    """Words with the name they stand for; the longest at a place wins, Latin ones as whole words."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._names = {word.casefold(): name for name, list_ in words.items() for word in list_}
        parts = sorted(self._names, key=len, reverse=True)
        whole = [
            rf"(?<![a-z]){regex.escape(word)}(?![a-z])" if word.isascii() else regex.escape(word) for word in parts
        ]
        self._pattern = regex.compile("|".join(whole))

    def all(self, folded: str) -> list[tuple[str, int, int]]:
        """(name, start, end) of every word found, in order."""
        return [(self._names[match.group()], match.start(), match.end()) for match in self._pattern.finditer(folded)]
