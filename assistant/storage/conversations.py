"""Conversations and their event logs.

Every write first takes the conversation's row (`_lock`), so writers of one conversation queue up and its sequence
numbers have no gaps, and ends by moving that row on (`_extend`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.domain.conversation import Conversation, Focus, Message, Owner, Shopper
from assistant.domain.errors import Conflict, EpochChanged, InvalidInput, MessageIdReused, NotFound, Superseded
from assistant.domain.events import (
    AgentSaid,
    Event,
    MessageReceived,
    Noted,
    OwnerChanged,
    Payload,
    Replied,
    TicketOpened,
)
from assistant.domain.ids import ConversationId, StoreId, TurnId, new_id
from assistant.domain.ports import Clock
from assistant.storage import codec, desk_entries
from assistant.storage.database import Database
from assistant.storage.tables import client_messages, conversations, events, traces

_MAX_SEQ = 2**31 - 1  # of an INTEGER column
_DESK = "desk/"


class SqlConversationLog:
    """The `ConversationLog` port over SQL.

    An OwnerChanged that is appended or delivered takes effect: its epoch must be the conversation's plus one, else
    EpochChanged. Times are those of `clock` when the transaction runs, so they rise with the sequence numbers.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(
        self,
        store_id: StoreId,
        shopper: Shopper,
        language: str,
        *,
        greeting: Replied | None,
        test: bool = False,
        history: Sequence[MessageReceived | Replied] = (),
    ) -> Conversation:
        """As the port says; the conversation begins in epoch 1."""
        begun = [*([] if greeting is None else [greeting]), *history]
        last_message = _last_message(begun)

        def work(tx: Connection) -> Conversation:
            conversation = Conversation(
                id=ConversationId(new_id("conv")),
                store_id=store_id,
                shopper=shopper,
                language=language,
                owner=Owner.BOT,
                epoch=1,
                last_seq=len(begun),
                answered_seq=last_message,
                focus=Focus(),
                created_at=self._clock.now(),
                test=test,
            )
            tx.execute(_ADD_CONVERSATION, {**_conversation_values(conversation), "last_message_seq": last_message})
            for seq, payload in enumerate(begun, start=1):
                event = Event(conversation.id, seq, conversation.created_at, payload)
                tx.execute(_ADD_EVENT, _event_values(event))
                if isinstance(payload, MessageReceived):
                    tx.execute(_ADD_CLIENT_MESSAGE, _client_message_values(event, payload.message))
            return conversation

        try:
            return await self._database.write(work)
        except IntegrityError as error:  # the one constraint that input can break
            raise NotFound(f"There is no store {store_id!r}", store_id=store_id) from error

    async def get(self, conversation_id: ConversationId) -> Conversation:
        def work(tx: Connection) -> Conversation:
            return conversation_of(_found(tx.execute(_CONVERSATION, {"id": conversation_id}).first(), conversation_id))

        return await self._database.read(work)

    async def receive(self, conversation_id: ConversationId, message: Message) -> tuple[Event, bool]:
        def work(tx: Connection) -> tuple[Event, bool]:
            conversation = _lock(tx, conversation_id)
            key = {"conversation_id": conversation_id, "client_message_id": message.client_message_id}
            earlier = tx.execute(_EARLIER_MESSAGE, key).first()
            if earlier is not None:
                return _repeated(_event(earlier), message), False
            if conversation.owner == Owner.CLOSED:
                raise Conflict("The conversation is closed; open a new one", conversation_id=conversation_id)
            [received] = self._extend(tx, conversation, [MessageReceived(message)])
            tx.execute(_ADD_CLIENT_MESSAGE, _client_message_values(received, message))
            return received, True

        return await self._database.write(work)

    async def unanswered(self, conversation_id: ConversationId) -> tuple[Conversation, list[Event]]:
        def work(tx: Connection) -> tuple[Conversation, list[Event]]:
            rows = tx.execute(_UNANSWERED, {"id": conversation_id}).all()
            conversation = conversation_of(_found(rows[0] if rows else None, conversation_id))
            return conversation, [_event(row) for row in rows if row.seq is not None]

        return await self._database.read(work)

    async def deliver(
        self,
        conversation_id: ConversationId,
        replied: Replied,
        *,
        expected_epoch: int,
        focus: Focus,
        also: Sequence[Payload] = (),
        trace: bytes = b"",
    ) -> list[Event]:
        """As the port says; InvalidInput if `replied.answers` is past the last shopper message, or `also` holds one."""
        _refuse_messages_and_replies(also)

        def work(tx: Connection) -> list[Event]:
            conversation = _lock(tx, conversation_id)
            _check_turn(conversation, replied, expected_epoch)
            appended = self._extend(tx, conversation, [replied, *also], focus=codec.dump_focus(focus))
            if trace:
                key = {"conversation_id": conversation_id, "turn_id": replied.turn_id}
                tx.execute(_ADD_TRACE, {**key, "at": appended[0].at, "trace": trace})
            return appended

        return await self._database.write(work)

    async def say(
        self,
        conversation_id: ConversationId,
        replied: Replied,
        *,
        expected_epoch: int,
        also: Sequence[Payload] = (),
        trace: bytes = b"{}",
    ) -> list[Event]:
        """As the port says. The trace, of which a turn has one, tells whether it was said before."""
        _refuse_messages_and_replies(also)

        def work(tx: Connection) -> list[Event]:
            conversation = _lock(tx, conversation_id)
            key = {"conversation_id": conversation_id, "turn_id": replied.turn_id}
            if tx.execute(_TRACE, key).first() is not None:
                return []
            _check_epoch(conversation.id, expected_epoch, conversation.epoch)
            said = replace(replied, answers=conversation.answered_seq)
            appended = self._extend(tx, conversation, [said, *also])
            tx.execute(_ADD_TRACE, {**key, "at": appended[0].at, "trace": trace})
            return appended

        return await self._database.write(work)

    async def change(
        self,
        conversation_id: ConversationId,
        payloads: Sequence[Payload],
        *,
        expected_epoch: int,
        key: str = "",
        answered: bool = False,
    ) -> tuple[list[Event], bool]:
        """As the port says; InvalidInput for a message or a reply. Keys stand among the client message ids, apart from
        any that a client of shoppers may choose."""
        _refuse_messages_and_replies(payloads)

        def work(tx: Connection) -> tuple[list[Event], bool]:
            conversation = _lock(tx, conversation_id)
            known = {"conversation_id": conversation_id, "client_message_id": f"{_DESK}{key}"}
            earlier = tx.execute(_EARLIER_MESSAGE, known).first() if key else None
            if earlier is not None:
                return [_said_before(_event(earlier), payloads)], False
            _check_epoch(conversation.id, expected_epoch, conversation.epoch)
            covered = {"answered_seq": conversation.last_message_seq} if answered else {}
            appended = self._extend(tx, conversation, payloads, **covered)
            if key:
                # Of several events the last names what was done: what a human said stands after what let them.
                tx.execute(_ADD_CLIENT_MESSAGE, {**known, "seq": appended[-1].seq})
            return appended, True

        return await self._database.write(work)

    async def append(self, conversation_id: ConversationId, payload: Payload) -> Event:
        """As the port says; InvalidInput for a message or a reply, which `receive` and `deliver` take."""
        if isinstance(payload, AgentSaid):
            raise InvalidInput("What a human says is entered with `change`: it needs the epoch")
        _refuse_messages_and_replies([payload])

        def work(tx: Connection) -> Event:
            return self._extend(tx, _lock(tx, conversation_id), [payload])[0]

        return await self._database.write(work)

    async def events(self, conversation_id: ConversationId, *, after: int = 0, limit: int = 500) -> list[Event]:
        page = {"id": conversation_id, "after": min(max(after, 0), _MAX_SEQ), "limit": min(max(limit, 0), _MAX_SEQ)}

        def work(tx: Connection) -> list[Event]:
            rows = tx.execute(_EVENTS, page).all()
            if not rows:
                _found(tx.execute(_CONVERSATION, {"id": conversation_id}).first(), conversation_id)
            return [_event(row) for row in rows]

        return await self._database.read(work)

    async def trace(self, conversation_id: ConversationId, turn_id: TurnId) -> bytes:
        """Raises NotFound when the turn delivered nothing or kept no trace."""

        def work(tx: Connection) -> bytes | None:
            key = {"conversation_id": conversation_id, "turn_id": turn_id}
            return tx.execute(_TRACE, key).scalar_one_or_none()

        trace = await self._database.read(work)
        if trace is None:
            raise NotFound(f"There is no trace of turn {turn_id!r}", conversation_id=conversation_id, turn_id=turn_id)
        return trace

    async def awaiting_reply(self) -> list[ConversationId]:
        """The oldest conversation first."""

        def work(tx: Connection) -> list[ConversationId]:
            return [ConversationId(id_) for id_ in tx.execute(_AWAITING_REPLY).scalars()]

        return await self._database.read(work)

    def _extend(
        self, tx: Connection, conversation: Row[Any], payloads: Sequence[Payload], **changes: object
    ) -> list[Event]:
        """Append `payloads` to a locked conversation, and make in its row the changes that they imply."""
        at = self._clock.now()
        epoch, owner = conversation.epoch, conversation.owner
        appended = []
        for seq, payload in enumerate(payloads, start=conversation.last_seq + 1):
            appended.append(Event(ConversationId(conversation.id), seq, at, payload))
            match payload:
                case MessageReceived():
                    changes["last_message_seq"] = seq
                case Replied():
                    changes["answered_seq"] = payload.answers
                case OwnerChanged():
                    _check_epoch(conversation.id, payload.epoch - 1, epoch)
                    epoch, owner = payload.epoch, payload.owner
                    changes |= {"owner": owner, "epoch": epoch}
                    if owner == Owner.BOT:
                        changes["focus"] = codec.dump_focus(codec.load_focus(conversation.focus).handed_back())
                case TicketOpened():
                    focus = codec.load_focus(str(changes.get("focus", conversation.focus)))
                    changes["focus"] = codec.dump_focus(replace(focus, ticket=payload.ticket_id))
                case AgentSaid():
                    if owner != Owner.AGENT:
                        raise Conflict("A human speaks only where the owner is an agent", owner=owner)
                    changes["answered_seq"] = conversation.last_message_seq
        tx.execute(_ADD_EVENT, [_event_values(event) for event in appended])
        tx.execute(_MOVE_ON, {"conversation": conversation.id, "last_seq": appended[-1].seq, **changes})
        desk_entries.enter(tx, conversation, appended, focus=str(changes.get("focus", conversation.focus)))
        return appended


