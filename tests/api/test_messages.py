"""Sending messages, reading them back, rating."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.incoming import clean_text
from assistant.domain.errors import InvalidInput
from assistant.domain.ids import ConversationId
from tests.api.world import Opened, World


async def send(client: httpx.AsyncClient, session: Opened, text: object = "在吗", **fields: object) -> httpx.Response:
    body = {"client_message_id": "m-1", "text": text} | fields
    return await client.post(session.path("messages"), json=body, headers=session.auth)


async def history(client: httpx.AsyncClient, session: Opened, **query: object) -> httpx.Response:
    return await client.get(session.path("history"), headers=session.auth, params=query)  # type: ignore[arg-type]


async def test_a_message_is_stored_and_the_bot_is_told(
    client: httpx.AsyncClient, world: World, session: Opened
) -> None:
    page = {"url": "https://shop.example/lamp-1", "title": "台灯", "product_id": "LAMP-1"}
    response = await send(client, session, " 多少钱？ ", page=page)
    assert response.status_code == 202
    accepted = response.json()
    assert (accepted["seq"], accepted["duplicate"]) == (2, False)
    stored = (await history(client, session, after=1)).json()["events"][0]
    assert stored["message"] == {
        "id": accepted["message_id"],
        "client_message_id": "m-1",
        "text": "多少钱？",
        "page": page,
    }
    assert world.bot.notified == [session.conversation_id]


async def test_a_reply_carries_its_evidence_and_addresses_that_a_browser_can_open(
    client: httpx.AsyncClient, world: World, session: Opened
) -> None:
    await send(client, session)
    await asyncio.gather(*world.bot.tasks)
    reply = (await history(client, session, after=2)).json()["events"][0]["reply"]
    assert reply["text"] == "¥129\n还需要什么？"
    assert reply["parts"][0]["evidence_ids"] == [reply["evidence"][0]["id"]]
    assert reply["cards"][0]["image"] == "http://bot.example/v1/stores/lamps/media/lamp%201.svg"
    assert reply["cards"][0]["url"] == "https://shop.example/lamp-1"
    assert reply["evidence"][0]["url"] == "", "a pack must not put a script behind a link"


async def test_a_message_sent_twice_is_stored_once(client: httpx.AsyncClient, world: World, session: Opened) -> None:
    world.bot.silent = True
    first, second = (await send(client, session)).json(), (await send(client, session)).json()
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert (first["seq"], first["message_id"]) == (second["seq"], second["message_id"])
    assert (await history(client, session)).json()["last_seq"] == 2
    assert len(world.bot.notified) == 1, "a repetition must not restart a turn under way"


async def test_a_message_id_used_for_another_message_is_a_conflict(client: httpx.AsyncClient, session: Opened) -> None:
    await send(client, session, "在吗")
    response = await send(client, session, "还在吗")
    assert (response.status_code, response.json()["code"]) == (409, "message_id_reused")


async def test_a_message_over_the_limit_is_refused_with_the_limit(client: httpx.AsyncClient, session: Opened) -> None:
    assert (await send(client, session, "啊" * 2000)).status_code == 202
    problem = (await send(client, session, "啊" * 2001, client_message_id="m-2")).json()
    assert (problem["status"], problem["code"]) == (413, "message_too_long")
    assert (problem["limit"], problem["length"]) == (2000, 2001)


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00\x07", "\u3000", "\u200b\ufeff"])
async def test_a_message_without_visible_text_is_refused(client: httpx.AsyncClient, session: Opened, text: str) -> None:
    response = await send(client, session, text)
    assert response.status_code == 422
    assert response.json()["errors"] == [{"loc": "body.text", "msg": "must hold visible text"}]


async def test_control_characters_are_dropped_and_line_ends_made_one(
    client: httpx.AsyncClient, session: Opened
) -> None:
    await send(client, session, "一\x00二\r\n三\x1b[0m\x85")
    stored = (await history(client, session, after=1, limit=1)).json()["events"][0]
    assert stored["message"]["text"] == "一二\n三[0m"


async def test_half_a_surrogate_pair_is_refused_clearly(client: httpx.AsyncClient, session: Opened) -> None:
    for body in (
        '{"client_message_id": "m-1", "text": "a\\ud83d"}',
        '{"client_message_id": "m-1", "text": "a", "page": {"title": "\\udc00"}}',
        '{"client_message_id": "m-1", "text": "a", "\\ud800": 1}',
    ):
        headers = session.auth | {"Content-Type": "application/json"}
        response = await client.post(session.path("messages"), content=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input"), body


async def test_emoji_joined_from_several_characters_stay_whole(client: httpx.AsyncClient, session: Opened) -> None:
    await send(client, session, "👩‍👧 🇨🇳")
    assert (await history(client, session, after=1)).json()["events"][0]["message"]["text"] == "👩‍👧 🇨🇳"


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"client_message_id": ""}, "body.client_message_id"),
        ({"client_message_id": "x" * 65}, "body.client_message_id"),
        ({"client_message_id": None}, "body.client_message_id"),
        ({"text": 7}, "body.text"),
        ({"txet": "hi"}, "body.txet"),
        ({"page": {"product_id": ""}}, "body.page.product_id"),
    ],
)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient, session: Opened, fields: dict[str, object], loc: str
) -> None:
    response = await send(client, session, **fields)
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["errors"]] == [loc]


async def test_a_long_page_address_is_cut_rather_than_losing_the_message(
    client: httpx.AsyncClient, session: Opened
) -> None:
    page = {"url": "https://shop.example/?" + "q" * 5000, "title": "t" * 5000}
    assert (await send(client, session, page=page)).status_code == 202


async def test_history_is_read_in_pages(client: httpx.AsyncClient, world: World, session: Opened) -> None:
    world.bot.silent = True
    for n in range(5):
        await send(client, session, f"第{n}条", client_message_id=f"m-{n}")
    first = (await history(client, session, limit=4)).json()
    rest = (await history(client, session, after=4, limit=4)).json()
    assert [event["seq"] for event in first["events"] + rest["events"]] == [1, 2, 3, 4, 5, 6]
    assert first["last_seq"] == rest["last_seq"] == 6
    assert (await history(client, session, after=6)).json()["events"] == []


@pytest.mark.parametrize(
    ("query", "status"), [({"after": -1}, 422), ({"after": "x"}, 422), ({"after": 99}, 409), ({"limit": 0}, 422)]
)
async def test_history_from_a_place_that_never_was_is_refused(
    client: httpx.AsyncClient, session: Opened, query: dict[str, object], status: int
) -> None:
    assert (await history(client, session, **query)).status_code == status


async def test_a_rating_is_an_event(client: httpx.AsyncClient, world: World, session: Opened) -> None:
    body = {"score": 5, "comment": "很快\x00"}
    response = await client.post(session.path("rating"), json=body, headers=session.auth)
    assert (response.status_code, response.json()) == (201, {"seq": 2})
    [event] = await world.services.log.events(ConversationId(session.conversation_id), after=1)
    assert event.payload.type == "rating"
    shown = (await history(client, session, after=1)).json()["events"][0]
    assert (shown["score"], shown["comment"]) == (5, "很快")


@pytest.mark.parametrize("score", [0, 6, 4.5, "5", True, None])
async def test_a_score_that_is_not_1_to_5_is_refused(client: httpx.AsyncClient, session: Opened, score: object) -> None:
    response = await client.post(session.path("rating"), json={"score": score}, headers=session.auth)
    assert response.status_code == 422


@given(st.text())
def test_cleaned_text_is_stable_and_can_be_stored(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode() == cleaned


@given(st.text(), st.characters(categories=["Cs"]), st.text())
def test_half_a_surrogate_pair_never_gets_through(before: str, surrogate: str, after: str) -> None:
    with pytest.raises(InvalidInput, match=f"character {len(before)}"):
        clean_text(before + surrogate + after)
