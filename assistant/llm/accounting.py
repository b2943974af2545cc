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
from assistant.domain.models import Ceiling, ModelCall, ModelUsage, Prompt, Spent
from assistant.domain.ports import Clock
from assistant.domain.store import Store
from assistant.llm.metering import Prices
from assistant.llm.tokens import TokenCounter
from assistant.llm.troubles import Trouble

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Held:
    """What calls under way may take, and what those have taken that are not written yet.

    turn: whoever reads what is written and whoever lets go of what is held do so in turn, so that no call is missed
    in between.
    """

    spent: Spent = field(default_factory=Spent)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Accounts:
    """Of all stores. Close it to have everything written."""

    def __init__(self, usage: ModelUsage, clock: Clock) -> None:
        self._usage = usage
        self._clock = clock
        self._held: dict[StoreId, tuple[date, _Held]] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def of(self, store: Store, ceiling: Ceiling) -> Account:
        today = self._clock.now().astimezone(ZoneInfo(store.hours.timezone)).date()
        return Account(self, store.id, today, ceiling)

    async def close(self) -> None:
        await asyncio.gather(*self._writing)

    async def hold(self, account: Account, wanted: Spent) -> _Held:
        """Raises Trouble where the ceiling leaves no room for it. What is held counts until it is let go."""
        held = self._of(account)
        if wanted != Spent():
            async with held.turn:
                spent = await self._usage.spent(account.store_id, account.day)
                if account.ceiling.is_passed(spent + held.spent + wanted):
                    raise Trouble("the store has used up what it may take today.", "ceiling")
                held.spent += wanted
        return held

    def let_go(self, account: Account, held: _Held, wanted: Spent, call: ModelCall | None) -> None:
        """What was taken is written by and by; until then it stays held."""
        task = asyncio.create_task(self._write(account, held, wanted, call), name="model usage")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, account: Account, held: _Held, wanted: Spent, call: ModelCall | None) -> None:
        try:
            if call is not None:
                await self._usage.add(account.store_id, account.day, call)
        except Exception:
            _log.exception("model_usage_not_written", store_id=account.store_id)
        finally:
            async with held.turn:
                held.spent -= wanted

    def _of(self, account: Account) -> _Held:
        """Of the account's store and day; what was held on days before is forgotten."""
        day, held = self._held.get(account.store_id, (date.min, _Held()))
        if day < account.day:
            held = _Held()
            self._held[account.store_id] = (account.day, held)
        return held


@dataclass(frozen=True, slots=True)
class Account:
    """A store's, of one day."""

    accounts: Accounts
    store_id: StoreId
    day: date
    ceiling: Ceiling

    @asynccontextmanager
    async def room(
        self, prompt: Prompt, counter: TokenCounter, prices: Prices | None
    ) -> AsyncIterator[list[ModelCall]]:
        """For a call; who makes it puts it into the list. Raises Trouble where there is none."""
        wanted = Spent()
        if self.ceiling != Ceiling():
            tokens_in, tokens_out = counter.of_prompt(prompt), prompt.most_tokens
            cost = prices.cost(tokens_in, tokens_out) if prices else Decimal(0)
            wanted = Spent(tokens_in + tokens_out, cost)
        held = await self.accounts.hold(self, wanted)
        made: list[ModelCall] = []
        try:
            yield made
        finally:
            self.accounts.let_go(self, held, wanted, made[0] if made else None)
