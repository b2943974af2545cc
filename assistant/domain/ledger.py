"""The ledger of effects: what was planned, what was sent, what came of it. Written before a call and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.domain.effects import Effect, EffectId, Plan, Sought
from assistant.domain.ids import StoreId
from assistant.domain.procedures import RunId


@dataclass(frozen=True, slots=True)
class Course:
    """How far a run is. ended: nothing more comes of it by itself. owed: the shopper was told that it takes a while, so
    that its end has to be told in a message of its own. tries: how often it was put off, because the system could not
    be reached."""

    ended: bool = False
    owed: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A run in the ledger: its plan, its effects in the order of the calls, and how far it is."""

    plan: Plan
    effects: tuple[Effect, ...]
    course: Course
    opened_at: datetime


class Ledger(Protocol):
    """Keeps accounts. Each method is one transaction; all states that an effect was in are kept.

    A run is held by one carrier at a time, the one that opened or took it last.
    """

    async def open(self, account: Account, carrier: str) -> Account | None:
        """Enter a new run; it is on disk when this returns, with all that was stored before it.

        Where the run was entered before, by whatever plan, nothing changes, and that account is returned.
        """
        ...

    async def take(self, run_id: RunId, carrier: str) -> Account:
        """The account, held by `carrier` from now on. Raises NotFound."""
        ...

    async def read(self, run_id: RunId) -> Account | None: ...

    async def write(self, run_id: RunId, carrier: str, changed: Sequence[Effect], course: Course) -> bool:
        """What has become of some of the run's effects, and how far it is now.

        False, and nothing is changed, where another carrier holds the run.
        """
        ...

    async def awaited(self, store_id: StoreId, effect_id: EffectId) -> Account:
        """The account with an effect that waits for a human's yes. Raises NotFound, and Conflict where it does not."""
        ...

    async def decide(self, effect_id: EffectId, carrier: str, changed: Sequence[Effect], course: Course) -> None:
        """What has become of an effect that waits, and of others with it; `carrier` holds the run from now on.

        It is on disk when this returns. Raises Conflict where the effect does not wait any more.
        """
        ...

    async def unfinished(self) -> Sequence[RunId]:
        """Runs that have not ended and wait for no human, and those whose end is still to be told; the oldest first."""
        ...

    async def audit(
        self, store_id: StoreId, sought: Sought, *, limit: int, before: EffectId | None
    ) -> Sequence[Effect]:
        """As Effects.audit."""
        ...

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        """As Effects.awaiting."""
        ...
