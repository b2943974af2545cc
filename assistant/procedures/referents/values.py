"""Values of a product's options named in a text: "medium", "17-inch", "不锈钢", "no backlight"."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import regex

from assistant.domain.folding import fold
from assistant.domain.understanding import Measure
from assistant.nlu import grammar
from assistant.procedures.referents import words
from assistant.procedures.referents.conditions import MeasureReader

Options = Mapping[str, Collection[str]]
"""Every option of a product with the values that its variants have."""

_NUMBER = regex.compile(r"(?<![a-z\d.])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)[\s-]?(?P<unit>[a-z]+|\p{Han}{1,3}|%|\"|″)?")
_NUMBER_WORDS = {
    word: str(n)
    for n, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
}
_NUMBER_WORDS |= {"两": "2", "三": "3", "四": "4", "五": "5"}
_SPELT = regex.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten)(?=[- ](?:piece|pc|cup|inch|liter|litre|foot|feet))"
    r"|([两三四五])(?=件套)"
)
_LEAST_TOKEN = 4  # letters of a word that stands for a value of several
_COLOUR_OPTIONS = frozenset({"color", "colour", "颜色", "配色", "颜色分类"})
_LEAST_SHADED = 2  # characters of a Chinese colour with its shade
_NEAR = 14  # characters beside a value in which its option is named
_BEFORE = 16  # characters before a value in which it is said not to be wanted


@dataclass(frozen=True, slots=True)
class Named:
    """A value named in a text, and where. unwanted: it is to be anything else; disliked: rather something else.

    there: a variant has it; else `value` is as the text says it.
    """

    option: str
    value: str
    start: int
    end: int
    unwanted: bool = False
    disliked: bool = False
    there: bool = True


class Values:
    """Built once."""

    def __init__(self, measures: MeasureReader) -> None:
        lists = words.sections("values")
        self._measures = measures
        self._same: dict[str, set[str]] = {}
        self._colours = tuple(_colours())
        for spellings in (*lists["same"].values(), *self._colours):
            for word in spellings:
                self._same.setdefault(fold(word), set()).update(map(fold, spellings))
        self._options = {fold(name): tuple(map(fold, spellings)) for name, spellings in lists["options"].items()}
        self._units = {fold(word): unit for unit, spellings in lists["units"].items() for word in spellings}
        self._yes, self._no = (frozenset(map(fold, lists["answers"][name])) for name in ("yes", "no"))
        self.scales = tuple(tuple(map(fold, scale)) for scale in lists["scales"].values())
        negation = lists["negation"]
        self._not = regex.compile(rf"(?:{_before(negation['not'])})\s*(?:(?:a|an|the|any|even|really|very|so) )?$")
        self._rather = regex.compile(rf"(?:{_before(negation['rather'])})\s*(?:(?:a|an|the) )?(?:other )?$")

    def names_of(self, option: str) -> tuple[str, ...]:
        """What an option is called."""
        folded = fold(option)
        return tuple(dict.fromkeys((folded, *self._options.get(folded, ()), folded.removesuffix(" type"))))

    def number(self, value: str) -> tuple[Decimal, str] | None:
        """The number that a value begins with, and its unit; ml and the like in litres."""
        match = _NUMBER.match(fold(value))
        if not match:
            return None
        number, unit = Decimal(match["number"].replace(",", "")), self._units.get(match["unit"] or "", "")
        return (number / 1000, "liter") if unit == "ml" else (number * 1000, "gb") if unit == "tb" else (number, unit)

    def in_text(self, text: str, options: Options, *, last: str = "") -> tuple[Named, ...]:
        """The values that an even text names, in order; of several options where nothing tells of which.

        last: the option spoken of before, of which a bare number is a value.
        """
        found = [*self._worded(text, options), *self._numbered(text, options, last), *self._answered(text, options)]
        found = _longest([*found, *self._coloured(text, options)])
        told = [self._liked(text, named) for named in self._told_apart(text, _longest(found))]
        return tuple(sorted(told, key=lambda named: named.start))

    def _worded(self, text: str, options: Options) -> Iterator[Named]:
        for option, values in options.items():
            for value in values:
                folded = fold(value)
                if folded in self._yes or folded in self._no or folded.replace(".", "").isdigit():
                    continue
                for form in self._forms(folded, option, options):
                    for start, end in _places(text, form):
                        yield Named(option, value, start, end)

    def _forms(self, value: str, option: str, options: Options) -> set[str]:
        """The ways to say a value, and a word of it that no other value of the option has."""
        forms = {value, value.replace("-", " "), value.replace(" ", "-")}
        if value.endswith("色") and len(value) > _LEAST_SHADED:  # "米白色" is called 米白, white, and 白色
            forms |= {value[:-1], f"{value[-2]}色", f"{value[-2]}的"}
        for form in (value, value.replace("-", " "), value.removesuffix("色")):
            forms |= self._same.get(form, set())
        others = {word for other in options[option] if fold(other) != value for word in fold(other).split()}
        if " " in value:
            forms |= {
                word for word in value.split() if len(word) >= _LEAST_TOKEN and word.isalpha() and word not in others
            }
        own = {fold(other) for other in options[option]} - {value}
        return {form for form in forms if form not in own}

    def _numbered(self, text: str, options: Options, last: str) -> Iterator[Named]:
        """Values with a number: by number and unit, by number beside the option's name, or by the number alone."""
        for match in _NUMBER.finditer(text):
            unit = self._units.get(match["unit"] or "", "")
            stated = self.number(match.group())
            end = match.end() if unit else match.end("number")
            hits = []
            for option, values in options.items():
                for value in values:
                    own = self.number(value)
                    if (
                        own
                        and stated
                        and own[0] == stated[0]
                        and self._fits(text, match, option, own[1], stated[1], last)
                    ):
                        hits.append(Named(option, value, match.start(), end))
            if not hits and stated and (option := self._measured_in(stated[1], match.group(), options)):
                hits.append(Named(option, match.group().strip(), match.start(), end, there=False))
            if hits:
                last = hits[0].option
            yield from hits

    def _measured_in(self, unit: str, stated: str, options: Options) -> str:
        """The option whose values are numbers of this unit, where there is one; empty where none or several are."""
        if not unit or not stated:
            return ""
        found = [
            option
            for option, values in options.items()
            if any(own and own[1] == unit for own in map(self.number, values))
        ]
        return found[0] if len(found) == 1 else ""

    def _coloured(self, text: str, options: Options) -> Iterator[Named]:
        """Colours that no variant has."""
        option = next((name for name in options if fold(name) in _COLOUR_OPTIONS), None)
        if option is None:
            return
        for spellings in self._colours:
            for word in spellings:
                for start, end in _places(text, fold(word)):
                    yield Named(option, word, start, end, there=False)

    def _fits(self, text: str, match: regex.Match[str], option: str, own: str, stated: str, last: str) -> bool:
        if own and stated:
            return own == stated
        names = self.names_of(option)
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if any(_holds(around, name) for name in names):
            return not stated or not own
        if not match["unit"] and not own:  # "换39", of sizes that are bare numbers
            return True
        return last == option and not stated

    def _answered(self, text: str, options: Options) -> Iterator[Named]:
        """Options that a thing has or has not: "waterproof", "no backlight"."""
        for option, values in options.items():
            yes = next((value for value in values if fold(value) in self._yes), None)
            no = next((value for value in values if fold(value) in self._no), None)
            if no is None:
                continue
            for name in self.names_of(option):
                for start, end in _places(text, name):
                    denied = self._not.search(text, max(0, start - _BEFORE), start)
                    if denied:
                        yield Named(option, no, denied.start(), end)
                    elif yes is not None:
                        yield Named(option, yes, start, end)

    def _told_apart(self, text: str, found: Sequence[Named]) -> Iterator[Named]:
        """Of several options with the same value the one named beside it, else all."""
        for named in found:
            rivals = [other for other in found if (other.start, other.end) == (named.start, named.end)]
            if len({rival.option for rival in rivals}) > 1:
                after, before = text[named.end : named.end + _NEAR], text[max(0, named.start - _NEAR) : named.start]
                told = {
                    rival.option
                    for rival in rivals
                    if any(
                        _holds(after, name) or _holds(before, name) for name in self._own_names(rival.option, rivals)
                    )
                }
                if not told:  # the one of which no other value is named
                    elsewhere = {other.option for other in found if other not in rivals}
                    told = {rival.option for rival in rivals} - elsewhere
                if told and named.option not in told:
                    continue
            yield named

    def _own_names(self, option: str, rivals: Sequence[Named]) -> tuple[str, ...]:
        """The names of an option that no rival has."""
        shared = {name for rival in rivals if rival.option != option for name in self.names_of(rival.option)}
        return tuple(name for name in self.names_of(option) if name not in shared)

    def _liked(self, text: str, named: Named) -> Named:
        before = text[max(0, named.start - _BEFORE) : named.start]
        if fold(named.value) in self._no or fold(named.value) in self._yes:
            return named
        if self._rather.search(before):
            return replace(named, disliked=True)
        return replace(named, unwanted=True) if self._not.search(before) else named

    def measures_of(self, text: str) -> tuple[Measure, ...]:
        """Quantities of a text in base units."""
        return self._measures.in_text(fold(text))


