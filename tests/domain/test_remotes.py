"""When a machine of others is left alone, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.domain.remotes import Breaker, asked_pause

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Moments:
    def __init__(self) -> None:
        self.second = 0.0

    def __call__(self) -> float:
        return self.second


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_call_through_after_its_pause() -> None:
    now = Moments()
    breaker = Breaker(failures=2, pause=10, now=now)
    for outcome in (breaker.failed, breaker.answered, breaker.failed):
        assert breaker.admits()
        outcome()
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    now.second = 10
    assert breaker.admits()
    assert not breaker.admits(), "one tries, the others wait"
    breaker.failed()
    now.second = 19
    assert not breaker.admits()
    now.second = 20
    assert breaker.admits()
    breaker.answered()
    assert breaker.admits()
    assert breaker.admits()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_by_a_date(header: str, seconds: float | None) -> None:
    assert asked_pause(header, NOON) == seconds
