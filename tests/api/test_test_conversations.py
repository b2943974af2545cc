"""Conversations of an evaluation: opened with a key, begun with a history, explained by traces, counted nowhere."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

import httpx
import pytest
from sqlalchemy import BinaryExpression, Select
from sqlalchemy.sql import operators
from sqlalchemy.sql.visitors import iterate

from assistant import storage
from assistant.domain.access import KeyScope
from assistant.domain.conversation import Focus
from assistant.domain.events import MessageReceived, Replied
from assistant.domain.ids import ConversationId
from assistant.domain.ports import ConversationLog
from assistant.storage.tables import conversations
from tests.api.world import OTHER_SHOP, Opened, World, opened
from tests.conformance.examples import replied

SESSIONS = "/v1/stores/lamps/sessions"
HISTORY: list[dict[str, str]] = [
    {"role": "user", "text": "台灯多少钱"},
    {"role": "user", "text": "折叠的那款"},
    {"role": "assistant", "text": "¥129"},
]


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.EVALUATE)


async def begin(client: httpx.AsyncClient, key: dict[str, str], **evaluation: Any) -> Opened:
    return opened(await client.post(SESSIONS, json={"evaluation": evaluation}, headers=key))


async def test_an_evaluation_opens_a_test_conversation_that_greets(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    session = await begin(client, key)
    assert (await world.services.log.get(ConversationId(session.conversation_id))).test
    [greeting] = await world.services.log.events(ConversationId(session.conversation_id))
    assert isinstance(greeting.payload, Replied)


async def test_shoppers_conversations_are_no_tests(client: httpx.AsyncClient, world: World, session: Opened) -> None:
    assert not (await world.services.log.get(ConversationId(session.conversation_id))).test


async def test_a_history_stands_in_the_log_in_place_of_a_greeting_and_is_not_answered_again(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    body: dict[str, Any] = {"evaluation": {"history": HISTORY}, "language": "en", "page": {"product_id": "LAMP-1"}}
    response = await client.post(SESSIONS, json=body, headers=key)
    assert (response.status_code, response.json()["store"]["greeting"]) == (201, "")
    session = opened(response)
    conversation, unanswered = await world.services.log.unanswered(ConversationId(session.conversation_id))
    assert (conversation.last_seq, conversation.answered_seq, unanswered) == (3, 2, [])

    events = (await client.get(session.path("history"), headers=session.auth)).json()["events"]
    assert [event["type"] for event in events] == ["message", "message", "reply"]
    assert [event["message"]["text"] for event in events[:2]] == ["台灯多少钱", "折叠的那款"]
    assert events[0]["message"]["page"]["product_id"] == "LAMP-1"
    assert events[2]["answers"] == 2
    assert (events[2]["reply"]["text"], events[2]["reply"]["action"]["reason"]) == ("¥129", "history")


async def test_after_a_history_only_what_is_new_is_answered(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    world.bot.silent = True
    session = await begin(client, key, history=[*HISTORY, {"role": "user", "text": "有白色吗"}])
    body = {"client_message_id": "history", "text": "有白色的吗"}
    assert (await client.post(session.path("messages"), json=body, headers=session.auth)).json()["seq"] == 5
    assert world.bot.notified == [session.conversation_id]
    assert await world.services.log.awaiting_reply() == [session.conversation_id]
    _, waiting = await world.services.log.unanswered(ConversationId(session.conversation_id))
    assert [event.payload.message.text for event in waiting if isinstance(event.payload, MessageReceived)] == [
        "有白色的吗"
    ]


async def test_an_evaluation_needs_a_key_of_the_store_with_the_scope(client: httpx.AsyncClient, world: World) -> None:
    body: dict[str, Any] = {"evaluation": {}}
    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer sbk_0_0"}, 401),
        (await world.auth(KeyScope.MANAGE), 403),
        (await world.auth(KeyScope.EVALUATE, store_id=OTHER_SHOP.id), 403),
    ):
        assert (await client.post(SESSIONS, json=body, headers=headers)).status_code == status


async def test_an_evaluation_does_not_take_up_an_earlier_conversation(
    client: httpx.AsyncClient, key: dict[str, str], session: Opened
) -> None:
    body = {"evaluation": {}, "session_token": session.token}
    response = await client.post(SESSIONS, json=body, headers=key)
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("said", "loc"),
    [
        ({"role": "agent", "text": "hello"}, "body.evaluation.history.1.role"),
        ({"role": "user"}, "body.evaluation.history.1.text"),
        ({"role": "assistant", "text": " \n"}, "body.evaluation.history.1.text"),
        ({"role": "user", "text": "x" * 20_001}, "body.evaluation.history.1.text"),
    ],
)
async def test_a_history_that_cannot_be_told_is_refused_with_its_place(
    client: httpx.AsyncClient, key: dict[str, str], said: dict[str, str], loc: str
) -> None:
    body = {"evaluation": {"history": [HISTORY[0], said]}}
    response = await client.post(SESSIONS, json=body, headers=key)
    assert (response.status_code, response.json()["errors"][0]["loc"]) == (422, loc)


async def test_an_evaluation_is_not_slowed_down(world: World, key: dict[str, str]) -> None:
    app = world.app(requests_per_address=4, sessions_per_address=1, messages_per_session=1)
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        for _ in range(3):
            session = await begin(client, key)
            for number in range(3):
                body = {"client_message_id": f"m-{number}", "text": "多少钱"}
                assert (await client.post(session.path("messages"), json=body, headers=session.auth)).status_code == 202
            assert (await client.get(session.path("history"), headers=session.auth)).status_code == 200
        shoppers = [(await client.post(SESSIONS, json={})).status_code for _ in range(2)]
        assert shoppers == [201, 429], "shoppers at the same address are counted as ever"


async def traced(world: World, conversation_id: str) -> str:
    """A turn of the conversation that was answered with a trace."""
    log, id_ = world.services.log, ConversationId(conversation_id)
    conversation, waiting = await log.unanswered(id_)
    trace = b'{"milliseconds": {"understand": 1.5}, "notes": {"resolved": "x"}}'
    reply = replied(waiting[-1].seq)
    await log.deliver(id_, reply, expected_epoch=conversation.epoch, focus=Focus(), trace=trace)
    return reply.turn_id


async def asked(client: httpx.AsyncClient, world: World, session: Opened) -> str:
    """The path of the trace of a question's turn."""
    world.bot.silent = True
    body = {"client_message_id": "m-1", "text": "多少钱"}
    await client.post(session.path("messages"), json=body, headers=session.auth)
    return session.path(f"turns/{await traced(world, session.conversation_id)}/trace")


