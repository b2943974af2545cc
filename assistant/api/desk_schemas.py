"""The JSON shapes of the desk. Clients may rely on every field; new fields may appear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.api.schemas import (
    VISIBLE,
    AgentEvent,
    ContactEvent,
    HandoffEvent,
    MessageEvent,
    NoteEvent,
    OwnerEvent,
    RatingEvent,
    ReplyEvent,
    TicketClosedEvent,
    TicketEvent,
    Whole,
    stored_event,
)
from assistant.domain.conversation import Owner
from assistant.domain.desk import PresenceState, TicketState
from assistant.domain.events import (
    AgentSaid,
    ContactLeft,
    Event,
    HandoffRequested,
    Noted,
    OwnerChanged,
    TicketClosed,
    TicketOpened,
)
from assistant.domain.reply import HandoffReason

AGENT_ID = r"^[A-Za-z0-9._:@-]{1,100}$"
MAX_CHARS = 5000

AgentName = Annotated[str, StringConstraints(pattern=AGENT_ID)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{0,50}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acting(_Input):
    """Who does something, and how they saw the conversation."""

    agent: AgentName | None = Field(
        default=None, description="Which agent acts. Needed with an API key; who signed in acts as themselves."
    )
    epoch: Whole = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Of the conversation as the agent saw it: 409 if it has changed since. 0: however it is.",
    )


class SayInput(Acting):
    text: str = Field(max_length=MAX_CHARS, json_schema_extra={"pattern": VISIBLE}, examples=["您好，我来帮您看一下。"])
    key: Key = Field(default="", description="Chosen by the client; sent again with the same text it says it once.")
    take_over: bool = Field(default=False, description="Also from another agent.")


class NoteInput(Acting):
    text: str = Field(max_length=MAX_CHARS, json_schema_extra={"pattern": VISIBLE})
    key: Key = ""
    mentions: list[AgentName] = Field(default_factory=list, max_length=20, description="Agents whom it is for.")


class TransferInput(Acting):
    """To one of the two."""

    to_agent: AgentName | None = None
    to_group: Name | None = None
    note: str = Field(default="", max_length=1000, description="For who takes it next.")


class CloseInput(Acting):
    reason: str = Field(max_length=300, description="For the desk: in words, or a code of your own.")


class CloseTicketInput(_Input):
    agent: AgentName | None = Field(default=None, description="As in other calls.")
    answer: str = Field(
        default="", max_length=MAX_CHARS, description="Said to the shopper in the conversation, if any."
    )


class PresenceInput(_Input):
    name: str = Field(
        min_length=1, max_length=60, json_schema_extra={"pattern": VISIBLE}, description="As shoppers see it."
    )
    state: PresenceState
    capacity: Whole | None = Field(
        default=None, ge=1, le=100, description="Conversations at once; null: as the store says."
    )
    groups: list[Name] = Field(default_factory=list, max_length=100, description="Empty: all.")
    languages: list[Name] = Field(default_factory=list, max_length=20, description="BCP 47 tags; empty: any.")


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class HandoffView(_View):
    """One passage to a human."""

    id: str
    conversation_id: str
    reason: HandoffReason | None = Field(description="null: an agent stepped in unasked.")
    confidence: float = Field(description="Of the reason, 0 to 1.")
    note: str = Field(description="What the shopper said.")
    group: str
    language: str
    urgent: bool
    requested_at: datetime
    waits_since: datetime | None = Field(description="null: it does not wait.")
    offered_to: str | None = Field(description="Who is asked to take it.")
    offered_until: datetime | None
    agent: str | None
    agent_name: str
    taken_at: datetime | None
    ended_at: datetime | None
    end: str = Field(description="How it ended, as a code: `handed_back`, `closed`, `left`, `nobody`.")
    closed_for: str


class AgentView(_View):
    id: str
    name: str
    state: PresenceState
    present: bool = Field(default=False, description="Whether there was a sign of life of late.")
    load: int = Field(default=0, description="Conversations that they serve or are asked to take.")
    capacity: int
    groups: list[str]
    languages: list[str]
    seen_at: datetime


class GroupView(_View):
    name: str
    title: str
    open: bool = Field(description="Whether its hours are on.")
    waiting: int


class DeskView(_View):
    """The desk at one moment."""

    at: datetime
    waiting: list[HandoffView] = Field(description="In the order of the queue.")
    serving: list[HandoffView]
    agents: list[AgentView]
    groups: list[GroupView]
    tickets: int = Field(description="How many are open.")


class TicketView(_View):
    id: str
    conversation_id: str
    reason: HandoffReason
    group: str
    message: str
    contact: str
    state: TicketState
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    answer: str


class TicketList(_View):
    tickets: list[TicketView] = Field(description="The oldest first.")


class Said(_View):
    seq: int = Field(description="Its place in the log.")


class CaseView(_View):
    """A conversation as the desk finds it."""

    conversation_id: str
    owner: Owner
    epoch: int
    agent: str | None
    language: str
    shopper_id: str
    shopper_name: str
    identified: bool
    last_seq: int
    handoffs: list[HandoffView] = Field(description="All, the oldest first.")


class DeskHandoffEvent(HandoffEvent):
    note: str
    confidence: float


class DeskOwnerEvent(OwnerEvent):
    agent: str | None
    group: str
    note: str


class DeskAgentEvent(AgentEvent):
    agent: str


class DeskNoteEvent(NoteEvent):
    text: str
    agent: str | None = Field(description="null: the assistant.")
    name: str
    mentions: list[str]


class DeskTicketEvent(TicketEvent):
    reason: HandoffReason
    group: str
    message: str


class DeskContactEvent(ContactEvent):
    contact: str
    message: str


class DeskTicketClosedEvent(TicketClosedEvent):
    agent: str
    answer: str


DeskEvent = Annotated[
    MessageEvent
    | ReplyEvent
    | DeskHandoffEvent
    | DeskOwnerEvent
    | DeskAgentEvent
    | DeskTicketEvent
    | DeskContactEvent
    | DeskTicketClosedEvent
    | RatingEvent
    | DeskNoteEvent,
    Field(discriminator="type"),
]


class DeskHistory(_View):
    events: list[DeskEvent]
    last_seq: int


class ShopperTypingSignal(_View):
    """The shopper is writing; stop showing it at `until` even if nothing follows."""

    type: Literal["shopper_typing"] = "shopper_typing"
    until: datetime


def desk_event(event: Event, *, media: str) -> DeskEvent:
    """An event with what is for people at the desk."""
    shown = stored_event(event, media=media)
    payload, base = event.payload, shown.model_dump()
    match payload:
        case HandoffRequested():
            return DeskHandoffEvent(**base, note=payload.note, confidence=payload.confidence)
        case OwnerChanged():
            return DeskOwnerEvent(**base, agent=payload.agent, group=payload.group, note=payload.note)
        case AgentSaid():
            return DeskAgentEvent(**base, agent=payload.agent)
        case Noted():
            names: Sequence[str] = payload.mentions
            return DeskNoteEvent(
                **base, text=payload.text, agent=payload.agent, name=payload.name, mentions=list(names)
            )
        case TicketOpened():
            return DeskTicketEvent(**base, reason=payload.reason, group=payload.group, message=payload.message)
        case ContactLeft():
            return DeskContactEvent(**base, contact=payload.contact, message=payload.message)
        case TicketClosed():
            return DeskTicketClosedEvent(**base, agent=payload.agent, answer=payload.answer)
    assert isinstance(shown, MessageEvent | ReplyEvent | RatingEvent)
    return shown
