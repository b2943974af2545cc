"""A shopper whom a language model plays, at a local endpoint that answers from a script."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from evals.door import DoorClosed
from evals.simulator import Goal, Script, SimulatorFault, Transcript
from evals.simulator.llm import LlmShopper, ShopperModel, prompt_for
from tests.evals.simulator.chat_server import ChatServer
from tests.evals.simulator.test_scripted import Store, choice

SCRIPT = Script(
    "s",
    "en",
    (Goal(("Cancel my order",), {"order_id": "W1"}, accept=True, choose="the lamp"),),
    persona="An impatient collector of lamps.",
)


def turn(*messages: str, done: bool = False) -> str:
    return json.dumps({"messages": messages, "done": done})


async def played(
    store: Store, *answers: str | int, script: Script = SCRIPT, **model: object
) -> tuple[Transcript, ChatServer]:
    transcript = Transcript(store)
    with ChatServer(answers).running() as server:
        shopper = LlmShopper(ShopperModel(server.url, "small", "secret", **model))  # type: ignore[arg-type]
        await shopper.play(script, transcript)
    return transcript, server


async def test_the_model_says_what_it_says_until_it_is_done() -> None:
    store = Store(choice("lamp", "cup"))
    transcript, server = await played(store, turn("hi", "cancel my order"), turn("the lamp"), turn(done=True))
    assert store.heard == [("hi", "cancel my order"), ("the lamp",)]
    assert [exchange.said for exchange in transcript.exchanges] == store.heard
    assert server.authorized == ["Bearer secret"] * 3
    assert {request["model"] for request in server.asked} == {"small"}


async def test_the_model_sees_replies_with_their_buttons_as_a_shopper_does() -> None:
    _, server = await played(Store(choice("lamp", "cup")), turn("cancel"), turn(done=True))
    heard = server.asked[1]["messages"][-1]
    assert heard == {"role": "user", "content": "…\n[lamp | cup]"}
    assert server.asked[1]["messages"][-2] == {"role": "assistant", "content": turn("cancel")}


def test_the_model_is_told_persona_goals_and_what_may_be_revealed() -> None:
    prompt = prompt_for(SCRIPT)
    for told in (
        "An impatient collector of lamps.",
        "1. Cancel my order",
        "You know order_id: W1",
        "you agree",
        "you take: the lamp",
        "in English",
    ):
        assert told in prompt
    assert "in Chinese" in prompt_for(Script("s", "zh-CN", (Goal(("$5 \\ {x}",)),)))


async def test_last_words_are_said_before_the_shopper_goes() -> None:
    store = Store()
    await played(store, turn("thanks, bye", done=True))
    assert store.heard == [("thanks, bye",)]


async def test_tokens_and_cost_are_counted() -> None:
    prices = {"price_in": Decimal("1.5"), "price_out": Decimal(6)}
    transcript, _ = await played(Store(), turn("hi"), turn(done=True), **prices)
    assert transcript.tokens == 240
    assert transcript.cost == 2 * (100 * Decimal("1.5") + 20 * 6) / 1_000_000


@pytest.mark.parametrize("answer", ["Sure! ```json\n" + turn("hi") + "\n```", turn(" hi ")])
async def test_an_object_is_found_in_what_stands_around_it(answer: str) -> None:
    store = Store()
    await played(store, answer, turn(done=True))
    assert store.heard == [("hi",)]


async def test_an_answer_that_cannot_be_read_is_asked_for_once_more() -> None:
    store = Store()
    _, server = await played(store, "I would like a lamp", turn("hi"), turn(done=True))
    assert store.heard == [("hi",)]
    assert "no JSON object" in server.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize("answer", ["no idea", "{}", '{"messages": [""]}', '{"messages": "hi"}'])
async def test_a_model_that_never_answers_as_told_is_the_simulators_fault(answer: str) -> None:
    with pytest.raises(SimulatorFault, match="did not answer as it was told"):
        await played(Store(), answer)


async def test_an_endpoint_that_refuses_is_the_simulators_fault() -> None:
    with pytest.raises(SimulatorFault, match="cannot be reached"):
        await played(Store(), 401)


async def test_an_endpoint_that_is_not_there_is_the_simulators_fault() -> None:
    with pytest.raises(SimulatorFault, match="cannot be reached"):
        await LlmShopper(ShopperModel("http://127.0.0.1:9/v1", "small")).play(SCRIPT, Transcript(Store()))


async def test_a_turn_that_failed_is_the_assistants_fault() -> None:
    with pytest.raises(DoorClosed):
        await played(Store(trace={"failed": "ValueError"}), turn("hi"))


async def test_a_shopper_who_never_ends_is_ended_and_that_is_noted() -> None:
    store = Store()
    transcript, _ = await played(store, turn("and?"), longest=4)
    assert len(store.heard) == 4
    assert transcript.stumbles == ["the shopper was not done after 4 exchanges"]


async def test_the_shopper_goes_when_a_human_has_the_word() -> None:
    store = Store(human_after=1)
    await played(store, turn("a human please"), turn("hello?"), turn("hello??"))
    assert store.heard == [("a human please",), ("hello?",)]