def _last_message(history: Sequence[MessageReceived | Replied]) -> int:
    """The sequence number of the last message of a history, 0 if it has none; InvalidInput if it cannot have been."""
    last, known = 0, set[str]()
    for seq, payload in enumerate(history, start=1):
        if isinstance(payload, MessageReceived):
            if payload.message.client_message_id in known:
                raise InvalidInput(f"Message {seq} of the history has the client message id of an earlier one")
            known.add(payload.message.client_message_id)
            last = seq
        elif payload.answers > last:
            raise InvalidInput(f"Reply {seq} of the history covers message {payload.answers}, which is not before it")
    return last


def _lock(tx: Connection, conversation_id: ConversationId) -> Row[Any]:
    return _found(tx.execute(_CONVERSATION_LOCKED, {"id": conversation_id}).first(), conversation_id)


def _found(row: Row[Any] | None, conversation_id: ConversationId) -> Row[Any]:
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id!r}", conversation_id=conversation_id)
    return row


def _repeated(first: Event, message: Message) -> Event:
    """The event a message was stored as when it came before. Comparing with the event itself, not with a digest of it,
    keeps messages comparable when a later version adds a field."""
    sent = first.payload.message if isinstance(first.payload, MessageReceived) else None
    if sent is None or (sent.text, sent.page) != (message.text, message.page):
        raise MessageIdReused(
            "Another message was sent with this client message id; give each message an id of its own",
            client_message_id=message.client_message_id,
        )
    return first


