"""The queue, the agents and the tickets over SQL. What changes owners is entered by `desk_entries`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from assistant.domain.conversation import Conversation
from assistant.domain.desk import Agent, Handoff, PresenceState, Ticket, TicketState
from assistant.domain.errors import NotFound
from assistant.domain.ids import AgentId, ConversationId, HandoffId, StoreId, TicketId
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import GroupName
from assistant.storage.conversations import conversation_of
from assistant.storage.database import Database
from assistant.storage.desk_entries import ids_read, ids_written
from assistant.storage.tables import agents, conversations, handoffs, tickets

_Row = Row[*tuple[Any, ...]]


class SqlDeskBook:
    """The `DeskBook` port over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, conversation_id: ConversationId) -> tuple[Conversation, Handoff | None]:
        def work(tx: Connection) -> tuple[_Row | None, _Row | None]:
            key = {"conversation": conversation_id}
            return tx.execute(_CONVERSATION, key).first(), tx.execute(_OPEN_OF_CONVERSATION, key).first()

        conversation, handoff = await self._database.read(work)
        if conversation is None:
            raise NotFound(f"There is no conversation {conversation_id!r}", conversation_id=conversation_id)
        return conversation_of(conversation), _handoff(handoff) if handoff is not None else None

    async def open_handoffs(self, store_id: StoreId) -> Sequence[Handoff]:
        return await self._handoffs(_OPEN_OF_STORE, store=store_id)

    async def of_conversation(self, conversation_id: ConversationId) -> Sequence[Handoff]:
        return await self._handoffs(_OF_CONVERSATION, conversation=conversation_id)

    async def _handoffs(self, statement: Any, **values: object) -> list[Handoff]:
        rows = await self._database.read(lambda tx: tx.execute(statement, values).all())
        return [_handoff(row) for row in rows]

    async def waits(self, store_id: StoreId, group: GroupName, *, last: int) -> Sequence[float]:
        values = {"store": store_id, "group": group, "last": last}
        return await self._database.read(lambda tx: list(tx.execute(_WAITS, values).scalars()))

    async def handled(self, store_id: StoreId, group: GroupName, *, last: int) -> Sequence[float]:
        values = {"store": store_id, "group": group, "last": last}
        rows = await self._database.read(lambda tx: tx.execute(_HANDLED, values).all())
        return [(row.ended_at - row.taken_at).total_seconds() for row in rows]

    async def offer(self, handoff_id: HandoffId, agent_id: AgentId, until: datetime) -> bool:
        def work(tx: Connection) -> bool:
            row = tx.execute(_HANDOFF, {"handoff": handoff_id}).first()
            if row is None or row.waits_since is None or row.ended_at is not None or row.offered_to is not None:
                return False
            tx.execute(_CHANGE, {"handoff": handoff_id, "offered_to": agent_id, "offered_until": until})
            tx.execute(_CHANGE_AGENT, {"store": row.store_id, "agent": agent_id, "offered_at": until})
            return True

        return await self._database.write(work)

    async def pass_by(self, handoff_id: HandoffId, agent_id: AgentId, *, missed: bool) -> bool:
        def work(tx: Connection) -> bool:
            row = tx.execute(_HANDOFF, {"handoff": handoff_id}).first()
            if row is None or row.offered_to != agent_id or row.ended_at is not None:
                return False
            passed = ids_written((*ids_read(row.passed_by), agent_id))
            nobody = {"offered_to": None, "offered_until": None, "passed_by": passed}
            tx.execute(_CHANGE, {"handoff": handoff_id, **nobody})
            if missed:
                tx.execute(_MISSED, {"store": row.store_id, "agent": agent_id})
            return True

        return await self._database.write(work)

    async def stores_with_handoffs(self) -> Sequence[StoreId]:
        return await self._database.read(lambda tx: [StoreId(id_) for id_ in tx.execute(_STORES).scalars()])

    async def agents(self, store_id: StoreId) -> Sequence[Agent]:
        rows = await self._database.read(lambda tx: tx.execute(_AGENTS, {"store": store_id}).all())
        return [_agent(row) for row in rows]

    async def agent(self, store_id: StoreId, agent_id: AgentId) -> Agent:
        key = {"store": store_id, "agent": agent_id}
        row = await self._database.read(lambda tx: tx.execute(_AGENT, key).first())
        if row is None:
            raise NotFound(f"There is no agent {agent_id!r} in store {store_id!r}.", agent_id=agent_id)
        return _agent(row)

    async def put_agent(self, agent: Agent) -> None:
        said = {
            "name": agent.name,
            "state": agent.state,
            "capacity": agent.capacity,
            "groups": ids_written(agent.groups),
            "languages": ids_written(agent.languages),
            "seen_at": agent.seen_at,
            "missed": 0,
        }

        def work(tx: Connection) -> None:
            key = {"store": agent.store_id, "agent": agent.id}
            if tx.execute(_CHANGE_AGENT, {**key, **said}).rowcount == 0:
                new = {"id": agent.id, "store_id": agent.store_id, "idle_since": agent.idle_since}
                tx.execute(_ADD_AGENT, {**new, **said})

        await self._database.write(work)

    async def seen(self, store_id: StoreId, agent_id: AgentId, at: datetime) -> None:
        await self._change_agent(store_id, agent_id, seen_at=at)

    async def set_state(self, store_id: StoreId, agent_id: AgentId, state: PresenceState) -> None:
        await self._change_agent(store_id, agent_id, state=state)

    async def _change_agent(self, store_id: StoreId, agent_id: AgentId, **changes: object) -> None:
        values = {"store": store_id, "agent": agent_id, **changes}
        await self._database.write(lambda tx: tx.execute(_CHANGE_AGENT, values).rowcount)

    async def ticket(self, store_id: StoreId, ticket_id: TicketId) -> Ticket:
        row = await self._database.read(lambda tx: tx.execute(_TICKET, {"ticket": ticket_id}).first())
        if row is None or row.store_id != store_id:
            raise NotFound(f"There is no ticket {ticket_id!r} in store {store_id!r}.", ticket_id=ticket_id)
        return _ticket(row)

    async def tickets(self, store_id: StoreId, state: TicketState | None, *, limit: int = 200) -> Sequence[Ticket]:
        values = {"store": store_id, "state": state, "limit": limit}
        rows = await self._database.read(lambda tx: tx.execute(_TICKETS, values).all())
        return [_ticket(row) for row in rows]

    async def open_ticket(self, conversation_id: ConversationId) -> Ticket | None:
        row = await self._database.read(lambda tx: tx.execute(_OPEN_TICKET, {"conversation": conversation_id}).first())
        return _ticket(row) if row is not None else None


