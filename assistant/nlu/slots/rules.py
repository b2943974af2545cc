"""A way to name a day: a pattern, and what a match of it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import regex

from assistant.nlu.quantities import Quantities
from assistant.nlu.slots.days import Stretch


@dataclass(frozen=True, slots=True)
class Said:
    """A match of a rule, in a message of `today`; `past`: the words beside it say that the day is over."""

    match: regex.Match[str]
    today: date
    past: bool

    def group(self, name: str) -> str:
        """Empty where the group is not in the match."""
        return self.match[name] or ""

    def number(self, name: str) -> int:
        """In digits or in Chinese characters; 0 where it is none."""
        number = Quantities.number(self.group(name))
        return int(number) if number is not None else 0


@dataclass(frozen=True, slots=True)
class Rule:
    """The whole match is the day. `read` gives None where there is no such day."""

    pattern: regex.Pattern[str]
    read: Callable[[Said], Stretch | None]


def rule(pattern: str, read: Callable[[Said], Stretch | None]) -> Rule:
    return Rule(regex.compile(pattern), read)