def _said_before(first: Event, payloads: Sequence[Payload]) -> Event:
    """The event that a key was used for before, where what comes with it now is the same."""
    said = [payload for payload in payloads if isinstance(payload, AgentSaid | Noted)]
    before = first.payload
    if said and (not isinstance(before, type(said[-1])) or before.text != said[-1].text):
        raise MessageIdReused("Something else was done with this key; give each thing that is done a key of its own")
    return first


def _check_turn(conversation: Row[Any], replied: Replied, expected_epoch: int) -> None:
    _check_epoch(conversation.id, expected_epoch, conversation.epoch)
    if replied.answers > conversation.last_message_seq:
        raise InvalidInput(f"A reply cannot answer message {replied.answers}: no shopper has sent it")
    if replied.answers < conversation.last_message_seq or replied.answers <= conversation.answered_seq:
        raise Superseded(
            f"A reply to message {replied.answers} comes too late",
            last_message_seq=conversation.last_message_seq,
            answered_seq=conversation.answered_seq,
        )


def _check_epoch(conversation_id: str, expected: int, actual: int) -> None:
    if expected != actual:
        raise EpochChanged(
            f"The conversation's owner has changed: epoch {actual}, not {expected}", conversation_id=conversation_id
        )


def _refuse_messages_and_replies(payloads: Sequence[Payload]) -> None:
    for payload in payloads:
        if isinstance(payload, MessageReceived | Replied):
            raise InvalidInput(
                f"A {payload.type} cannot be appended as it is: messages are received, replies delivered"
            )


