"""The event stream over real HTTP: nothing lost, nothing twice, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from fastapi import FastAPI
from httpx_sse import EventSource, ServerSentEvent, connect_sse

from assistant.api.stream import OpenStreams
from assistant.domain.events import Rated
from assistant.domain.ids import ConversationId
from tests.api.world import Opened, World, opened, serve

STORED = ("message", "reply", "handoff", "owner", "rating")


@contextmanager
def follow(
    client: httpx.Client, session: Opened, *, last_event_id: int | None = None, **query: object
) -> Iterator[Iterator[ServerSentEvent]]:
    headers = session.auth if last_event_id is None else session.auth | {"Last-Event-ID": str(last_event_id)}
    with connect_sse(client, "GET", session.path("events"), headers=headers, params=query) as source:
        yield _events(source)


def _events(source: EventSource) -> Iterator[ServerSentEvent]:
    source.response.raise_for_status()
    return (event for event in source.iter_sse() if event.data)


def open_session(client: httpx.Client) -> Opened:
    return opened(client.post("/v1/stores/lamps/sessions", json={}))


def send(client: httpx.Client, session: Opened, text: str) -> int:
    body = {"client_message_id": f"m-{text.encode().hex()}", "text": text}
    response = client.post(session.path("messages"), json=body, headers=session.auth)
    assert response.status_code == 202, response.text
    seq: int = response.json()["seq"]
    return seq


def until(events: Iterator[ServerSentEvent], seq: int) -> list[ServerSentEvent]:
    """The events up to the stored one with `seq`."""
    read = []
    for event in events:
        read.append(event)
        if event.id == str(seq):
            return read
    raise AssertionError(f"the stream ended before event {seq}: {read}")


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def test_a_turn_is_seen_as_it_happens(world: World) -> None:
    world.bot.may_deliver = threading.Event()
    with world.serving() as client:
        session = open_session(client)
        with follow(client, session) as events:
            greeting = next(events)
            assert (greeting.id, greeting.event) == ("1", "reply")
            send(client, session, "多少钱")
            message, typing, delta = next(events), next(events), next(events)
            world.bot.may_deliver.set()
            reply = next(events)
    assert [event.event for event in (message, typing, delta, reply)] == ["message", "typing", "delta", "reply"]
    stored = json.loads(reply.data)
    assert (stored["seq"], stored["answers"], reply.id) == (3, 2, "3")
    assert json.loads(delta.data) == {"type": "delta", "turn_id": stored["turn_id"], "index": 0, "text": "¥129"}


def test_only_stored_events_carry_an_id(world: World) -> None:
    world.bot.may_deliver = threading.Event()
    with world.serving() as client:
        session = open_session(client)
        with client.stream("GET", session.path("events"), headers=session.auth) as response:
            send(client, session, "多少钱")
            ids: dict[str, str] = {}
            for block in _blocks(response.iter_lines()):
                ids[block["event"]] = block.get("id", "none")
                if block["event"] == "delta":
                    world.bot.may_deliver.set()
                if block.get("id") == "3":
                    break
    assert ids == {"reply": "3", "message": "2", "typing": "none", "delta": "none"}


def _blocks(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """The events as they stand on the wire; an EventSource would carry the last id over to events without one."""
    block: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            block[name] = value
            continue
        if "event" in block:
            yield block
        block = {}


def test_a_signal_that_its_reply_has_overtaken_is_not_sent(world: World) -> None:
    with world.serving() as client:
        session = open_session(client)
        with follow(client, session) as events:
            send(client, session, "一")
            until(events, 3)
            send(client, session, "二")
            texts = [json.loads(event.data).get("text") for event in until(events, 5)]
    assert "late" not in texts


def test_a_cut_connection_is_taken_up_where_it_was_read(world: World) -> None:
    with world.serving() as client:
        session = open_session(client)
        read: list[int] = []
        for n in itertools.count():
            with follow(client, session, last_event_id=read[-1] if read else None) as events:
                send(client, session, f"第{n}条")
                for event in events:  # leave in the middle of whatever comes
                    if event.event in STORED:
                        read.append(json.loads(event.data)["seq"])
                        break
            if len(read) >= 12:
                break
        last = client.get(session.path("history"), headers=session.auth).json()["last_seq"]
        with follow(client, session, after=read[-1]) as events:
            read += [int(event.id) for event in until(events, last) if event.event in STORED]
    assert read == list(range(1, last + 1))


def test_readers_and_writers_at_the_same_time_lose_and_repeat_nothing(world: World) -> None:
    count = 30
    with world.serving() as client:
        world.bot.silent = True
        session = open_session(client)

        def write(part: int) -> None:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                for n in range(count):
                    send(own, session, f"{part}-{n}")

        writers = [threading.Thread(target=write, args=(part,)) for part in range(2)]
        with follow(client, session) as events:
            for writer in writers:
                writer.start()
            read = until(events, 1 + 2 * count)
        for writer in writers:
            writer.join()
    assert [int(event.id) for event in read] == list(range(1, 2 + 2 * count))


def test_a_long_history_comes_whole(world: World) -> None:
    with world.serving() as client:
        session = open_session(client)

        async def fill() -> None:
            for n in range(450):  # more than two batches
                await world.services.log.append(ConversationId(session.conversation_id), Rated(1 + n % 5))

        asyncio.run(fill())
        with follow(client, session) as events:
            assert [int(event.id) for event in until(events, 451)] == list(range(1, 452))


def test_a_lost_announcement_only_costs_a_heartbeat(world: World) -> None:
    with world.serving(heartbeat_s=0.1) as client:
        session = open_session(client)
        with follow(client, session) as events:
            until(events, 1)
            # Written behind the server's back, as another process would whose announcement got lost.
            asyncio.run(world.services.log.append(ConversationId(session.conversation_id), Rated(4)))
            assert [event.id for event in until(events, 2)] == ["2"]


def test_an_idle_stream_shows_life(world: World) -> None:
    with world.serving(heartbeat_s=0.05) as client:
        session = open_session(client)
        with client.stream("GET", session.path("events"), headers=session.auth) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            pings = (line for line in response.iter_lines() if line == ": ping")
            assert [next(pings), next(pings)] == [": ping", ": ping"]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ("x", 422, "invalid_input"),
        ("", 422, "invalid_input"),
        ("-1", 422, "invalid_input"),
        ("1.0", 422, "invalid_input"),
        ("٣".encode(), 422, "invalid_input"),
        ("9" * 5000, 422, "invalid_input"),
        ("2", 409, "conflict"),
        ("9" * 18, 409, "conflict"),
    ],
)
def test_a_foreign_event_id_is_an_error_and_never_silence(
    world: World, given: str | bytes, status: int, code: str
) -> None:
    with world.serving() as client:
        session = open_session(client)
        for request in ({"headers": session.auth | {"Last-Event-ID": given}}, {"params": {"after": given}}):
            response = client.get(session.path("events"), **({"headers": session.auth} | request))  # type: ignore[arg-type]
            assert (response.status_code, response.json()["code"]) == (status, code)
            assert response.headers["content-type"] == "application/problem+json"


def test_the_header_goes_before_the_query_as_a_browser_reconnects_to_the_first_address(world: World) -> None:
    with world.serving() as client:
        session = open_session(client)
        send(client, session, "一")
        with follow(client, session, last_event_id=2, after=0) as events:
            assert [event.id for event in until(events, 3) if event.event in STORED] == ["3"]


def test_a_client_that_leaves_frees_everything(world: World) -> None:
    app = world.app()
    streams: OpenStreams = app.state.streams
    with serve(app) as url, httpx.Client(base_url=url) as client:
        session = open_session(client)
        with follow(client, session) as events:
            until(events, 1)
            assert len(streams) == 1
        eventually(lambda: len(streams) == 0)
        assert not world.services.live._listeners  # type: ignore[attr-defined]


def test_a_shopper_has_left_once_the_last_stream_is_closed(world: World) -> None:
    with world.serving(left_after_s=0.1) as client:
        session = open_session(client)
        with follow(client, session) as one:
            until(one, 1)
            with follow(client, session) as other:
                until(other, 1)
            time.sleep(0.3)
            assert world.bot.gone == []
        eventually(lambda: world.bot.gone == [session.conversation_id])


def test_a_shopper_whose_connection_is_taken_up_again_soon_has_not_left(world: World) -> None:
    with world.serving(left_after_s=0.3) as client:
        session = open_session(client)
        with follow(client, session) as events:
            until(events, 1)
        with follow(client, session) as events:
            until(events, 1)
            time.sleep(0.5)
            assert world.bot.gone == []


def test_streams_of_one_session_are_limited(world: World) -> None:
    with world.serving(streams_per_session=1) as client:
        session = open_session(client)
        with follow(client, session) as events:
            until(events, 1)
            response = client.get(session.path("events"), headers=session.auth)
            assert (response.status_code, response.json()["code"]) == (429, "too_many_requests")
            assert response.headers["retry-after"] == "5"


def test_a_stream_ends_with_its_token(world: World) -> None:
    with world.serving(heartbeat_s=0.05) as client:
        session = open_session(client)
        with follow(client, session) as events:
            until(events, 1)
            world.clock.advance(hours=25)
            assert list(events) == []
        assert client.get(session.path("events"), headers=session.auth).status_code == 401


def test_a_stopping_server_ends_streams_at_a_whole_event(world: World) -> None:
    app: FastAPI = world.app()
    read: list[ServerSentEvent] = []
    failures: list[Exception] = []

    def listen(url: str, session: Opened) -> None:
        try:
            with httpx.Client(base_url=url) as client, follow(client, session) as events:
                read.extend(events)
        except Exception as error:
            failures.append(error)

    with serve(app) as url, httpx.Client(base_url=url) as client:
        session = open_session(client)
        listener = threading.Thread(target=listen, args=(url, session))
        listener.start()
        eventually(lambda: len(read) == 1)
    listener.join(5)
    assert not listener.is_alive()
    assert failures == []
