"""Evaluations over HTTP: who may start them, what is told of them, and what is fetched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from assistant.api.app import create_app
from assistant.domain.access import KeyScope
from assistant.domain.errors import SuiteRefused
from assistant.domain.evaluations import Options, Order
from assistant.domain.jobs import JobState
from tests.api.world import OTHER_SHOP, World

PATH = "/v1/stores/lamps/evaluations"
CASES = '{"id": "q1", "question": "多少钱？", "answerable": false}\n'
ORDER: dict[str, Any] = {"suite": "qa", "data": CASES}


@pytest.fixture
async def key(world: World) -> dict[str, str]:
    return await world.auth(KeyScope.EVALUATE)


async def begin(client: httpx.AsyncClient, key: dict[str, str]) -> str:
    response = await client.post(PATH, json=ORDER, headers=key)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


async def test_an_evaluation_is_started_with_its_cases(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    options = {"runs": 3, "limit": 10, "seed": 7, "concurrency": 2}
    response = await client.post(PATH, json={**ORDER, "options": options}, headers=key)
    assert response.status_code == 202
    assert response.json() == {
        "id": response.json()["id"],
        "suite": "qa",
        "options": options,
        "folder": "",
        "created_at": "2026-03-02T09:00:00Z",
        "state": "waiting",
        "done": 0,
        "total": 0,
        "figures": {},
        "error": "",
    }
    assert world.evaluations.orders == [Order("qa", Options(3, 10, 7, 2), lines=CASES)]


async def test_an_evaluation_is_started_with_a_folder_of_the_store(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    response = await client.post(PATH, json={"suite": "routing", "folder": "smoke"}, headers=key)
    assert (response.status_code, response.json()["folder"]) == (202, "smoke")
    assert world.evaluations.orders == [Order("routing", folder="smoke")]


@pytest.mark.parametrize(
    "order",
    [
        {"suite": "qa"},
        {"suite": "qa", "data": CASES, "folder": "smoke"},
        {"suite": "qa", "data": ""},
        {"suite": "qa", "folder": "../lamps"},
        {"suite": "../qa", "data": CASES},
        {**ORDER, "options": {"runs": 0}},
        {**ORDER, "options": {"runs": "2"}},
        {**ORDER, "options": {"concurrency": 1000}},
        {**ORDER, "gate": "x"},
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, world: World, key: dict[str, str], order: dict[str, Any]
) -> None:
    response = await client.post(PATH, json=order, headers=key)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")
    assert world.evaluations.orders == []


async def test_all_faults_of_the_cases_are_told(
    client: httpx.AsyncClient, world: World, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [{"file": "qa.jsonl", "line": 1, "reason": "question is empty"}]

    async def refuse(*_: object) -> None:
        raise SuiteRefused("1 fault", faults=faults)

    monkeypatch.setattr(world.evaluations, "start", refuse)
    response = await client.post(PATH, json=ORDER, headers=key)
    assert (response.status_code, response.json()["code"], response.json()["faults"]) == (422, "suite_refused", faults)


async def test_progress_and_the_figures_so_far_are_told(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    started = await begin(client, key)
    world.evaluations.end(started, JobState.RUNNING, done=3, total=8, figures={"right_answerable": 0.5})
    told = (await client.get(f"{PATH}/{started}", headers=key)).json()
    assert (told["state"], told["done"], told["total"]) == ("running", 3, 8)
    assert told["figures"] == {"right_answerable": 0.5}
    world.evaluations.end(started, JobState.FAILED, error="The store is not ready.")
    assert (await client.get(f"{PATH}/{started}", headers=key)).json()["error"] == "The store is not ready."


async def test_a_stores_evaluations_are_listed_the_newest_first(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    started = [await begin(client, key) for _ in range(2)]
    await world.evaluations.start(OTHER_SHOP.id, Order("qa", lines=CASES))
    listed = (await client.get(PATH, headers=key)).json()["evaluations"]
    assert [each["id"] for each in listed] == started[::-1]


async def test_result_and_report_come_when_it_is_done(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    started = await begin(client, key)
    for what in ("result", "report"):
        early = await client.get(f"{PATH}/{started}/{what}", headers=key)
        assert (early.status_code, early.json()["code"]) == (409, "not_finished")
    world.evaluations.end(started, JobState.DONE)
    result = await client.get(f"{PATH}/{started}/result", headers=key)
    assert (result.headers["content-type"], result.json()["figures"]) == ("application/json", {"right": 1.0})
    report = await client.get(f"{PATH}/{started}/report?language=zh", headers=key)
    assert (report.headers["content-type"], report.text) == ("text/html; charset=utf-8", "<h1>报告</h1>")
    english = await client.get(f"{PATH}/{started}/report", headers={**key, "Accept-Language": "en"})
    assert (english.headers["content-language"], english.text) == ("en", "<h1>Report</h1>")


async def test_a_report_cannot_act_as_a_page_of_this_server(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    started = await begin(client, key)
    world.evaluations.end(started, JobState.DONE)
    policy = (await client.get(f"{PATH}/{started}/report", headers=key)).headers["content-security-policy"]
    assert "sandbox allow-scripts;" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


async def test_an_evaluation_is_cancelled_and_deleted(
    client: httpx.AsyncClient, world: World, key: dict[str, str]
) -> None:
    started = await begin(client, key)
    assert (await client.post(f"{PATH}/{started}/cancel", headers=key)).json()["state"] == "cancelled"
    deleted = await client.delete(f"{PATH}/{started}", headers=key)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await client.get(f"{PATH}/{started}", headers=key)).status_code == 404


CALLS = [
    ("POST", ""),
    ("GET", ""),
    ("GET", "/eval_1"),
    ("GET", "/eval_1/result"),
    ("GET", "/eval_1/report"),
    ("POST", "/eval_1/cancel"),
    ("DELETE", "/eval_1"),
]


@pytest.mark.parametrize(("method", "rest"), CALLS)
async def test_every_call_needs_a_key_of_the_store_with_the_scope(
    client: httpx.AsyncClient, world: World, method: str, rest: str
) -> None:
    for headers, status in (
        ({}, 401),
        (await world.auth(KeyScope.MANAGE), 403),
        (await world.auth(KeyScope.EVALUATE, store_id=OTHER_SHOP.id), 403),
    ):
        response = await client.request(method, f"{PATH}{rest}", json=ORDER, headers=headers)
        assert response.status_code == status
    assert world.evaluations.orders == []


@pytest.mark.parametrize(("method", "rest"), CALLS)
async def test_a_server_without_evaluations_says_so(world: World, key: dict[str, str], method: str, rest: str) -> None:
    app = create_app(replace(world.services, evaluations=None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot.example") as client:
        response = await client.request(method, f"{PATH}{rest}", json=ORDER, headers=key)
    assert (response.status_code, response.json()["code"]) == (501, "not_installed")


async def test_cases_may_be_larger_than_other_bodies(world: World, key: dict[str, str]) -> None:
    app = world.app(max_body_bytes=1000, max_evaluation_bytes=5000)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot.example") as client:
        for size, status in ((4000, 202), (6000, 413)):
            order = {"suite": "qa", "data": "x" * size}
            assert (await client.post(PATH, json=order, headers=key)).status_code == status
        elsewhere = await client.post("/v1/stores/lamps/sessions", json={"identity_token": "x" * 2000})
        assert elsewhere.status_code == 413
