"""Every error is a problem document with a stable code, in the reader's language, and never a stack trace."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

import assistant
from assistant.api.app import create_app
from assistant.api.errors import CHINESE_TITLES, HTTP_CODES
from assistant.domain.errors import StorebotError
from assistant.domain.ids import StoreId
from assistant.domain.store import Store
from tests.api.world import SHOP_ORIGIN, Opened, World

DOCUMENTATION = Path(assistant.__file__).parents[1] / "docs" / "errors.md"


def all_errors(root: type[StorebotError] = StorebotError) -> list[type[StorebotError]]:
    return [root, *(error for child in root.__subclasses__() for error in all_errors(child))]


def titles_by_code() -> dict[str, str]:
    return {error.code: error.title for error in all_errors()} | dict(HTTP_CODES.values())


def test_every_code_is_documented_with_its_status() -> None:
    headings = set(re.findall(r"^### (\S+)$", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    assert headings >= set(titles_by_code()), "describe the missing codes in docs/errors.md"
    assert headings <= {*titles_by_code(), "http_error"}, "docs/errors.md describes codes that are gone"
    table = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    assert {error.code: str(error.status) for error in all_errors()}.items() <= table.items()


def test_every_code_has_a_title_in_chinese() -> None:
    assert set(CHINESE_TITLES) == {*titles_by_code(), "http_error"}


async def test_a_problem_document_has_the_members_of_the_standard(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/stores/nowhere")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/docs/errors.md#not_found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "There is no store 'nowhere'",
        "instance": "/v1/stores/nowhere",
        "code": "not_found",
        "store_id": "nowhere",
    }


@pytest.mark.parametrize(
    ("accept", "language", "title"),
    [("zh-CN,zh;q=0.9", "zh", "没有找到"), ("fr,zh;q=0.3", "zh", "没有找到"), ("de", "en", "There is no such thing")],
)
async def test_the_title_speaks_the_readers_language(
    client: httpx.AsyncClient, accept: str, language: str, title: str
) -> None:
    response = await client.get("/v1/stores/nowhere", headers={"Accept-Language": accept})
    assert (response.json()["title"], response.headers["content-language"]) == (title, language)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"score": 5,}', "character 12"),
        (b'{"score": ', "character 10"),
        (b"", None),
        (b'{"score": "\xff"}', None),
        (b"[" * 50_000, None),
        (b"9" * 5000, None),
    ],
)
async def test_malformed_json_is_refused_with_its_position(
    client: httpx.AsyncClient, session: Opened, body: bytes, detail: str | None
) -> None:
    headers = session.auth | {"Content-Type": "application/json"}
    response = await client.post(session.path("rating"), content=body, headers=headers)
    problem = response.json()
    assert (response.status_code, problem["code"]) in ((400, "malformed_request"), (422, "invalid_input"))
    assert "input" not in problem
    if detail:
        assert response.status_code == 400
        assert detail in problem["detail"]


async def test_a_body_that_is_too_large_is_refused_whether_announced_or_not(
    client: httpx.AsyncClient, session: Opened
) -> None:
    async def unannounced() -> object:
        for _ in range(100):
            yield b" " * 1000

    headers = session.auth | {"Content-Type": "application/json"}
    for content in (b" " * 100_000, unannounced()):
        response = await client.post(session.path("messages"), content=content, headers=headers)  # type: ignore[arg-type]
        assert (response.status_code, response.json()["code"]) == (413, "request_too_large")
        assert "65536" in response.json()["detail"]


async def test_paths_and_methods_that_do_not_exist_are_problems_too(client: httpx.AsyncClient) -> None:
    missing = await client.get("/v2/anything")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await client.delete("/v1/stores/lamps/sessions")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


class BrokenStores:
    """Stores whose database has gone; the list still stands, so that the cross-origin check passes."""

    def __init__(self, stores: list[Store]) -> None:
        self._stores = stores

    async def get(self, store_id: StoreId) -> Store:
        raise RuntimeError("password=hunter2")

    async def put(self, store: Store) -> None:
        raise NotImplementedError

    async def all(self) -> list[Store]:
        return self._stores


async def test_an_unexpected_error_names_its_log_entry_and_shows_nothing_of_it(world: World) -> None:
    stores = BrokenStores(await world.services.stores.all())
    app = create_app(replace(world.services, stores=stores))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.example") as client:
        with capture_logs() as logs:
            response = await client.get("/v1/stores/lamps", headers={"Origin": SHOP_ORIGIN})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (500, "internal_error")
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["access-control-allow-origin"] == SHOP_ORIGIN, "the widget must be able to read it"
    [entry] = [line for line in logs if line["event"] == "unexpected_error"]
    assert entry["incident"] == problem["incident"]
    assert isinstance(entry["exc_info"], RuntimeError)


async def test_every_response_has_a_request_id_and_headers_that_protect_browsers(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/stores/lamps")
    assert response.headers["x-request-id"].startswith("req_")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    asked = await client.get("/healthz", headers={"X-Request-ID": "trace-7"})
    assert asked.headers["x-request-id"] == "trace-7"
    forged = await client.get("/healthz", headers={"X-Request-ID": "a b<script>"})
    assert forged.headers["x-request-id"].startswith("req_")


async def test_the_access_log_has_a_line_a_request_without_what_was_said(
    client: httpx.AsyncClient, session: Opened
) -> None:
    body = {"client_message_id": "m-1", "text": "我的电话是 13800000000"}
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await client.post(session.path("messages"), json=body, headers=session.auth, params={"q": "private"})
    [line] = [entry for entry in logs if entry["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("POST", session.path("messages"), 202)
    assert line["request_id"].startswith("req_")
    assert "13800000000" not in str(logs)
    assert "private" not in str(logs)
    assert session.token not in str(logs)
