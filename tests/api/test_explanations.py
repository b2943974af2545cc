"""The merchant's view over the API: a message explained for the holder of a key, and nothing kept of it."""

from __future__ import annotations

import httpx
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.explanation import Asked, Line
from assistant.domain.ids import ProductId
from tests.api.world import OTHER_SHOP, SHOP, World

PATH = "/v1/stores/lamps/explain"


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.EVALUATE)


async def test_a_message_is_explained_with_what_spoke_for_the_answer(
    client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    told = (await client.post(PATH, json={"text": "多少钱？"}, headers=key)).json()
    assert [(clause["text"], clause["kind"]) for clause in told["clauses"]] == [("多少钱？", "question")]
    (matter,) = told["matters"]
    intent = {"name": "presale.price_promo", "label": {"zh": "价格", "en": "Price"}, "probability": 0.9}
    assert (matter["intents"], matter["route"], matter["rule"]) == ([intent], "answer", "said")
    assert matter["products"] == [{"id": "LAMP-1", "name": "折叠台灯"}]
    (candidate,) = matter["candidates"]
    assert (candidate["text"], candidate["source"], candidate["taken"]) == ("¥129", "products.json", True)
    assert candidate["signals"]["coverage"] == 1.0
    assert (candidate["probability"], matter["threshold"], matter["why"]) == (0.97, 0.5, "best_evidence")
    assert told["reply"]["evidence"][0]["text"] == "¥129"


async def test_page_language_and_earlier_lines_are_passed_on(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    history = [{"role": "user", "text": "你好"}, {"role": "assistant", "text": "您好"}]
    body = {"text": " 多少钱？ ", "product_id": "LAMP-1", "language": "zh-TW", "history": history}
    assert (await client.post(PATH, json=body, headers=key)).status_code == 200
    before = (Line("你好"), Line("您好", by_shopper=False))
    assert world.explainer.asked == [Asked(SHOP.id, "多少钱？", ProductId("LAMP-1"), "zh-TW", before)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_input"),
        ({"text": " \u200b "}, 422, "invalid_input"),
        ({"text": "价" * 2001}, 413, "message_too_long"),
        ({"text": "多少钱", "history": [{"role": "user", "text": " "}]}, 422, "invalid_input"),
        ({"text": "多少钱", "history": [{"role": "user", "text": "在吗"}] * 21}, 422, "invalid_input"),
        ({"text": "多少钱", "product_id": "LAMP-9"}, 404, "not_found"),
        ({"text": "多少钱", "page": "x"}, 422, "invalid_input"),
    ],
)
async def test_what_cannot_be_explained_is_a_problem_document(
    client: httpx.AsyncClient, key: dict[str, str], body: dict[str, object], status: int, code: str
) -> None:
    response = await client.post(PATH, json=body, headers=key)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


async def test_it_needs_a_key_of_the_store_with_the_scope(client: httpx.AsyncClient, world: World) -> None:
    for headers, status in (
        ({}, 401),
        (await world.auth(KeyScope.MANAGE), 403),
        (await world.auth(KeyScope.EVALUATE, store_id=OTHER_SHOP.id), 403),
    ):
        assert (await client.post(PATH, json={"text": "多少钱"}, headers=headers)).status_code == status
    assert world.explainer.asked == []
