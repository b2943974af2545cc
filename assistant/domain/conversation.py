"""A conversation: who may speak in it, what is being talked about, and the messages in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assistant.domain.backend import ShopperRef
from assistant.domain.ids import ConversationId, MessageId, ProductId, ShopperId, StoreId, TicketId
from assistant.domain.procedures import Service


class Owner(StrEnum):
    """Who may speak. Each change raises the conversation's epoch."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    CLOSED = "closed"


SIGNED_IN = "user:"
"""Before the `sub` of an identity token, in the id of a shopper."""


@dataclass(frozen=True, slots=True)
class Shopper:
    """The customer: anonymous, or identified by a token that the merchant's site signed."""

    id: ShopperId
    identified: bool = False
    name: str = ""

    @property
    def ref(self) -> ShopperRef | None:
        """As the merchant's system knows them; None where nobody has vouched for them."""
        return ShopperRef(self.id.removeprefix(SIGNED_IN)) if self.identified else None


@dataclass(frozen=True, slots=True)
class Page:
    """The page the widget stands on."""

    url: str = ""
    title: str = ""
    product_id: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things that the shopper may mean. text: what chooses it. question: what is then asked, of the
    product or, where there is none, of the shop."""

    text: str
    question: str
    product_id: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Focus:
    """What the conversation is about, carried from turn to turn.

    shown: products listed last, in order ("第二个"). language: of the last message, with its script. abstained: useless
    answers in a row. choices: what was offered when the shopper was asked which is meant, until something else is
    asked. service: its procedures. ticket: the one that the shopper was asked to leave a contact for, if that was the
    last thing asked. intent: of the last matter that was about something.
    """

    product_ids: tuple[ProductId, ...] = ()
    shown: tuple[ProductId, ...] = ()
    last_question: str = ""
    page_product_id: ProductId | None = None
    language: str = ""
    abstained: int = 0
    choices: tuple[Choice, ...] = ()
    service: Service = field(default_factory=Service)
    ticket: TicketId | None = None
    intent: str = ""

    def handed_back(self) -> Focus:
        """After a human had the conversation: what it is about stays; what the bot waited for, and how often it was of
        no use, is over."""
        return replace(
            self, choices=(), abstained=0, service=replace(self.service, runs=(), waiting=(), aside=None), ticket=None
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """`answered_seq` is the sequence number of the last shopper message that a reply has covered."""

    id: ConversationId
    store_id: StoreId
    shopper: Shopper
    language: str
    owner: Owner
    epoch: int
    last_seq: int
    answered_seq: int
    focus: Focus
    created_at: datetime
    test: bool = False  # evaluation traffic: never in production figures


@dataclass(frozen=True, slots=True)
class Message:
    """What a shopper sent; `client_message_id` makes sending it twice harmless."""

    id: MessageId
    client_message_id: str
    text: str
    page: Page = Page()
