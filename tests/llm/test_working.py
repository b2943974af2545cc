"""A model may call tools, in so many rounds and no more."""

from __future__ import annotations

import pytest

from assistant.domain.backend import JsonObject
from assistant.domain.errors import ModelUnavailable, StoreSystemUnavailable
from assistant.domain.models import Tool
from tests.llm.prompts import prompt
from tests.llm.talking import talking
from tests.models.server import Body, Calls, ModelServer, Refused, Text

ARGUMENTS = {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}


class Stock:
    """Tells what it was asked for."""

    def __init__(self, said: str = "7 left") -> None:
        self.asked: list[JsonObject] = []
        self.said = said

    async def __call__(self, arguments: JsonObject) -> str:
        self.asked.append(arguments)
        if not self.said:
            raise StoreSystemUnavailable("The system is asleep.")
        return self.said

    @property
    def tool(self) -> Tool:
        return Tool("stock", "How many are left.", ARGUMENTS, self)


async def test_tools_are_called_and_what_they_say_is_told(server: ModelServer) -> None:
    stock = Stock()
    server.says(Calls([("stock", {"sku": "a"}), ("stock", {"sku": "b"})]), "Seven of each.")
    async with talking(server) as talk:
        model = talk.model()
        assert await model.work(prompt("how many?"), [stock.tool], rounds=2) == "Seven of each."
    assert stock.asked == [{"sku": "a"}, {"sku": "b"}]
    first, second = server.requests
    assert first["tools"][0]["function"] == {
        "name": "stock",
        "description": "How many are left.",
        "parameters": ARGUMENTS,
    }
    assert [message["content"] for message in second["messages"] if message["role"] == "tool"] == ["7 left"] * 2
    (call,) = model.calls
    assert (call.outcome, call.tokens_in) == ("done", 200)


async def test_after_the_last_round_no_tool_may_be_asked_for(server: ModelServer) -> None:
    def answer(body: Body) -> Calls | Text:
        return Text(("Enough.",)) if body.get("tool_choice") == "none" else Calls([("stock", {"sku": "a"})])

    stock = Stock()
    server.says(answer)
    async with talking(server) as talk:
        assert await talk.model().work(prompt("how many?"), [stock.tool], rounds=2) == "Enough."
    assert len(stock.asked) == 2
    assert len(server.requests) == 3


async def test_a_model_that_asks_for_tools_all_the_same_is_stopped(server: ModelServer) -> None:
    stock = Stock()
    server.says(Calls([("stock", {"sku": "a"})]))
    async with talking(server) as talk:
        model = talk.model()
        with pytest.raises(ModelUnavailable) as raised:
            await model.work(prompt("how many?"), [stock.tool], rounds=2)
    assert raised.value.reason == "garbage"
    assert (len(stock.asked), len(server.requests)) == (2, 3)
    assert [call.outcome for call in model.calls] == ["garbage"]


@pytest.mark.parametrize("arguments", [{}, {"sku": 3}])
async def test_arguments_that_the_tool_does_not_take_are_told_to_the_model(
    server: ModelServer, arguments: Body
) -> None:
    stock = Stock()
    server.says(Calls([("stock", arguments)]), "I do not know.")
    async with talking(server) as talk:
        assert await talk.model().work(prompt("how many?"), [stock.tool], rounds=1) == "I do not know."
    assert stock.asked == []
    assert "cannot be used" in server.requests[1]["messages"][-1]["content"]


async def test_a_tool_that_there_is_not_and_one_that_fails_end_nothing(server: ModelServer) -> None:
    server.says(Calls([("refund", {"all": True})]), Calls([("stock", {"sku": "a"})]), "I do not know.")
    async with talking(server) as talk:
        assert await talk.model().work(prompt("how many?"), [Stock("").tool], rounds=2) == "I do not know."
    assert "asleep" in server.requests[2]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("answer", "reason"), [(Refused(500), "unreachable"), (Refused(401), "refused"), (Text(("",)), "garbage")]
)
async def test_what_goes_wrong_has_a_reason(server: ModelServer, answer: Refused | Text, reason: str) -> None:
    server.says(answer)
    async with talking(server) as talk:
        model = talk.model()
        with pytest.raises(ModelUnavailable) as raised:
            await model.work(prompt("how many?"), [Stock().tool], rounds=1)
    assert raised.value.reason == reason
    assert [call.outcome for call in model.calls] == [reason]
