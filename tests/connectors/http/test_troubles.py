"""What the connector `http` does when the system fails, stalls, sends elsewhere or does not stop talking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.domain.backend import OrderId, ShopperRef, StoreBackend
from assistant.domain.errors import NotFound, OperationRefused, OutcomeUnknown, StoreSystemUnavailable
from connectors.http import HttpConnector
from tests.connectors.harbour import MEI, PAID, SENT
from tests.connectors.http.server import EXAMPLE, TOKEN, HarbourServer, Trouble, harbour_server, write_example
from tests.connectors.opening import opened

ME = ShopperRef(MEI)
POST = "POST /api/orders"
GET = "GET /api/customers"
CANCEL = {"order_id": PAID, "reason": "changed_mind"}
Opened = Callable[..., AbstractAsyncContextManager[StoreBackend]]


@pytest.fixture
def server() -> Iterator[HarbourServer]:
    with harbour_server() as server:
        yield server


@pytest.fixture
def opening(server: HarbourServer, tmp_path: Path) -> Opened:
    """The system, with changes of its mapping."""

    def opened_with(**changes: Any) -> AbstractAsyncContextManager[StoreBackend]:
        folder = write_example(tmp_path, server.address, **changes)
        return opened(HttpConnector(), folder, {"STOREBOT_SYSTEM_HARBOUR_TOKEN": TOKEN})

    return opened_with


@pytest.fixture
async def backend(opening: Opened) -> AsyncIterator[StoreBackend]:
    async with opening() as backend:
        yield backend


@pytest.fixture
async def keyless(opening: Opened) -> AsyncIterator[StoreBackend]:
    """The system without idempotency keys, which is why no write may be repeated; it is waited for a little."""
    operations = yaml.safe_load((EXAMPLE / "mapping.yaml").read_text(encoding="utf-8"))["operations"]
    operations["cancel_order"]["without"] = ["Idempotency-Key"]
    patience = {"timeout": 1.5, "attempts": 3}
    async with opening(idempotency_header=None, operations=operations, patience=patience) as backend:
        yield backend


async def cancelled(backend: StoreBackend, key: str = "k-1") -> Any:
    return await backend.call("cancel_order", CANCEL, shopper=ME, idempotency_key=key)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
async def test_a_read_is_tried_again(backend: StoreBackend, server: HarbourServer, status: int) -> None:
    server.troubles = [(GET, Trouble(status)), (GET, Trouble(status))]
    assert (await backend.shopper(ME)).id == MEI
    assert server.asked(GET) == 3


async def test_a_read_is_given_up_after_as_many_attempts_as_the_mapping_allows(
    backend: StoreBackend, server: HarbourServer
) -> None:
    server.troubles = [(GET, Trouble(500))] * 4
    with pytest.raises(StoreSystemUnavailable):
        await backend.shopper(ME)
    assert server.asked(GET) == 3


async def test_a_system_that_stalls_is_not_waited_for(opening: Opened, server: HarbourServer) -> None:
    server.troubles = [(GET, Trouble(wait=5))]
    async with opening(patience={"timeout": 0.2, "attempts": 1}) as backend:
        with pytest.raises(StoreSystemUnavailable, match="no answer in time"):
            await asyncio.wait_for(backend.shopper(ME), timeout=3)


async def test_a_write_whose_answer_is_lost_is_repeated_under_its_key_and_done_once(
    backend: StoreBackend, server: HarbourServer
) -> None:
    server.troubles = [(POST, Trouble(first=True, cut=True))]
    assert await cancelled(backend) == {"order_id": PAID, "refund": 5980}
    assert server.harbour.effects == [("cancel", PAID)]
    keys = {headers["idempotency-key"] for line, headers in server.seen if line.startswith("POST")}
    assert (keys, server.asked(POST)) == ({"k-1"}, 2)


@pytest.mark.parametrize(
    "trouble",
    [Trouble(first=True, cut=True), Trouble(500, first=True), Trouble(first=True, wait=4), Trouble(303, first=True)],
    ids=["cut", "500", "stall", "redirect"],
)
async def test_a_write_without_a_key_is_never_repeated_once_it_was_sent(
    keyless: StoreBackend, server: HarbourServer, trouble: Trouble
) -> None:
    server.troubles = [(POST, trouble)]
    with pytest.raises(OutcomeUnknown):
        await cancelled(keyless)
    assert server.asked(POST) == 1


async def test_a_write_that_the_system_was_too_busy_for_is_tried_again_even_without_a_key(
    keyless: StoreBackend, server: HarbourServer
) -> None:
    server.troubles = [(POST, Trouble(429, headers=(("Retry-After", "0"),)))]
    await cancelled(keyless)
    assert server.harbour.effects == [("cancel", PAID)]


async def test_longer_than_a_call_may_take_nobody_waits_for_a_busy_system(
    backend: StoreBackend, server: HarbourServer
) -> None:
    server.troubles = [(POST, Trouble(429, headers=(("Retry-After", "3600"),)))]
    with pytest.raises(StoreSystemUnavailable, match="busy"):
        await asyncio.wait_for(cancelled(backend), timeout=3)
    assert server.harbour.effects == []


async def test_a_system_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    folder = write_example(tmp_path, "http://127.0.0.1:9")
    async with opened(HttpConnector(), folder, {"STOREBOT_SYSTEM_HARBOUR_TOKEN": TOKEN}) as backend:
        with pytest.raises(StoreSystemUnavailable):
            await backend.shopper(ME)


async def test_what_became_of_a_write_is_looked_up(opening: Opened, server: HarbourServer) -> None:
    server.troubles = [(POST, Trouble(first=True, cut=True)), (POST, Trouble(500)), (POST, Trouble(500))]
    async with opening() as backend:
        with pytest.raises(OutcomeUnknown):
            await cancelled(backend)
        assert await backend.outcome("k-1") == {"order_id": PAID, "refund": 5980}
        assert await backend.outcome("k-2") is None
    assert server.harbour.effects == [("cancel", PAID)]


async def test_the_outcome_stays_unknown_while_the_system_is_at_work_or_cannot_be_asked(
    opening: Opened, server: HarbourServer
) -> None:
    server.troubles = [("GET /api/requests", Trouble(body=b'{"state": "running"}'))]
    async with opening() as backend:
        with pytest.raises(OutcomeUnknown):
            await backend.outcome("k-1")
    async with opening(outcome=None) as backend:
        with pytest.raises(OutcomeUnknown):
            await backend.outcome("k-1")


async def test_a_failed_request_had_no_effect(backend: StoreBackend, server: HarbourServer) -> None:
    server.troubles = [("GET /api/requests", Trouble(body=b'{"state": "failed"}'))]
    assert await backend.outcome("k-1") is None


async def test_an_error_that_answers_a_second_attempt_says_nothing_of_the_first(
    backend: StoreBackend, server: HarbourServer
) -> None:
    """The system has cancelled, forgets the key, and now finds the order cancelled already."""
    server.troubles = [(POST, Trouble(first=True, cut=True)), (POST, Trouble(409, b'{"error": {"code": "closed"}}'))]
    with pytest.raises(OutcomeUnknown):
        await cancelled(backend)


async def test_a_request_that_is_still_at_work_is_waited_for(backend: StoreBackend, server: HarbourServer) -> None:
    busy = Trouble(409, b'{"error": {"code": "in_progress"}}')
    server.troubles = [(POST, busy), (POST, busy)]
    assert await cancelled(backend) == {"order_id": PAID, "refund": 5980}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(backend: StoreBackend, server: HarbourServer, status: int) -> None:
    with harbour_server() as elsewhere:
        redirect = Trouble(status, headers=(("Location", f"{elsewhere.address}/api/customers/{MEI}"),))
        server.troubles = [(GET, redirect)] * 3
        with pytest.raises(StoreSystemUnavailable, match="redirect"):
            await backend.shopper(ME)
        assert elsewhere.seen == []


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "unannounced"])
async def test_an_answer_without_end_is_not_read(opening: Opened, server: HarbourServer, announced: bool) -> None:
    body = b'"' + b"x" * 100_000 + b'"'
    length = (("Content-Length", str(len(body))),) if announced else ()
    server.troubles = [(GET, Trouble(body=body, headers=length))]
    async with opening(answer_at_most=50_000) as backend:
        with pytest.raises(StoreSystemUnavailable, match="more than 50000 bytes"):
            await backend.shopper(ME)


async def test_a_write_that_was_done_and_whose_answer_cannot_be_read_is_looked_up(
    backend: StoreBackend, server: HarbourServer
) -> None:
    server.troubles = [(POST, Trouble(body=b"done!", first=True))]
    with pytest.raises(OutcomeUnknown):
        await cancelled(backend)
    assert await backend.outcome("k-1") == {"order_id": PAID, "refund": 5980}


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(404), NotFound),
        (Trouble(409), OperationRefused),
        (Trouble(422, b'{"error": {"code": "too_late"}}'), OperationRefused),
        (Trouble(401), StoreSystemUnavailable),
        (Trouble(403, b'{"error": {"code": "no_refunds_here"}}'), OperationRefused),
        (Trouble(405), StoreSystemUnavailable),
    ],
    ids=["404", "409", "422", "401", "403", "405"],
)
async def test_errors_become_those_of_the_port(
    backend: StoreBackend, server: HarbourServer, trouble: Trouble, error: type[Exception]
) -> None:
    server.troubles = [(POST, trouble)]
    with pytest.raises(error):
        await cancelled(backend)
    assert server.harbour.effects == []


async def test_a_system_that_fails_again_and_again_is_left_alone_until_one_call_finds_it_well(
    opening: Opened, server: HarbourServer
) -> None:
    server.troubles = [(GET, Trouble(500)), (GET, Trouble(500))]
    async with opening(patience={"attempts": 1, "failures": 2, "pause": 2}) as backend:
        for _ in range(2):
            with pytest.raises(StoreSystemUnavailable):
                await backend.shopper(ME)
        with pytest.raises(StoreSystemUnavailable, match="asked again soon"):
            await backend.shopper(ME)
        assert server.asked(GET) == 2
        await asyncio.sleep(2.1)
        tries = await asyncio.gather(*(backend.shopper(ME) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(tried, StoreSystemUnavailable) for tried in tries) == 4, "one tries, the others wait"
        assert (await backend.order(ME, OrderId(SENT))).id == SENT
