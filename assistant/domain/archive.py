"""Looking back: the conversations of a store, for the people who work there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from assistant.domain.conversation import Conversation
from assistant.domain.ids import ConversationId, StoreId


class Outcome(StrEnum):
    """How a conversation has gone so far; of several that apply, the first."""

    HUMAN = "human"  # a human was asked for, or stepped in
    ABSTAINED = "abstained"  # the bot knew no answer at least once
    ANSWERED = "answered"  # the bot has replied to what was said
    WAITING = "waiting"  # nothing that was said has a reply yet


@dataclass(frozen=True, slots=True)
class Sought:
    """Which conversations are looked for; all that is given must hold, whatever is empty holds for every one.

    text: stands in what anybody said, or is the conversation's id. shopper: stands in the shopper's name or id. Neither
    minds case. since, until: when it began, `until` itself not included.
    """

    text: str = ""
    shopper: str = ""
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One conversation as a list shows it. opening: the shopper's first words. messages: how many they sent. last_at:
    of the last event."""

    conversation: Conversation
    outcome: Outcome
    opening: str
    messages: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of a list. earlier: from where the next page goes on, None where nothing is left to look at."""

    kept: Sequence[Kept]
    earlier: ConversationId | None


class Archive(Protocol):
    """Conversations with shoppers: never those of tests, and none in which the shopper has said nothing."""

    async def find(
        self, store_id: StoreId, sought: Sought, *, before: ConversationId | None = None, limit: int = 50
    ) -> Shelf:
        """The newest first. A page may hold fewer than `limit` although others follow: one call looks at so many
        conversations only, and says where it stopped."""
        ...
