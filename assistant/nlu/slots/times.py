"""Times of day: clocks, parts of the day, stretches of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots.line import Line, Placed

_SIGN = r"(?P<sign>am|pm|a\.m\.|p\.m\.)"
_NO_HOUR = r"days?|weeks?|hours?|months?|years?|min|pieces|orders|bucks|dollars|least|th\b|st\b|nd\b|rd\b|%"
_CLOCKS = tuple(
    map(
        regex.compile,
        (
            # Groups: hour, minute, sign. `sure`: a clock even where no word names the part of the day.
            rf"(?<![\d.:])(?P<hour>(?P<sure>[01]?\d|2[0-4])):(?P<minute>[0-5]\d)(?![\d:])(?:\s*{_SIGN})?",
            r"(?<![\d.第])(?P<hour>(?P<sure>\d{1,2}))点(?:钟|(?P<minute>半|一刻|三刻|[0-5]?\d)分?)?(?P<sign>)",
            r"(?<![差快早晚有大小多少好半第点\d])(?P<hour>十[一二]|[一二两三四五六七八九十])点"
            r"(?P<sure>钟|(?P<minute>半|一刻|三刻)|(?<!一点)(?=整|前|后|左右|之[前后]|以[前后]|到|至|来|开|送))?(?P<sign>)",
            r"(?<![\d.:$£€#])(?P<hour>(?P<sure>1[0-2]|[1-9]))(?:[:.](?P<minute>[0-5]\d))?\s?"
            r"(?P<sign>am|pm|a\.m\.|p\.m\.|o'clock)(?![a-z])",
            rf"(?<=\b(?:after|before|at|by) )(?P<hour>(?P<sure>1[0-2]|[1-9]))(?![\d:.%/-]|\s*(?:{_NO_HOUR}|[ap]\.?m))"
            r"(?P<minute>)(?P<sign>)",
        ),
    )
)
_LOW = regex.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})\s*(?:[-~到至]\s*(?=\d{1,2}点)"
    r"|(?:[-~]| to | and )\s*(?=\d{1,2}(?::\d\d)?\s?[ap]\.?m))"
)
_JOIN = regex.compile(r"\s*(?:到|至|-|~|to|and|until|till)\s*")
_OPEN_AFTER = regex.compile(
    r"\s*(?:(?P<until>之前|以前|前|or earlier\b)|(?P<since>之后|以后|过后|后(?!天)|onwards?\b|or later\b))"
)
_OPEN_BEFORE = regex.compile(r"\b(?:(?P<until>before|by|until|till)|(?P<since>after|from|past)) $")
_OPENED_BEFORE = 8  # characters that such a word takes
_SHORT_PART = regex.compile(r"(?<=[今明昨后天日一二三四五六])[早晚](?!点)|[早晚](?=\d{1,2}[点:])")
_SHORT_PARTS = {"早": "morning", "晚": "evening"}
_AFTER_NOON = frozenset({"noon", "afternoon", "evening", "night", "pm"})
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}
_NOON, _DAY = 12 * 60, 24 * 60  # minutes
_SHOP_OPENS = 8  # a bare hour before it is one of the afternoon


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time in minutes since midnight, and its place."""

    minute: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A word for a part of the day, and its place."""

    name: str
    start: int
    end: int


class TimeFinder:
    """time."""

    def __init__(self, parts: Mapping[str, Sequence[str]]) -> None:
        self._parts = {word.casefold(): part for part, words in parts.items() for word in words}
        self._part_words = Phrases(self._parts)

    def find(self, line: Line) -> Iterator[Placed]:
        parts = list(self._named(line.even))
        clocks: list[_Clock] = []
        for match in (match for pattern in _CLOCKS for match in pattern.finditer(line.even)):
            part = next((part for part in parts if _right_before(line.even, part, match.start())), None)
            clock = _clock(match, part)
            if clock and not any(clock.start < other.end and other.start < clock.end for other in clocks):
                clocks.append(clock)
                parts = [other for other in parts if other is not part]
        yield from _stretches(line, sorted((*clocks, *_lows(line.even, clocks)), key=lambda clock: clock.start))
        for part in parts:
            yield _placed_part(line, part)

    def _named(self, even: str) -> Iterator[_Part]:
        for word, start, end in self._part_words.spans(even):
            yield _Part(self._parts[word], start, end)
        for match in _SHORT_PART.finditer(even):
            yield _Part(_SHORT_PARTS[match.group()], match.start(), match.end())


def _right_before(even: str, part: _Part, start: int) -> bool:
    return part.end <= start and not even[part.end : start].strip()


def _clock(match: regex.Match[str], part: _Part | None) -> _Clock | None:
    """None where it is no time ("便宜一点", "25点")."""
    number = Quantities.number(match["hour"])
    if number is None or number > 24 or (part is None and match["sure"] is None):
        return None
    hour, minute = int(number), match["minute"] or ""
    minutes = _MINUTES.get(minute) or int(minute or 0)
    sign = (match["sign"] or "").replace(".", "")
    if hour < 12 and {sign, part.name if part else ""} & _AFTER_NOON:
        hour += 12
    elif hour == 12 and (sign == "am" or (part and part.name in {"evening", "night"})):
        hour = 0
    elif hour < _SHOP_OPENS and not part and sign != "am" and ":" not in match.group():
        hour += 12
    return _Clock((hour % 24) * 60 + minutes, part.start if part else match.start(), match.end())


def _lows(even: str, clocks: Sequence[_Clock]) -> Iterator[_Clock]:
    """ "2-4点": the 2 is an hour as well, of the same half of the day."""
    for match in _LOW.finditer(even):
        high = next((clock for clock in clocks if clock.start == match.end()), None)
        low = int(match["hour"]) * 60
        if high and low < _DAY:
            half = _NOON if low < _NOON and low + _NOON < high.minute else 0
            yield _Clock(low + half, match.start(), match.end("hour"))


def _stretches(line: Line, clocks: Sequence[_Clock]) -> Iterator[Placed]:
    """Two times with "to" between them are a stretch; one with "before" or "after" is open at one end."""
    index = 0
    while index < len(clocks):
        clock = clocks[index]
        after = clocks[index + 1] if index + 1 < len(clocks) else None
        if after and _JOIN.fullmatch(line.even, clock.end, after.start):
            late = after.minute < clock.minute < after.minute + _NOON < _DAY  # "下午2点到5点"
            high = replace(after, minute=after.minute + _NOON * late)
            yield line.place("time", f"{clock}/{high}", clock.start, after.end, 2)
            index += 2
        else:
            yield _opened(line, clock)
            index += 1


def _opened(line: Line, clock: _Clock) -> Placed:
    value, start, end = str(clock), clock.start, clock.end
    if word := _OPEN_AFTER.match(line.even, end):
        end = word.end()
    elif word := _OPEN_BEFORE.search(line.even, max(0, start - _OPENED_BEFORE), start):
        start = word.start()
    if word:
        value = f"../{value}" if word["until"] else f"{value}/.."
    return line.place("time", value, start, end, 2)


def _placed_part(line: Line, part: _Part) -> Placed:
    """The part by its name; noon by the clock where something is to be before or after it."""
    if part.name == "noon":
        opened = _opened(line, _Clock(_NOON, part.start, part.end))
        if "/" in opened.slot.value:
            return opened
    return line.place("time", part.name, part.start, part.end)
