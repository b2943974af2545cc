"""What models have taken adds up, whoever writes it down at the same time."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from assistant.domain.ids import StoreId
from assistant.domain.models import ModelCall, Purpose, Spent
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.storage import Database, SqlModelUsage, SqlStores, open_database

DAY = date(2026, 11, 23)
SHOP = StoreId("s")


def call(outcome: str = "done", cost: Decimal | None = None, *, exact: bool = True) -> ModelCall:
    return ModelCall(Purpose.ANSWER, "m", "answer@1", outcome, 100, 7, exact, 1.0, cost=cost)


@pytest.fixture
async def usage(database: Database) -> SqlModelUsage:
    await SqlStores(database).put(Store(SHOP, LocalText.of({"en": "S"}), ("en",), Persona(LocalText.of({"en": "B"}))))
    return SqlModelUsage(database)


async def test_no_call_is_lost_where_several_programs_write_at_once(usage: SqlModelUsage, url: str) -> None:
    others = [open_database(url) for _ in range(3)]
    books = [usage, *map(SqlModelUsage, others)]
    try:
        await asyncio.gather(*(books[index % 4].add(SHOP, DAY, call(cost=Decimal("0.1"))) for index in range(80)))
        assert await books[1].spent(SHOP, DAY) == Spent(80 * 107, Decimal(8))
    finally:
        for other in others:
            await other.close()


async def test_it_is_there_after_a_restart(usage: SqlModelUsage, url: str) -> None:
    await usage.add(SHOP, DAY, call())
    again = open_database(url)
    try:
        assert await SqlModelUsage(again).spent(SHOP, DAY) == Spent(107)
    finally:
        await again.close()


async def test_outcomes_estimates_and_costs_are_told_apart(usage: SqlModelUsage) -> None:
    for made in (call(), call(cost=Decimal("0.000000001")), call(exact=False), call("cut")):
        await usage.add(SHOP, DAY, made)
    cut, done = await usage.lines(SHOP, DAY, DAY)
    assert (cut.outcome, cut.calls, cut.cost) == ("cut", 1, None)
    assert (done.calls, done.estimated, done.tokens_in, done.tokens_out) == (3, 1, 300, 21)
    assert done.cost == Decimal("0.000000001")


async def test_another_day_and_another_store_are_not_counted(usage: SqlModelUsage) -> None:
    await usage.add(SHOP, DAY, call())
    assert await usage.spent(SHOP, date(2026, 11, 22)) == Spent()
    assert await usage.spent(StoreId("other"), DAY) == Spent()
