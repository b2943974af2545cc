"""Opening and continuing a conversation, and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from assistant.domain.conversation import Owner
from assistant.domain.events import OwnerChanged
from assistant.domain.ids import ConversationId
from tests.api.world import IDENTITY_KEY, SECRET, SHOP_ORIGIN, Opened, World, opened

SESSIONS = "/v1/stores/lamps/sessions"


async def test_a_new_session_greets_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    response = await client.post(SESSIONS, json={"language": "en-GB"})
    body = response.json()
    assert response.status_code == 201
    assert body["language"] == "en"
    assert body["resumed"] is False
    assert body["store"] == {
        "id": "lamps",
        "name": "The Lamp Shop",
        "persona": "Lumi",
        "languages": ["zh", "en"],
        "greeting": "Hello, I am Lumi",
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("fr, en;q=0.5", "en"), ("zh-TW,zh;q=0.9,en;q=0.1", "zh"), ("en;q=0, *", "zh"), (";;,q=x", "zh")],
)
async def test_without_a_language_the_browsers_preference_decides(
    client: httpx.AsyncClient, header: str, language: str
) -> None:
    response = await client.post(SESSIONS, json={}, headers={"Accept-Language": header})
    assert response.json()["language"] == language


async def test_the_greeting_is_the_first_event_of_the_log(client: httpx.AsyncClient, session: Opened) -> None:
    history = (await client.get(session.path("history"), headers=session.auth)).json()
    assert history["last_seq"] == 1
    [greeting] = history["events"]
    assert (greeting["seq"], greeting["type"], greeting["answers"]) == (1, "reply", 0)
    assert greeting["reply"]["text"] == "你好，我是小灯"


async def test_a_session_token_continues_the_same_conversation_with_a_renewed_token(
    client: httpx.AsyncClient, world: World, session: Opened
) -> None:
    world.clock.advance(hours=23)
    response = await client.post(SESSIONS, json={"session_token": session.token})
    body = response.json()
    assert (response.status_code, body["resumed"]) == (200, True)
    assert body["conversation_id"] == session.conversation_id
    assert body["store"]["greeting"] == "你好，我是小灯"
    world.clock.advance(hours=2)  # the first token is over, the renewed one is not
    renewed = Opened(body["conversation_id"], body["session_token"])
    assert (await client.get(session.path("history"), headers=session.auth)).status_code == 401
    assert (await client.get(renewed.path("history"), headers=renewed.auth)).status_code == 200


async def test_an_expired_token_does_not_continue_a_conversation(
    client: httpx.AsyncClient, world: World, session: Opened
) -> None:
    world.clock.advance(hours=25)
    response = await client.post(SESSIONS, json={"session_token": session.token})
    assert response.status_code == 401
    assert response.json()["reason"] == "expired"


async def test_a_conversation_is_not_continued_at_another_store(client: httpx.AsyncClient, session: Opened) -> None:
    response = await client.post("/v1/stores/chairs/sessions", json={"session_token": session.token})
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


async def test_a_closed_conversation_is_not_continued(client: httpx.AsyncClient, world: World, session: Opened) -> None:
    await world.services.log.append(ConversationId(session.conversation_id), OwnerChanged(Owner.CLOSED, epoch=2))
    response = await client.post(SESSIONS, json={"session_token": session.token})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


async def test_a_store_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/stores/nowhere/sessions", json={})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("origin", [SHOP_ORIGIN, "http://localhost:5173", "http://localhost", "http://bot.example"])
async def test_listed_sites_and_our_own_pages_may_open_sessions(client: httpx.AsyncClient, origin: str) -> None:
    response = await client.post(SESSIONS, json={}, headers={"Origin": origin})
    assert response.status_code == 201
    assert response.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "http://localhost:*",
        "http://localhost.evil.example:80",
        "https://chairs.example",
        "null",
        "",
    ],
)
async def test_other_sites_may_not(client: httpx.AsyncClient, origin: str) -> None:
    response = await client.post(SESSIONS, json={}, headers={"Origin": origin})
    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")


async def test_a_stolen_token_is_of_no_use_on_another_site(client: httpx.AsyncClient, session: Opened) -> None:
    headers = session.auth | {"Origin": "https://chairs.example"}
    response = await client.get(session.path("history"), headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")


def identity(world: World, key: str = IDENTITY_KEY, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {"sub": "u-7", "name": "林小姐", "exp": world.clock.now() + timedelta(hours=1)} | changes
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key, algorithm=algorithm)


async def test_a_signed_identity_names_the_shopper(client: httpx.AsyncClient, world: World) -> None:
    response = await client.post(SESSIONS, json={"identity_token": identity(world)})
    conversation = await world.services.log.get(ConversationId(response.json()["conversation_id"]))
    assert conversation.shopper.identified
    assert (conversation.shopper.id, conversation.shopper.name) == ("user:u-7", "林小姐")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": "another-key-another-key-another-key"}, "wrong_signature"),
        ({"algorithm": "HS512", "key": IDENTITY_KEY * 2}, "wrong_algorithm"),
        ({"exp": 1_500_000_000}, "expired"),
        ({"exp": 4_000_000_000}, "lives_too_long"),
        ({"exp": 10**40}, "bad_claim"),
        ({"exp": None}, "missing_claim"),
        ({"sub": None}, "missing_claim"),
        ({"sub": "\n"}, "bad_claim"),
        ({"sub": "x" * 500}, "bad_claim"),
        ({"name": 7}, "bad_claim"),
        ({"nbf": 4_000_000_000}, "not_yet_valid"),
    ],
)
async def test_an_identity_token_that_cannot_be_believed_is_refused_with_the_reason(
    client: httpx.AsyncClient, world: World, changes: dict[str, Any], reason: str
) -> None:
    response = await client.post(SESSIONS, json={"identity_token": identity(world, **changes)})
    assert (response.status_code, response.json().get("reason")) == (401, reason)


async def test_an_unsigned_or_garbled_identity_token_is_refused(client: httpx.AsyncClient) -> None:
    unsigned = jwt.encode({"sub": "u-7", "exp": 4_000_000_000}, "", algorithm="none")
    for token in (unsigned, "", "a.b.c", "…"):
        response = await client.post(SESSIONS, json={"identity_token": token})
        assert response.status_code == 401, token


async def test_a_store_without_an_identity_key_cannot_identify(client: httpx.AsyncClient, world: World) -> None:
    response = await client.post("/v1/stores/chairs/sessions", json={"identity_token": identity(world)})
    assert (response.status_code, response.json()["reason"]) == (401, "no_identity_key")


async def test_an_identified_shopper_does_not_get_somebody_elses_conversation(
    client: httpx.AsyncClient, world: World
) -> None:
    first = opened(await client.post(SESSIONS, json={"identity_token": identity(world)}))
    again = {"session_token": first.token, "identity_token": identity(world)}
    assert (await client.post(SESSIONS, json=again)).status_code == 200
    somebody_else = again | {"identity_token": identity(world, sub="u-8")}
    assert (await client.post(SESSIONS, json=somebody_else)).status_code == 403


async def test_a_session_token_is_for_one_conversation(client: httpx.AsyncClient, session: Opened) -> None:
    other = opened(await client.post(SESSIONS, json={}))
    response = await client.get(other.path("history"), headers=session.auth)
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


async def test_a_missing_garbled_or_forged_session_token_is_refused(client: httpx.AsyncClient, session: Opened) -> None:
    claims = jwt.decode(session.token, SECRET, algorithms=["HS256"], options={"verify_exp": False})
    forged = jwt.encode(claims, "a" * 40, algorithm="HS256")
    other_purpose = jwt.encode(claims | {"purpose": "desk"}, SECRET, algorithm="HS256")
    headers = [
        {},
        *({"Authorization": f"Bearer {token}"} for token in (forged, other_purpose, "x", session.token[:-4])),
    ]
    for given in [*headers, {"Authorization": f"Basic {session.token}"}]:
        response = await client.get(session.path("history"), headers=given)
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized"), given
        assert response.headers["www-authenticate"] == "Bearer"
