"""Whole conversations with a running assistant: from a question to a human and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.bootstrap import Application
from assistant.desk.serving import At
from assistant.domain.conversation import Owner
from assistant.domain.desk import Agent, PresenceState
from assistant.domain.events import HandoffRequested, OwnerChanged, Replied
from assistant.domain.hours import Hours
from assistant.domain.ids import AgentId
from assistant.domain.reply import ActionKind, HandoffReason
from assistant.domain.skills import DeskSettings
from tests.durability.running import Conversing, begin, dispatching, opened
from tests.small_shop import SMALL_STORE

MEI = AgentId("mei")


@pytest.fixture
async def app(small_data_dir: Path) -> AsyncIterator[Application]:
    async with opened(small_data_dir) as app:
        store = await app.stores.get(SMALL_STORE)
        await app.stores.put(replace(store, hours=Hours(), desk=DeskSettings(high_value=Decimal(5000))))
        yield app


async def come(app: Application) -> None:
    now = app.clock.now()
    await app.desks.serving.come(
        Agent(MEI, SMALL_STORE, "小美", PresenceState.ONLINE, 5, (), (), seen_at=now, idle_since=now)
    )


async def says(app: Application, conversation: Conversing, text: str) -> Replied | None:
    """The shopper writes; the bot's reply, None where it says nothing."""
    before = len(await conversation.replies())
    await conversation.say(text)
    app.dispatcher.notify(conversation.id)
    await app.dispatcher.drain()
    replies = await conversation.replies()
    return replies[-1] if len(replies) > before else None


async def owner(app: Application, conversation: Conversing) -> Owner:
    return (await app.log.get(conversation.id)).owner


async def reason_of(conversation: Conversing) -> HandoffReason:
    [asked] = [each.payload for each in await conversation.events() if isinstance(each.payload, HandoffRequested)]
    assert 0 < asked.confidence <= 1
    return asked.reason


def at(conversation: Conversing) -> At:
    return At(SMALL_STORE, conversation.id)


@pytest.mark.parametrize(
    ("language", "asks", "told", "question", "known"),
    [
        ("zh", "转人工", "您是下一位", "那雨伞可以带上飞机吗？", "折叠伞"),
        ("en", "I want to talk to a human", "You're next", "Can I take an umbrella on a plane?", "folding"),
    ],
)
async def test_a_conversation_goes_to_a_human_and_back_without_a_loop_or_silence(
    app: Application, language: str, asks: str, told: str, question: str, known: str
) -> None:
    await come(app)
    conversation = await begin(app, language)
    reply = await says(app, conversation, asks)
    assert reply is not None
    assert reply.reply.action.kind is ActionKind.HANDOFF
    assert told in reply.reply.text
    assert await owner(app, conversation) is Owner.QUEUE, "a promised handoff has not happened"
    assert await reason_of(conversation) is HandoffReason.CUSTOMER_REQUEST
    assert await says(app, conversation, question) is None, "the bot spoke to who waits for a human"
    await app.desks.serving.say(at(conversation), MEI, "您好")
    await conversation.say(question)
    await app.desks.serving.hand_back(at(conversation), MEI)
    await app.dispatcher.drain()
    last = (await conversation.replies())[-1]
    assert known in last.reply.text
    assert await owner(app, conversation) is Owner.BOT


async def test_who_no_longer_wants_to_wait_says_so_and_is_back_with_the_bot(app: Application) -> None:
    await come(app)
    conversation = await begin(app)
    await says(app, conversation, "转人工")
    assert await says(app, conversation, "算了，不等了") is None
    assert await owner(app, conversation) is Owner.BOT
    change = (await conversation.events())[-1].payload
    assert isinstance(change, OwnerChanged)
    assert change.reason == "left"
    reply = await says(app, conversation, "伞骨断了怎么修")
    assert reply is not None
    assert "8 元" in reply.reply.text


