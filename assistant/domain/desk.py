"""The passage of a conversation to a human, those who serve, and what is left for later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from assistant.domain.conversation import Conversation
from assistant.domain.events import Event, Payload
from assistant.domain.hours import Hours
from assistant.domain.ids import AgentId, ConversationId, HandoffId, ProductId, StoreId, TicketId
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import GroupName
from assistant.domain.store import Store

URGENT = frozenset({HandoffReason.SAFETY_INJURY, HandoffReason.LEGAL_OR_MEDIA_THREAT})
"""Reasons that go before others in the queue."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """One passage to a human, from the request to its end: it waits, is served, and has ended.

    reason: None where an agent stepped in unasked. confidence: 0 to 1, of the reason. offered_to: who is asked to take
    it until `offered_until`. passed_by: who was asked and did not take it, in this wait. waits_since: when this wait
    began; a transfer begins another. end: how it ended, a reason of OwnerChanged; closed_for: the agent's own words
    for it, where the conversation was closed.
    """

    id: HandoffId
    store_id: StoreId
    conversation_id: ConversationId
    reason: HandoffReason | None
    confidence: float
    note: str
    group: GroupName
    language: str
    requested_at: datetime
    waits_since: datetime | None = None
    urgent: bool = False
    offered_to: AgentId | None = None
    offered_until: datetime | None = None
    passed_by: tuple[AgentId, ...] = ()
    agent: AgentId | None = None
    agent_name: str = ""
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    end: str = ""
    closed_for: str = ""

    @property
    def waits(self) -> bool:
        return self.waits_since is not None and self.ended_at is None


class PresenceState(StrEnum):
    ONLINE = "online"
    AWAY = "away"  # serves what they have, takes nothing new
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Agent:
    """A human who serves, and whether they do now. name: as shoppers see it.

    groups: names; none: all. languages: BCP 47 tags; none: any. capacity: conversations at once. seen_at: the last sign
    of life. idle_since: when they last took or ended a conversation. offered_at: when they were last asked to take one.
    missed: offers let pass in a row.
    """

    id: AgentId
    store_id: StoreId
    name: str
    state: PresenceState
    capacity: int
    groups: tuple[GroupName, ...]
    languages: tuple[str, ...]
    seen_at: datetime
    idle_since: datetime
    offered_at: datetime | None = None
    missed: int = 0


class TicketState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something that a person has to answer later. message: what the shopper wants. contact: where else than in the
    conversation they can be reached, as they wrote it. answer: what they were told in the conversation."""

    id: TicketId
    store_id: StoreId
    conversation_id: ConversationId
    reason: HandoffReason
    group: GroupName
    message: str
    contact: str
    state: TicketState
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: AgentId | None = None
    answer: str = ""


class Service(StrEnum):
    """What a shopper who needs a human can have now."""

    NONE = "none"  # the store has no desk
    QUEUE = "queue"
    CLOSED = "closed"  # outside of the hours
    NOBODY = "nobody"  # within them, and nobody is there


@dataclass(frozen=True, slots=True)
class Wanted:
    """Why a human is needed, and what the matter is about."""

    reason: HandoffReason
    note: str
    language: str
    confidence: float = 1.0
    intent: str = ""
    products: tuple[ProductId, ...] = ()
    categories: tuple[str, ...] = ()
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a shopper who needs a human can have now, and what is to be stored with the words that say so.

    ahead: how many go before them. minutes: how long it will take, None where nothing tells. hours: those of the group.
    """

    service: Service
    also: tuple[Payload, ...] = ()
    ahead: int = 0
    minutes: int | None = None
    hours: Hours | None = None


class HumanDesk(Protocol):
    """The desk, as far as the turn of a conversation needs it."""

    async def outlook(self, conversation: Conversation, store: Store, wanted: Wanted) -> Outlook:
        """What becomes of the conversation if its reply is delivered together with `also`."""
        ...

    async def stir(self, store_id: StoreId) -> None:
        """Something that concerns the desk is in the log: give out what waits, and show it to who looks on."""
        ...

    async def heard(self, conversation: Conversation, messages: Sequence[Event]) -> None:
        """The shopper has written while the bot may not speak: `messages` are those that nobody has answered."""
        ...


class DeskBook(Protocol):
    """What is on record of handoffs, agents and tickets. What changes owners stands in the conversation's log, and is
    entered here with it (ConversationLog); no test conversation ever is."""

    async def standing(self, conversation_id: ConversationId) -> tuple[Conversation, Handoff | None]:
        """A conversation and its handoff that has not ended, read together. Raises NotFound."""
        ...

    async def open_handoffs(self, store_id: StoreId) -> Sequence[Handoff]:
        """All that wait or are served: those that wait first, in the order of the queue."""
        ...

    async def of_conversation(self, conversation_id: ConversationId) -> Sequence[Handoff]:
        """All of a conversation, the oldest first."""
        ...

    async def waits(self, store_id: StoreId, group: GroupName, *, last: int) -> Sequence[float]:
        """How many seconds each of the last `last` that were taken had waited, the latest first."""
        ...

    async def handled(self, store_id: StoreId, group: GroupName, *, last: int) -> Sequence[float]:
        """How many seconds each of the last `last` that have ended was served, the latest first."""
        ...

    async def offer(self, handoff_id: HandoffId, agent_id: AgentId, until: datetime) -> bool:
        """Ask an agent to take what waits; False where it no longer waits or somebody else is asked."""
        ...

    async def pass_by(self, handoff_id: HandoffId, agent_id: AgentId, *, missed: bool) -> bool:
        """The agent asked does not take it; missed: they said nothing. False where they are not the one asked."""
        ...

    async def stores_with_handoffs(self) -> Sequence[StoreId]:
        """Those where something waits or is served."""
        ...

    async def agents(self, store_id: StoreId) -> Sequence[Agent]:
        """All that have ever been there, by id."""
        ...

    async def agent(self, store_id: StoreId, agent_id: AgentId) -> Agent:
        """Raises NotFound."""
        ...

    async def put_agent(self, agent: Agent) -> None:
        """Enter an agent, or change what they say of themselves; what the desk knows of their work stays."""
        ...

    async def seen(self, store_id: StoreId, agent_id: AgentId, at: datetime) -> None:
        """A sign of life."""
        ...

    async def set_state(self, store_id: StoreId, agent_id: AgentId, state: PresenceState) -> None: ...

    async def ticket(self, store_id: StoreId, ticket_id: TicketId) -> Ticket:
        """Raises NotFound."""
        ...

    async def tickets(self, store_id: StoreId, state: TicketState | None, *, limit: int = 200) -> Sequence[Ticket]:
        """The oldest first."""
        ...

    async def open_ticket(self, conversation_id: ConversationId) -> Ticket | None:
        """The newest of a conversation that is open."""
        ...
