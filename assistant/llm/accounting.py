"""What stores' calls may take a day, and what they took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog

from assistant.domain.ids import StoreId
from assistant.domain.models import Ceiling, ModelCall, ModelUsage, Spent
from assistant.domain.ports import Clock
from assistant.domain.store import Store
from assistant.llm.metering import Prices
from assistant.llm.troubles import Trouble

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Held:
    """What calls under way may take, and what those have taken that are not written yet."""

    spent: Spent = field(default_factory=Spent)


class Accounts:
    """Of all stores. Close it to have everything written."""

    def __init__(self, usage: ModelUsage, clock: Clock) -> None:
        self._usage = usage
        self._clock = clock
        self._held: dict[tuple[StoreId, date], _Held] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def of(self, store: Store, ceiling: Ceiling) -> Account:
        today = self._clock.now().astimezone(ZoneInfo(store.hours.timezone)).date()
        return Account(self, store.id, today, ceiling)

    async def close(self) -> None:
        await asyncio.gather(*self._writing)

    async def hold(self, account: Account, wanted: Spent) -> None:
        """Raises Trouble where the ceiling leaves no room for it. What is held counts until it is let go."""
        held = self._held.setdefault((account.store_id, account.day), _Held())
        if account.ceiling != Ceiling():
            spent = await self._usage.spent(account.store_id, account.day)
            if account.ceiling.is_passed(spent + held.spent + wanted):
                raise Trouble("the store has used up what it may take today.", "ceiling")
        held.spent += wanted

    def let_go(self, account: Account, wanted: Spent, call: ModelCall | None) -> None:
        """What was taken is written by and by; until then it stays held."""
        task = asyncio.create_task(self._write(account, wanted, call), name="model usage")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, account: Account, wanted: Spent, call: ModelCall | None) -> None:
        try:
            if call is not None:
                await self._usage.add(account.store_id, account.day, call)
        except Exception:
            _log.exception("model_usage_not_written", store_id=account.store_id)
        finally:
            key = account.store_id, account.day
            self._held[key].spent -= wanted
            if self._held[key].spent == Spent():
                del self._held[key]


@dataclass(frozen=True, slots=True)
class Account:
    """A store's, of one day."""

    accounts: Accounts
    store_id: StoreId
    day: date
    ceiling: Ceiling

    @asynccontextmanager
    async def room(self, tokens_in: int, tokens_out: int, prices: Prices | None) -> AsyncIterator[list[ModelCall]]:
        """For a call that may take so much; who makes it puts it into the list. Raises Trouble where there is none."""
        cost = prices.cost(tokens_in, tokens_out) if prices else Decimal(0)
        wanted = Spent(tokens_in + tokens_out, cost)
        await self.accounts.hold(self, wanted)
        made: list[ModelCall] = []
        try:
            yield made
        finally:
            self.accounts.let_go(self, wanted, made[0] if made else None)
