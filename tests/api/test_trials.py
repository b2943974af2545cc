"""Who may try a store's procedures over the API, with what, and how it is told."""

from __future__ import annotations

import httpx
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.backend import ShopperRef
from assistant.domain.trial import TryOut
from tests.api.world import OTHER_SHOP, SHOP, World

PATH = "/v1/stores/lamps/procedures/try"


async def test_messages_shopper_and_language_are_passed_on_and_the_trace_comes_back(
    client: httpx.AsyncClient, world: World
) -> None:
    body = {"messages": [" 取消订单 ", "确认"], "shopper": "mei", "language": "zh"}
    response = await client.post(PATH, json=body, headers=await world.auth(KeyScope.MANAGE))
    assert response.status_code == 200
    assert world.trials.asked == [TryOut(SHOP.id, ("取消订单", "确认"), ShopperRef("mei"), "zh")]
    assert [each["text"] for each in response.json()["trace"]] == ["取消订单", "确认"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_input"),
        ({"messages": []}, 422, "invalid_input"),
        ({"messages": ["在吗", "\u200b"]}, 422, "invalid_input"),
        ({"messages": ["在吗"] * 21}, 422, "invalid_input"),
        ({"messages": ["在" * 2001]}, 413, "message_too_long"),
        ({"messages": ["在吗"], "shopper": ""}, 422, "invalid_input"),
        ({"messages": ["在吗"], "shopper": "nobody"}, 404, "not_found"),
        ({"messages": ["在吗"], "effects": True}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_tried_is_a_problem_document(
    client: httpx.AsyncClient, world: World, body: dict[str, object], status: int, code: str
) -> None:
    response = await client.post(PATH, json=body, headers=await world.auth(KeyScope.MANAGE))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


async def test_it_needs_a_key_of_the_store_that_may_manage_it(client: httpx.AsyncClient, world: World) -> None:
    for headers, status in (
        ({}, 401),
        (await world.auth(*(set(KeyScope) - {KeyScope.MANAGE})), 403),
        (await world.auth(KeyScope.MANAGE, store_id=OTHER_SHOP.id), 403),
    ):
        assert (await client.post(PATH, json={"messages": ["在吗"]}, headers=headers)).status_code == status
    assert world.trials.asked == []
