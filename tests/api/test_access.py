"""API keys: who may do what needs one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends

from assistant.api.access import require
from assistant.domain.access import Caller, KeyScope
from tests.api.world import OTHER_SHOP, SHOP, World

PATH = "/v1/stores/lamps/fitting"


@pytest.fixture
async def client(world: World) -> httpx.AsyncClient:
    """A client of an app with a route that only managers may use."""
    app = world.app(requests_per_address=3)

    @app.get("/v1/stores/{store_id}/fitting")  # type: ignore[untyped-decorator]
    async def fitting(key: Annotated[Caller, Depends(require(KeyScope.MANAGE))]) -> str:
        return key.name

    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://bot.example")


async def test_a_key_of_the_store_with_the_scope_is_let_in(client: httpx.AsyncClient, world: World) -> None:
    response = await client.get(PATH, headers=await world.auth(*KeyScope))
    assert (response.status_code, response.json()) == (200, "key a test")


async def test_without_a_key_there_is_no_entry(client: httpx.AsyncClient) -> None:
    for header in ({}, {"Authorization": "Basic c2JrXw=="}):
        response = await client.get(PATH, headers=header)
        assert (response.status_code, response.json()["reason"]) == (401, "missing")
        assert response.headers["www-authenticate"] == "Bearer"
        assert "storebot keys create" in response.json()["detail"]


async def test_a_wrong_expired_or_revoked_key_is_not_let_in(client: httpx.AsyncClient, world: World) -> None:
    keys, scopes = world.keys, {KeyScope.MANAGE}
    soon = await keys.create(SHOP.id, scopes, "soon over", expires_at=world.clock.now() + timedelta(hours=1))
    over = await keys.create(SHOP.id, scopes, "over")
    await keys.revoke(SHOP.id, over.key.id)
    world.clock.advance(hours=1)
    for token, reason in ((soon.token, "expired"), (over.token, "revoked"), (over.token[:-1] + "!", "invalid")):
        response = await client.get(PATH, headers={"Authorization": f"Bearer {token}"})
        assert (response.status_code, response.json()["reason"]) == (401, reason)


async def test_another_stores_key_is_not_let_in(client: httpx.AsyncClient, world: World) -> None:
    response = await client.get(PATH, headers=await world.auth(*KeyScope, store_id=OTHER_SHOP.id))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


async def test_a_key_without_the_scope_is_told_which_it_lacks(client: httpx.AsyncClient, world: World) -> None:
    response = await client.get(PATH, headers=await world.auth(KeyScope.EVALUATE))
    assert (response.status_code, response.json()["scope"]) == (403, "manage")


async def test_a_session_token_is_no_key(client: httpx.AsyncClient) -> None:
    token = (await client.post("/v1/stores/lamps/sessions", json={})).json()["session_token"]
    response = await client.get(PATH, headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["reason"]) == (401, "invalid")


async def test_the_holder_of_a_key_is_not_slowed_down_and_one_who_guesses_keys_is(
    client: httpx.AsyncClient, world: World
) -> None:
    good, wrong = await world.auth(KeyScope.MANAGE), {"Authorization": f"Bearer sbk_{'0' * 32}_guess"}
    assert [(await client.get(PATH, headers=good)).status_code for _ in range(6)] == [200] * 6
    assert [(await client.get(PATH, headers=wrong)).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert (await client.get(PATH, headers=good)).status_code == 200
