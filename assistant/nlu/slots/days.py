"""Days as shoppers name them, reckoned from today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from `first` to `last`; None: open at that end."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        """ISO 8601."""
        if self.first == self.last and self.first is not None:
            return self.first.isoformat()
        return "/".join(day.isoformat() if day else ".." for day in (self.first, self.last))


def one(day: date) -> Stretch:
    return Stretch(day, day)


def maybe(day: date | None) -> Stretch | None:
    return one(day) if day else None


def moved(today: date, number: int, unit: str) -> date:
    """So many days, weeks ("week", "周", "星期") or months ("month") from today."""
    if unit == "month":
        return today + relativedelta(months=number)
    return today + timedelta(weeks=number) if unit[:1] in "w周个星" else today + timedelta(days=number)


def weekday(today: date, number: int, weeks: int | None, *, past: bool = False) -> date:
    """Day `number` (Monday is 0) of the week `weeks` from this one; without a week the next one, or the last one."""
    if weeks is not None:
        return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks, days=number)
    if past:
        return today - timedelta(days=(today.weekday() - number) % 7)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def week(today: date, weeks: int) -> Stretch:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return Stretch(monday, monday + timedelta(days=6))


def weekend(today: date, weeks: int | None) -> Stretch:
    saturday = weekday(today, 5, weeks if weeks is not None else 0)
    return Stretch(saturday, saturday + timedelta(days=1))


def month(today: date, months: int) -> tuple[date, date]:
    """The first and the last day of the month that is so many from this one."""
    first = today + relativedelta(months=months, day=1)
    return first, first + relativedelta(day=31)


def of_year(today: date, number: int, day: int, year: int | None, *, past: bool = False) -> date | None:
    """A day of a month; without a year the one nearest to today, or the last one. None: there is no such day."""
    if year is not None:
        return _day(year, number, day)
    near = (_day(today.year + step, number, day) for step in (-1, 0, 1))
    return min(
        (found for found in near if found and not (past and found > today)),
        key=lambda found: abs(found - today),
        default=None,
    )


def of_month(today: date, day: int, *, past: bool = False) -> date | None:
    """A day without a month: the next one of that number, today included, or the last one."""
    for step in range(3):  # a month without a 31st is followed by one that has it
        first = today + relativedelta(months=-step if past else step, day=1)
        found = _day(first.year, first.month, day)
        if found and (found <= today if past else found >= today):
            return found
    return None


def black_friday(today: date) -> date:
    """The day after the fourth Thursday of November, this year."""
    november = date(today.year, 11, 1)
    return november + timedelta(days=(3 - november.weekday()) % 7 + 22)


def _day(year: int, number: int, day: int) -> date | None:
    try:
        return date(year, number, day)
    except ValueError:
        return None
