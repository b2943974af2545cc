"""Events: the append-only log of a conversation, and the passing signs of life around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.domain.conversation import Message, Owner
from assistant.domain.ids import ConversationId, TurnId
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
    reason: HandoffReason
    note: str = ""
    type: Literal["handoff"] = "handoff"


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    owner: Owner
    epoch: int
    reason: str = ""
    type: Literal["owner"] = "owner"


@dataclass(frozen=True, slots=True)
class Rated:
    """The shopper's rating, 1 (bad) to 5 (good)."""

    score: int
    comment: str = ""
    type: Literal["rating"] = "rating"


@dataclass(frozen=True, slots=True)
class Noted:
    """Something for people at the desk; shoppers are not told what."""

    text: str
    type: Literal["note"] = "note"


Payload = MessageReceived | Replied | HandoffRequested | OwnerChanged | Rated | Noted


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


Signal = Typing | ReplyDelta | TurnDropped