def _handoff(row: _Row) -> Handoff:
    return Handoff(
        id=HandoffId(row.id),
        store_id=StoreId(row.store_id),
        conversation_id=ConversationId(row.conversation_id),
        reason=HandoffReason(row.reason) if row.reason else None,
        confidence=row.confidence,
        note=row.note,
        group=GroupName(row.group_name),
        language=row.language,
        requested_at=row.requested_at,
        waits_since=row.waits_since,
        urgent=row.urgent,
        offered_to=AgentId(row.offered_to) if row.offered_to else None,
        offered_until=row.offered_until,
        passed_by=tuple(AgentId(id_) for id_ in ids_read(row.passed_by)),
        agent=AgentId(row.agent) if row.agent else None,
        agent_name=row.agent_name,
        taken_at=row.taken_at,
        ended_at=row.ended_at,
        end=row.ending,
        closed_for=row.closed_for,
    )


def _agent(row: _Row) -> Agent:
    return Agent(
        id=AgentId(row.id),
        store_id=StoreId(row.store_id),
        name=row.name,
        state=PresenceState(row.state),
        capacity=row.capacity,
        groups=tuple(GroupName(name) for name in ids_read(row.groups)),
        languages=ids_read(row.languages),
        seen_at=row.seen_at,
        idle_since=row.idle_since,
        offered_at=row.offered_at,
        missed=row.missed,
    )


def _ticket(row: _Row) -> Ticket:
    return Ticket(
        id=TicketId(row.id),
        store_id=StoreId(row.store_id),
        conversation_id=ConversationId(row.conversation_id),
        reason=HandoffReason(row.reason),
        group=GroupName(row.group_name),
        message=row.message,
        contact=row.contact,
        state=TicketState(row.state),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=AgentId(row.closed_by) if row.closed_by else None,
        answer=row.answer,
    )


_CONVERSATION = select(conversations).where(conversations.c.id == bindparam("conversation"))
_HANDOFF = select(handoffs).where(handoffs.c.id == bindparam("handoff"))
_OPEN = handoffs.c.ended_at.is_(None)
_OPEN_OF_CONVERSATION = select(handoffs).where(handoffs.c.conversation_id == bindparam("conversation"), _OPEN)
_OF_CONVERSATION = (
    select(handoffs).where(handoffs.c.conversation_id == bindparam("conversation")).order_by(handoffs.c.id)
)
_OPEN_OF_STORE = (
    select(handoffs)
    .where(handoffs.c.store_id == bindparam("store"), _OPEN)
    .order_by(handoffs.c.waits_since.is_(None), handoffs.c.urgent.desc(), handoffs.c.requested_at, handoffs.c.id)
)
_STORES = select(handoffs.c.store_id).where(_OPEN).distinct().order_by(handoffs.c.store_id)
_WAITS = (
    select(handoffs.c.waited_s)
    .where(
        handoffs.c.store_id == bindparam("store"),
        handoffs.c.group_name == bindparam("group"),
        handoffs.c.waited_s.is_not(None),
    )
    .order_by(handoffs.c.taken_at.desc())
    .limit(bindparam("last"))
)
_HANDLED = (
    select(handoffs.c.taken_at, handoffs.c.ended_at)
    .where(
        handoffs.c.store_id == bindparam("store"),
        handoffs.c.group_name == bindparam("group"),
        handoffs.c.taken_at.is_not(None),
        handoffs.c.ended_at.is_not(None),
    )
    .order_by(handoffs.c.taken_at.desc())
    .limit(bindparam("last"))
)
_CHANGE = update(handoffs).where(handoffs.c.id == bindparam("handoff"))
_AGENTS = select(agents).where(agents.c.store_id == bindparam("store")).order_by(agents.c.id)
_IS_AGENT = and_(agents.c.store_id == bindparam("store"), agents.c.id == bindparam("agent"))
_AGENT = select(agents).where(_IS_AGENT)
_ADD_AGENT = insert(agents)
_CHANGE_AGENT = update(agents).where(_IS_AGENT)
_MISSED = update(agents).where(_IS_AGENT).values(missed=agents.c.missed + 1)
_TICKET = select(tickets).where(tickets.c.id == bindparam("ticket"))
_TICKETS = (
    select(tickets)
    .where(
        tickets.c.store_id == bindparam("store"),
        or_(bindparam("state").is_(None), tickets.c.state == bindparam("state")),
    )
    .order_by(tickets.c.id)
    .limit(bindparam("limit"))
)
_OPEN_TICKET = (
    select(tickets)
    .where(tickets.c.conversation_id == bindparam("conversation"), tickets.c.state == TicketState.OPEN)
    .order_by(tickets.c.id.desc())
    .limit(1)
)
