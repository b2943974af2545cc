"""Enters in the tables of the desk what the events of a conversation say of it, in the transaction that appends them.

So nothing can change an owner, or open a ticket, without the desk knowing of it. Test conversations leave no trace.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from assistant.domain.conversation import Owner
from assistant.domain.desk import URGENT, TicketState
from assistant.domain.events import (
    ChangeReason,
    ContactLeft,
    Event,
    HandoffRequested,
    OwnerChanged,
    TicketClosed,
    TicketOpened,
)
from assistant.domain.ids import new_id
from assistant.domain.reply import HandoffReason
from assistant.storage import codec
from assistant.storage.tables import agents, handoffs, tickets

_Row = Row[*tuple[Any, ...]]


def enter(tx: Connection, conversation: _Row, appended: Sequence[Event], *, focus: str) -> None:
    """Enter what events say that were just appended to a conversation, whose row is from before them; but for its
    focus, which is the one after them."""
    if conversation.test:
        return
    asked: HandoffRequested | None = None
    for event in appended:
        match event.payload:
            case HandoffRequested():
                asked = event.payload
            case OwnerChanged():
                _owner_changed(tx, conversation, event.payload, event.at, asked, focus)
            case TicketOpened() as opened:
                tx.execute(_ADD_TICKET, _ticket_values(conversation, opened, event.at))
            case ContactLeft() as left:
                _add_to_ticket(tx, left)
            case TicketClosed() as closed:
                change = {"closed_at": event.at, "closed_by": closed.agent, "answer": closed.answer}
                tx.execute(_CHANGE_TICKET, {"ticket": closed.ticket_id, "state": TicketState.CLOSED, **change})


def _owner_changed(
    tx: Connection,
    conversation: _Row,
    change: OwnerChanged,
    at: datetime,
    asked: HandoffRequested | None,
    focus: str,
) -> None:
    if change.reason == ChangeReason.TICKET:
        return  # an answer to an earlier passage, and none of its own
    row = tx.execute(_OPEN, {"conversation": conversation.id}).first()
    changes = _changes(change, at, row)
    for agent in {row.agent if row is not None else None, change.agent} - {None}:
        tx.execute(_WORKED, {"store": conversation.store_id, "agent": agent, "idle_since": at, "missed": 0})
    if row is not None:
        tx.execute(_CHANGE, {"handoff": row.id, **changes})
    elif change.owner in (Owner.QUEUE, Owner.AGENT):
        unasked = change.owner is Owner.AGENT and asked is None
        requested = asked or HandoffRequested(HandoffReason.CUSTOMER_REQUEST)
        tx.execute(
            _ADD,
            {
                **_NEW,
                "id": new_id("handoff"),
                "store_id": conversation.store_id,
                "conversation_id": conversation.id,
                "reason": None if unasked else requested.reason,
                "confidence": requested.confidence,
                "note": requested.note,
                "language": codec.load_focus(focus).language or conversation.language,
                "requested_at": at,
                "urgent": not unasked and requested.reason in URGENT,
                **changes,
            },
        )


def _changes(change: OwnerChanged, at: datetime, row: _Row | None) -> dict[str, object]:
    """What a change of owner means for the passage that is open, or begins."""
    nobody_asked: dict[str, object] = {"offered_to": None, "offered_until": None, "passed_by": "[]"}
    match change.owner:
        case Owner.QUEUE:
            group = {"group_name": change.group} if change.group else {}
            return {**nobody_asked, **group, "waits_since": at, "agent": None, "agent_name": ""}
        case Owner.AGENT:
            waited = row is not None and row.waits_since is not None
            taken = {"taken_at": at, "waited_s": (at - row.waits_since).total_seconds()} if row and waited else {}
            first = {} if row is not None else {"taken_at": at}
            return {
                **nobody_asked,
                **taken,
                **first,
                "waits_since": None,
                "agent": change.agent,
                "agent_name": change.name,
            }
        case _:
            return {**nobody_asked, "ended_at": at, "ending": change.reason, "closed_for": change.note}


def _ticket_values(conversation: _Row, opened: TicketOpened, at: datetime) -> dict[str, object]:
    return {
        "id": opened.ticket_id,
        "store_id": conversation.store_id,
        "conversation_id": conversation.id,
        "reason": opened.reason,
        "group_name": opened.group,
        "message": opened.message,
        "contact": "",
        "state": TicketState.OPEN,
        "opened_at": at,
        "answer": "",
    }


def _add_to_ticket(tx: Connection, left: ContactLeft) -> None:
    row = tx.execute(_TICKET, {"ticket": left.ticket_id}).first()
    if row is not None:
        message = "\n".join(filter(None, (row.message, left.message)))
        changes = {"contact": left.contact or row.contact, "message": message}
        tx.execute(_CHANGE_TICKET, {"ticket": left.ticket_id, **changes})


def ids_read(document: str) -> tuple[str, ...]:
    return tuple(json.loads(document))


def ids_written(ids: Sequence[str]) -> str:
    return json.dumps(list(ids), ensure_ascii=False)


_NEW = {"group_name": "", "agent_name": "", "ending": "", "closed_for": "", "passed_by": "[]"}
_OPEN = select(handoffs).where(handoffs.c.conversation_id == bindparam("conversation"), handoffs.c.ended_at.is_(None))
_ADD = insert(handoffs)
_CHANGE = update(handoffs).where(handoffs.c.id == bindparam("handoff"))
_WORKED = update(agents).where(agents.c.store_id == bindparam("store"), agents.c.id == bindparam("agent"))
_ADD_TICKET = insert(tickets)
_TICKET = select(tickets).where(tickets.c.id == bindparam("ticket"))
_CHANGE_TICKET = update(tickets).where(tickets.c.id == bindparam("ticket"))
