"""The JSON shapes of the API. Clients may rely on every field; new fields may appear."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from assistant.api.links import openable, picture_url
from assistant.domain.conversation import Owner
from assistant.domain.events import (
    AgentSaid,
    ContactLeft,
    Event,
    HandoffRequested,
    MessageReceived,
    Noted,
    OwnerChanged,
    Rated,
    Replied,
    Signal,
    TicketClosed,
    TicketOpened,
)
from assistant.domain.evidence import EvidenceKind
from assistant.domain.reply import ActionKind, ExpectsKind, HandoffReason

LANGUAGE_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$"

# Documented here, enforced after cleaning by assistant.api.incoming.
VISIBLE = r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"

MAX_SAID_CHARS = 20_000

ClientMessageId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$"),
    Field(
        description="Chosen by the client, unique in the conversation; sending it again is harmless.", examples=["m-1"]
    ),
]


def _number(value: object) -> object:
    """Pydantic would turn booleans and texts into numbers; 5.0 is an integer to JSON Schema."""
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


Whole = Annotated[int, BeforeValidator(_number)]
# The bound stands before the validator: behind it, in a union, it would not reach the document.
Positive = Annotated[int, Field(ge=1), BeforeValidator(_number)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PageInput(_Input):
    """The page the widget stands on. A very long address or title is cut, not refused."""

    url: str = Field(default="", examples=["https://shop.example/products/QH-RUN-01"])
    title: str = ""
    product_id: str | None = Field(default=None, min_length=1, max_length=200, examples=["QH-RUN-01"])


class Said(_Input):
    """One turn of what was said before."""

    role: Literal["user", "assistant"]
    text: str = Field(max_length=MAX_SAID_CHARS, examples=["这双鞋透气吗？"], json_schema_extra={"pattern": VISIBLE})


class EvaluationInput(_Input):
    """Makes the conversation a test: no figure counts it, and no rate is kept for it."""

    history: list[Said] = Field(
        default_factory=list, max_length=200, description="What was said before; the greeting is left out then."
    )


class SessionInput(_Input):
    """All fields may be left out."""

    language: str | None = Field(
        default=None, pattern=LANGUAGE_TAG, description="BCP 47; without it Accept-Language decides.", examples=["zh"]
    )
    page: PageInput | None = Field(
        default=None, description="Where the chat was opened; each message names its own page."
    )
    identity_token: str | None = Field(
        default=None, max_length=4096, description="A JWT (HS256) that the merchant's site signed: sub, exp, name."
    )
    session_token: str | None = Field(
        default=None, max_length=4096, description="Continues the conversation of this token and renews it."
    )
    evaluation: EvaluationInput | None = Field(
        default=None, description="For evaluations: needs an API key of the store with the scope `evaluate`."
    )


class MessageInput(_Input):
    client_message_id: ClientMessageId
    text: str = Field(
        description="What the shopper wrote; its length is limited by the server's settings.",
        examples=["这双鞋透气吗？"],
        json_schema_extra={"pattern": VISIBLE},
    )
    page: PageInput | None = None


class RatingInput(_Input):
    score: Whole = Field(ge=1, le=5, description="1 (bad) to 5 (good).")
    comment: str = Field(default="", max_length=1000)


class GreetedStore(_View):
    id: str
    name: str
    persona: str = Field(description="The assistant's name.")
    languages: list[str]
    greeting: str = Field(description="The greeting's text; it is also the first event of the log.")


class SessionView(_View):
    conversation_id: str
    session_token: str = Field(description="Send it as `Authorization: Bearer`.")
    expires_at: datetime
    store: GreetedStore
    language: str
    resumed: bool = Field(description="Whether an earlier conversation goes on.")


class MessageAccepted(_View):
    message_id: str
    seq: int = Field(description="The message's place in the log.")
    duplicate: bool = Field(description="Whether the same message was here already.")


class RatingAccepted(_View):
    seq: int


class PageView(_View):
    url: str
    title: str
    product_id: str | None


class MessageView(_View):
    id: str
    client_message_id: str
    text: str
    page: PageView


class PartView(_View):
    """One idea of a reply, and the evidence it rests on."""

    text: str
    evidence_ids: list[str]


class EvidenceView(_View):
    """What the reply rests on, word for word, and where that stands."""

    id: str
    kind: EvidenceKind
    text: str
    title: str
    source: str
    url: str
    product_id: str | None
    as_of: datetime | None

    @field_validator("url")
    @classmethod
    def _link(cls, url: str) -> str:
        return openable(url)


class CardView(_View):
    product_id: str
    title: str
    price: str
    image: str
    url: str
    note: str

    @field_validator("url")
    @classmethod
    def _link(cls, url: str) -> str:
        return openable(url)

    @field_validator("image")
    @classmethod
    def _picture(cls, image: str, info: ValidationInfo) -> str:
        return picture_url(image, str((info.context or {}).get("media", "")))


class TableView(_View):
    columns: list[str]
    rows: list[list[str]]


class QuickReplyView(_View):
    """A button: `label` is shown, `text` is sent as the shopper's message."""

    label: str
    text: str


class ExpectsView(_View):
    """What the bot waits for."""

    kind: ExpectsKind
    name: str
    options: list[QuickReplyView]


class ActionView(_View):
    kind: ActionKind
    reason: str


class ReplyView(_View):
    language: str
    action: ActionView
    text: str = Field(description="All parts, a line each.")
    parts: list[PartView]
    evidence: list[EvidenceView]
    cards: list[CardView]
    table: TableView | None
    quick_replies: list[QuickReplyView]
    expects: ExpectsView | None


