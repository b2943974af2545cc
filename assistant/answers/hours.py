"""When humans serve, said in words."""

from __future__ import annotations

from assistant.answers.voice import Voice
from assistant.domain.hours import Hours


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
