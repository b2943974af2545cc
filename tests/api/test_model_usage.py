"""What a store's language models have taken, over HTTP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import httpx
import pytest

from assistant.domain.access import KeyScope
from assistant.domain.models import ModelCall, Purpose
from tests.api.world import SHOP, World

USAGE = f"/v1/stores/{SHOP.id}/model-usage"
TODAY = date(2026, 3, 2)


def call(outcome: str = "done", cost: str | None = "0.0125") -> ModelCall:
    price = None if cost is None else Decimal(cost)
    return ModelCall(Purpose.ANSWER, "m-1", "answer@1", outcome, 100, 20, True, 812.0, 300.0, price)


async def test_calls_are_told_by_day_and_outcome(world: World, client: httpx.AsyncClient) -> None:
    usage = world.services.model_usage
    for day, made in ((TODAY, call()), (TODAY, call()), (TODAY, call("timeout", None)), (date(2026, 2, 20), call())):
        await usage.add(SHOP.id, day, made)
    key = await world.auth(KeyScope.VIEW)
    told = (await client.get(USAGE, headers=key)).json()["usage"]
    assert [(line["day"], line["outcome"], line["calls"]) for line in told] == [
        ("2026-02-20", "done", 1),
        ("2026-03-02", "done", 2),
        ("2026-03-02", "timeout", 1),
    ]
    assert (told[1]["tokens_in"], told[1]["tokens_out"], Decimal(told[1]["cost"])) == (200, 40, Decimal("0.025"))
    assert told[2]["cost"] is None
    some = (await client.get(USAGE, params={"days": 2, "last": "2026-03-03"}, headers=key)).json()
    assert [line["day"] for line in some["usage"]] == ["2026-03-02", "2026-03-02"]


@pytest.mark.parametrize("days", [{"days": "0"}, {"days": "367"}, {"last": "soon"}])
async def test_days_that_make_no_sense_are_refused(
    world: World, client: httpx.AsyncClient, days: dict[str, str]
) -> None:
    answer = await client.get(USAGE, params=days, headers=await world.auth(KeyScope.VIEW))
    assert answer.status_code == 422


async def test_only_who_may_read_figures_is_told(world: World, client: httpx.AsyncClient) -> None:
    assert (await client.get(USAGE)).status_code == 401
    assert (await client.get(USAGE, headers=await world.auth(KeyScope.DESK))).status_code == 403
