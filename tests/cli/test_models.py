"""`storebot llm check`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from assistant.bootstrap import application
from assistant.domain.ids import StoreId
from assistant.domain.store import ModelSettings, Persona, Store
from assistant.domain.text import LocalText
from assistant.settings import Settings
from tests.cli.conftest import Storebot
from tests.models.server import Body, Calls, ModelServer, Refused, Text

COUNT = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def able(body: Body) -> Calls | Text:
    """A model that does all that is asked of it."""
    last = body["messages"][-1]
    if body.get("tools"):
        return Text(("There are 7.",)) if last["role"] == "tool" else Calls([("stock_of", {"product": "LAMP-1"})])
    if "pieces" in last["content"]:
        return Text(('{"topic": "stock", "pieces": 3}',))
    return Text([f"{word} " for word in COUNT], pause=0.005)


def poor(body: Body) -> Text | Refused:
    """One that knows nothing of schemas and tools, and tells of no tokens."""
    if body.get("tools") or body.get("response_format"):
        return Refused(400, "unknown parameter")
    if "pieces" in body["messages"][-1]["content"]:
        return Text(('Sure: {"topic": "stock", "pieces": 3}',), usage=False)
    return Text(("one two three",), usage=False)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    server = ModelServer()
    server.start()
    monkeypatch.setenv("STOREBOT_LLM_BASE_URL", server.base_url)
    monkeypatch.setenv("STOREBOT_LLM_MODEL", "m-1")
    monkeypatch.setenv("STOREBOT_LLM_ATTEMPTS", "1")
    yield server
    server.stop()


def test_an_endpoint_that_can_do_everything_is_said_to(storebot: Storebot, server: ModelServer) -> None:
    server.says(able)
    run = storebot("llm", "check", "--json")
    assert run.code == 0
    assert {finding["check"]: finding["verdict"] for finding in run.data["findings"]} == dict.fromkeys(
        ("answers", "streams", "speed", "tokens", "objects", "tools"), "works"
    )
    speed = next(finding for finding in run.data["findings"] if finding["check"] == "speed")
    assert speed["first_token_ms"] > 0
    assert speed["tokens_a_second"] > 10
    shown = storebot("llm", "check", language="zh")
    assert shown.code == 0
    assert "全部可用" in shown.out


def test_what_an_endpoint_cannot_do_is_told_with_what_that_means(storebot: Storebot, server: ModelServer) -> None:
    server.says(poor)
    run = storebot("llm", "check", "--json")
    assert run.code == 1
    verdicts = {finding["check"]: (finding["verdict"], finding["reason"]) for finding in run.data["findings"]}
    assert verdicts["streams"] == ("limited", "at_once")
    assert verdicts["tokens"] == ("limited", "estimated")
    assert verdicts["objects"] == ("limited", "form_text")
    assert verdicts["tools"] == ("fails", "refused")
    shown = storebot("llm", "check")
    assert "leave model.tools empty" in shown.out
    assert "unknown parameter" in shown.out


@pytest.mark.parametrize(("language", "words"), [("en", "Check the key"), ("zh", "检查密钥")])
def test_an_endpoint_that_refuses_is_told_with_what_to_do(
    storebot: Storebot, server: ModelServer, language: str, words: str
) -> None:
    server.says(Refused(401, "bad key"))
    run = storebot("llm", "check", language=language)
    assert run.code == 1
    assert words in run.out
    assert "bad key" in run.out
    assert len(server.requests) == 1


def test_without_a_model_that_is_said(storebot: Storebot) -> None:
    run = storebot("llm", "check")
    assert run.code == 1
    assert "STOREBOT_LLM_BASE_URL" in run.err


def test_a_stores_own_endpoint_is_tried_where_it_is_allowed(
    storebot: Storebot, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.says(able)

    async def store() -> None:
        async with application(Settings()) as app:
            own = ModelSettings(base_url=server.base_url, answers="m-own", key_variable="STOREBOT_MODEL_S")
            name = LocalText.of({"en": "S"})
            await app.stores.put(Store(StoreId("s"), name, ("en",), Persona(name), model=own))

    asyncio.run(store())
    monkeypatch.setenv("STOREBOT_MODEL_S", "k-store")
    refused = storebot("llm", "check", "--store", "s")
    assert refused.code == 1
    assert "STOREBOT_LLM_STORE_ORIGINS" in refused.err
    monkeypatch.setenv("STOREBOT_LLM_STORE_ORIGINS", server.base_url)
    assert storebot("llm", "check", "--store", "s").code == 0
    assert {
        (body["model"], headers["authorization"]) for body, headers in zip(server.requests, server.headers, strict=True)
    } == {("m-own", "Bearer k-store")}
