"""Days in a message: named, reckoned from today, written in figures; and stretches of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots import days, days_in_chinese, days_in_english
from assistant.nlu.slots.days import Stretch
from assistant.nlu.slots.line import Line, Placed
from assistant.nlu.slots.rules import Rule, Said, rule

_CUE = regex.compile(
    r"[今明昨后前天日号周期拜月年寻琴底假节双元圣国六五]|\d|day|week|month|tom|tmr|moro|night"
    r"|mon|tue|wed|thu|fri|sat|sun|christ|xmas|halloween|valentine"
)
_JOINS = regex.compile(r"\s*(到|至|~|-+|to|through|thru|until|till|and)\s*(?:the )?")
_OPEN_AFTER = regex.compile(
    r"\s*(?:(?P<until>之前|以前|前)|(?P<since>之后|以后|起(?!来)|往后|后(?![天日])|onwards?\b))(?!台)"
)
_OPEN_BEFORE = regex.compile(
    r"\b(?:(?P<until>by|before|until|till|no later than)|(?P<since>after|from|since))(?: the)? $"
)
_OPENED_BEFORE = 16  # characters that such a word and what belongs to it take
_PAST_REACH = {True: 6, False: 18}  # characters in which a Chinese, or else an English, word says that a day is over


@dataclass(frozen=True, slots=True)
class _Found:
    stretch: Stretch
    start: int
    end: int


class DateFinder:
    """date."""

    def __init__(self, calendar: Mapping[str, Any]) -> None:
        self._days = {word.casefold(): int(offset) for offset, words in calendar["days"].items() for word in words}
        self._relative = Phrases(self._days)
        self._feasts = {word.casefold(): day for day, words in calendar["holidays"].items() for word in words}
        self._holidays = Phrases(self._feasts)
        self._past_before = Phrases(calendar["past_before"])
        self._past_after = tuple(calendar["past_after"])

    def find(self, line: Line) -> Iterator[Placed]:
        if not _CUE.search(line.even):
            return
        found = sorted((*self._named(line), *self._ruled(line)), key=lambda day: (day.start, -day.end))
        for day in _joined(line.even, _apart(found)):
            yield line.place("date", str(day.stretch), day.start, day.end, 2)

    def _named(self, line: Line) -> Iterator[_Found]:
        """Days with a name of their own: tomorrow, Christmas."""
        for word, start, end in self._relative.spans(line.even):
            yield _Found(days.one(line.today + timedelta(days=self._days[word])), start, end)
        for word, start, end in self._holidays.spans(line.even):
            month, day = map(int, self._feasts[word].split("-"))
            stretch = days.maybe(days.of_year(line.today, month, day, None))
            if stretch and not (word.isdigit() and _is_amount(line.even, start, end)):
                yield _Found(stretch, start, end)

    def _ruled(self, line: Line) -> Iterator[_Found]:
        spoken = days_in_chinese.RULES if line.chinese else days_in_english.RULES
        for way in (*_FIGURES, *spoken):
            for match in way.pattern.finditer(line.even):
                said = Said(match, line.today, self._past(line, match.start(), match.end()))
                if stretch := way.read(said):
                    start = match.start() + len(match.group()) - len(match.group().lstrip())
                    yield _Found(stretch, start, match.end())

    def _past(self, line: Line, start: int, end: int) -> bool:
        reach = _PAST_REACH[line.chinese]
        before = line.even[max(0, start - reach) : start].rstrip()
        after = line.even[end : end + reach].lstrip("早上下午中晚 ")
        return after.startswith(self._past_after) or any(
            stop >= len(before) - 1 for _, _, stop in self._past_before.spans(before)
        )


def _iso(said: Said) -> Stretch | None:
    return days.maybe(
        days.of_year(said.today, int(said.group("month")), int(said.group("day")), int(said.group("year")))
    )


def _slashed(said: Said) -> Stretch | None:
    """Month before day, unless only the other way is a date."""
    first, second, year = int(said.group("first")), int(said.group("second")), said.group("year")
    written = int(year) + (2000 if len(year) == 2 else 0) if year else None
    return days.maybe(
        days.of_year(said.today, first, second, written, past=said.past)
        or days.of_year(said.today, second, first, written, past=said.past)
    )


_SLASHED = r"(?<![\d./-])(?P<first>\d{1,2})/(?P<second>\d{1,2})"
_FIGURES: Sequence[Rule] = (
    rule(r"(?<![\d./-])(?P<year>20\d\d)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?![\d./-])", _iso),
    rule(r"(?<!\d)(?P<year>20[2-4]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)", _iso),
    rule(rf"{_SLASHED}/(?P<year>20\d\d|\d\d)(?![\d./-])", _slashed),
    rule(rf"(?<=\b(?:on|by|before|after|until|from|since) ){_SLASHED}(?P<year>)(?![\d./%-])", _slashed),
    rule(rf"(?<=[日期在约到从改为]){_SLASHED}(?P<year>)(?![\d./%-])", _slashed),
    rule(rf"{_SLASHED}(?P<year>)(?=来|送|上门|前|后|之|早|上午|下午|晚)", _slashed),
)


def _is_amount(even: str, start: int, end: int) -> bool:
    """Whether digits that may name a day ("618") belong to a longer number, or count something."""
    after = even[end : end + 1]
    return (
        (even[max(0, start - 1) : start].isalnum() and even[start - 1].isascii())
        or after.isdigit()
        or after in tuple("元块-./万千")
    )


def _apart(found: list[_Found]) -> list[_Found]:
    """The longest where several overlap; in the order of their places."""
    kept: list[_Found] = []
    for day in found:
        if not kept or day.start >= kept[-1].end:
            kept.append(day)
        elif day.end - day.start > kept[-1].end - kept[-1].start:
            kept[-1] = day
    return kept


def _joined(even: str, found: list[_Found]) -> Iterator[_Found]:
    """Two days with "to" between them are a stretch; one with "before" or "after" is open at one end."""
    index = 0
    while index < len(found):
        day = found[index]
        stretch = _stretch(even, day, found[index + 1]) if index + 1 < len(found) else None
        if stretch:
            yield _Found(stretch, day.start, found[index + 1].end)
            index += 2
        else:
            yield _opened(even, day)
            index += 1


def _stretch(even: str, day: _Found, after: _Found) -> Stretch | None:
    word = _JOINS.fullmatch(even, day.end, after.start)
    first, last = day.stretch.first, after.stretch.last
    if not word or not first or not last or (word[1] == "and" and not even[: day.start].endswith("between ")):
        return None
    if last < first:  # "周五到周一", said on a Saturday
        last += timedelta(weeks=1)
    return Stretch(first, last) if first < last else None


def _opened(even: str, day: _Found) -> _Found:
    start, end = day.start, day.end
    if word := _OPEN_AFTER.match(even, end):
        end = word.end()
    elif word := _OPEN_BEFORE.search(even, max(0, start - _OPENED_BEFORE), start):
        start = word.start()
    else:
        return day
    stretch = Stretch(None, day.stretch.last) if word["until"] else Stretch(day.stretch.first, None)
    return replace(day, stretch=stretch, start=start, end=end)
