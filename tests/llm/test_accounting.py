"""A ceiling holds, also for calls that are under way at the same time, and what was taken is written down."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from decimal import Decimal

import pytest

from assistant.domain.errors import ModelUnavailable
from assistant.domain.models import Ceiling, LanguageModel
from assistant.llm.metering import Prices
from tests.llm.prompts import prompt
from tests.llm.talking import STORE, Noon, talking, written
from tests.models.server import ModelServer, Refused, Text

DAY = Noon().now().date()


async def test_every_call_is_written_down_with_its_cost(server: ModelServer) -> None:
    server.says(Text(("one ", "two")), Refused(401))
    async with talking(server, prices=Prices(Decimal(2), Decimal(8))) as talk:
        await written(talk.model(), prompt("hi"))
        with pytest.raises(ModelUnavailable):
            await written(talk.model(), prompt("hi"))
        await talk.accounts.close()
        done, refused = talk.books.kept[STORE.id, DAY]
    assert (done.outcome, done.cost) == ("done", Decimal("0.000216"))
    assert refused.outcome == "refused"


async def test_what_is_stopped_is_written_down_too(server: ModelServer) -> None:
    server.says(Text(["word "] * 1000, pause=0.02))
    async with talking(server) as talk:
        async with aclosing(talk.model().write(prompt("hi"))) as pieces:
            await anext(pieces)
        await talk.accounts.close()
        (call,) = talk.books.kept[STORE.id, DAY]
    assert call.outcome == "stopped"
    assert call.tokens_out > 0


async def succeeds(model: LanguageModel) -> bool:
    try:
        return await written(model, prompt("hi")) == ["fine"]
    except ModelUnavailable:
        return False


@pytest.mark.parametrize("ceiling", [Ceiling(tokens=500), Ceiling(cost=Decimal("0.0005"))])
async def test_a_call_for_which_the_ceiling_leaves_no_room_is_not_made(server: ModelServer, ceiling: Ceiling) -> None:
    async with talking(server, prices=Prices(Decimal(1), Decimal(1))) as talk:
        made = 0
        while (model := talk.model(ceiling=ceiling)) and made < 20 and await succeeds(model):
            made += 1
        refused = talk.model(ceiling=ceiling)
        with pytest.raises(ModelUnavailable) as raised:
            await written(refused, prompt("hi"))
    assert raised.value.reason == "ceiling"
    assert len(server.requests) == made
    assert 1 <= made <= 5
    assert [(call.outcome, call.tokens_in) for call in refused.calls] == [("ceiling", 0)]


async def test_calls_under_way_count_for_what_they_may_take(server: ModelServer) -> None:
    server.says(Text(["a"] * 5, pause=0.05))

    async with talking(server) as talk:

        async def one() -> str:
            try:
                await written(talk.model(ceiling=Ceiling(tokens=700)), prompt("hi", most_tokens=200))
            except ModelUnavailable as error:
                return error.reason
            return "done"

        outcomes = await asyncio.gather(*(one() for _ in range(8)))
        await talk.accounts.close()
        assert outcomes.count("done") in (2, 3)
        assert set(outcomes) == {"done", "ceiling"}
        assert (await talk.books.spent(STORE.id, DAY)).tokens <= 700
        server.says("fine")
        assert await written(talk.model(ceiling=Ceiling(tokens=700)), prompt("hi")) == ["fine"], "room is free again"
