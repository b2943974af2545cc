"""The adapter over a real llama.cpp server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from assistant.domain.models import Line, Prompt, Purpose, Speaker
from assistant.llm.checking import examine
from assistant.llm.endpoint import Waits
from tests.llm.talking import talking, written
from tests.models.llama_cpp import llama_cpp_server

pytestmark = [pytest.mark.extra("llamacpp"), pytest.mark.timeout(600)]
PATIENT = Waits(in_line=60, connect=10, first=120, between=60, whole=240)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with llama_cpp_server() as url:
        yield url


def say(text: str, most_tokens: int = 16, purpose: Purpose = Purpose.ANSWER) -> Prompt:
    return Prompt(purpose, "try", "1", (Line(Speaker.SHOPPER, text),), most_tokens)


async def test_an_answer_is_streamed_and_its_tokens_are_told(base_url: str) -> None:
    async with talking(base_url, waits=PATIENT) as talk:
        model = talk.model()
        pieces = await written(model, say("Tell me about shoes."))
    assert len(pieces) > 3
    (call,) = model.calls
    assert (call.outcome, call.exact, call.tokens_out) == ("done", True, 16)


async def test_tokens_of_english_are_estimated_near_what_the_endpoint_counts(base_url: str) -> None:
    text = "The lamp weighs two kilograms, costs forty dollars and comes with a warranty of three years. " * 3
    async with talking(base_url, waits=PATIENT) as talk:
        model = talk.model()
        await written(model, say(text, 1))
    counted = model.calls[0].tokens_in
    assert 0.6 <= model.count(text) / counted <= 1.3


async def test_an_object_keeps_to_its_schema_however_small_the_model(base_url: str) -> None:
    schema = {
        "type": "object",
        "properties": {"topic": {"enum": ["price", "stock"]}, "pieces": {"type": "integer", "maximum": 99}},
        "required": ["topic", "pieces"],
        "additionalProperties": False,
    }
    async with talking(base_url, waits=PATIENT) as talk:
        found = await talk.model().fill(say("Are there three lamps in stock?", 60, Purpose.UNDERSTAND), schema)
    assert set(found) == {"topic", "pieces"}
    assert found["topic"] in ("price", "stock")


async def test_a_stopped_answer_leaves_the_server_free_for_the_next(base_url: str) -> None:
    async with talking(base_url, waits=PATIENT) as talk:
        async with aclosing(talk.model().write(say("Count from one to a thousand.", 600))) as pieces:
            await anext(pieces)
        started = time.monotonic()
        await asyncio.wait_for(written(talk.model(), say("Hello", 2)), 120)
        assert time.monotonic() - started < 60


async def test_a_check_tells_what_so_small_a_model_can_do(base_url: str) -> None:
    async with talking(base_url, waits=PATIENT) as talk:
        findings = {finding.check: finding.verdict.value async for finding in examine(talk.model())}
    assert set(findings) == {"answers", "streams", "speed", "tokens", "objects", "tools"}
    assert findings["answers"] == findings["streams"] == findings["tokens"] == "works"
    assert findings["tools"] != "works"
