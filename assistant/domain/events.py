"""Events: the append-only log of a conversation, and the passing signs of life around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from assistant.domain.conversation import Message, Owner
from assistant.domain.ids import AgentId, ConversationId, MessageId, TicketId, TurnId
from assistant.domain.reply import HandoffReason, Reply


@dataclass(frozen=True, slots=True)
class MessageReceived:
    message: Message
    type: Literal["message"] = "message"


@dataclass(frozen=True, slots=True)
class Replied:
    """`answers` is the sequence number of the last shopper message this reply covers (0: a greeting)."""

    turn_id: TurnId
    reply: Reply
    answers: int
    type: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True)
class HandoffRequested:
    """confidence: how sure the reason is, 0 to 1."""

    reason: HandoffReason
    note: str = ""
    confidence: float = 1.0
    type: Literal["handoff"] = "handoff"


class ChangeReason(StrEnum):
    """Why the owner of a conversation changes."""

    ASKED = "asked"  # bot to queue: a human is needed
    LEFT = "left"  # queue to bot: the shopper waits no longer
    NOBODY = "nobody"  # queue to bot: nobody has come
    TAKEN = "taken"  # queue to agent
    STEPPED_IN = "stepped_in"  # bot to agent, unasked
    TAKEN_OVER = "taken_over"  # from one agent to another, who takes it
    PASSED_ON = "passed_on"  # agent to another, or to a group's queue
    AGENT_GONE = "agent_gone"  # agent to queue: they are no longer there
    HANDED_BACK = "handed_back"  # agent to bot
    CLOSED = "closed"  # anybody to closed
    REOPENED = "reopened"  # closed to agent
    TICKET = "ticket"  # to an agent for as long as they answer a ticket, and back


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """reason: a ChangeReason; "" in logs that are older than it. agent, name: who speaks from now on, by id for the
    desk, by name for shoppers. group: whose queue. text: what the shopper is told of it; "": the words before tell it.
    note: for the desk: why it was closed or passed on.
    """

    owner: Owner
    epoch: int
    reason: str = ""
    agent: AgentId | None = None
    name: str = ""
    group: str = ""
    text: str = ""
    note: str = ""
    type: Literal["owner"] = "owner"


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """What a human wrote to the shopper. name: as the shopper sees it."""

    id: MessageId
    agent: AgentId
    name: str
    text: str
    type: Literal["agent"] = "agent"


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """A person is to answer later. message: what the shopper wants."""

    ticket_id: TicketId
    reason: HandoffReason
    group: str
    message: str
    type: Literal["ticket"] = "ticket"


@dataclass(frozen=True, slots=True)
class ContactLeft:
    """What a shopper added to a ticket. text: what they are told."""

    ticket_id: TicketId
    contact: str
    message: str = ""
    text: str = ""
    type: Literal["contact"] = "contact"


@dataclass(frozen=True, slots=True)
class TicketClosed:
    """A person has done with it. answer: what the shopper was told, "" for nothing."""

    ticket_id: TicketId
    agent: AgentId
    answer: str = ""
    type: Literal["ticket_closed"] = "ticket_closed"


@dataclass(frozen=True, slots=True)
class Rated:
    """The shopper's rating, 1 (bad) to 5 (good)."""

    score: int
    comment: str = ""
    type: Literal["rating"] = "rating"


@dataclass(frozen=True, slots=True)
class Noted:
    """Something for people at the desk; shoppers are not told what. agent: who wrote it, None: the assistant.
    mentions: agents whom it is for."""

    text: str
    agent: AgentId | None = None
    name: str = ""
    mentions: tuple[AgentId, ...] = ()
    type: Literal["note"] = "note"


Payload = (
    MessageReceived
    | Replied
    | HandoffRequested
    | OwnerChanged
    | AgentSaid
    | TicketOpened
    | ContactLeft
    | TicketClosed
    | Rated
    | Noted
)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log. `seq` starts at 1 and has no gaps within a conversation."""

    conversation_id: ConversationId
    seq: int
    at: datetime
    payload: Payload


@dataclass(frozen=True, slots=True)
class Typing:
    """The bot is at work; stop showing it at `until` even if nothing follows."""

    turn_id: TurnId
    until: datetime
    type: Literal["typing"] = "typing"


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    """A verified piece of a reply to come: part `index` of turn `turn_id`. The stored reply replaces all of them."""

    turn_id: TurnId
    index: int
    text: str
    type: Literal["delta"] = "delta"


@dataclass(frozen=True, slots=True)
class TurnDropped:
    """The turn will send nothing: a newer message came, a human took over, or its reply could not be stored."""

    turn_id: TurnId
    type: Literal["dropped"] = "dropped"


@dataclass(frozen=True, slots=True)
class AgentTyping:
    """A human is writing; stop showing it at `until` even if nothing follows."""

    name: str
    until: datetime
    type: Literal["agent_typing"] = "agent_typing"


@dataclass(frozen=True, slots=True)
class ShopperTyping:
    """The shopper is writing, as AgentTyping."""

    until: datetime
    type: Literal["shopper_typing"] = "shopper_typing"


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """Where the conversation stands in the queue. ahead: how many go before it. minutes: how long it will take still,
    None where nothing tells."""

    ahead: int
    minutes: int | None
    type: Literal["queue"] = "queue"


Signal = Typing | ReplyDelta | TurnDropped | AgentTyping | ShopperTyping | QueueMoved
