"""Effects: what is done in a store's system on a shopper's recorded yes, at most once, and on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from assistant.domain.backend import JsonObject, Risk, ShopperRef
from assistant.domain.ids import ConversationId, StoreId
from assistant.domain.procedures import Expression, RunId

EffectId = NewType("EffectId", str)
"""Of one call of one run, and its idempotency key: the same over retries and restarts."""


@dataclass(frozen=True, slots=True)
class Yes:
    """A shopper's consent. seq: of the message that gave it, said: its words. shown: what it was given to."""

    seq: int
    said: str
    shown: str


@dataclass(frozen=True, slots=True)
class Call:
    """One operation to carry out. arguments: bound when the yes was given. later: those that need results of earlier
    calls, as expressions over `results`. when: the same, for whether it is made at all."""

    name: str
    operation: str
    risk: Risk
    arguments: JsonObject
    later: Mapping[str, Expression] = field(default_factory=dict)
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run does, in order. rules: those that held, by name. evidence: the records it rests on, as text."""

    run_id: RunId
    store_id: StoreId
    conversation_id: ConversationId
    shopper: ShopperRef
    procedure: str
    version: str
    yes: Yes
    calls: tuple[Call, ...]
    rules: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


class EffectState(StrEnum):
    PLANNED = "planned"
    APPROVING = "approving"  # a human has to say yes
    SENT = "sent"  # the call went out; what came of it is not yet known
    DONE = "done"
    SKIPPED = "skipped"  # its condition did not hold, or an earlier call was refused
    REFUSED = "refused"  # by the system, or by the human who had to approve
    UNKNOWN = "unknown"  # nobody can tell whether it was done: a human has to look


@dataclass(frozen=True, slots=True)
class Effect:
    """A line of the audit log: who did what for whom, why, by which rule and on which yes.

    reason: why it was refused or is unknown, as a code. decided_by: who approved or denied it, where a human had to.
    """

    id: EffectId
    plan: Plan
    call: Call
    state: EffectState
    at: datetime
    result: JsonObject = field(default_factory=dict)
    reason: str = ""
    decided_by: str = ""


class OutcomeState(StrEnum):
    DONE = "done"
    REFUSED = "refused"  # nothing was done
    PARTLY = "partly"  # some calls were done, a later one was refused
    APPROVING = "approving"
    UNAVAILABLE = "unavailable"  # the system cannot be reached; it goes on by itself when it can
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has come to. results: by name of call. reason: of a refusal."""

    state: OutcomeState
    results: Mapping[str, JsonObject] = field(default_factory=dict)
    reason: str = ""


class Effects(Protocol):
    """Carries out plans. Each call is made at most once, whatever is retried, restarted or lost on the way."""

    async def carry_out(self, plan: Plan) -> Outcome:
        """Do it, or go on with it, or say what it has come to: a plan is known by its run.

        Raises Conflict where the run has another plan already.
        """
        ...

    async def recover(self) -> int:
        """Go on with what an earlier process left in the middle; how many plans that were."""
        ...

    async def audit(
        self, store_id: StoreId, *, conversation_id: ConversationId | None = None, limit: int = 100, before: str = ""
    ) -> Sequence[Effect]:
        """The newest first; `before`: only those older than the effect of this id."""
        ...

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        """Those that wait for a human's yes, the oldest first."""
        ...

    async def decide(
        self, store_id: StoreId, effect_id: EffectId, *, approve: bool, by: str, reason: str = ""
    ) -> Outcome:
        """A human's yes or no to an effect that waits for it; the run goes on at once.

        Raises NotFound, and Conflict where it was decided already.
        """
        ...