class _Stored(_View):
    seq: int = Field(ge=1, description="Starts at 1 and has no gaps.")
    at: datetime


class MessageEvent(_Stored):
    type: Literal["message"] = "message"
    message: MessageView


class ReplyEvent(_Stored):
    type: Literal["reply"] = "reply"
    turn_id: str
    answers: int = Field(description="The seq of the last message this reply covers; 0 for a greeting.")
    reply: ReplyView


class HandoffEvent(_Stored):
    type: Literal["handoff"] = "handoff"
    reason: HandoffReason


class OwnerEvent(_Stored):
    type: Literal["owner"] = "owner"
    owner: Owner
    epoch: int
    reason: str = Field(description="Why, as a code: `asked`, `left`, `nobody`, `taken`, `handed_back`, `closed`…")
    name: str = Field(description="Of the human who speaks from now on; else empty.")
    text: str = Field(description="What the shopper is told of it, in the conversation's language; may be empty.")


class AgentEvent(_Stored):
    """What a human wrote."""

    type: Literal["agent"] = "agent"
    id: str
    name: str
    text: str


class TicketEvent(_Stored):
    """A person is going to answer later; the reply before it says so."""

    type: Literal["ticket"] = "ticket"
    ticket_id: str


class ContactEvent(_Stored):
    """The shopper left a contact or a message for a ticket."""

    type: Literal["contact"] = "contact"
    ticket_id: str
    text: str = Field(description="What the shopper is told of it.")


class TicketClosedEvent(_Stored):
    """A person has done with a ticket; what they said of it is an `agent` event."""

    type: Literal["ticket_closed"] = "ticket_closed"
    ticket_id: str


class RatingEvent(_Stored):
    type: Literal["rating"] = "rating"
    score: int
    comment: str


class NoteEvent(_Stored):
    """Something for people at the desk: there is nothing to show."""

    type: Literal["note"] = "note"


StoredEvent = Annotated[
    MessageEvent
    | ReplyEvent
    | HandoffEvent
    | OwnerEvent
    | AgentEvent
    | TicketEvent
    | ContactEvent
    | TicketClosedEvent
    | RatingEvent
    | NoteEvent,
    Field(discriminator="type"),
]


class TypingSignal(_View):
    """The bot is at work; stop showing it at `until` even if nothing follows."""

    type: Literal["typing"] = "typing"
    turn_id: str
    until: datetime


class DeltaSignal(_View):
    """A piece of part `index` of the reply to come; the stored reply replaces all pieces of its turn."""

    type: Literal["delta"] = "delta"
    turn_id: str
    index: int
    text: str


class DroppedSignal(_View):
    """The turn will send nothing; forget its pieces."""

    type: Literal["dropped"] = "dropped"
    turn_id: str


class AgentTypingSignal(_View):
    """A human is writing; stop showing it at `until` even if nothing follows."""

    type: Literal["agent_typing"] = "agent_typing"
    name: str
    until: datetime


class QueueSignal(_View):
    """Where the conversation stands in the queue."""

    type: Literal["queue"] = "queue"
    ahead: int = Field(description="How many go before it.")
    minutes: int | None = Field(description="How long it will take still; null where nothing tells.")


SignalView = TypingSignal | DeltaSignal | DroppedSignal | AgentTypingSignal | QueueSignal
SIGNALS: tuple[type[SignalView], ...] = (TypingSignal, DeltaSignal, DroppedSignal, AgentTypingSignal, QueueSignal)
_SIGNALS: dict[str, type[SignalView]] = {model.model_fields["type"].default: model for model in SIGNALS}


class History(_View):
    events: list[StoredEvent]
    last_seq: int = Field(description="The last seq of the log now; more than the last event's means: ask again.")


def stored_event(event: Event, *, media: str) -> StoredEvent:
    """An event as shoppers see it. `media` is the URL that paths of pictures are relative to.

    Notes and reasons that are written for people at the desk stay out.
    """
    payload, seq, at = event.payload, event.seq, event.at
    match payload:
        case MessageReceived():
            return MessageEvent(seq=seq, at=at, message=MessageView.model_validate(payload.message))
        case Replied():
            reply = ReplyView.model_validate(payload.reply, context={"media": media})
            return ReplyEvent(seq=seq, at=at, turn_id=payload.turn_id, answers=payload.answers, reply=reply)
        case HandoffRequested():
            return HandoffEvent(seq=seq, at=at, reason=payload.reason)
        case OwnerChanged():
            return _owner_event(event, payload)
        case AgentSaid():
            return AgentEvent(seq=seq, at=at, id=payload.id, name=payload.name, text=payload.text)
        case TicketOpened():
            return TicketEvent(seq=seq, at=at, ticket_id=payload.ticket_id)
        case ContactLeft():
            return ContactEvent(seq=seq, at=at, ticket_id=payload.ticket_id, text=payload.text)
        case TicketClosed():
            return TicketClosedEvent(seq=seq, at=at, ticket_id=payload.ticket_id)
        case Rated():
            return RatingEvent(seq=seq, at=at, score=payload.score, comment=payload.comment)
        case Noted():
            return NoteEvent(seq=seq, at=at)


def _owner_event(event: Event, change: OwnerChanged) -> OwnerEvent:
    return OwnerEvent(
        seq=event.seq,
        at=event.at,
        owner=change.owner,
        epoch=change.epoch,
        reason=change.reason,
        name=change.name,
        text=change.text,
    )


def signal_view(signal: Signal) -> SignalView | None:
    """A sign of life as shoppers see it; None for what is for the desk."""
    model = _SIGNALS.get(signal.type)
    return model.model_validate(signal) if model is not None else None
