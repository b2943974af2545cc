"""When humans serve: said in words, and whether it is now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.answers.voice import Voice
from assistant.domain.store import Hours


def serving(hours: Hours, now: datetime) -> bool:
    """Whether `now` lies in the hours, closing time excluded; closing before opening means past midnight."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    clock = local.strftime("%H:%M")
    for day, opens, closes in hours.weekly:
        if opens < closes:
            if day == local.weekday() and opens <= clock < closes:
                return True
        elif (day == local.weekday() and clock >= opens) or ((day + 1) % 7 == local.weekday() and clock < closes):
            return True
    return False


def in_words(hours: Hours, voice: Voice) -> str:
    """ "周一至周五 09:00-22:00，周六至周日 10:00-20:00"; days with the same hours in a row stand together."""
    names = voice.say("weekdays").split(",")
    spans: list[tuple[int, int, str]] = []
    for day, opens, closes in sorted(hours.weekly):
        clock = f"{opens}-{closes}"
        if spans and spans[-1][1] == day - 1 and spans[-1][2] == clock:
            spans[-1] = (spans[-1][0], day, clock)
        else:
            spans.append((day, day, clock))
    to = voice.say("day_range")
    said = [f"{names[a]} {clock}" if a == b else f"{names[a]}{to}{names[b]} {clock}" for a, b, clock in spans]
    return voice.join(said)