async def test_where_nobody_is_there_it_is_said_and_a_contact_is_taken(app: Application) -> None:
    conversation = await begin(app)
    reply = await says(app, conversation, "转人工")
    assert reply is not None
    assert "没有同事在线" in reply.reply.text
    assert reply.reply.expects is not None
    assert reply.reply.expects.name == "contact"
    noted = await says(app, conversation, "我的邮箱是 lin@rain.example")
    assert noted is not None
    assert "记下了" in noted.reply.text
    [ticket] = await app.desks.entries.book.tickets(SMALL_STORE, None)
    assert (ticket.contact, ticket.conversation_id) == ("lin@rain.example", conversation.id)
    assert await owner(app, conversation) is Owner.BOT


async def test_a_question_after_that_is_answered_as_ever(app: Application) -> None:
    conversation = await begin(app)
    await says(app, conversation, "转人工")
    reply = await says(app, conversation, "伞骨断了怎么修")
    assert reply is not None
    assert "8 元" in reply.reply.text


async def test_two_useless_answers_call_a_human_and_one_does_not(app: Application) -> None:
    await come(app)
    conversation = await begin(app)
    first = await says(app, conversation, "云檐折叠伞的伞面是哪家工厂织的？")
    assert first is not None
    assert first.reply.action.kind is ActionKind.ABSTAIN
    assert await owner(app, conversation) is Owner.BOT
    await says(app, conversation, "云檐折叠伞的缝线用的是几号线？")
    assert await owner(app, conversation) is Owner.QUEUE
    assert await reason_of(conversation) is HandoffReason.REPEATED_FAILURE


async def test_useless_answers_before_a_human_do_not_count_after_them(app: Application) -> None:
    await come(app)
    conversation = await begin(app)
    for question in ("云檐折叠伞的伞面是哪家工厂织的？", "云檐折叠伞的缝线用的是几号线？"):
        await says(app, conversation, question)
    await app.desks.serving.say(at(conversation), MEI, "这个要问工厂")
    await app.desks.serving.hand_back(at(conversation), MEI)
    reply = await says(app, conversation, "云檐折叠伞的伞面是哪家工厂织的？")
    assert reply is not None
    assert reply.reply.action.kind is ActionKind.ABSTAIN
    assert await owner(app, conversation) is Owner.BOT


async def test_a_temper_that_rises_calls_a_human_and_one_sharp_word_does_not(app: Application) -> None:
    await come(app)
    calm, rising = await begin(app), await begin(app)
    await says(app, calm, "太好看了！！！我喜欢")
    await says(app, calm, "伞骨断了怎么修！！")
    assert await owner(app, calm) is Owner.BOT
    await says(app, rising, "怎么又断了，不满意")
    await says(app, rising, "都第三次了，又断了！！气死我了")
    assert await owner(app, rising) is Owner.QUEUE


async def test_a_purchase_of_much_money_is_a_human_s(app: Application) -> None:
    await come(app)
    some, many = await begin(app), await begin(app)
    await says(app, some, "云檐折叠伞我要 3 把，多少钱？")
    assert await owner(app, some) is Owner.BOT
    await says(app, many, "云檐折叠伞我要 100 把，多少钱？")
    assert await owner(app, many) is Owner.QUEUE
    assert await reason_of(many) is HandoffReason.VIP_OR_HIGH_VALUE


async def test_turns_that_fail_twice_call_a_human(app: Application) -> None:
    await come(app)
    conversation = await begin(app)

    async def broken() -> None:
        raise RuntimeError("the index has gone")

    async with dispatching(app, broken, desk=app.desks.queue) as dispatcher:
        for text in ("伞骨断了怎么修", "伞骨断了怎么修啊"):
            await conversation.say(text)
            dispatcher.notify(conversation.id)
            await dispatcher.drain()
    assert await owner(app, conversation) is Owner.QUEUE
    assert await reason_of(conversation) is HandoffReason.TOOL_FAILURE


async def test_what_is_tried_in_a_test_conversation_stays_with_the_bot(app: Application) -> None:
    await come(app)
    answer = await app.ask(SMALL_STORE, "转人工")
    assert answer.reply.action.kind is ActionKind.HANDOFF
    assert (await app.log.get(answer.conversation_id)).owner is Owner.BOT
    assert await app.desks.entries.book.open_handoffs(SMALL_STORE) == []
