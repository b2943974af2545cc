"""Rates: who is slowed down, who is not, and for how long."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.limits import RateLimiter, address_key
from assistant.domain.errors import TooManyRequests
from tests.api.world import FakeClock, Opened, World, opened


def client_of(world: World, address: str = "203.0.113.7", **limits: int) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=world.app(**limits), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://bot.example")


async def send(client: httpx.AsyncClient, session: Opened, n: int) -> httpx.Response:
    body = {"client_message_id": f"m-{n}", "text": f"{n}"}
    return await client.post(session.path("messages"), json=body, headers=session.auth)


async def test_a_session_that_sends_too_fast_is_told_when_to_try_again(world: World) -> None:
    async with client_of(world, messages_per_session=3) as client:
        session = opened(await client.post("/v1/stores/lamps/sessions", json={}))
        assert [(await send(client, session, n)).status_code for n in range(4)] == [202, 202, 202, 429]
        refused = await send(client, session, 3)
        assert refused.json()["code"] == "too_many_requests"
        assert refused.headers["retry-after"] == "20"
        other = opened(await client.post("/v1/stores/lamps/sessions", json={}))
        assert (await send(client, other, 0)).status_code == 202, "another session is not slowed down"
        world.clock.advance(seconds=20)
        assert (await send(client, session, 3)).status_code == 202


async def test_an_address_that_opens_too_many_sessions_is_slowed_down(world: World) -> None:
    async with client_of(world, sessions_per_address=2) as client:
        statuses = [(await client.post("/v1/stores/lamps/sessions", json={})).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


async def test_an_address_that_guesses_is_slowed_down(world: World) -> None:
    async with client_of(world, requests_per_address=2) as client:
        statuses = [(await client.get(f"/v1/stores/guess-{n}")).status_code for n in range(3)]
    assert statuses == [404, 404, 429]


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=200))
def test_no_window_of_a_minute_takes_more_than_twice_the_rate_and_no_burst_more_than_the_rate(
    rate: int, pauses: list[float]
) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    taken: list[float] = []
    for pause in [0.0] * (rate + 1) + pauses:
        clock.advance(seconds=pause)
        try:
            limiter.take("k", rate)
        except TooManyRequests as error:
            wait = error.data["retry_after"]
            assert isinstance(wait, int)
            assert 1 <= wait <= 60
        else:
            taken.append(clock.now().timestamp())
    assert sum(moment == taken[0] for moment in taken) == rate
    for start in taken:
        assert sum(start <= moment < start + 60 for moment in taken) <= 2 * rate


@given(st.integers(1, 50))
def test_whoever_waits_as_told_is_served(rate: int) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    for _ in range(rate):
        limiter.take("k", rate)
    with pytest.raises(TooManyRequests) as refused:
        limiter.take("k", rate)
    clock.advance(seconds=float(str(refused.value.data["retry_after"])))
    limiter.take("k", rate)


def test_a_clock_that_is_set_back_locks_nobody_out_for_longer_than_a_minute() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    limiter.take("k", 1)
    clock.advance(hours=-5)
    with pytest.raises(TooManyRequests):
        limiter.take("k", 1)
    clock.advance(seconds=61)
    limiter.take("k", 1)


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    limiter = RateLimiter(FakeClock(), capacity=100)
    for n in range(1000):
        limiter.take(f"k{n}", 10)
    assert len(limiter._due) <= 101


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_household_counts_as_one_address(host: str | None, key: str) -> None:
    assert address_key(host) == key
