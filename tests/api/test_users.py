"""Signing in, and what each role may do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.ids import StoreId
from assistant.domain.users import Role
from tests.api.world import OTHER_SHOP, SHOP, World

PASSWORD = "eleven green kites"
USERS = f"/v1/stores/{SHOP.id}/users"

SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def sign_in(world: World) -> AsyncIterator[SignIn]:
    """A browser in which somebody of a role has signed in, at the page of the server itself."""
    clients: list[httpx.AsyncClient] = []
    app = world.app()

    async def signed_in(
        role: Role, store_id: StoreId = SHOP.id, base_url: str = "http://bot.example"
    ) -> httpx.AsyncClient:
        email = f"{role}-{store_id}@example.com"
        await world.services.users.add(store_id, email, role, password=PASSWORD)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)
        clients.append(client)
        answer = await client.post("/v1/sign-in", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    yield signed_in
    for client in clients:
        await client.aclose()


async def test_who_signs_in_is_told_who_they_are(sign_in: SignIn) -> None:
    client = await sign_in(Role.EDITOR)
    me = (await client.get("/v1/me")).json()
    assert (me["email"], me["language"]) == ("editor-lamps@example.com", "zh")
    assert [(store["store_id"], store["name"], store["role"]) for store in me["stores"]] == [
        ("lamps", "灯铺", "editor")
    ]
    assert "manage" in me["stores"][0]["scopes"]


async def test_scripts_cannot_read_the_cookie_and_other_sites_cannot_use_it(world: World, sign_in: SignIn) -> None:
    for base_url, name in (("http://bot.example", "storebot_stay"), ("https://bot.example", "__Host-storebot_stay")):
        role = Role.OWNER if base_url.startswith("https") else Role.VIEWER
        client = await sign_in(role, base_url=base_url)
        [cookie] = client.cookies.jar
        assert (cookie.name, cookie.secure) == (name, base_url.startswith("https"))
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"


async def test_a_request_that_changes_something_proves_that_it_comes_from_our_pages(sign_in: SignIn) -> None:
    client = await sign_in(Role.OWNER)
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "forged"}):
        for path, body in ((USERS, {"email": "lee@example.com", "role": "viewer"}), ("/v1/sign-out", None)):
            refused = await client.post(path, json=body, headers=headers)
            assert (refused.status_code, refused.json()["reason"]) == (403, "csrf")
    assert len((await client.get(USERS)).json()["users"]) == 1


async def test_who_signs_out_is_out(sign_in: SignIn) -> None:
    client = await sign_in(Role.OWNER)
    held = dict(client.cookies)
    assert (await client.post("/v1/sign-out")).status_code == 204
    assert not client.cookies
    client.cookies.update(held)
    again = await client.get("/v1/me")
    assert (again.status_code, again.json()["reason"]) == (401, "signed_out")


async def test_a_wrong_password_lets_nobody_in_and_too_many_have_to_wait(
    world: World, client: httpx.AsyncClient
) -> None:
    await world.services.users.add(SHOP.id, "mei@example.com", Role.OWNER, password=PASSWORD)
    answers = [
        await client.post("/v1/sign-in", json={"email": "mei@example.com", "password": f"guess number {guess}"})
        for guess in range(11)
    ]
    assert {answer.status_code for answer in answers[:10]} == {401}
    assert (answers[10].status_code, "Retry-After" in answers[10].headers) == (429, True)
    assert (
        await client.post("/v1/sign-in", json={"email": "mei@example.com", "password": PASSWORD})
    ).status_code == 429
    world.clock.advance(minutes=1)
    assert (
        await client.post("/v1/sign-in", json={"email": "mei@example.com", "password": PASSWORD})
    ).status_code == 200


async def test_a_user_changes_their_password_with_the_one_so_far(sign_in: SignIn) -> None:
    client = await sign_in(Role.AGENT)
    new = "seven yellow boats"
    refused = await client.put("/v1/me/password", json={"current": "not mine at all", "new": new})
    assert refused.status_code == 401
    assert (await client.put("/v1/me/password", json={"current": PASSWORD, "new": new})).status_code == 204
    assert (await client.get("/v1/me")).status_code == 200
    signed = await client.post("/v1/sign-in", json={"email": "agent-lamps@example.com", "password": new})
    assert signed.status_code == 200


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_may_do_what_it_allows_and_nothing_else(sign_in: SignIn, role: Role) -> None:
    client = await sign_in(role)
    reads = {
        KeyScope.ADMIN: USERS,
        KeyScope.MANAGE: f"/v1/stores/{SHOP.id}/procedures",
        KeyScope.EVALUATE: f"/v1/stores/{SHOP.id}/evaluations",
        KeyScope.APPROVE: f"/v1/stores/{SHOP.id}/approvals",
        KeyScope.AUDIT: f"/v1/stores/{SHOP.id}/audit",
    }
    for scope, path in reads.items():
        assert (await client.get(path)).status_code == (200 if scope in role.scopes else 403)
        other = path.replace(f"/{SHOP.id}/", f"/{OTHER_SHOP.id}/")
        assert (await client.get(other)).status_code == 403


async def test_an_owner_says_who_may_do_what(world: World, sign_in: SignIn) -> None:
    owner = await sign_in(Role.OWNER)
    body = {"email": "lee@example.com", "role": "viewer", "name": "Lee", "language": "en", "password": PASSWORD}
    made = await owner.post(USERS, json=body)
    assert made.status_code == 201
    lee = made.json()["user_id"]
    assert (await owner.post(USERS, json=body)).json()["code"] == "conflict"
    assert (await owner.put(f"{USERS}/{lee}", json={"role": "agent"})).json()["role"] == "agent"
    assert [user["email"] for user in (await owner.get(USERS)).json()["users"]] == [
        "owner-lamps@example.com",
        "lee@example.com",
    ]
    assert (await owner.delete(f"{USERS}/{lee}")).status_code == 204
    assert (await owner.delete(f"{USERS}/{lee}")).status_code == 404
    me = (await owner.get("/v1/me")).json()["user_id"]
    assert (await owner.delete(f"{USERS}/{me}")).json()["code"] == "conflict"


async def test_an_owner_makes_and_ends_keys(world: World, sign_in: SignIn) -> None:
    owner, keys = await sign_in(Role.OWNER), f"/v1/stores/{SHOP.id}/keys"
    made = (await owner.post(keys, json={"name": "nightly", "scopes": ["evaluate"]})).json()
    assert (await world.keys.verify(made["token"])).scopes == {KeyScope.EVALUATE}
    listed = (await owner.get(keys)).json()["keys"]
    assert [key["name"] for key in listed] == ["nightly"]
    assert "token" not in listed[0]
    assert (await owner.delete(f"{keys}/{made['key_id']}")).json()["revoked_at"]
    assert (await owner.delete(f"{keys}/key_of_nobody")).status_code == 404
