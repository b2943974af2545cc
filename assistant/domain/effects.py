"""Effects: what is done in a store's system on a shopper's recorded yes, at most once, and on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol
from urllib.parse import quote

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
    """One operation to carry out. name: of the step; behind a colon the order, where a run concerns several.

    arguments: bound when the yes was given. later: those that need results of earlier calls, as expressions over
    `results`: by step, of the calls for the same order. when: the same, for whether it is made at all.
    """

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


def effect_id(run_id: RunId, call_name: str) -> EffectId:
    """Of characters that stand for themselves in headers and URLs, whatever orders are called."""
    return EffectId(f"{run_id}:{quote(call_name, safe=':').replace('~', '%7E').replace('%', '~')}")


class EffectState(StrEnum):
    PLANNED = "planned"
    APPROVING = "approving"  # a human has to say yes
    SENT = "sent"  # the call went out; what came of it is not yet known
    DONE = "done"
    SKIPPED = "skipped"  # its condition did not hold, or an earlier call was refused
    REFUSED = "refused"  # by the system, or by the human who had to approve
    UNKNOWN = "unknown"  # nobody can tell whether it was done: a human has to look

    @property
    def settled(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self not in (EffectState.PLANNED, EffectState.APPROVING, EffectState.SENT)


@dataclass(frozen=True, slots=True)
class Change:
    """A state that an effect has come to, and when. by: the human who decided so, where one did."""

    state: EffectState
    at: datetime
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """A line of the audit log: who did what for whom, why, by which rule and on which yes.

    call: with all its arguments, once they are bound. at: of the last change. reason: why it was refused, skipped or is
    unknown, as a code. decided_by: who approved or denied it, where a human had to, and remark: in which words.
    history: every state that it was in, the first first; only in the audit log.
    """

    id: EffectId
    plan: Plan
    call: Call
    state: EffectState
    at: datetime
    result: JsonObject = field(default_factory=dict)
    reason: str = ""
    decided_by: str = ""
    remark: str = ""
    history: tuple[Change, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Sought:
    """Which effects of the audit log are wanted: those that have all of what is given."""

    conversation_id: ConversationId | None = None
    shopper: ShopperRef | None = None
    procedure: str = ""
    operation: str = ""
    state: EffectState | None = None


class Effects(Protocol):
    """Carries out plans. Each call is made at most once, whatever is retried, restarted or lost on the way."""

    async def carry_out(self, plan: Plan) -> Outcome:
        """Do it, or go on with it, or say what it has come to: a plan is known by its run.

        Raises Conflict where the run has another plan already, and InvalidInput for a plan without a yes or with two
        calls of one name.
        """
        ...

    async def outcome_of(self, run_id: RunId) -> Outcome | None:
        """What a run has come to so far; None where none of it was begun.

        To be asked before a run is judged anew: what it has done already has changed the records it is judged by.
        """
        ...

    async def recover(self) -> int:
        """Go on with what an earlier process left in the middle; how many plans that were."""
        ...

    async def audit(
        self, store_id: StoreId, sought: Sought | None = None, *, limit: int = 100, before: EffectId | None = None
    ) -> Sequence[Effect]:
        """The newest first; `before`: only those older than the effect of this id. Raises NotFound where it is none."""
        ...

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        """Those that wait for a human's yes, the oldest first."""
        ...

    async def decide(
        self, store_id: StoreId, effect_id: EffectId, *, approve: bool, by: str, reason: str = ""
    ) -> Outcome:
        """A human's yes or no to an effect that waits for it; the run goes on at once.

        by: who, for people; reason: why, in their words. Raises NotFound, and Conflict where it was decided already.
        """
        ...
