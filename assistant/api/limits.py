"""How much one caller may ask for.

A small GCRA (generic cell rate algorithm, ITU-T I.371) rather than the library `limits`: its in-memory store starts a
task that goes over all keys on every hit, and its clock cannot be handed in. One process holds its own counts.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.domain.errors import TooManyRequests
from assistant.domain.ports import Clock

PERIOD_NS = 60_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the API. A rate is requests a minute, all of which may come at once; 0 lifts it.

    left_after_s: how long no stream of a conversation is open until its shopper has left; one that a network has cut is
    back before.
    """

    max_message_chars: int = 2000
    max_body_bytes: int = 65_536
    max_evaluation_bytes: int = 8 * 1024 * 1024
    messages_per_session: int = 30
    sessions_per_address: int = 30
    requests_per_address: int = 600
    streams_per_session: int = 8
    heartbeat_s: float = 15.0
    left_after_s: float = 1.0


class RateLimiter:
    """Counts by key, in this process. Keeps one number a key and forgets keys that are back to rest."""

    def __init__(self, clock: Clock, *, capacity: int = 100_000) -> None:
        self._clock = clock
        self._capacity = capacity
        # The theoretical arrival time of the next request. Whole nanoseconds: sums of fractions drift.
        self._due: dict[str, int] = {}

    def take(self, key: str, per_minute: int) -> None:
        """Count one request. Raises TooManyRequests with `retry_after` in seconds; a refused request is not counted."""
        if per_minute <= 0:
            return
        now = (self._clock.now() - EPOCH) // MICROSECOND * 1000
        # Bounded from above, so that a clock set back locks nobody out for longer than a period.
        due = self._due[key] = min(max(self._due.get(key, now), now), now + PERIOD_NS)
        next_due = due + PERIOD_NS // per_minute
        if (wait := next_due - PERIOD_NS - now) > 0:
            seconds = math.ceil(wait / 1e9)
            raise TooManyRequests(
                f"More than {per_minute} requests in a minute; try again in {seconds} s.",
                retry_after=seconds,
                limit=per_minute,
            )
        self._due[key] = next_due
        if len(self._due) > self._capacity:
            self._forget(now)

    def _forget(self, now: int) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        if len(self._due) > self._capacity:  # a flood of new keys: let the nearest to rest go first
            by_due = sorted(self._due.items(), key=lambda item: item[1])
            self._due = dict(by_due[len(by_due) // 2 :])


def address_key(host: str | None) -> str:
    """Who to count a client address as: an IPv6 network of 64 bits is one household, an IPv4 address itself."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
