"""Who serves what: the teams of a store, and how its desk gives out conversations. Data of the store."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from assistant.domain.hours import Hours
from assistant.domain.text import LocalText

GroupName = NewType("GroupName", str)


class Choosing(StrEnum):
    """Which of several free agents is asked first."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True, slots=True)
class SkillGroup:
    """A team. What it leaves empty, it takes any of.

    intents: of the matter, or above it ("order" takes order.cancel). products: ids. categories: names, in any language
    of the catalogue. languages: BCP 47 tags of the conversation. tiers: the store's own words for its shoppers' ranks.
    hours: None: the store's. overflow: the group that helps out after `overflow_after_s` seconds of waiting.
    """

    name: GroupName
    title: LocalText
    intents: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    hours: Hours | None = None
    overflow: GroupName | None = None
    overflow_after_s: float = 120.0


EVERYBODY = SkillGroup(GroupName("everybody"), LocalText.of({"zh": "人工客服", "en": "Customer service"}))
"""The only group of a store that names none."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """How a store's people serve. groups: the first that fits is taken, the last where none does.

    offer_s: how long an agent has to take what is offered before another is asked. longest_wait_s: after which nobody
    is waited for any longer. capacity: conversations that an agent serves at once, unless theirs says otherwise.
    high_value: the sum of an order or of what is asked for, in the store's currency, from which a human serves.
    tier_field: under which name the store's system keeps a shopper's rank. answers_within: what the store promises of
    the time in which tickets are answered ("1 个工作日内"), None where it promises nothing.
    """

    groups: tuple[SkillGroup, ...] = (EVERYBODY,)
    choosing: Choosing = Choosing.LONGEST_IDLE
    offer_s: float = 45.0
    longest_wait_s: float = 1200.0
    capacity: int = 5
    high_value: Decimal | None = None
    tier_field: str = "tier"
    answers_within: LocalText | None = None

    def group(self, name: str) -> SkillGroup:
        """The group of a name; the last where it is no more."""
        return next((group for group in self.groups if group.name == name), self.groups[-1])