def conversation_of(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        store_id=row.store_id,
        shopper=codec.load_shopper(row.shopper),
        language=row.language,
        owner=Owner(row.owner),
        epoch=row.epoch,
        last_seq=row.last_seq,
        answered_seq=row.answered_seq,
        focus=codec.load_focus(row.focus),
        created_at=row.created_at,
        test=row.test,
    )


def _conversation_values(conversation: Conversation) -> dict[str, object]:
    return {
        "id": conversation.id,
        "store_id": conversation.store_id,
        "shopper": codec.dump_shopper(conversation.shopper),
        "language": conversation.language,
        "owner": conversation.owner,
        "epoch": conversation.epoch,
        "last_seq": conversation.last_seq,
        "answered_seq": conversation.answered_seq,
        "focus": codec.dump_focus(conversation.focus),
        "test": conversation.test,
        "created_at": conversation.created_at,
    }


def _event(row: Row[Any]) -> Event:
    return Event(row.conversation_id, row.seq, row.at, codec.load_payload(row.payload))


def _event_values(event: Event) -> dict[str, object]:
    return {
        "conversation_id": event.conversation_id,
        "seq": event.seq,
        "at": event.at,
        "type": event.payload.type,
        "payload": codec.dump_payload(event.payload),
    }


def _client_message_values(event: Event, message: Message) -> dict[str, object]:
    return {
        "conversation_id": event.conversation_id,
        "client_message_id": message.client_message_id,
        "seq": event.seq,
    }


_CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
_CONVERSATION_LOCKED = _CONVERSATION.with_for_update()
_ADD_CONVERSATION = insert(conversations)
_MOVE_ON = update(conversations).where(conversations.c.id == bindparam("conversation"))

_ADD_EVENT = insert(events)
_EVENTS = (
    select(events)
    .where(events.c.conversation_id == bindparam("id"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)

# One statement, so that conversation and messages are of one moment whatever the isolation level.
_UNANSWERED = (
    select(conversations, events)
    .outerjoin(
        events,
        and_(
            events.c.conversation_id == conversations.c.id,
            events.c.seq > conversations.c.answered_seq,
            events.c.type == "message",
        ),
    )
    .where(conversations.c.id == bindparam("id"))
    .order_by(events.c.seq)
)
_AWAITING_REPLY = (
    select(conversations.c.id)
    .where(conversations.c.owner == Owner.BOT, conversations.c.last_message_seq > conversations.c.answered_seq)
    .order_by(conversations.c.id)
)

_ADD_CLIENT_MESSAGE = insert(client_messages)
_EARLIER_MESSAGE = (
    select(events)
    .join(
        client_messages,
        and_(client_messages.c.conversation_id == events.c.conversation_id, client_messages.c.seq == events.c.seq),
    )
    .where(
        client_messages.c.conversation_id == bindparam("conversation_id"),
        client_messages.c.client_message_id == bindparam("client_message_id"),
    )
)

_ADD_TRACE = insert(traces)
_TRACE = select(traces.c.trace).where(
    traces.c.conversation_id == bindparam("conversation_id"), traces.c.turn_id == bindparam("turn_id")
)
