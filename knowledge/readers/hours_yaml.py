"""When humans serve, as `store.yaml` says it."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.domain.hours import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)")


class HoursYaml(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: str = "Asia/Shanghai"
    open: dict[str, str] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no IANA time zone; write one such as Asia/Shanghai") from error
        return value

    @field_validator("open")
    @classmethod
    def _spans(cls, value: dict[str, str]) -> dict[str, str]:
        taken: set[int] = set()
        for days, span in value.items():
            match = _SPAN.fullmatch(span.replace(" ", ""))
            if not match or span.replace(" ", "")[:5] >= match[3]:
                raise ValueError(f'{days}: {span!r} is no span of time; write "09:00-22:00"')
            named = set(days_of(days))
            if taken & named:
                raise ValueError(f"{days} names a day that stands there twice")
            taken |= named
        return value

    def hours(self) -> Hours:
        return Hours(self.timezone, self.weekly(), tuple(sorted(set(self.holidays))))

    def weekly(self) -> tuple[tuple[int, str, str], ...]:
        spans = ((day, span.replace(" ", "")) for days, span in self.open.items() for day in days_of(days))
        return tuple(sorted((day, span[:5], span[6:]) for day, span in spans))


def days_of(name: str) -> range:
    """Weekdays 0 (Monday) to 6 that "mon", "mon-fri" or "daily" names. Raises ValueError."""
    if name == "daily":
        return range(7)
    first, _, last = name.lower().partition("-")
    if first not in _DAYS or (last and last not in _DAYS):
        raise ValueError(f"{name!r} names no days; write mon-fri, sat, or daily")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    if end < start:
        raise ValueError(f"{name!r} runs backwards; the week starts with mon")
    return range(start, end + 1)
