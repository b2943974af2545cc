from __future__ import annotations

import asyncio
from itertools import count

from assistant.domain.backend import Order, ShopperRef
from evals.bench.procedures import TimedSystem, load_scripts
from tests.effects.world import System


class SlowSystem(System):
    """Answers two questions only once both were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.both = asyncio.Barrier(2)

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        async with self.both:
            return []


async def test_time_in_which_two_calls_are_under_way_counts_once() -> None:
    ticks = count()
    timed = TimedSystem(SlowSystem(), clock=lambda: float(next(ticks)))
    await asyncio.gather(timed.orders(ShopperRef("mei")), timed.orders(ShopperRef("mei")))
    assert (timed.milliseconds, timed.calls) == (1000, 2)
    await timed.outcome("none")
    assert (timed.milliseconds, timed.calls) == (2000, 3)


def test_what_is_timed_is_all_that_procedures_do_in_both_languages() -> None:
    for language in ("zh", "en"):
        requests = [request for script in load_scripts() if script.language == language for request in script.requests]
        reasons = {request.comes_to for request in requests}
        assert reasons == {
            *("track.done", "status.done", "cancel.confirms", "cancel.done"),
            *("change_address.asks", "change_address.confirms", "change_address.dropped"),
        }
