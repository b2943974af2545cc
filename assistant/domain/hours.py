"""When humans serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening and closing time "HH:MM" by weekday 0 (Monday) to 6, in an IANA time zone; closing before opening means
    past midnight. holidays: days on which nobody opens."""

    timezone: str = "Asia/Shanghai"
    weekly: tuple[tuple[int, str, str], ...] = ()
    holidays: tuple[date, ...] = ()

    def open_at(self, now: datetime) -> bool:
        """Whether `now` lies in the hours, closing time excluded. Without any hours it never does."""
        local = now.astimezone(ZoneInfo(self.timezone))
        clock, today = local.strftime("%H:%M"), local.date()
        for day, opens, closes in self.weekly:
            if opens < closes:
                if day == local.weekday() and opens <= clock < closes and today not in self.holidays:
                    return True
                continue
            if day == local.weekday() and clock >= opens and today not in self.holidays:
                return True
            yesterday = date.fromordinal(today.toordinal() - 1)
            if day == yesterday.weekday() and clock < closes and yesterday not in self.holidays:
                return True
        return False
