"""What a store's language models have taken, day by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import require
from assistant.api.deps import ServicesDep
from assistant.api.errors import documented
from assistant.domain.access import Caller, KeyScope
from assistant.domain.models import UsageLine

router = APIRouter(prefix="/v1/stores/{store_id}", tags=["figures"])

ViewKey = Annotated[Caller, Depends(require(KeyScope.VIEW))]


class UsageQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")

    days: int = Field(default=30, ge=1, le=366, description="How many days.")
    last: date | None = Field(default=None, description="The last day; without it, today in the store's time zone.")


class UsageView(BaseModel):
    """Calls of one day, for one purpose, of one model, with one outcome."""

    day: date = Field(description="In the store's time zone.")
    purpose: str = Field(description="understand, answer, summarise, suggest or draft.")
    model: str
    outcome: str = Field(
        description="done; stopped (nobody waited for it any more); else why nothing usable came: timeout, "
        "unreachable, rate_limited, refused, garbage, cut, open_circuit or busy."
    )
    calls: int
    estimated: int = Field(description="How many of them tell estimates: their endpoint told no tokens.")
    tokens_in: int
    tokens_out: int
    cost: Decimal | None = Field(description="In the currency of the prices that are set; null where none are.")


class UsageList(BaseModel):
    usage: list[UsageView] = Field(description="By day, the oldest first.")


@router.get(
    "/model-usage",
    operation_id="readModelUsage",
    summary="Read what the store's language models have taken",
    responses=documented(401, 403, 404, 422),
)
async def read_model_usage(key: ViewKey, services: ServicesDep, query: Annotated[UsageQuery, Query()]) -> UsageList:
    """Tokens and costs a day, purpose, model and outcome; at most a year."""
    store = await services.stores.get(key.store_id)
    last = query.last or services.clock.now().astimezone(ZoneInfo(store.hours.timezone)).date()
    first = date.fromordinal(max(1, last.toordinal() - query.days + 1))
    return UsageList(usage=[_view(line) for line in await services.model_usage.lines(store.id, first, last)])


def _view(line: UsageLine) -> UsageView:
    return UsageView(
        day=line.day,
        purpose=line.purpose,
        model=line.model,
        outcome=line.outcome,
        calls=line.calls,
        estimated=line.estimated,
        tokens_in=line.tokens_in,
        tokens_out=line.tokens_out,
        cost=line.cost,
    )
