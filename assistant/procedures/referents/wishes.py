"""What a text wishes a variant to be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal

import regex

from assistant.domain.folding import fold
from assistant.domain.understanding import Extreme, Relation
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.values import Named, Options, Values, even
from assistant.procedures.referents.wish import Comparison, Wish, overlaid

_PIECE_END = regex.compile(r"[,，;；。!?！？]|\.(?=\s|$)|\bbut\b|\band\b(?= (?:keep|the same))")
_STEP = regex.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s?(?:[a-z]+ )?(?P<way>more|extra|additional|fewer|less)\b(?: (?P<what>[a-z]+))?"
    r"|(?P<way_zh>多|少)\s?(?P<number_zh>\d+)\s?(?P<what_zh>\p{Han}{1,2})?"
    r"|(?P<number_after>\d+) (?P<what_after>[a-z]+) (?P<way_after>more|less|fewer)\b"
)
_CONDITION = regex.compile(r"\bif\b[^,.;]*")
_NEAR = 18  # characters after a comparison in which it says of what
_BESIDE = 24  # characters beside "same" in which the option is named
_THAN_MONEY = regex.compile(
    r"\s?than [$£€¥]?\d+(?:\.\d+)?(?! ?(?:inch|gb|l\b|liter|ml|w\b|mp|piece|ft|hour))|\s?\d*[$£€¥]"
)
_OTHER_SUM = regex.compile(r"\b(?:order|total|credit|balance|card|budget left|refund)\b|余额|总价|总额|退")
_TOWARDS = regex.compile(r"(?:比|than|over|above|大于|超过|高于)\s?$")


class Wishes:
    """Built once."""

    def __init__(self, values: Values) -> None:
        lists = words.sections("variants")
        self._values = values
        self._ways = {
            name: {word.casefold(): about for about, spellings in lists[name].items() for word in spellings}
            for name in ("up", "down", "most", "least")
        }
        self._comparing = {name: Phrases(spellings) for name, spellings in self._ways.items()}
        self._about = lists["about"]
        self._marks = {name: Phrases(spellings) for name, spellings in lists["marks"].items()}
        self._fallback = Phrases((*lists["fallback"]["chinese"], *lists["fallback"]["english"]))
        self._lacking = Phrases(lists["fallback"]["lacking"])

    def read(self, text: str, options: Options, current: dict[str, str], *, free: bool = False) -> tuple[Wish, ...]:
        """The wish, and after it what is wished where that cannot be had, in order.

        current: the variant as it is. free: what a wish says nothing of may be anything, also what the one before said.
        """
        found: list[Wish] = []
        last = ""
        for segment in self._segments(even(fold(text))):
            wish = self._one(segment, options, current, last)
            if found and wish.empty:
                continue
            last = next((option for option, _ in (*wish.wanted, *wish.missing)), last)
            found.append(replace(wish, free=True) if free else overlaid(found[-1], wish) if found else wish)
        return tuple(found) or (Wish(),)

    def _segments(self, text: str) -> Iterator[str]:
        """The text cut where it goes on with what shall be if the wish before cannot be had."""
        cuts = [(start, end) for _, start, end in self._fallback.spans(text)]
        for match in _CONDITION.finditer(text):
            if self._lacking.found_in(match.group()) and not self._marks["preferred"].found_in(match.group()):
                cuts.append((match.start(), match.end()))
        place = 0
        for start, end in sorted(cuts):
            if start >= place:
                yield text[place:start]
                place = end
        yield text[place:]

    def _one(self, text: str, options: Options, current: dict[str, str], last: str) -> Wish:
        steps, text = self._steps(text, options)
        named = self._values.in_text(self._without_complaints(text), options, last=last)
        preferred, allowed, plain = self._sorted_by_piece(text, named)
        comparisons, named_in = self._comparisons(text, options, plain)
        as_it_is = all(current.get(one.option) == one.value for one in plain)
        if as_it_is and not (comparisons or preferred or steps):
            comparisons = self._complaints(text, options)
            plain = [] if comparisons else plain
        plain = [one for one in plain if one not in named_in]
        bounds, bounding = self._bounds(text, plain)
        free = self._marks["free"].found_in(text)
        ends = tuple(self._ends(text, options))
        free_options = frozenset((*(one.option for one in allowed), *self._free_options(text, options)))
        moving = {one.option for one in (*steps, *comparisons)} | {option for option, _ in ends}
        plain = [
            one
            for one in plain
            if one not in bounding
            and one.option not in free_options
            and not (one.option in moving and one.value == current.get(one.option))
        ]
        extreme = next((end for end in Extreme if self._marks[end.value].found_in(text)), None)
        return Wish(
            words=text.strip(" ,.，。"),
            wanted=tuple(_wanted([one for one in plain if one.there and not one.unwanted], current)),
            missing=tuple((one.option, one.value) for one in plain if not one.there and not one.unwanted),
            excluded=(
                *((one.option, one.value) for one in named if one.unwanted),
                *((option, current.get(option, "")) for option in self._another(text, options)),
            ),
            preferred=tuple((one.option, one.value) for one in preferred),
            bounds=tuple(bounds),
            comparisons=(*steps, *comparisons),
            ends=ends,
            kept=frozenset(self._kept(text, options)),
            free_options=free_options,
            free=free,
            extreme=extreme,
            most=self._most(text),
            dearer=self._dearer(text),
            again=self._marks["again"].found_in(text),
            likened=self._marks["likened"].found_in(text),
        )

    def _most(self, text: str) -> Decimal | None:
        """What it may cost at most; a sum of an order or on a card is another matter."""
        for start, end in _pieces(text):
            if not _OTHER_SUM.search(text[start:end]):
                for measure in self._values.measures_of(text[start:end]):
                    if measure.kind == "money" and measure.relation is Relation.AT_MOST:
                        return measure.number
        return None

    def _dearer(self, text: str) -> bool | None:
        """Whether it shall cost more than now, or less; None where that is not said."""
        if any(self._marks[end.value].found_in(text) for end in Extreme):
            return None
        return (
            False if self._marks["cheaper"].found_in(text) else True if self._marks["dearer"].found_in(text) else None
        )

    def _another(self, text: str, options: Options) -> Iterator[str]:
        """Options of which any other value is wished: "a different color", "换个颜色"."""
        for _, _, end in self._marks["another"].spans(text):
            after = text[end : end + 14].lstrip()
            for option in options:
                if any(after.startswith(name) for name in self._values.names_of(option) if name):
                    yield option

    def _prices(self, text: str) -> bool:
        """Whether words compare prices."""
        return self._marks["cheapest"].found_in(text) or self._marks["dearest"].found_in(text)

    def _steps(self, text: str, options: Options) -> tuple[list[Comparison], str]:
        """ "1000 more pieces", and the text without it."""
        found: list[Comparison] = []
        for match in _STEP.finditer(text):
            way = match["way"] or match["way_zh"] or match["way_after"]
            what = match["what"] or match["what_zh"] or match["what_after"] or ""
            number = Decimal(match["number"] or match["number_zh"] or match["number_after"])
            option = self._called(what, options) if what else None
            option = option or next((name for name in options if self._numeric(options[name])), None)
            if option:
                found.append(Comparison(option, way in ("more", "extra", "additional", "多"), step=number))
                text = f"{text[: match.start()]}{' ' * len(match.group())}{text[match.end() :]}"
        return found, text

    def _ordered(self, values: Collection[str]) -> bool:
        """Whether values lie on a scale, or are numbers."""
        folded = {fold(value) for value in values}
        return self._numeric(values) or any(len(folded & set(scale)) > 1 for scale in self._values.scales)

    def _numeric(self, values: Collection[str]) -> bool:
        return all(self._values.number(value) for value in values)

    def _called(self, text: str, options: Options) -> str | None:
        """The option whose name a text holds, the longest name first."""
        names = [(name, option) for option in options for name in self._values.names_of(option)]
        for name, option in sorted(names, key=lambda one: -len(one[0])):
            if name and (name in text if not name.isascii() else regex.search(rf"\b{regex.escape(name)}s?\b", text)):
                return option
        return None

    def _sorted_by_piece(self, text: str, named: Collection[Named]) -> tuple[list[Named], list[Named], list[Named]]:
        """Values only preferred, those allowed, and those wished for, by what the piece of the text says."""
        preferred: list[Named] = []
        allowed: list[Named] = []
        plain: list[Named] = []
        for start, end in _pieces(text):
            piece = text[start:end]
            here = [one for one in named if start <= one.start < end]
            disliked = [one for one in here if one.disliked]
            liked = [one for one in here if not one.disliked and not one.unwanted]
            if self._marks["preferred"].found_in(piece) or disliked:
                preferred += [*liked, *disliked]
            elif self._marks["allowed"].found_in(piece):
                allowed += liked
            else:
                plain += here
        return preferred, allowed, plain

    def _comparisons(
        self, text: str, options: Options, plain: Collection[Named]
    ) -> tuple[list[Comparison], list[Named]]:
        """ "a larger frame", "功率比现在大", "bigger than 14L", and the values that only say than what."""
        found: list[Comparison] = []
        used: list[Named] = []
        for name in ("up", "down"):
            for word, start, end in self._comparing[name].spans(text):
                if self._prices(text[start : end + 12]):
                    continue
                if _THAN_MONEY.match(text, end):
                    continue
                about = self._ways[name].get(word) or next(
                    about
                    for spelling, about in self._ways[name].items()
                    if "…" in spelling and word[0] == spelling[0] and word[-1] == spelling[-1]
                )
                option = self._option_of(text, start, end, about, options)
                if option is None or any(one.option == option for one in found) or not self._ordered(options[option]):
                    continue
                than = next(
                    (one for one in plain if one.option == option and self._is_mark(text, one, start, end)), None
                )
                if than:
                    used.append(than)
                near = self._marks["slightly"].found_in(text[max(0, start - 12) : end + 2])
                found.append(Comparison(option, name == "up", near, than=than.value if than else ""))
        return found, used

    def _without_complaints(self, text: str) -> str:
        """The text with blanks for what it says of the present variant: "too small" asks for no small one."""
        for name in ("too_small", "too_big"):
            for word, start, end in self._marks[name].spans(text):
                text = f"{text[:start]}{' ' * len(word)}{text[end:]}"
        return text

    def _complaints(self, text: str, options: Options) -> list[Comparison]:
        """ "太小了": it shall be larger, where nothing else is wished."""
        found = []
        for name, up in (("too_small", True), ("too_big", False)):
            for _, start, end in self._marks[name].spans(text):
                if option := self._option_of(text, start, end, "size", options):
                    found.append(Comparison(option, up))
        return found[:1]

    def _is_mark(self, text: str, one: Named, start: int, end: int) -> bool:
        """Whether a value is what a comparison is measured by: "比14L大", "larger than 14L"."""
        within = start <= one.start and one.end <= end
        return within or _TOWARDS.search(text, max(0, one.start - 8), one.start) is not None

    def _option_of(self, text: str, start: int, end: int, about: str, options: Options) -> str | None:
        """The option that a comparison is about: named right after or before it, else by the word itself."""
        after = regex.split(r"[,.;，。；]", text[end : end + _NEAR])[0]
        before = regex.split(r"[,.;，。；]", text[max(0, start - _NEAR) : start])[-1]
        told = self._called(after, options) or self._called(before, options) or self._called(text[start:end], options)
        if told:
            return told
        by_name = {fold(option): option for option in options}
        return next((by_name[name] for name in map(fold, self._about[about]) if name in by_name), None)

    def _ends(self, text: str, options: Options) -> Iterator[tuple[str, bool]]:
        for name, high in (("most", True), ("least", False)):
            for word, start, end in self._comparing[name].spans(text):
                bounds = text[max(0, start - 3) : start] in ("at ", "no ")  # "at least"
                if not bounds and not any(self._marks[end_.value].found_in(text[start : end + 12]) for end_ in Extreme):
                    option = self._option_of(text, start, end, self._ways[name][word], options)
                    if option:
                        yield option, high

    def _bounds(self, text: str, plain: Collection[Named]) -> tuple[list[tuple[str, str, bool]], list[Named]]:
        """ "i7 or above", "至少16GB"."""
        bounds: list[tuple[str, str, bool]] = []
        used: list[Named] = []
        for one in plain:
            after = text[one.end : one.end + 12].lstrip()
            for mark, least in (("or_more", True), ("or_less", False)):
                word = self._marks[mark].first(after)
                if word and after.startswith(word):
                    bounds.append((one.option, one.value, least))
                    used.append(one)
            before = text[max(0, one.start - 12) : one.start].rstrip()
            if one not in used and before.endswith(("at least", "no less than", "minimum", "至少", "不低于", "起码")):
                bounds.append((one.option, one.value, True))
                used.append(one)
        return bounds, used

    def _kept(self, text: str, options: Options) -> Iterator[str]:
        """Options that are to stay: "same difficulty", "the same colour and lining", "尺码不变"."""
        for word, start, end in self._marks["kept"].spans(text):
            after = regex.split(r"[,.;，。；]|\bbut\b", text[end : end + _BESIDE])[0]
            before = regex.split(r"[,.;，。；]", text[max(0, start - _BESIDE) : start])[-1]
            around = after if word.isascii() and word not in ("unchanged", "as is") else f"{before} {after}"
            for option in options:
                if self._called(around, {option: options[option]}):
                    yield option

    def _free_options(self, text: str, options: Options) -> Iterator[str]:
        """Options of which a text says that they do not matter."""
        for match in regex.finditer(
            r"(?:don't|do not|doesn't) care (?:about|if|whether)(?P<what>[^,.;]*)"
            r"|(?P<zh>\p{Han}{2,4})(?:无所谓|随便|都行)",
            text,
        ):
            option = self._called(match["what"] or match["zh"] or "", options)
            if option:
                yield option


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _PIECE_END.finditer(text):
        yield start, stop.start()
        start = stop.end()
    yield start, len(text)


def _wanted(named: Collection[Named], current: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Per option the values named; the present one only where no other is."""
    by_option: dict[str, list[str]] = {}
    for one in named:
        values = by_option.setdefault(one.option, [])
        if one.value not in values:
            values.append(one.value)
    for option, values in by_option.items():
        others = [value for value in values if value != current.get(option)]
        yield option, tuple(others or values)
