"""What the dispatcher promises when shoppers type fast, turns fail, humans take over and processes stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from assistant.bootstrap import Application
from assistant.domain.conversation import Owner
from assistant.domain.events import OwnerChanged, Signal, TurnDropped
from assistant.domain.ids import ConversationId, TurnId, new_id
from assistant.domain.ports import ConversationLog
from assistant.domain.reply import ActionKind
from assistant.turn.dispatcher import Pace
from tests.durability.running import QUESTION, Gate, begin, dispatching, opened

pytestmark = pytest.mark.long


@pytest.fixture
async def app(small_data_dir: Path) -> AsyncIterator[Application]:
    async with opened(small_data_dir) as app:
        yield app


async def test_a_burst_of_messages_is_answered_once(app: Application) -> None:
    conversation = await begin(app)
    for text in ("在吗", "云檐折叠伞", "多少钱"):
        await conversation.say(text)
        app.dispatcher.notify(conversation.id)
    await app.dispatcher.drain()
    [reply] = await conversation.replies()
    assert reply.answers == 3
    assert "79" in reply.reply.text


async def test_a_newer_message_during_a_turn_supersedes_it(app: Application) -> None:
    conversation, gate = await begin(app), Gate()
    async with dispatching(app, gate) as dispatcher, app.live.listen(conversation.id) as heard:
        await conversation.say("云檐折叠伞可以机洗吗")
        dispatcher.notify(conversation.id)
        await gate.reached.wait()
        newer = await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        gate.open.set()
        await dispatcher.drain()
        [reply] = await conversation.replies()
        assert reply.answers == newer.seq
        dropped = await dropped_turns(heard)
    assert len(dropped) == 1
    assert reply.turn_id not in dropped


async def test_a_newer_message_that_another_process_took_supersedes_the_turn_too(app: Application) -> None:
    conversation, gate = await begin(app), Gate()
    async with dispatching(app, gate) as dispatcher:
        await conversation.say("云檐折叠伞可以机洗吗")
        dispatcher.notify(conversation.id)
        await gate.reached.wait()
        newer = await conversation.say(QUESTION)
        gate.open.set()
        await dispatcher.drain()
    [reply] = await conversation.replies()
    assert reply.answers == newer.seq


async def test_a_message_that_comes_after_the_reply_gets_a_reply_of_its_own(app: Application) -> None:
    conversation = await begin(app)
    for _ in range(2):
        await conversation.say(QUESTION)
        app.dispatcher.notify(conversation.id)
        await app.dispatcher.drain()
    assert [reply.answers for reply in await conversation.replies()] == [1, 3]


async def test_the_bot_says_nothing_after_a_human_has_taken_over(app: Application) -> None:
    conversation = await begin(app)

    changes = iter([OwnerChanged(Owner.AGENT, 2)])

    async def taken_over() -> None:
        for change in changes:
            await app.log.append(conversation.id, change)

    async with dispatching(app, taken_over) as dispatcher, app.live.listen(conversation.id) as heard:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
        assert len(await dropped_turns(heard)) == 1
    assert await conversation.replies() == []
    assert [event.payload.type for event in await conversation.events()] == ["message", "owner"]


async def test_a_message_is_answered_when_a_human_took_over_and_handed_back_during_its_turn(app: Application) -> None:
    conversation = await begin(app)
    changes = iter([OwnerChanged(Owner.AGENT, 2), OwnerChanged(Owner.BOT, 3)])

    async def taken_over_and_handed_back() -> None:
        for change in changes:
            await app.log.append(conversation.id, change)

    async with dispatching(app, taken_over_and_handed_back) as dispatcher:
        message = await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
    [reply] = await conversation.replies()
    assert reply.answers == message.seq


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.AGENT])
async def test_the_bot_does_not_answer_what_is_said_to_a_human(app: Application, owner: Owner) -> None:
    conversation = await begin(app)
    await app.log.append(conversation.id, OwnerChanged(owner, 2))
    await conversation.say(QUESTION)
    app.dispatcher.notify(conversation.id)
    await app.dispatcher.drain()
    assert await conversation.replies() == []
    assert await app.dispatcher.recover() == 0


@pytest.mark.parametrize(
    ("opened_in", "question", "spoken", "apology"),
    [
        ("zh", QUESTION, "zh", "抱歉"),
        ("en", "How do I get a broken rib mended?", "en", "sorry"),
        ("zh", "How do I get a broken rib mended?", "en", "sorry"),
    ],
)
async def test_a_turn_that_fails_ends_with_an_apology(
    app: Application, opened_in: str, question: str, spoken: str, apology: str
) -> None:
    conversation = await begin(app, opened_in)

    async def broken() -> None:
        raise RuntimeError("the index has gone")

    async with dispatching(app, broken) as dispatcher:
        await conversation.say(question)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
    [reply] = await conversation.replies()
    assert (reply.reply.action.kind, reply.reply.action.reason) == (ActionKind.ABSTAIN, "failed")
    assert apology in reply.reply.text.lower()
    assert reply.reply.language == spoken
    assert "index" not in reply.reply.text
    assert reply.reply.quick_replies, "there is no way on to a human"
    trace = orjson.loads(await app.log.trace(conversation.id, reply.turn_id))
    assert trace == {"failed": "RuntimeError: the index has gone"}


async def test_after_a_failure_the_next_message_is_answered(app: Application) -> None:
    conversation = await begin(app)
    failures = iter([RuntimeError("once")])

    async def broken_once() -> None:
        for failure in failures:
            raise failure

    async with dispatching(app, broken_once) as dispatcher:
        for _ in range(2):
            await conversation.say(QUESTION)
            dispatcher.notify(conversation.id)
            await dispatcher.drain()
    first, second = await conversation.replies()
    assert first.reply.action.reason == "failed"
    assert second.reply.action.kind is ActionKind.ANSWER
    assert "8" in second.reply.text


async def test_a_turn_that_takes_too_long_ends_with_an_apology(app: Application) -> None:
    conversation = await begin(app)
    async with dispatching(app, Gate(), Pace(coalesce=0, turn=0.5)) as dispatcher:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
    [reply] = await conversation.replies()
    assert reply.reply.action.reason == "failed"


async def test_one_conversation_that_waits_does_not_hold_up_another(app: Application) -> None:
    slow, quick, gate = await begin(app), await begin(app), Gate()
    async with dispatching(app, gate) as waiting:
        await slow.say(QUESTION)
        waiting.notify(slow.id)
        await gate.reached.wait()
        await quick.say("你好")
        waiting.notify(quick.id)
        async with app.live.listen(quick.id) as heard:
            while not await quick.replies():
                await anext(heard)
        assert await slow.replies() == []
        gate.open.set()
        await waiting.drain()
    assert len(await slow.replies()) == 1


async def test_two_processes_that_take_up_the_same_message_answer_it_once(app: Application) -> None:
    conversation, gates = await begin(app), (Gate(), Gate())
    async with dispatching(app, gates[0]) as one, dispatching(app, gates[1]) as other:
        await conversation.say(QUESTION)
        for dispatcher in (one, other):
            dispatcher.notify(conversation.id)
        for gate in gates:
            await gate.reached.wait()
        for gate in gates:
            gate.open.set()
        await one.drain()
        await other.drain()
    assert len(await conversation.replies()) == 1


async def test_what_a_stopped_process_left_unanswered_is_taken_up_by_the_next(small_data_dir: Path) -> None:
    async with opened(small_data_dir) as app:
        unanswered, answered = await begin(app), await begin(app)
        await answered.say(QUESTION)
        await app.dispatcher.answer_now(answered.id)
        for _ in range(2):
            await unanswered.say(QUESTION)
    async with opened(small_data_dir) as app:
        assert await app.dispatcher.recover() == 1
        await app.dispatcher.drain()
        events = await app.log.events(unanswered.id)
        assert [event.payload.type for event in events] == ["message", "message", "reply"]
        assert await app.dispatcher.recover() == 0
        assert len(await app.log.events(answered.id)) == 2


async def test_a_turn_that_is_under_way_when_the_process_stops_is_run_by_the_next(small_data_dir: Path) -> None:
    async with opened(small_data_dir) as app:
        conversation, gate = await begin(app), Gate()
        async with dispatching(app, gate) as dispatcher:
            await conversation.say(QUESTION)
            dispatcher.notify(conversation.id)
            await gate.reached.wait()
        assert await conversation.replies() == []
    async with opened(small_data_dir) as app:
        assert await app.dispatcher.recover() == 1
        await app.dispatcher.drain()
        [_, replied] = await app.log.events(conversation.id)
        assert replied.payload.type == "reply"


@pytest.mark.parametrize("method", ["unanswered", "deliver"])
async def test_a_turn_that_storage_fails_is_tried_again(app: Application, method: str) -> None:
    conversation, broken = await begin(app), LogFailing(app.log, method, times=2)
    pace = Pace(coalesce=0, turn=30, retries=(0, 0))
    failing = dispatching(replace(app, log=broken), no_happening, pace)
    async with failing as dispatcher, app.live.listen(conversation.id) as heard:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
        dropped = await dropped_turns(heard)
    [reply] = await conversation.replies()
    assert reply.reply.action.kind is ActionKind.ANSWER
    assert len(dropped) == (2 if method == "deliver" else 0)


async def test_a_storage_that_stays_broken_leaves_the_message_to_the_next_start(app: Application) -> None:
    conversation, broken = await begin(app), LogFailing(app.log, "deliver", times=2)
    pace = Pace(coalesce=0, turn=30, retries=(0,))
    async with dispatching(replace(app, log=broken), no_happening, pace) as dispatcher:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
    assert await conversation.replies() == []
    assert await app.dispatcher.recover() == 1


async def test_closing_waits_for_a_reply_that_is_being_stored(app: Application) -> None:
    conversation, slow = await begin(app), LogFailing(app.log, "deliver", times=0)
    async with dispatching(replace(app, log=slow), no_happening) as dispatcher:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await slow.called.wait()
        await dispatcher.close()
        assert len(await conversation.replies()) == 1


async def test_a_closed_dispatcher_starts_no_turn(app: Application) -> None:
    conversation, gate = await begin(app), Gate()
    async with dispatching(app, gate) as dispatcher:
        await conversation.say(QUESTION)
        dispatcher.notify(conversation.id)
        await gate.reached.wait()
        dispatcher.notify(conversation.id)
        gate.open.set()
        await dispatcher.close()
        dispatcher.notify(conversation.id)
        await dispatcher.drain()
    assert await conversation.replies() == []


async def test_being_told_of_a_conversation_that_is_not_there_harms_nothing(app: Application) -> None:
    app.dispatcher.notify(ConversationId(new_id("conv")))
    await app.dispatcher.drain()
    conversation = await begin(app)
    await conversation.say(QUESTION)
    app.dispatcher.notify(conversation.id)
    await app.dispatcher.drain()
    assert len(await conversation.replies()) == 1


class LogFailing:
    """A log whose `method` fails the first `times` it is called; then it takes its time."""

    def __init__(self, log: ConversationLog, method: str, times: int) -> None:
        self._log = log
        self._method = method
        self._left = times
        self.called = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return self._slow if name == self._method else getattr(self._log, name)

    async def _slow(self, *arguments: Any, **named: Any) -> Any:
        self.called.set()
        if self._left:
            self._left -= 1
            raise OSError("the disk is full")
        await asyncio.sleep(0.05)
        return await getattr(self._log, self._method)(*arguments, **named)


async def no_happening() -> None:
    """Nothing happens during the turn."""


async def dropped_turns(heard: AsyncIterator[int | Signal]) -> list[TurnId]:
    """The turns whose end without a reply was signalled until now."""
    dropped: list[TurnId] = []
    while True:
        try:
            sign = await asyncio.wait_for(anext(heard), 0.1)
        except TimeoutError:
            return dropped
        if isinstance(sign, TurnDropped):
            dropped.append(sign.turn_id)