def even(folded: str) -> str:
    """The text with numbers of pieces, cups and the like in digits ("two-piece"), as places in it are counted."""
    return _SPELT.sub(lambda match: _NUMBER_WORDS[match.group()], folded)


def _colours() -> Iterator[list[str]]:
    for spellings in grammar.load("colours")["colours"].values():
        single = [word for word in spellings if len(word) == 1]
        yield [
            *(word for word in spellings if word not in single),
            *(f"{word}{suffix}" for word in single for suffix in ("的", "那")),  # "红的"
        ]


def _places(text: str, form: str) -> Iterator[tuple[int, int]]:
    if form not in text:
        return
    start = r"(?<![a-z0-9])(?<![a-z]')" if form[0].isascii() else ""
    plural = "(?:s|es)?" if form[-1].isascii() and len(form) > 1 else ""
    end = rf"{plural}(?![a-z0-9])(?!'[a-z])" if form[-1].isascii() else ""
    for match in regex.finditer(f"{start}{regex.escape(form)}{end}", text):
        yield match.start(), match.end()


def _holds(text: str, name: str) -> bool:
    return any(True for _ in _places(text, name))


def _longest(found: Sequence[Named]) -> list[Named]:
    """The longest of values whose words overlap; those over the same words all."""
    kept: list[Named] = []
    for named in sorted(dict.fromkeys(found), key=lambda one: (one.start - one.end, not one.there, one.start)):
        if not named.there and any(named.start < o.end and o.start < named.end for o in kept):
            continue
        if all(
            named.end <= o.start or o.end <= named.start or (o.start, o.end) == (named.start, named.end) for o in kept
        ):
            kept.append(named)
    return kept


def _before(spellings: Sequence[str]) -> str:
    return "|".join(
        (rf"\b{regex.escape(word)}" if word.isascii() else regex.escape(word))
        for word in sorted(spellings, key=len, reverse=True)
    )
