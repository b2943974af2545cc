"""Days as they are named in English; `dateutil` reads those that are written out."""

from __future__ import annotations

from datetime import datetime, timedelta

from dateutil import parser

from assistant.nlu.slots import days
from assistant.nlu.slots.days import Stretch
from assistant.nlu.slots.rules import Said, rule

_MONTHS = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_SHORT_WEEKDAYS = "mon|tues?|weds?|thur?s?|fri|sat|sun"  # only after a word that leads in a day: "sat" is a verb
_ORDER = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STEPS = {"next": 1, "last": -1}
_SMALL = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_NUMBER = rf"[0-9]{{1,2}}|{'|'.join(_SMALL)}"
_TH = "(?:st|nd|rd|th)"
_NO_DAY = r"time|one|item|order|day|person|street|st|floor|ave|option|of"  # after "the 4th"


def _written(said: Said) -> Stretch | None:
    """ "Dec 5th", "25 December 2026"."""
    text = said.match.group().replace("the ", "")
    first = datetime(said.today.year, 1, 1)  # noqa: DTZ001  (a day has no zone)
    try:
        read = parser.parse(text, default=first).date()
    except (ValueError, OverflowError):
        return None
    return days.maybe(
        read if said.group("year") else days.of_year(said.today, read.month, read.day, None, past=said.past)
    )


def _weekday(said: Said) -> Stretch:
    number = _ORDER.index((said.group("day") or said.group("short"))[:3])
    if said.group("which") == "last":
        return days.one(days.weekday(said.today - timedelta(days=1), number, None, past=True))
    return days.one(days.weekday(said.today, number, 1 if said.group("which") == "next" else None, past=said.past))


def _week(said: Said) -> Stretch:
    return days.week(said.today, _STEPS.get(said.group("which"), 0))


def _weekend(said: Said) -> Stretch:
    return days.weekend(said.today, _STEPS.get(said.group("which"), 0))


def _month(said: Said) -> Stretch:
    return Stretch(*days.month(said.today, _STEPS.get(said.group("which"), 0)))


def _month_end(said: Said) -> Stretch:
    return days.one(days.month(said.today, 0)[1])


def _away(said: Said) -> Stretch:
    """ "in 3 days", "two weeks ago"."""
    text = said.group("number")
    number = _SMALL[text] if text in _SMALL else int(text)
    return days.one(
        days.moved(said.today, number * (-1 if said.match.group().endswith("ago") else 1), said.group("unit"))
    )


def _of_month(said: Said) -> Stretch | None:
    """ "the 25th"."""
    return days.maybe(days.of_month(said.today, said.number("day"), past=said.past))


def _black_friday(said: Said) -> Stretch:
    return days.one(days.black_friday(said.today))


RULES = (
    rule(
        rf"\b(?:(?:the )?\d{{1,2}}{_TH}?(?: of)? {_MONTHS}|{_MONTHS}\.?(?: the)? \d{{1,2}}{_TH}?(?![\d:]))\b"
        r"(?P<year>,? 20\d\d)?",
        _written,
    ),
    rule(
        rf"\b(?P<which>this coming|this|next|coming|last)? ?\b(?<!black )(?:(?P<day>{_WEEKDAYS})s?"
        rf"|(?<=\b(?:this|next|last|coming|on|by|before|until|till|or|to) )(?P<short>{_SHORT_WEEKDAYS}))\b",
        _weekday,
    ),
    rule(r"\b(?P<which>this|next|last) week\b", _week),
    rule(r"\b(?P<which>this|next|last|the) weekend\b", _weekend),
    rule(r"\b(?P<which>this|next|last) month\b", _month),
    rule(r"\b(?:the )?end of (?:the|this) month\b", _month_end),
    rule(rf"\bin (?P<number>{_NUMBER}) (?P<unit>day|week|month)s?(?: time)?\b(?! of)", _away),
    rule(rf"\b(?P<number>{_NUMBER}) (?P<unit>day|week|month)s? (?:from now|from today|ago)\b", _away),
    rule(rf"\bthe (?P<day>\d{{1,2}}){_TH}\b(?! (?:{_NO_DAY})\b)", _of_month),
    rule(r"\bblack friday\b", _black_friday),
)
