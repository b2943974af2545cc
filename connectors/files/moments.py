"""Times in files: as dates, or as so many days or hours from now, so that an example never grows old."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = re.compile(r"([+-]?\d{1,5})d(?: ([01]\d|2[0-3]):([0-5]\d))?")
_HOURS = re.compile(r"([+-]?\d{1,6})h")
_DAY_FIELDS = frozenset({"begins", "ends"})


@dataclass(frozen=True, slots=True)
class Moments:
    """What times in files mean: `zone` is that of times without one, and of days."""

    now: datetime
    zone: ZoneInfo

    def at(self, text: str) -> datetime:
        """A time: ISO 8601, "-3d 14:20" (days from today, local time of day, else 00:00), "-5h" (from this hour).

        Raises ValueError.
        """
        here = self.now.astimezone(self.zone)
        if match := _DAYS.fullmatch(text):
            midnight = here.replace(hour=int(match[2] or 0), minute=int(match[3] or 0), second=0, microsecond=0)
            return midnight + timedelta(days=int(match[1]))
        if match := _HOURS.fullmatch(text):
            return here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=int(match[1]))
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no time; write 2026-11-20 14:20, -3d 14:20 or -5h") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def on(self, text: str) -> date:
        """A day: "2026-11-20", or "-3d". Raises ValueError."""
        match = _DAYS.fullmatch(text)
        if match and match[2] is None:
            return self.now.astimezone(self.zone).date() + timedelta(days=int(match[1]))
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no day; write 2026-11-20 or +30d") from None

    def told(self, name: str, value: object) -> object:
        """A field as expressions and texts get it: times and days, known by its name, in ISO 8601.

        Raises ValueError.
        """
        if isinstance(value, dict):
            return {key: self.told(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.told(name, item) for item in value]
        if isinstance(value, str) and is_time(name):
            return self.at(value).astimezone(self.zone).isoformat()
        if isinstance(value, str) and is_day(name):
            return self.on(value).isoformat()
        return value


def is_time(name: str) -> bool:
    return name == "at" or name.endswith("_at")


def is_day(name: str) -> bool:
    return name.endswith("_on") or name in _DAY_FIELDS
