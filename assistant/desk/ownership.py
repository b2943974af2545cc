"""Who may speak: the changes of owner that there are, each of which raises the epoch by one.

    bot -> queue -> agent -> bot | closed

A change is worked out from how a conversation stands, and stored only if it still stands so (by its epoch); whoever
comes second learns that somebody else has been there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.domain.conversation import Owner
from assistant.domain.errors import Conflict
from assistant.domain.events import ChangeReason, OwnerChanged
from assistant.domain.ids import AgentId
from assistant.domain.skills import GroupName

_BOT, _QUEUE, _AGENT, _CLOSED = Owner.BOT, Owner.QUEUE, Owner.AGENT, Owner.CLOSED
_CHANGES: Mapping[tuple[Owner, Owner], frozenset[ChangeReason]] = {
    (_BOT, _QUEUE): frozenset({ChangeReason.ASKED}),
    (_BOT, _AGENT): frozenset({ChangeReason.STEPPED_IN, ChangeReason.TICKET}),
    (_BOT, _CLOSED): frozenset({ChangeReason.CLOSED}),
    (_QUEUE, _BOT): frozenset({ChangeReason.LEFT, ChangeReason.NOBODY}),
    (_QUEUE, _AGENT): frozenset({ChangeReason.TAKEN}),
    (_QUEUE, _CLOSED): frozenset({ChangeReason.CLOSED}),
    (_AGENT, _BOT): frozenset({ChangeReason.HANDED_BACK, ChangeReason.TICKET}),
    (_AGENT, _QUEUE): frozenset({ChangeReason.PASSED_ON, ChangeReason.AGENT_GONE}),
    (_AGENT, _AGENT): frozenset({ChangeReason.PASSED_ON, ChangeReason.TAKEN_OVER}),
    (_AGENT, _CLOSED): frozenset({ChangeReason.CLOSED}),
    (_CLOSED, _AGENT): frozenset({ChangeReason.REOPENED, ChangeReason.TICKET}),
}
_IN = {
    _BOT: ChangeReason.STEPPED_IN,
    _QUEUE: ChangeReason.TAKEN,
    _AGENT: ChangeReason.TAKEN_OVER,
    _CLOSED: ChangeReason.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """An agent who takes part. name: as shoppers see it."""

    id: AgentId
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands. agent: who speaks, where a human does."""

    owner: Owner
    epoch: int
    agent: AgentId | None = None

    def after(self, change: OwnerChanged) -> Standing:
        """How it stands after a change. Raises Conflict for one that there is not from here."""
        reasons = _CHANGES.get((self.owner, change.owner), frozenset())
        if change.reason not in reasons:
            raise Conflict(
                f"A conversation that belongs to {self.owner} cannot go to {change.owner} ({change.reason}).",
                owner=self.owner.value,
            )
        if change.epoch != self.epoch + 1:
            raise Conflict(f"Epoch {change.epoch} does not follow {self.epoch}.", owner=self.owner.value)
        if (change.agent is not None) is not (change.owner is Owner.AGENT):
            raise Conflict("An agent speaks where the owner is an agent, and nowhere else.", owner=self.owner.value)
        if change.owner is Owner.AGENT and change.agent == self.agent:
            raise Conflict(f"{change.agent} has the conversation already.", owner=self.owner.value)
        return Standing(change.owner, change.epoch, change.agent)

    def queued(self, group: GroupName, text: str = "") -> OwnerChanged:
        """A human is needed."""
        return self._to(Owner.QUEUE, ChangeReason.ASKED, group=group, text=text)

    def left(self, text: str) -> OwnerChanged:
        """The shopper waits no longer."""
        return self._to(Owner.BOT, ChangeReason.LEFT, text=text)

    def given_up(self, text: str) -> OwnerChanged:
        """Nobody has come."""
        return self._to(Owner.BOT, ChangeReason.NOBODY, text=text)

    def taken_by(self, agent: Speaker, text: str) -> OwnerChanged:
        """An agent speaks from now on, whoever did before."""
        return self._to(Owner.AGENT, _IN[self.owner], agent=agent, text=text)

    def passed_to(self, agent: Speaker, text: str, note: str = "") -> OwnerChanged:
        """From one agent to another."""
        return self._to(Owner.AGENT, ChangeReason.PASSED_ON, agent=agent, text=text, note=note)

    def passed_to_group(self, group: GroupName, text: str, note: str = "") -> OwnerChanged:
        """From an agent to a queue."""
        return self._to(Owner.QUEUE, ChangeReason.PASSED_ON, group=group, text=text, note=note)

    def left_alone(self, group: GroupName, text: str) -> OwnerChanged:
        """From an agent who is no longer there to a queue."""
        return self._to(Owner.QUEUE, ChangeReason.AGENT_GONE, group=group, text=text)

    def handed_back(self, text: str) -> OwnerChanged:
        """From an agent to the bot."""
        return self._to(Owner.BOT, ChangeReason.HANDED_BACK, text=text)

    def closed(self, text: str, note: str) -> OwnerChanged:
        return self._to(Owner.CLOSED, ChangeReason.CLOSED, text=text, note=note)

    def to_answer_ticket(self, agent: Speaker) -> OwnerChanged:
        """An agent speaks for as long as they answer a ticket."""
        return self._to(Owner.AGENT, ChangeReason.TICKET, agent=agent)

    def ticket_answered(self) -> OwnerChanged:
        """The bot goes on after a ticket is answered."""
        return self._to(Owner.BOT, ChangeReason.TICKET)

    def _to(
        self,
        owner: Owner,
        reason: ChangeReason,
        *,
        agent: Speaker | None = None,
        group: str = "",
        text: str = "",
        note: str = "",
    ) -> OwnerChanged:
        change = OwnerChanged(owner, self.epoch + 1, reason.value, group=group, text=text, note=note)
        if agent is not None:
            change = replace(change, agent=agent.id, name=agent.name)
        self.after(change)
        return change
