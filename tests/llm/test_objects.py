"""An object is asked for in the form that the endpoint takes, and held against its schema whatever comes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import ModelUnavailable
from assistant.llm.objects import NoSuchObject, object_in
from tests.llm.prompts import prompt
from tests.llm.talking import HASTY, talking
from tests.models.server import Body, ModelServer, Refused, Text

SCHEMA = {
    "type": "object",
    "properties": {"intent": {"enum": ["price", "stock"]}, "n": {"type": "integer"}},
    "required": ["intent", "n"],
    "additionalProperties": False,
}
LOOSE = {"type": "object", "properties": {"n": {"type": "integer"}}}
GOOD = '{"intent": "price", "n": 2}'


async def test_the_schema_goes_with_the_request(server: ModelServer) -> None:
    server.says(GOOD)
    async with talking(server) as talk:
        model = talk.model()
        assert await model.fill(prompt("two, how much?"), SCHEMA) == {"intent": "price", "n": 2}
    (sent,) = server.requests
    described = sent["response_format"]["json_schema"]
    assert (described["schema"], described["strict"], described["name"]) == (SCHEMA, True, "try")
    assert not sent.get("stream")
    (call,) = model.calls
    assert (call.outcome, call.tokens_in, call.exact) == ("done", 100, True)


async def test_a_schema_that_cannot_be_enforced_is_not_said_to_be(server: ModelServer) -> None:
    server.says('{"n": 1}')
    async with talking(server) as talk:
        await talk.model().fill(prompt("one"), LOOSE)
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is False


@pytest.mark.parametrize("knows", ["json_object", ""])
async def test_an_endpoint_that_knows_no_schemas_is_told_in_words_from_then_on(server: ModelServer, knows: str) -> None:
    def answer(body: Body) -> Text | Refused:
        asked = body.get("response_format", {}).get("type", "")
        return Text((f"Here you are: {GOOD}",)) if asked in (knows, "") else Refused(400, f"no {asked} here")

    server.says(answer)
    async with talking(server) as talk:
        for _ in range(2):
            assert await talk.model().fill(prompt("two, how much?"), SCHEMA) == {"intent": "price", "n": 2}
    refused = 1 if knows else 2
    assert len(server.requests) == refused + 2
    assert '"enum"' in server.requests[-1]["messages"][0]["content"]
    assert server.requests[-1]["messages"][-1]["content"] == "two, how much?"


@pytest.mark.parametrize("first", ["no object at all", '{"intent": "colour", "n": 2}', '{"intent": "price"', ""])
async def test_what_is_no_such_object_is_asked_for_once_more_with_the_fault_named(
    server: ModelServer, first: str
) -> None:
    server.says(first, GOOD)
    async with talking(server) as talk:
        model = talk.model()
        assert await model.fill(prompt("two, how much?"), SCHEMA) == {"intent": "price", "n": 2}
    assert len(server.requests) == 2
    assert "cannot be used" in server.requests[1]["messages"][-1]["content"]
    assert [call.tokens_in for call in model.calls] == [200]


async def test_what_is_no_such_object_twice_is_given_up(server: ModelServer) -> None:
    server.says('{"intent": "colour", "n": 2}')
    async with talking(server) as talk:
        model = talk.model()
        with pytest.raises(ModelUnavailable) as raised:
            await model.fill(prompt("two, how much?"), SCHEMA)
    assert raised.value.reason == "garbage"
    assert len(server.requests) == 2
    assert [call.outcome for call in model.calls] == ["garbage"]


async def test_a_refusal_that_is_not_of_the_form_is_told_as_such(server: ModelServer) -> None:
    server.says(Refused(404, "no such model"))
    async with talking(server) as talk:
        with pytest.raises(ModelUnavailable) as raised:
            await talk.model().fill(prompt("hi"), SCHEMA)
        server.says(GOOD)
        await talk.model().fill(prompt("hi"), SCHEMA)
    assert raised.value.reason == "refused"
    assert server.requests[0]["response_format"]["type"] == "json_schema", "it has learnt nothing wrong from that"


@pytest.mark.parametrize("trouble", [Refused(500), Refused(429)])
async def test_trouble_that_passes_is_not_seen(server: ModelServer, trouble: Refused) -> None:
    server.says(trouble, GOOD)
    async with talking(server) as talk:
        assert await talk.model().fill(prompt("hi"), SCHEMA)


async def test_an_answer_that_does_not_come_is_given_up_in_time(server: ModelServer) -> None:
    server.says(Text((GOOD,), first=30))
    async with talking(server, waits=replace(HASTY, whole=1)) as talk:
        with pytest.raises(ModelUnavailable) as raised:
            await talk.model().fill(prompt("hi"), SCHEMA)
    assert raised.value.reason == "timeout"


@given(st.text())
def test_any_text_holds_an_object_or_is_said_to_hold_none(text: str) -> None:
    with suppress(NoSuchObject):
        assert isinstance(object_in(text, {}), dict)


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.text("abc\n` "), st.text())
def test_an_object_is_found_whatever_stands_around_it(found: dict[str, object], before: str, after: str) -> None:
    assert object_in(f"{before}{json.dumps(found)}{after}", {}) == found
