"""The log against a model of it, over operations and texts that nobody would think of."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.conversation import Focus, Message, Owner, Page, Shopper
from assistant.domain.errors import (
    Conflict,
    EpochChanged,
    InvalidInput,
    MessageIdReused,
    NotFound,
    StorebotError,
    Superseded,
)
from assistant.domain.events import MessageReceived, OwnerChanged, Rated
from assistant.domain.ids import ConversationId, MessageId, ShopperId, TurnId
from assistant.domain.ports import ConversationLog
from assistant.storage import Database, SqlConversationLog, SqlStores
from tests.conformance.examples import STORE, TickingClock, a_message, a_store, replied

# The database is shared by the examples; each has conversations of its own.
examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def log(database: Database) -> SqlConversationLog:
    await SqlStores(database).put(a_store())
    return SqlConversationLog(database, TickingClock())


@dataclass
class Model:
    """What the log of one conversation should hold: the types of its events, and what its row says."""

    types: list[str] = field(default_factory=list)
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)
    owner: Owner = Owner.BOT
    epoch: int = 1
    message_seq: int = 0
    answered: int = 0

    def receive(self, client_message_id: str, text: str) -> type[StorebotError] | None:
        if client_message_id in self.sent:
            return None if self.sent[client_message_id][0] == text else MessageIdReused
        if self.owner == Owner.CLOSED:
            return Conflict
        self.types.append("message")
        self.message_seq = len(self.types)
        self.sent[client_message_id] = (text, self.message_seq)
        return None

    def deliver(self, answers: int, epoch: int) -> type[StorebotError] | None:
        if epoch != self.epoch:
            return EpochChanged
        if answers > self.message_seq:
            return InvalidInput
        if answers < self.message_seq or answers <= self.answered:
            return Superseded
        self.types.append("reply")
        self.answered = answers
        return None

    def change_owner(self, owner: Owner, epoch: int) -> type[StorebotError] | None:
        if epoch != self.epoch + 1:
            return EpochChanged
        self.types.append("owner")
        self.owner, self.epoch = owner, epoch
        return None

    def rate(self) -> None:
        self.types.append("rating")


Step = Callable[[Model, ConversationLog, ConversationId], tuple[type[StorebotError] | None, Coroutine[Any, Any, Any]]]


def _receive(client_message_id: str, text: str) -> Step:
    return lambda model, log, id_: (
        model.receive(client_message_id, text),
        log.receive(id_, a_message(client_message_id, text)),
    )


def _deliver(late: int, stale: int) -> Step:
    def step(model: Model, log: ConversationLog, id_: ConversationId) -> Any:
        answers, epoch = model.message_seq - late, model.epoch - stale
        call = log.deliver(id_, replied(answers), expected_epoch=epoch, focus=Focus(abstained=answers))
        return model.deliver(answers, epoch), call

    return step


def _change_owner(owner: Owner, stale: int) -> Step:
    def step(model: Model, log: ConversationLog, id_: ConversationId) -> Any:
        epoch = model.epoch + 1 - stale
        return model.change_owner(owner, epoch), log.append(id_, OwnerChanged(owner, epoch))

    return step


def _rate() -> Step:
    return lambda model, log, id_: (model.rate(), log.append(id_, Rated(5)))  # type: ignore[func-returns-value]


steps = st.one_of(
    st.builds(_receive, st.sampled_from("abcd"), st.sampled_from(["苹果", "梨"])),
    st.builds(_deliver, st.sampled_from([0, 0, 0, 1, -1]), st.sampled_from([0, 0, 0, 1])),
    st.builds(_change_owner, st.sampled_from(list(Owner)), st.sampled_from([0, 0, 1, -1])),
    st.builds(_rate),
)


@given(st.lists(steps, max_size=20))
@examples
async def test_the_log_does_what_its_model_does(log: SqlConversationLog, plan: list[Step]) -> None:
    id_ = (await log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None)).id
    model = Model()
    for step in plan:
        expected, call = step(model, log, id_)
        if expected is None:
            await call
        else:
            with pytest.raises(expected) as caught:
                await call
            assert caught.type is expected
    conversation, waiting = await log.unanswered(id_)
    events = await log.events(id_)
    assert [(event.seq, event.payload.type) for event in events] == list(enumerate(model.types, start=1))
    assert (conversation.owner, conversation.epoch) == (model.owner, model.epoch)
    assert (conversation.last_seq, conversation.answered_seq) == (len(model.types), model.answered)
    assert waiting == [e for e in events if e.seq > model.answered and isinstance(e.payload, MessageReceived)]
    must_reply = model.owner == Owner.BOT and model.message_seq > model.answered
    assert (id_ in await log.awaiting_reply()) == must_reply


any_text = st.text(st.characters(), max_size=30)  # with NUL and lone surrogates


def is_unicode(*texts: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for text in texts for character in text)


@given(text=any_text, client_message_id=any_text, title=any_text, name=any_text)
@examples
async def test_any_text_comes_back_as_it_was_or_is_refused(
    log: SqlConversationLog, text: str, client_message_id: str, title: str, name: str
) -> None:
    shopper = Shopper(ShopperId("anne"), name=name)
    try:
        conversation = await log.open(STORE, shopper, "zh", greeting=None)
    except InvalidInput:
        assert not is_unicode(name)
        return
    assert (await log.get(conversation.id)).shopper == shopper

    message = Message(MessageId("msg_1"), client_message_id, text, Page(title=title))
    try:
        event, _ = await log.receive(conversation.id, message)
    except InvalidInput:
        assert not is_unicode(text, client_message_id, title)
        assert await log.events(conversation.id) == []
    else:
        assert await log.events(conversation.id) == [event]
        assert event.payload == MessageReceived(message)
        assert await log.receive(conversation.id, message) == (event, False)


@given(any_text)
@examples
async def test_any_id_is_looked_up_without_harm(log: SqlConversationLog, id_: str) -> None:
    for call in (
        log.get(ConversationId(id_)),
        log.events(ConversationId(id_)),
        log.trace(ConversationId(id_), TurnId(id_)),
    ):
        with pytest.raises((NotFound, InvalidInput)):
            await call
