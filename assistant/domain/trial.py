"""Procedures tried out: a conversation that nobody has, over real records, in which nothing is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain.backend import ShopperRef
from assistant.domain.effects import Plan
from assistant.domain.ids import StoreId
from assistant.domain.reply import Reply


@dataclass(frozen=True, slots=True)
class TryOut:
    """What is to be tried: messages, one after the other.

    shopper: whom the merchant's site would vouch for; None: nobody is signed in. language: BCP 47, of the conversation;
    None for the store's own.
    """

    store_id: StoreId
    messages: tuple[str, ...]
    shopper: ShopperRef | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """How far a procedure came. slots: as it keeps them; told: those that this line told or changed. rules: "holds",
    "broken", "open" (something it needs is not known yet) or what is wrong with it, by name."""

    procedure: str
    way: str
    slots: Mapping[str, object]
    told: frozenset[str]
    rules: Mapping[str, str]
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One line, and what came of it. plans: what would have been done."""

    text: str
    reply: Reply
    passed: tuple[Passed, ...]
    plans: tuple[Plan, ...]
