"""Where a conversation goes that needs a human: to which group, to which of its agents, and what is due of what waits.

Worked out anew each time from what is on record, so that a restart forgets nothing and no timer has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.domain.desk import Agent, Handoff, PresenceState, Wanted
from assistant.domain.folding import fold
from assistant.domain.hours import Hours
from assistant.domain.ids import AgentId
from assistant.domain.skills import Choosing, DeskSettings, SkillGroup
from assistant.domain.text import same_language

PRESENT_S = 90.0
"""Without a sign of life for so long, an agent counts as gone: a page that is loaded anew takes less."""
NOBODY_S = 60.0
"""For so long it is waited for somebody to come to a desk that all have left."""
GONE_S = 300.0
"""After so long, what an agent who is gone was serving is given to others."""
_RESTART_S = 600.0  # who was seen so shortly before this process began to look may still be there
MISSES = 2
"""Offers that an agent may let pass in a row before they count as away."""
_NEVER = datetime.min.replace(tzinfo=UTC)


def group_for(settings: DeskSettings, wanted: Wanted) -> SkillGroup:
    """The first group that takes it; the last where none does."""
    return next((group for group in settings.groups if _takes(group, wanted)), settings.groups[-1])


def _takes(group: SkillGroup, wanted: Wanted) -> bool:
    categories = {fold(name) for name in wanted.categories}
    return (
        (not group.intents or any(_below(wanted.intent, intent) for intent in group.intents))
        and (not group.products or not set(group.products).isdisjoint(wanted.products))
        and (not group.categories or any(fold(name) in categories for name in group.categories))
        and (not group.languages or _speaks(group.languages, wanted.language))
        and (not group.tiers or wanted.tier in group.tiers)
    )


def _below(intent: str, above: str) -> bool:
    return intent == above or intent.startswith(f"{above}.")


def _speaks(languages: Sequence[str], language: str) -> bool:
    return any(same_language(known, language) for known in languages)


@dataclass(frozen=True, slots=True)
class Offer:
    """An agent is to be asked to take it."""

    handoff: Handoff
    agent: Agent
    until: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """The agent asked has said nothing. away: they are to count as away."""

    handoff: Handoff
    agent_id: AgentId
    away: bool


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Nobody comes: it is waited for no longer."""

    handoff: Handoff


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """The agent who serves it is gone. Where the shopper waits for a word, others are to serve."""

    handoff: Handoff


Due = Offer | Missed | GivenUp | LeftAlone


@dataclass(frozen=True, slots=True)
class Floor:
    """A store's desk at one moment. handoffs: all that are open, in the order of the queue.

    since: when this process began to look; signs of life from before it were not seen.
    """

    settings: DeskSettings
    hours: Hours
    handoffs: Sequence[Handoff]
    agents: Sequence[Agent]
    now: datetime
    since: datetime

    def serves(self, group: SkillGroup) -> bool:
        """Whether a group's hours are on. A store that states none serves whenever somebody is there."""
        hours = group.hours or self.hours
        return not hours.weekly or hours.open_at(self.now)

    def team(self, group: SkillGroup, language: str = "", *, waited_s: float = 0.0) -> list[Agent]:
        """Who is there for a group, be they busy; with those who help out, once it has been waited long enough."""
        names = {group.name}
        if group.overflow is not None and waited_s >= group.overflow_after_s:
            names.add(group.overflow)
        return [
            agent
            for agent in self.agents
            if self.present(agent)
            and (not agent.groups or not names.isdisjoint(agent.groups))
            and (not language or not agent.languages or _speaks(agent.languages, language))
        ]

    def anybody(self, group: SkillGroup, language: str) -> bool:
        """Whether somebody is there who would serve a group, now or when others help out, and takes something new."""
        could = self.team(group, language, waited_s=float("inf"))
        return any(agent.state is PresenceState.ONLINE for agent in could)

    def present(self, agent: Agent, within_s: float = PRESENT_S) -> bool:
        if agent.state is PresenceState.OFFLINE:
            return False
        seen = agent.seen_at
        if seen < self.since and (self.since - seen).total_seconds() < _RESTART_S:
            seen = self.since
        return (self.now - seen).total_seconds() < within_s

    def load(self) -> Mapping[AgentId, int]:
        """How many conversations each agent serves or is asked to take."""
        load: dict[AgentId, int] = {}
        for handoff in self.handoffs:
            busy = handoff.offered_to if handoff.waits else handoff.agent
            if busy is not None:
                load[busy] = load.get(busy, 0) + 1
        return load

    def ahead_of(self, handoff: Handoff) -> int:
        """How many of its group go before it."""
        waiting = [each for each in self.handoffs if each.waits and each.group == handoff.group]
        return next((place for place, each in enumerate(waiting) if each.id == handoff.id), len(waiting))

    def due(self) -> list[Due]:
        """What is to be done now, each conversation and each agent's free place once."""
        found: list[Due] = []
        load = dict(self.load())
        asked: dict[AgentId, datetime] = {}
        for handoff in self.handoffs:
            if not handoff.waits:
                found += self._left_alone(handoff)
            elif self._over(handoff):
                found.append(GivenUp(handoff))
            elif handoff.offered_to is not None:
                found += self._missed(handoff, handoff.offered_to)
            elif agent := self._choice(handoff, load, asked):
                load[agent.id] = load.get(agent.id, 0) + 1
                asked[agent.id] = self.now
                found.append(Offer(handoff, agent, self.now + timedelta(seconds=self.settings.offer_s)))
        return found

    def _left_alone(self, handoff: Handoff) -> Iterator[Due]:
        agent = next((agent for agent in self.agents if agent.id == handoff.agent), None)
        if agent is not None and not self.present(agent, GONE_S):
            yield LeftAlone(handoff)

    def _missed(self, handoff: Handoff, agent_id: AgentId) -> Iterator[Due]:
        agent = next((agent for agent in self.agents if agent.id == agent_id), None)
        passed = handoff.offered_until is None or handoff.offered_until <= self.now
        if agent is None or not self.present(agent) or agent.state is not PresenceState.ONLINE or passed:
            yield Missed(handoff, agent_id, away=agent is not None and agent.missed + 1 >= MISSES)

    def _over(self, handoff: Handoff) -> bool:
        """Whether it is waited in vain: too long, or for a team that has gone home."""
        waited = self._waited(handoff)
        if waited >= self.settings.longest_wait_s:
            return True
        away = (self.now - self.since).total_seconds()
        group = self.settings.group(handoff.group)
        gone = not self.anybody(group, handoff.language)
        return gone and (not self.serves(group) or min(waited, away) >= NOBODY_S)

    def _choice(self, handoff: Handoff, load: Mapping[AgentId, int], asked: Mapping[AgentId, datetime]) -> Agent | None:
        """The free agent whose turn it is, of those who have not let it pass."""
        group = self.settings.group(handoff.group)
        free = [
            agent
            for agent in self.team(group, handoff.language, waited_s=self._waited(handoff))
            if agent.state is PresenceState.ONLINE
            and load.get(agent.id, 0) < agent.capacity
            and agent.id not in handoff.passed_by
        ]
        if self.settings.choosing is Choosing.ROUND_ROBIN:
            return min(
                free, key=lambda agent: (asked.get(agent.id, agent.offered_at or _NEVER), agent.id), default=None
            )
        return min(free, key=lambda agent: (load.get(agent.id, 0) > 0, agent.idle_since, agent.id), default=None)

    def _waited(self, handoff: Handoff) -> float:
        return (self.now - (handoff.waits_since or self.now)).total_seconds()
