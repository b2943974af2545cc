"""Runs turns: one at a time a conversation, a burst of messages answered once, nothing forgotten after a crash."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import orjson
import structlog

from assistant.answers.passing import passed_on
from assistant.answers.plain import plain
from assistant.answers.voice import Voice
from assistant.domain.conversation import Conversation, Focus, Owner
from assistant.domain.desk import Wanted
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.events import (
    ContactLeft,
    Event,
    HandoffRequested,
    OwnerChanged,
    Payload,
    Replied,
    ReplyDelta,
    TicketOpened,
    TurnDropped,
    Typing,
)
from assistant.domain.ids import ConversationId, TurnId, new_id
from assistant.domain.ports import ConversationLog, LiveEvents, Stores
from assistant.domain.reply import Action, ActionKind, HandoffReason, Part, Reply
from assistant.domain.store import Store
from assistant.nlu import language
from assistant.turn import pipeline
from assistant.turn.audience import Audience, Gone
from assistant.turn.tuned import TunedTools
from assistant.turn.turn import Request, Turn

_log = structlog.get_logger(__name__)
_FOR_THE_DESK = (OwnerChanged, TicketOpened, ContactLeft)
REMEMBERED = 12
"""Events before the message that a turn knows of."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. coalesce: how long to wait for more of a burst. turn: the time budget of a whole turn.

    retries: how long to wait before each further try where a turn could not be read or its reply not be stored.
    """

    coalesce: float = 0.3
    turn: float = 10.0
    retries: tuple[float, ...] = (1.0, 5.0, 30.0)


class Dispatcher:
    """Starts a turn when a message has come, and again when a newer one has come meanwhile."""

    def __init__(self, log: ConversationLog, live: LiveEvents, stores: Stores, tools: TunedTools, pace: Pace) -> None:
        self._log = log
        self._live = live
        self._stores = stores
        self._tools = tools
        self._pace = pace
        self._running: dict[ConversationId, asyncio.Task[None]] = {}
        self._again: set[ConversationId] = set()
        self._audiences: dict[ConversationId, Audience] = {}
        self._silenced: Counter[ConversationId] = Counter()
        self._deliveries: set[asyncio.Task[bool]] = set()
        self._closed = False

    def notify(self, conversation_id: ConversationId) -> None:
        """A message was stored: answer it, together with what else comes within the burst.

        Once closed, it is left to `recover` at the next start.
        """
        if self._closed:
            return
        if conversation_id in self._running:
            self._again.add(conversation_id)
            self._nobody_waits(conversation_id, Gone.WROTE_AGAIN)
            return
        task = asyncio.create_task(self._serve(conversation_id), name=f"turn {conversation_id}")
        self._running[conversation_id] = task
        task.add_done_callback(lambda _: self._finished(conversation_id))

    def left(self, conversation_id: ConversationId) -> None:
        """The shopper has gone. What a language model is writing is stopped at once; the turn goes on without it, so
        that its reply is there when the shopper comes back, and what a procedure has begun is seen through."""
        self._nobody_waits(conversation_id, Gone.LEFT)

    @contextmanager
    def silenced(self, conversation_id: ConversationId) -> Iterator[None]:
        """While somebody takes the conversation over: what a language model is writing is stopped at once, and nothing
        more of a reply is shown. A turn under way is not told otherwise; its reply is dropped if the owner has changed
        by the time that it is to be stored."""
        self._silenced[conversation_id] += 1
        self._nobody_waits(conversation_id, Gone.TAKEN_OVER)
        try:
            yield
        finally:
            self._silenced[conversation_id] -= 1
            self._silenced += Counter()  # forgets those that are back at zero

    async def answer_now(self, conversation_id: ConversationId) -> None:
        """Answer what is unanswered without waiting for more of a burst."""
        while not await self._answer(conversation_id):
            self._again.discard(conversation_id)

    async def recover(self) -> int:
        """Take up again what a stopped process left unanswered; how many conversations that were."""
        waiting = await self._log.awaiting_reply()
        for conversation_id in waiting:
            self.notify(conversation_id)
        return len(waiting)

    async def drain(self) -> None:
        """Wait for turns under way."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def close(self) -> None:
        """Stop turns under way, which `recover` takes up at the next start; replies being stored are seen through."""
        self._closed = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def greet(self, store: Store, tag: str) -> Replied:
        """The reply that opens a conversation."""
        spoken = language.of_tag(tag)
        voice = Voice(self._tools.shipped.texts, store, spoken)
        written = store.persona.greeting
        bot = store.persona.name.in_language(spoken.tag)
        known = written is not None and written.speaks(spoken.tag)
        text = written.in_language(spoken.tag) if written and known else voice.say("greeting", bot=bot)
        reply = voice.in_script(Reply(spoken.tag, Action(ActionKind.SMALL_TALK, "greeting"), (Part(text),)))
        return Replied(TurnId(new_id("turn")), reply, answers=0)

    def _nobody_waits(self, conversation_id: ConversationId, why: Gone) -> None:
        if audience := self._audiences.get(conversation_id):
            audience.leave(why)

    def _finished(self, conversation_id: ConversationId) -> None:
        self._running.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.notify(conversation_id)

    async def _serve(self, conversation_id: ConversationId) -> None:
        """Turns until everything is answered."""
        retries = iter(self._pace.retries)
        pause: float | None = self._pace.coalesce
        while pause is not None:
            await asyncio.sleep(pause)
            self._again.discard(conversation_id)
            try:
                pause = None if await self._answer(conversation_id) else self._pace.coalesce
            except NotFound:
                _log.warning("conversation_gone", conversation_id=conversation_id)
                return
            except Exception:
                _log.exception("turn_not_delivered", conversation_id=conversation_id)
                pause = next(retries, None)

    async def _answer(self, conversation_id: ConversationId) -> bool:
        """One turn over everything unanswered; False when it sent nothing, so that it must be looked at again."""
        conversation, messages = await self._log.unanswered(conversation_id)
        desk = self._tools.shipped.desk
        if conversation.owner is not Owner.BOT:
            if desk is not None:
                await desk.heard(conversation, messages)
            return True
        if not messages:
            return True
        first = messages[0].seq
        store, before = await asyncio.gather(
            self._stores.get(conversation.store_id),
            self._log.events(conversation_id, after=max(0, first - 1 - REMEMBERED), limit=REMEMBERED),
        )
        request = pipeline.coalesced(conversation, store, messages, [event for event in before if event.seq < first])
        audience = Audience(self._pace.turn, partial(self._show, conversation_id, request.turn_id))
        self._audiences[conversation_id] = audience
        if self._silenced[conversation_id]:
            audience.leave(Gone.TAKEN_OVER)
        else:
            await self._live.signal(conversation_id, self._typing(request.turn_id))
        try:
            turn = await self._run(request, audience)
            if conversation_id in self._again:
                await self._live.signal(conversation_id, TurnDropped(request.turn_id))
                return False
            # Shielded: a stop between storing and announcing would leave listeners waiting for a reply that is there.
            delivery = asyncio.create_task(self._deliver(conversation, turn, audience))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
            return await asyncio.shield(delivery)
        finally:
            self._audiences.pop(conversation_id, None)

    async def _run(self, request: Request, audience: Audience) -> Turn | Failed:
        """The turn, or an apology where it failed: a shopper is never left without an answer."""
        try:
            async with asyncio.timeout(self._pace.turn):
                return await pipeline.run(request, await self._tools.of(request.store), audience)
        except Exception as error:
            _log.exception("turn_failed", conversation_id=request.conversation.id, turn_id=request.turn_id)
            reply, also = await self._apology(request)
            return Failed(request, reply, f"{type(error).__name__}: {error}", also)

    async def _deliver(self, conversation: Conversation, turn: Turn | Failed, audience: Audience) -> bool:
        """Stores the reply and announces it; False where a newer message or another owner came first."""
        request, reply = turn.request, turn.reply
        assert reply is not None
        for index, part in enumerate(reply.parts):
            if audience.shown.get(index) != part.text:
                await audience.show(index, part.text)
        failed = isinstance(turn, Failed)
        try:
            events = await self._log.deliver(
                conversation.id,
                Replied(request.turn_id, reply, request.answers),
                expected_epoch=conversation.epoch,
                focus=_failed_again(conversation) if isinstance(turn, Failed) else pipeline.focus_after(turn),
                also=turn.also,
                trace=_written(turn),
            )
        except Conflict:
            await self._live.signal(conversation.id, TurnDropped(request.turn_id))
            return False
        except Exception:
            await self._live.signal(conversation.id, TurnDropped(request.turn_id))
            raise
        if (desk := self._tools.shipped.desk) and any(isinstance(event.payload, _FOR_THE_DESK) for event in events):
            await desk.stir(conversation.store_id)
        _log.info("turn", conversation_id=conversation.id, action=reply.action.kind.value, failed=failed)
        await self._announce(conversation.id, events)
        return True

    async def _show(self, conversation_id: ConversationId, turn_id: TurnId, index: int, text: str) -> None:
        await self._live.signal(conversation_id, ReplyDelta(turn_id, index, text))

    async def _announce(self, conversation_id: ConversationId, events: list[Event]) -> None:
        if events:
            await self._live.announce(conversation_id, events[-1].seq)

    def _typing(self, turn_id: TurnId) -> Typing:
        return Typing(turn_id, self._tools.shipped.clock.now() + timedelta(seconds=self._pace.turn))

    async def _apology(self, request: Request) -> tuple[Reply, tuple[Payload, ...]]:
        """What is said where a turn has failed, and what comes with it: a human, where it is not the first time."""
        spoken = language.of_tag(request.conversation.language)
        voice = Voice(self._tools.shipped.texts, request.store, language.detect(request.text, spoken))
        sorry = plain(voice, ActionKind.ABSTAIN, "failed", voice.say("failed"), human=True)
        desk = self._tools.shipped.desk
        if desk is None or request.store.desk is None or not request.conversation.focus.abstained:
            return voice.in_script(sorry), ()
        reason = HandoffReason.TOOL_FAILURE
        requested = HandoffRequested(reason, request.text[:500])
        wanted = Wanted(reason, requested.note, language.tag_of(voice.language))
        outlook = await desk.outlook(request.conversation, request.store, wanted)
        called = plain(voice, ActionKind.HANDOFF, reason.value, voice.say("sorry_trouble"))
        open_now = request.store.hours.open_at(self._tools.shipped.clock.now())
        return voice.in_script(passed_on(called, outlook, voice, open_now=open_now)), (requested, *outlook.also)


@dataclass(frozen=True, slots=True)
class Failed:
    """A turn that did not come to an answer: the apology that is sent, and why."""

    request: Request
    reply: Reply
    error: str
    also: tuple[Payload, ...] = ()


def _failed_again(conversation: Conversation) -> Focus:
    """A turn that failed was of no use."""
    return replace(conversation.focus, abstained=conversation.focus.abstained + 1)


def _written(turn: Turn | Failed) -> bytes:
    """The turn's trace as JSON."""
    if isinstance(turn, Failed):
        return orjson.dumps({"failed": turn.error})
    return orjson.dumps(turn.trace.written(), default=str)
