"""What every implementation of the `LiveEvents` port does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from assistant.domain.events import ReplyDelta, Signal, TurnDropped, Typing
from assistant.domain.ids import ConversationId, TurnId
from assistant.domain.ports import LiveEvents

HERE = ConversationId("conv_here")
ELSEWHERE = ConversationId("conv_elsewhere")
TURN = TurnId("turn_1")


async def following(items: AsyncIterator[int | Signal]) -> int | Signal:
    """The next item; a test fails, rather than hangs, where none comes."""
    return await asyncio.wait_for(anext(items), timeout=60)


async def until(items: AsyncIterator[int | Signal], last: int | Signal) -> list[int | Signal]:
    """The items up to and including `last`."""
    received = [await following(items)]
    while received[-1] != last:
        received.append(await following(items))
    return received


class LiveEventsSuite:
    """Needs a fixture `live`: an implementation to which nobody listens yet."""

    async def test_a_listener_learns_that_the_log_has_grown(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            await live.announce(HERE, 3)
            assert await following(items) == 3

    async def test_signals_arrive_as_they_were_sent_and_in_order(self, live: LiveEvents) -> None:
        signals: list[Signal] = [
            Typing(TURN, datetime(2026, 11, 22, tzinfo=UTC)),
            ReplyDelta(TURN, 0, "一箱 5 kg。"),
            ReplyDelta(TURN, 1, "现摘现发。"),
            TurnDropped(TURN),
        ]
        async with live.listen(HERE) as items:
            for signal in signals:
                await live.signal(HERE, signal)
            assert await until(items, signals[-1]) == signals

    async def test_a_number_never_overtakes_the_signals_sent_before_it(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            await live.announce(HERE, 1)
            await live.signal(HERE, ReplyDelta(TURN, 0, "一箱 5 kg。"))
            await live.announce(HERE, 2)
            received = await until(items, 2)
        assert received[-2:] == [ReplyDelta(TURN, 0, "一箱 5 kg。"), 2]

    async def test_every_listener_of_a_conversation_is_told(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as phone, live.listen(HERE) as desktop:
            await live.announce(HERE, 1)
            assert (await following(phone), await following(desktop)) == (1, 1)

    async def test_other_conversations_are_not_heard(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            await live.announce(ELSEWHERE, 7)
            await live.signal(ELSEWHERE, TurnDropped(TURN))
            await live.announce(HERE, 1)
            assert await following(items) == 1

    async def test_what_was_sent_before_listening_is_not_heard(self, live: LiveEvents) -> None:
        await live.announce(HERE, 1)
        async with live.listen(HERE) as items:
            await live.announce(HERE, 2)
            assert await following(items) == 2

    async def test_a_slow_listener_holds_nobody_up_and_still_learns_the_latest_number(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as slow, live.listen(HERE) as quick:
            heard = asyncio.create_task(until(quick, 1000))
            for number in range(1, 1001):
                await live.signal(HERE, ReplyDelta(TURN, number, "现摘"))
                await live.announce(HERE, number)
            await heard
            received = await until(slow, 1000)
        numbers = [item for item in received if isinstance(item, int)]
        assert numbers == sorted(numbers)
        assert len(received) < 2000

    async def test_numbers_announced_out_of_order_never_fall(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            await live.announce(HERE, 2)
            assert await following(items) == 2
            await live.announce(HERE, 1)
            await live.signal(HERE, TurnDropped(TURN))
            assert await following(items) == TurnDropped(TURN)
            await live.announce(HERE, 3)
            assert await following(items) == 3

    async def test_giving_up_a_wait_loses_nothing(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            with suppress(TimeoutError):
                await asyncio.wait_for(anext(items), timeout=0.01)
            await live.announce(HERE, 1)
            assert await following(items) == 1

    async def test_listening_ends_with_its_context(self, live: LiveEvents) -> None:
        async with live.listen(HERE) as items:
            await live.announce(HERE, 1)
        await live.announce(HERE, 2)
        with pytest.raises(StopAsyncIteration):
            await until(items, 2)
