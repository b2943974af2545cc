"""Machines of others that are asked over a network: when to leave one alone, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass
class Breaker:
    """Keeps calls from a machine that fails: open after `failures` in a row, it lets one try after `pause` seconds.

    That one decides whether it closes or stays open for another pause. The kept libraries for this are given up, or
    let all callers try at once.
    """

    failures: int
    pause: float
    now: Callable[[], float] = time.monotonic
    _failed: int = field(default=0, init=False)
    _shut_until: float | None = field(default=None, init=False)

    def admits(self) -> bool:
        """Whether a call may be made now; who is told so makes it."""
        if self._shut_until is None:
            return True
        if self.now() < self._shut_until:
            return False
        self._shut_until = self.now() + self.pause  # this caller tries, the others wait
        return True

    def answered(self) -> None:
        self._failed, self._shut_until = 0, None

    def failed(self) -> None:
        self._failed += 1
        if self._shut_until is not None or self._failed >= self.failures:
            self._shut_until = self.now() + self.pause


def asked_pause(retry_after: str, now: datetime) -> float | None:
    """The seconds that a header Retry-After asks to be left alone for: it names them, or a date (RFC 9110)."""
    text = retry_after.strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
