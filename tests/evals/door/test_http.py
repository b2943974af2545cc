"""The door over HTTP, against the real API with a bot that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import httpx
import orjson
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.conversation import Owner, Shopper
from assistant.domain.events import MessageReceived, OwnerChanged, Replied
from assistant.domain.ids import ConversationId, ShopperId, TurnId, new_id
from assistant.domain.reply import Action, ActionKind, Part, Reply
from evals.bench.outages.proxy import CuttingProxy
from evals.door import DoorClosed, Opening, Said, action_of, text_of
from evals.door.http import HttpDoor
from tests.api.world import IDENTITY_KEY, SHOP, ScriptedBot, World, serve


class Bot(ScriptedBot):
    """Says back what it hears, all open messages at once."""

    hands_over = False
    keeps_traces = True

    async def answer(self, conversation_id: ConversationId) -> None:
        await asyncio.sleep(0.02)
        conversation, waiting = await self.log.unanswered(conversation_id)
        if not waiting or conversation.owner is not Owner.BOT:
            return
        said = [event.payload.message.text for event in waiting if isinstance(event.payload, MessageReceived)]
        reply = Reply("zh", Action(ActionKind.ANSWER, "echo"), (Part("|".join(said)),))
        replied = Replied(TurnId(new_id("turn")), reply, answers=waiting[-1].seq)
        trace = orjson.dumps({"milliseconds": {"think": 1.5}, "notes": {"said": said}}) if self.keeps_traces else b""
        stored = await self.log.deliver(
            conversation_id, replied, expected_epoch=conversation.epoch, focus=conversation.focus, trace=trace
        )
        if self.hands_over:
            stored.append(await self.log.append(conversation_id, OwnerChanged(Owner.QUEUE, conversation.epoch + 1)))
        await self.live.announce(conversation_id, stored[-1].seq)


@pytest.fixture
def bot(world: World) -> Bot:
    return Bot(world.services.log, world.services.live)  # type: ignore[arg-type]  # the world's are the real ones


@pytest.fixture
async def door(world: World, bot: Bot) -> AsyncIterator[HttpDoor]:
    async with door_of(world, bot) as door:
        yield door


@asynccontextmanager
async def door_of(world: World, bot: Bot) -> AsyncIterator[HttpDoor]:
    world.services = replace(world.services, dispatcher=bot)
    world.clock.time = datetime.now(UTC)  # tokens are signed by the time that it is
    key = await world.new_key(KeyScope.EVALUATE)
    with serve(world.app()) as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            yield HttpDoor(client, SHOP.id, key.token, IDENTITY_KEY, patience_s=10)


async def test_what_is_said_is_answered_with_reply_trace_and_time(door: HttpDoor) -> None:
    talk = await door.open(Opening())
    first = await talk.say("多少钱")
    assert (first.said, text_of(first.reply), action_of(first.reply)) == (
        ("多少钱",),
        "多少钱",
        (ActionKind.ANSWER, "echo"),
    )
    assert first.trace["notes"] == {"said": ["多少钱"]}
    assert 20 <= first.milliseconds < 5000
    assert text_of((await talk.say("还有吗")).reply) == "还有吗"


async def test_every_conversation_is_a_test(door: HttpDoor, world: World) -> None:
    talk = await door.open(Opening(language="en"))
    conversation = await world.services.log.get(ConversationId(talk.conversation_id))
    assert conversation.test
    assert conversation.language == "en"


async def test_the_reply_to_the_last_message_of_a_burst_is_waited_for(door: HttpDoor) -> None:
    exchange = await (await door.open(Opening())).say("这个", "多重", "多高")
    assert exchange.said == ("这个", "多重", "多高")
    assert text_of(exchange.reply).endswith("多高")
    heard = "|".join([*map(text_of, exchange.earlier), text_of(exchange.reply)])
    assert heard == "这个|多重|多高", "what was answered earlier is kept too"


async def test_replies_to_earlier_messages_of_a_burst_are_kept_apart(door: HttpDoor, world: World) -> None:
    talk = await door.open(Opening())
    posted = 0

    async def slow_fingers(request: httpx.Request) -> None:
        """The second message is sent when the first has its reply."""
        nonlocal posted
        posted += request.url.path.endswith("/messages")
        for _ in range(500 if posted == 2 else 0):
            if len(await world.services.log.events(ConversationId(talk.conversation_id))) == 3:
                return
            await asyncio.sleep(0.01)

    door.client.event_hooks = {"request": [slow_fingers]}
    exchange = await talk.say("一", "二")
    assert [text_of(reply) for reply in exchange.earlier] == ["一"]
    assert text_of(exchange.reply) == "二"


async def test_a_history_is_what_was_said_before_and_is_no_reply(door: HttpDoor, world: World) -> None:
    history = (Said("user", "有台灯吗"), Said("assistant", "有的"), Said("user", "贵吗"), Said("assistant", "不贵"))
    talk = await door.open(Opening(history=history, product_id="LAMP-1"))
    exchange = await talk.say("多少钱")
    assert text_of(exchange.reply) == "多少钱"
    assert exchange.earlier == ()
    events = await world.services.log.events(ConversationId(talk.conversation_id))
    texts = [
        event.payload.message.text if isinstance(event.payload, MessageReceived) else event.payload.reply.text
        for event in events
        if isinstance(event.payload, MessageReceived | Replied)
    ]
    assert texts == ["有台灯吗", "有的", "贵吗", "不贵", "多少钱", "多少钱"]
    [asked] = [event.payload for event in events if event.seq == 5]
    assert isinstance(asked, MessageReceived)
    assert asked.message.page.product_id == "LAMP-1"


async def test_a_shopper_signs_in_with_the_stores_identity_key(door: HttpDoor, world: World) -> None:
    talk = await door.open(Opening(shopper="林小姐-42"))
    conversation = await world.services.log.get(ConversationId(talk.conversation_id))
    assert conversation.shopper == Shopper(ShopperId("user:林小姐-42"), identified=True)
    stranger = await door.open(Opening())
    assert not (await world.services.log.get(ConversationId(stranger.conversation_id))).shopper.identified


async def test_nobody_signs_in_without_the_key(door: HttpDoor) -> None:
    with pytest.raises(DoorClosed, match="identity key of store lamps is not known"):
        await replace(door, identity_key=None).open(Opening(shopper="林小姐-42"))


async def test_a_turn_that_keeps_no_trace_has_an_empty_one(door: HttpDoor, bot: Bot) -> None:
    bot.keeps_traces = False
    exchange = await (await door.open(Opening())).say("多少钱")
    assert (text_of(exchange.reply), exchange.trace) == ("多少钱", {})


async def test_silence_ends_when_patience_does(door: HttpDoor, bot: Bot) -> None:
    bot.silent = True
    talk = await replace(door, patience_s=0.3).open(Opening())
    with pytest.raises(DoorClosed, match=r"No reply came within 0\.3 s"):
        await talk.say("在吗")


async def test_a_conversation_that_a_human_has_is_not_waited_for(door: HttpDoor, bot: Bot) -> None:
    bot.hands_over = True
    talk = await door.open(Opening())
    assert text_of((await talk.say("转人工")).reply) == "转人工"
    bot.silent = True
    assert (await talk.say("在吗")).reply is None
    assert (await talk.say("还在吗")).reply is None


@pytest.mark.parametrize(
    ("opening", "told"),
    [(Opening(language="x"), "422 invalid_input"), (Opening(history=(Said("user", " "),)), "422 invalid_input")],
)
async def test_what_the_server_refuses_is_told_with_its_code(door: HttpDoor, opening: Opening, told: str) -> None:
    with pytest.raises(DoorClosed, match=told):
        await door.open(opening)


async def test_a_key_that_is_not_for_evaluations_opens_nothing(door: HttpDoor, world: World) -> None:
    for key in ("sbk_no_key", (await world.new_key(KeyScope.MANAGE)).token):
        with pytest.raises(DoorClosed, match=r"40[13] "):
            await replace(door, key=key).open(Opening())


async def test_a_server_that_is_not_there_is_told(door: HttpDoor) -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9", timeout=1) as nobody:
        with pytest.raises(DoorClosed, match="ConnectError"):
            await replace(door, client=nobody).open(Opening())


async def test_nothing_is_lost_on_a_line_that_breaks(world: World, bot: Bot) -> None:
    async with door_of(world, bot) as door:
        port = httpx.URL(door.client.base_url).port or 0
        broken = CuttingProxy(port, random=Random(7), cut_share=0.4, longest=2500)
        async with broken.listening() as line, httpx.AsyncClient(base_url=line.url, timeout=5) as client:
            talk = await replace(door, client=client, patience_s=30).open(Opening())
            for number in range(8):
                assert text_of((await talk.say(f"第{number}问")).reply) == f"第{number}问"
    assert broken.cuts > 0
