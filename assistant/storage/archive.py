"""The conversations of a store, looked through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from assistant.domain.archive import Kept, Outcome, Shelf, Sought
from assistant.domain.events import AgentSaid, HandoffRequested, MessageReceived, Payload, Replied
from assistant.domain.ids import ConversationId, StoreId
from assistant.domain.reply import ActionKind
from assistant.storage import codec
from assistant.storage.conversations import conversation_of
from assistant.storage.database import Database
from assistant.storage.tables import conversations, events

LOOKED_AT = 2000  # conversations a call, so that a search for what is nowhere comes back
_ESCAPE = "!"


class SqlArchive:
    """The `Archive` port over SQL.

    SQL narrows down by what stands in columns and by a pattern over the documents; whether a text was said, and not
    only stands somewhere in a document, is then told from the events themselves.
    """

    def __init__(self, database: Database, *, looked_at: int = LOOKED_AT) -> None:
        self._database = database
        self._looked_at = looked_at

    async def find(
        self, store_id: StoreId, sought: Sought, *, before: ConversationId | None = None, limit: int = 50
    ) -> Shelf:
        def work(tx: Connection) -> Shelf:
            kept: list[Kept] = []
            rows = tx.execute(_candidates(store_id, sought, before, self._looked_at)).all()
            for row in rows:
                found = _kept(tx, row, sought)
                if found is None:
                    continue
                if len(kept) == limit:
                    return Shelf(kept, kept[-1].conversation.id)
                kept.append(found)
            return Shelf(kept, rows[-1].id if len(rows) == self._looked_at else None)

        return await self._database.read(work)


def _candidates(
    store_id: StoreId, sought: Sought, before: ConversationId | None, limit: int
) -> Select[tuple[Any, ...]]:
    """The newest first: ids sort by when they were made."""
    columns = conversations.c
    statement = select(conversations).where(
        columns.store_id == store_id, columns.test.is_(False), columns.last_message_seq > 0
    )
    if before is not None:
        statement = statement.where(columns.id < before)
    if sought.since is not None:
        statement = statement.where(columns.created_at >= sought.since)
    if sought.until is not None:
        statement = statement.where(columns.created_at < sought.until)
    if sought.shopper:
        statement = statement.where(columns.shopper.ilike(_pattern(sought.shopper), escape=_ESCAPE))
    if sought.text:
        said = select(events.c.conversation_id).where(
            events.c.conversation_id == columns.id,
            events.c.type.in_(_SAID),
            events.c.payload.ilike(_pattern(sought.text), escape=_ESCAPE),
        )
        statement = statement.where(said.exists() | (columns.id == sought.text))
    return statement.order_by(columns.id.desc()).limit(limit)


def _pattern(text: str) -> str:
    """For LIKE: `text` as it stands inside a JSON string. Case is the database's; see `_holds`."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    for special in (_ESCAPE, "%", "_"):
        written = written.replace(special, _ESCAPE + special)
    return f"%{written}%"


def _kept(tx: Connection, row: Row[Any], sought: Sought) -> Kept | None:
    conversation = conversation_of(row)
    shopper = conversation.shopper
    if sought.shopper and not _holds((shopper.name, shopper.id), sought.shopper):
        return None
    told = tx.execute(_TOLD, {"id": conversation.id}).all()
    payloads = [codec.load_payload(event.payload) for event in told]
    if sought.text not in ("", conversation.id) and not _holds(map(_words, payloads), sought.text):
        return None
    outcome = _outcome(payloads)
    if sought.outcome not in (None, outcome):
        return None
    messages = [payload.message.text for payload in payloads if isinstance(payload, MessageReceived)]
    return Kept(conversation, outcome, messages[0], len(messages), told[-1].at)


def _holds(texts: Iterable[str], sought: str) -> bool:
    return any(sought.casefold() in text.casefold() for text in texts)


def _words(payload: Payload) -> str:
    match payload:
        case MessageReceived():
            return payload.message.text
        case Replied():
            return payload.reply.text
        case AgentSaid():
            return payload.text
    return ""


def _outcome(payloads: Iterable[Payload]) -> Outcome:
    outcome = Outcome.WAITING
    for payload in payloads:
        match payload:
            case AgentSaid() | HandoffRequested():
                return Outcome.HUMAN
            case Replied() if payload.reply.action.kind == ActionKind.ABSTAIN:
                outcome = Outcome.ABSTAINED
            case Replied() if payload.answers and outcome == Outcome.WAITING:
                outcome = Outcome.ANSWERED
    return outcome


_SAID = ("message", "reply", "agent")
_TOLD = (
    select(events.c.at, events.c.payload)
    .where(events.c.conversation_id == bindparam("id"), events.c.type.in_((*_SAID, "handoff")))
    .order_by(events.c.seq)
)
