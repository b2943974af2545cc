"""When a call is tried again, and how long that takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import OutcomeUnknown, StoreSystemUnavailable
from connectors.mapping.model import Errors, Patience
from connectors.mapping.persistence import Persistence, Trouble
from connectors.mapping.remote import Answered

UNSENT = Trouble("nobody listens", maybe_done=False)
UNHEARD = Trouble("no answer", maybe_done=True)
REFUSED = Answered(409, {"code": "no"})


@dataclass
class Attempts:
    """Comes to each of `ends` in turn: raises it, or gives it. slept: the seconds between attempts."""

    ends: list[Exception | str]
    made: int = 0
    slept: list[float] = field(default_factory=list)

    async def __call__(self) -> str:
        end = self.ends[self.made]
        self.made += 1
        if isinstance(end, Exception):
            raise end
        return end

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def persistence(self, **patience: float) -> Persistence:
        return Persistence(Patience.model_validate({"attempts": 4, **patience}), Errors(), self.sleep)


async def test_a_call_that_did_not_go_out_is_tried_again_even_if_it_may_not_be_repeated() -> None:
    attempts = Attempts([UNSENT, UNSENT, "done"])
    assert await attempts.persistence().write(attempts, repeatable=False) == "done"


async def test_a_write_that_never_went_out_was_not_done() -> None:
    attempts = Attempts([UNSENT] * 4)
    with pytest.raises(StoreSystemUnavailable):
        await attempts.persistence().write(attempts, repeatable=True)
    assert attempts.made == 4


@pytest.mark.parametrize("last", [UNSENT, REFUSED], ids=["unsent", "refused"])
async def test_what_was_sent_once_stays_unknown_whatever_comes_after(last: Exception) -> None:
    attempts = Attempts([UNHEARD, last, last, last])
    with pytest.raises(OutcomeUnknown):
        await attempts.persistence().write(attempts, repeatable=True)


async def test_a_refusal_of_the_first_attempt_that_went_out_is_a_refusal() -> None:
    attempts = Attempts([UNSENT, REFUSED])
    with pytest.raises(Answered):
        await attempts.persistence().write(attempts, repeatable=False)


async def test_it_waits_as_long_as_the_system_asks() -> None:
    busy = Trouble("busy", maybe_done=False, retry_after=7, counts=False)
    attempts = Attempts([busy, busy, "done"])
    await attempts.persistence(within=60).read(attempts)
    assert attempts.slept == [pytest.approx(7)] * 2


async def test_it_gives_up_rather_than_wait_beyond_its_time() -> None:
    attempts = Attempts([Trouble("busy", maybe_done=False, retry_after=31), "done"])
    with pytest.raises(StoreSystemUnavailable):
        await attempts.persistence(within=30).read(attempts)
    assert attempts.slept == []


Ends = st.lists(st.sampled_from([UNSENT, UNHEARD, REFUSED, "done"]), min_size=4, max_size=4)


@given(ends=Ends, repeatable=st.booleans())
async def test_no_write_is_repeated_that_may_not_be_and_nothing_is_said_to_be_undone_that_may_be_done(
    ends: list[Exception | str], repeatable: bool
) -> None:
    attempts = Attempts(ends)
    told: object = None
    try:
        told = await attempts.persistence(failures=9).write(attempts, repeatable=repeatable)
    except (StoreSystemUnavailable, OutcomeUnknown, Answered) as error:
        told = error
    before = ends[: attempts.made]
    if not repeatable:
        assert UNHEARD not in before[:-1]
    if told != "done" and UNHEARD in before:
        assert isinstance(told, OutcomeUnknown)
    if told == "done":
        assert before[-1] == "done"