async def test_the_trace_of_a_test_conversation_is_told(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    path = await asked(client, world, await begin(client, key))
    response = await client.get(path, headers=key)
    assert response.status_code == 200
    assert response.json() == {"milliseconds": {"understand": 1.5}, "notes": {"resolved": "x"}, "failed": None}


async def test_the_trace_of_a_shoppers_conversation_is_not(
    client: httpx.AsyncClient, world: World, key: dict[str, str], session: Opened
) -> None:
    path = await asked(client, world, session)
    response = await client.get(path, headers=key)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_trace_is_for_holders_of_a_key_of_the_store(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    session = await begin(client, key)
    path = await asked(client, world, session)
    for headers, status in (
        ({}, 401),
        (session.auth, 401),
        (await world.auth(KeyScope.MANAGE), 403),
        (await world.auth(KeyScope.EVALUATE, store_id=OTHER_SHOP.id), 404),
    ):
        assert (await client.get(path, headers=headers)).status_code == status
    for unknown in (session.path("turns/turn_0/trace"), path.replace(session.conversation_id, "conv_0")):
        assert (await client.get(unknown, headers=key)).status_code == 404


def test_every_call_that_looks_over_conversations_is_known_here() -> None:
    """Whoever adds one decides what it does with tests: figures, gap lists and desks leave them out."""
    calls = dict(inspect.getmembers(ConversationLog, inspect.isfunction))
    over_many = {
        name
        for name, call in calls.items()
        if not name.startswith("_") and "conversation_id" not in inspect.signature(call).parameters
    }
    assert over_many == {
        "open",  # makes one, and is told whether it is a test
        "awaiting_reply",  # takes up what a restart left unanswered: tests too, else an evaluation would wait for ever
    }


def test_every_query_over_conversations_is_known_here() -> None:
    """As above, for what storage asks of the table itself: by the name of the statement."""
    over_many = set()
    for module_info in pkgutil.iter_modules(storage.__path__, f"{storage.__name__}."):
        for name, value in vars(import_module(module_info.name)).items():
            if isinstance(value, Select) and conversations in value.get_final_froms() and not _of_one(value):
                over_many.add(name)
    assert over_many == {"_AWAITING_REPLY"}


def _of_one(statement: Select[Any]) -> bool:
    """Whether its condition fixes the conversation."""
    condition = statement.whereclause
    parts = [part for part in iterate(condition) if isinstance(part, BinaryExpression)] if condition is not None else []
    return any(part.left is conversations.c.id and part.operator is operators.eq for part in parts)


async def test_a_restart_answers_tests_too(client: httpx.AsyncClient, world: World, key: dict[str, str]) -> None:
    world.bot.silent = True
    session = await begin(client, key, history=HISTORY)
    body = {"client_message_id": "m-1", "text": "多少钱"}
    await client.post(session.path("messages"), json=body, headers=session.auth)
    assert await world.services.log.awaiting_reply() == [session.conversation_id]
