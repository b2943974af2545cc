"""The model that tests and evaluations script does what the port says that any does."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from assistant.domain.backend import JsonObject
from assistant.domain.errors import ModelUnavailable
from assistant.domain.ids import StoreId
from assistant.domain.models import LanguageModel, LanguageModels, Prompt, Speaker, Tool
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.llm.scripted import Asks, Pause, Saying, Script, ScriptedModel, ScriptedModels
from tests.llm.prompts import prompt

STORE = Store(StoreId("s"), LocalText.of({"en": "S"}), ("en",), Persona(LocalText.of({"en": "Bo"})))
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def model(script: Script) -> ScriptedModel:
    models = ScriptedModels(script)
    keeps_the_port: LanguageModels = models
    found = models.of(STORE)
    assert found is not None
    keeps_its_own: LanguageModel = found
    assert keeps_the_port is models
    assert keeps_its_own is found
    return found


async def written(of: LanguageModel, asked: Prompt) -> list[str]:
    async with aclosing(of.write(asked)) as pieces:
        return [piece async for piece in pieces]


async def test_a_text_comes_in_small_pieces() -> None:
    bot = model(lambda asked: f"You said: {asked.lines[-1].text}")
    pieces = await written(bot, prompt("hello"))
    assert "".join(pieces) == "You said: hello"
    assert len(pieces) > 2
    (call,) = bot.calls
    assert (call.outcome, call.prompt, call.first_token_ms is not None) == ("done", "try@1", True)
    assert call.tokens_in > 0
    assert call.tokens_out > 0


async def test_a_fault_comes_after_what_was_written_before_it() -> None:
    bot = model(lambda _: ["half a ", ModelUnavailable("gone", reason="cut")])
    pieces = bot.write(prompt("hello"))
    assert await anext(pieces) == "half a "
    with pytest.raises(ModelUnavailable) as raised:
        await anext(pieces)
    assert raised.value.reason == "cut"
    assert [call.outcome for call in bot.calls] == ["cut"]


async def test_who_closes_the_stream_stops_the_model() -> None:
    bot = model(lambda _: ["one", Pause(60), "two"])
    async with aclosing(bot.write(prompt("hello"))) as pieces:
        assert await anext(pieces) == "one"
    assert [call.outcome for call in bot.calls] == ["stopped"]


async def test_who_cancels_it_stops_the_model() -> None:
    bot = model(lambda _: [Pause(60), "late"])
    task = asyncio.create_task(written(bot, prompt("hello")))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [call.outcome for call in bot.calls] == ["stopped"]


@pytest.mark.parametrize(
    ("saying", "expected"),
    [
        ({"n": 3}, {"n": 3}),
        ('Sure! ```json\n{"n": 3}\n``` anything else?', {"n": 3}),
        ('{"n": "three"}', None),
        ('{"n": 3', None),
        ("no object", None),
    ],
)
async def test_an_object_keeps_to_its_schema_or_there_is_none(saying: Saying, expected: JsonObject | None) -> None:
    bot = model(lambda _: saying)
    if expected is not None:
        assert await bot.fill(prompt("three"), SCHEMA) == expected
        assert bot.calls[0].outcome == "done"
        return
    with pytest.raises(ModelUnavailable) as raised:
        await bot.fill(prompt("three"), SCHEMA)
    assert raised.value.reason == "garbage"
    assert [call.outcome for call in bot.calls] == ["garbage"]


async def test_tools_are_called_and_their_answers_told() -> None:
    asked_for: list[JsonObject] = []

    async def stock(arguments: JsonObject) -> str:
        asked_for.append(arguments)
        return "7 left"

    def script(asked: Prompt) -> Saying:
        last = asked.lines[-1]
        return f"There are {last.text}." if last.speaker is Speaker.STORE else [Asks("stock", {"sku": "a"})]

    tool = Tool("stock", "How many are left.", {"type": "object"}, stock)
    bot = model(script)
    assert await bot.work(prompt("how many?"), [tool], rounds=1) == "There are 7 left."
    assert asked_for == [{"sku": "a"}]
    assert len(bot.prompts) == 2
    assert len(bot.calls) == 1


async def test_a_model_that_never_stops_asking_for_tools_is_stopped() -> None:
    bot = model(lambda _: [Asks("nothing", {})])
    with pytest.raises(ModelUnavailable):
        await bot.work(prompt("how many?"), [], rounds=2)
    assert len(bot.prompts) == 3


def test_only_the_stores_that_are_named_have_a_model() -> None:
    models = ScriptedModels(lambda _: "", stores=frozenset({StoreId("other")}))
    assert models.of(STORE) is None
