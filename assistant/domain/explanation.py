"""A message answered for somebody who asks why: before nobody, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain.ids import ProductId, StoreId
from assistant.domain.reply import Reply
from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a conversation, the shopper's or the store's."""

    text: str
    by_shopper: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: a message, after the lines `before` it, on a product's page or on none.

    Where no line of the store's follows a shopper's among `before`, the assistant answers it itself. language: BCP 47,
    of the conversation; None for the store's own.
    """

    store_id: StoreId
    text: str
    product_id: ProductId | None = None
    language: str | None = None
    before: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """The reply, and the trace of its turn as it is kept with replies: `milliseconds` a step, `notes` of what the steps
    found. labels: what the intents in it are called before people."""

    reply: Reply
    trace: Mapping[str, object]
    labels: Mapping[str, LocalText]
