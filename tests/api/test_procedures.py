"""Procedures over HTTP: who may change them, what is told when they are wrong, and what is kept."""

from __future__ import annotations

import httpx
import pytest

from assistant.domain.access import KeyScope
from tests.api.world import OTHER_SHOP, World
from tests.procedures.shop import TRACK

PATH = "/v1/stores/lamps/procedures"
NEWER = TRACK.replace("It is", "It's")


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.MANAGE)


async def put(client: httpx.AsyncClient, key: dict[str, str], text: str, name: str = "track") -> httpx.Response:
    return await client.put(f"{PATH}/{name}", json={"text": text}, headers=key)


async def test_a_procedure_is_put_listed_and_read(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    made = (await put(client, key, TRACK)).json()
    assert made["text"] == TRACK
    summary = {name: value for name, value in made.items() if name != "text"}
    assert summary["changed_by"] == "key a test"
    assert (await client.get(PATH, headers=key)).json() == {"procedures": [summary]}
    read = (await client.get(f"{PATH}/track", headers=key)).json()
    assert read == {
        **made,
        "versions": [{"version": made["version"], "at": "2026-03-02T09:00:00Z", "by": "key a test"}],
    }


async def test_what_is_wrong_is_listed_with_lines_in_both_languages(
    client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    response = await put(client, key, TRACK.replace("kind: order", "kind: ordr").replace("done:", "doen:"))
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "procedure_refused"
    assert [(fault["file"], fault["line"]) for fault in problem["faults"]] == [
        ("procedures/track.yaml", 4),
        ("procedures/track.yaml", 5),
    ]
    assert "Did you mean `order`" in problem["faults"][0]["reason"]
    assert "是想写 `order` 吗" in problem["faults"][0]["reason_zh"]
    assert (await client.get(PATH, headers=key)).json() == {"procedures": []}


async def test_a_text_is_checked_without_being_put(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    good = await client.post(PATH, json={"text": TRACK}, headers=key)
    assert (good.status_code, good.json()) == (200, {"faults": []})
    for wrong, line in ((TRACK.replace("order.track", "order.trakc"), 3), ("[", 2)):
        faults = (await client.post(PATH, json={"text": wrong}, headers=key)).json()["faults"]
        assert [fault["line"] for fault in faults] == [line]
    assert (await client.get(PATH, headers=key)).json() == {"procedures": []}


async def test_an_earlier_version_comes_back_into_force(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    first = (await put(client, key, TRACK)).json()["version"]
    second = (await put(client, key, NEWER)).json()["version"]
    back = await client.post(f"{PATH}/track/roll-back", json={}, headers=key)
    assert (back.status_code, back.json()["version"]) == (200, first)
    forth = await client.post(f"{PATH}/track/roll-back", json={"version": second}, headers=key)
    assert forth.json()["text"] == NEWER
    kept = await client.get(f"{PATH}/track/versions/{first}", headers=key)
    assert kept.json()["text"] == TRACK
    assert (await client.get(f"{PATH}/track/versions/{'0' * 16}", headers=key)).status_code == 404


async def test_a_procedure_is_switched_off_and_on_and_taken_out(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    await put(client, key, TRACK)
    assert (await client.post(f"{PATH}/track/disable", headers=key)).json()["enabled"] is False
    assert (await client.post(f"{PATH}/track/enable", headers=key)).json()["enabled"] is True
    assert (await client.delete(f"{PATH}/track", headers=key)).status_code == 204
    assert (await client.get(f"{PATH}/track", headers=key)).status_code == 404
    assert (await client.delete(f"{PATH}/track", headers=key)).status_code == 404


async def test_a_text_of_another_name_is_refused(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    response = await put(client, key, TRACK, "cancel")
    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


async def test_a_long_text_is_taken_and_an_endless_one_is_not(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    comment = "# 每一行都有用\n"
    assert (await put(client, key, TRACK + comment * 5_000)).status_code == 200
    assert (await put(client, key, TRACK + comment * 9_000)).status_code == 422
    assert (await put(client, key, TRACK + comment * 90_000)).status_code == 413


async def test_only_a_key_of_the_store_that_may_manage_it_gets_in(client: httpx.AsyncClient, world: World) -> None:
    for headers, status in (
        ({}, 401),
        (await world.auth(KeyScope.EVALUATE), 403),
        (await world.auth(KeyScope.MANAGE, store_id=OTHER_SHOP.id), 403),
    ):
        for response in (
            await client.get(PATH, headers=headers),
            await client.get(f"{PATH}/track", headers=headers),
            await put(client, headers, TRACK),
            await client.post(f"{PATH}/track/disable", headers=headers),
            await client.delete(f"{PATH}/track", headers=headers),
        ):
            assert response.status_code == status
