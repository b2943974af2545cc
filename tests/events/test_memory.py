"""Live events within one process pass the suite, and leave nothing behind."""

from __future__ import annotations

import pytest

from assistant.domain.events import ReplyDelta
from assistant.events import MemoryLiveEvents
from tests.conformance.live_events import HERE, TURN, LiveEventsSuite, until


class TestMemoryLiveEvents(LiveEventsSuite):
    @pytest.fixture
    def live(self) -> MemoryLiveEvents:
        return MemoryLiveEvents()


async def test_of_the_signals_that_wait_the_latest_are_kept_and_numbers_take_no_room() -> None:
    live = MemoryLiveEvents(capacity=2)
    async with live.listen(HERE) as items:
        for index in range(5):
            await live.signal(HERE, ReplyDelta(TURN, index, "现摘"))
            await live.announce(HERE, index + 1)
        assert await until(items, 5) == [ReplyDelta(TURN, 3, "现摘"), ReplyDelta(TURN, 4, "现摘"), 5]
