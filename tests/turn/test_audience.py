"""Who a turn is for: work of a language model stops when nobody waits for it, or when its time is up."""

from __future__ import annotations

import asyncio

import pytest

from assistant.domain.errors import ModelUnavailable
from assistant.turn.audience import Audience, Gone


class _Work:
    """Something a model is at; `stopped` is set once it has been cancelled."""

    def __init__(self) -> None:
        self.begun, self.stopped = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()


async def _at_work(audience: Audience, work: _Work, share: float = 1.0) -> str:
    """Why the work came to nothing."""
    with pytest.raises(ModelUnavailable) as caught:
        async with audience.waiting(share):
            await work()
    return caught.value.reason


async def test_work_under_way_is_cancelled_when_nobody_waits_any_more() -> None:
    audience, work = Audience(60), _Work()
    waiting = asyncio.create_task(_at_work(audience, work))
    await work.begun.wait()
    audience.leave(Gone.LEFT)
    assert await waiting == "stopped"
    assert work.stopped.is_set()


async def test_nothing_is_begun_for_nobody() -> None:
    audience, work = Audience(60), _Work()
    audience.leave(Gone.WROTE_AGAIN)
    assert await _at_work(audience, work) == "stopped"
    assert not work.begun.is_set()


async def test_work_that_takes_longer_than_its_share_of_the_time_is_cancelled() -> None:
    audience, work = Audience(0.1), _Work()
    assert await _at_work(audience, work, share=0.5) == "timeout"
    assert work.stopped.is_set()
    assert audience.gone is None


async def test_a_time_out_within_the_work_stays_what_it_is() -> None:
    with pytest.raises(TimeoutError):
        async with Audience(60).waiting():
            raise TimeoutError


async def test_the_first_reason_to_be_gone_stands_and_later_ones_change_nothing() -> None:
    audience, work = Audience(60), _Work()
    waiting = asyncio.create_task(_at_work(audience, work))
    await work.begun.wait()
    audience.leave(Gone.WROTE_AGAIN)
    audience.leave(Gone.LEFT)
    assert await waiting == "stopped"
    assert audience.gone is Gone.WROTE_AGAIN


async def test_what_is_shown_is_told_at_once_and_remembered() -> None:
    told: list[tuple[int, str]] = []

    async def show(index: int, text: str) -> None:
        told.append((index, text))

    audience = Audience(60, show)
    await audience.show(0, "保修 2 年。")
    assert told == [(0, "保修 2 年。")]
    assert audience.shown == {0: "保修 2 年。"}
