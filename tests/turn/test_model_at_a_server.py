"""Answers worded by a model at a server: shown sentence by sentence, stopped when nobody waits, and done without."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.bootstrap import Application, application
from assistant.domain.events import Replied, ReplyDelta, Signal
from assistant.domain.ids import ConversationId
from assistant.domain.models import LanguageModel
from assistant.domain.reply import Reply
from assistant.domain.store import Store
from assistant.llm.endpoint import Waits
from assistant.settings import Settings
from assistant.turn.dispatcher import Dispatcher
from tests.durability.running import Conversing, begin
from tests.llm.talking import Talk, talking
from tests.models.server import Answer, Body, ModelServer, Raw, Refused, Text, event

_QUESTION = "How much is the postage?"
_FIRST = "Postage is ¥6, and it is free from ¥59 [1]. Orders"  # a Latin stop ends a sentence once another begins
_SECOND = " leave Suzhou within 24 hours [1]."
_SHOWN = ["Postage is ¥6, and it is free from ¥59.", "Orders leave Suzhou within 24 hours."]
_TURN_S = 8.0
_PATIENT = Waits(in_line=1, connect=2, first=30, between=30, whole=60)
_BRISK = Waits(in_line=0.2, connect=0.5, first=0.3, between=0.3, whole=1)
_NOWHERE = "http://127.0.0.1:9/v1"


@dataclass
class _Shop:
    """The small shop. talk: with the endpoint that its models are at; None: it has none."""

    portal: BlockingPortal
    app: Application
    server: ModelServer
    patient: Talk
    brisk: Talk
    nowhere: Talk
    models: _Models

    def reply(self, talk: Talk | None) -> Reply:
        self.models.talk = talk
        return self.portal.call(self._replied)

    async def _replied(self) -> Reply:
        conversation = await begin(self.app, "en")
        await conversation.say(_QUESTION)
        await self.app.dispatcher.answer_now(conversation.id)
        [reply] = await conversation.replies()
        return reply.reply


@dataclass
class _Models:
    talk: Talk | None = None

    def of(self, _: Store) -> LanguageModel | None:
        return self.talk.model() if self.talk else None


@pytest.fixture(scope="module")
def shop(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Shop]:
    data = shutil.copytree(small_store, tmp_path_factory.mktemp("served") / "data")
    settings, models, server = Settings(data_dir=data, coalesce_ms=0, turn_timeout_s=_TURN_S), _Models(), ModelServer()
    server.start()
    with ExitStack() as stack:
        stack.callback(server.stop)
        portal = stack.enter_context(start_blocking_portal())
        patient, brisk, nowhere = (
            stack.enter_context(portal.wrap_async_context_manager(talking(at, waits=waits)))
            for at, waits in ((server, _PATIENT), (server, _BRISK), (_NOWHERE, _BRISK))
        )
        app = stack.enter_context(portal.wrap_async_context_manager(application(settings, models=models)))
        yield _Shop(portal, app, server, patient, brisk, nowhere, models)


@pytest.fixture(scope="module")
def plain(shop: _Shop) -> Reply:
    """The reply without a model."""
    return shop.reply(None)


def _writes(*answers: Answer) -> Callable[[Body], Answer]:
    """One after the other where it is to be shown; whatever else is asked is refused."""
    coming = iter(answers)
    return lambda body: next(coming) if body.get("stream") else Refused(400)


async def _first_shown(heard: AsyncIterator[int | Signal]) -> ReplyDelta:
    async with asyncio.timeout(20):
        async for sign in heard:
            if isinstance(sign, ReplyDelta):
                return sign
    raise AssertionError("nothing was shown")


async def _asked(app: Application, heard: AsyncIterator[int | Signal], conversation: Conversing) -> ReplyDelta:
    """The first sentence of an answer whose second is not written yet."""
    await conversation.say(_QUESTION)
    app.dispatcher.notify(conversation.id)
    return await _first_shown(heard)


async def _closed(server: ModelServer) -> None:
    for _ in range(500):
        if server.closed:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the connection is open still")


def test_sentences_are_shown_as_they_come_and_the_reply_is_what_was_shown(shop: _Shop) -> None:
    shop.server.says(_writes(Text((_FIRST, _SECOND), pause=0.5)))
    shop.models.talk = shop.patient

    async def follow() -> tuple[list[ReplyDelta], Replied]:
        conversation = await begin(shop.app, "en")
        async with shop.app.live.listen(conversation.id) as heard:
            shown = [await _asked(shop.app, heard, conversation)]
            assert await conversation.replies() == []
            shown.append(await _first_shown(heard))
        await shop.app.dispatcher.drain()
        [replied] = await conversation.replies()
        return shown, replied

    shown, replied = shop.portal.call(follow)
    assert [(delta.turn_id, delta.index, delta.text) for delta in shown] == [
        (replied.turn_id, index, text) for index, text in enumerate(_SHOWN)
    ]
    assert [part.text for part in replied.reply.parts] == _SHOWN


def _left(dispatcher: Dispatcher, conversation_id: ConversationId) -> None:
    dispatcher.left(conversation_id)


def _taken_over(dispatcher: Dispatcher, conversation_id: ConversationId) -> None:
    with dispatcher.silenced(conversation_id):
        pass


@pytest.mark.parametrize("gone", [_left, _taken_over])
def test_the_connection_is_closed_at_once_when_nobody_waits_and_the_reply_is_that_without_a_model(
    shop: _Shop, plain: Reply, gone: Callable[[Dispatcher, ConversationId], None]
) -> None:
    shop.server.closed = 0
    shop.server.says(_writes(Text((_FIRST, _SECOND), pause=30)))
    shop.models.talk = shop.patient

    async def leave() -> Reply:
        conversation = await begin(shop.app, "en")
        async with shop.app.live.listen(conversation.id) as heard:
            await _asked(shop.app, heard, conversation)
            gone(shop.app.dispatcher, conversation.id)
            await _closed(shop.server)
        await shop.app.dispatcher.drain()
        [replied] = await conversation.replies()
        return replied.reply

    assert shop.portal.call(leave) == plain


def test_what_a_model_writes_is_stopped_when_the_shopper_writes_again(shop: _Shop) -> None:
    shop.server.closed = 0
    shop.server.says(_writes(Text((_FIRST, _SECOND), pause=30), Text((_FIRST, _SECOND))))
    shop.models.talk = shop.patient

    async def write_again() -> tuple[int, list[Replied]]:
        conversation = await begin(shop.app, "en")
        async with shop.app.live.listen(conversation.id) as heard:
            await _asked(shop.app, heard, conversation)
            newer = await conversation.say("And when do orders leave?")
            shop.app.dispatcher.notify(conversation.id)
            await _closed(shop.server)
        await shop.app.dispatcher.drain()
        return newer.seq, await conversation.replies()

    newest, replies = shop.portal.call(write_again)
    assert [reply.answers for reply in replies] == [newest]


_HALF = event(delta={"content": "Postage is ¥6, and "})


@pytest.mark.parametrize(
    "answer",
    [
        Refused(429, headers={"retry-after": "30"}),
        Refused(500),
        Refused(401),
        Text((_FIRST,), first=30),
        Text(("Postage is", _FIRST), pause=30),
        Raw([_HALF], ends=False),
        Raw([_HALF], stalls=30),
        Raw([event(delta={"content": _FIRST}), _HALF], ends=False),
        Raw([b"data: {not json\n\n"]),
        Raw([b"<html>busy</html>"], content_type="text/html"),
        Raw([]),
    ],
    ids=[
        "rate_limited",
        "broken",
        "no_key",
        "slow",
        "stalls",
        "cut",
        "half_open",
        "cut_late",
        "garbage",
        "page",
        "empty",
    ],
)
def test_where_the_endpoint_fails_the_reply_is_that_without_a_model(shop: _Shop, plain: Reply, answer: Answer) -> None:
    shop.server.says(lambda body: answer if body.get("stream") else Refused(400))
    assert shop.reply(shop.brisk) == plain


def test_where_the_endpoint_is_down_the_reply_is_that_without_a_model(shop: _Shop, plain: Reply) -> None:
    assert shop.reply(shop.nowhere) == plain


def test_a_model_that_takes_all_its_time_leaves_enough_of_the_turn_for_a_reply_without(
    shop: _Shop, plain: Reply
) -> None:
    shop.server.says(_writes(Text((_FIRST,), first=30)))
    assert shop.reply(shop.patient) == plain
