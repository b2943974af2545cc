"""A whole turn with a model at a real HTTP server."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bootstrap import application
from assistant.settings import Settings
from tests.llm.test_masking import PERSONAL, ZH
from tests.models.server import ModelServer, Raw, Refused, Text
from tests.small_shop import SMALL_STORE

QUESTION = "How much is the postage?"


def settings(server: ModelServer, data: Path) -> Settings:
    told = {"llm_base_url": server.base_url, "llm_model": "m", "llm_first_token_s": 1, "llm_attempts": 1}
    return Settings.model_validate({"data_dir": data, "coalesce_ms": 0, **told})


async def test_nobodys_data_is_in_any_prompt_of_a_turn(server: ModelServer, small_data_dir: Path) -> None:
    server.says("NO_ANSWER")
    async with application(settings(server, small_data_dir)) as app:
        for text in (f"{ZH}。邮费多少？", "可以拆开来寄吗？"):
            answer = await app.ask(SMALL_STORE, text)
        notes = answer.trace["notes"]
    assert isinstance(notes, dict)
    assert server.requests
    assert notes["model"]
    assert [datum for datum in PERSONAL[ZH] if datum in server.sent] == []


@pytest.mark.parametrize(
    "trouble", [Refused(500), Refused(401), Raw((b"data: {{{\n\n",)), Raw((b"",), stalls=30), Text(("x",), first=30)]
)
async def test_whatever_goes_wrong_there_the_shopper_gets_the_answer_that_needs_no_model(
    server: ModelServer, small_data_dir: Path, trouble: Refused | Raw | Text
) -> None:
    async with application(Settings(data_dir=small_data_dir, coalesce_ms=0)) as app:
        plain = await app.ask(SMALL_STORE, QUESTION)
    server.says(trouble)
    async with application(settings(server, small_data_dir)) as app:
        answer = await app.ask(SMALL_STORE, QUESTION)
    assert server.requests
    assert answer.reply == plain.reply
