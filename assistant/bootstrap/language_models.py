"""The language models that settings and stores name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.domain.errors import NotReady
from assistant.domain.ids import StoreId
from assistant.domain.models import Ceiling
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from assistant.llm.accounting import Accounts
from assistant.llm.choosing import OpenAiModels, Terms
from assistant.llm.endpoint import Endpoint as ModelEndpoint
from assistant.llm.endpoint import Waits
from assistant.llm.masking import Datum, Finder
from assistant.llm.metering import Prices
from assistant.nlu.slots import SlotReader
from assistant.settings import Settings, model_key
from assistant.storage import (
    SqlStores,
    open_database,
)

if TYPE_CHECKING:
    from assistant.llm.checking import Finding
from assistant.bootstrap.clock import SystemClock


async def examine_models(settings: Settings, store_id: StoreId | None) -> tuple[str, list[Finding]]:
    """Where the models stand that serve a store (None: one that says nothing of its own), and what they can do.

    Raises NotFound for no such store, NotReady where no models are set, and as Terms.endpoint does.
    """
    from assistant.llm.checking import NothingKept, examine

    store = Store(StoreId("none"), LocalText.of({"en": "-"}), ("en",), Persona(LocalText.of({"en": "-"})))
    if store_id is not None:
        database = open_database(f"sqlite:///{settings.data_dir / 'storebot.db'}")
        try:
            await database.upgrade()
            store = await SqlStores(database).get(store_id)
        finally:
            await database.close()
    models = OpenAiModels(model_terms(settings), Accounts(NothingKept(), SystemClock()), lambda _: ())
    try:
        endpoint = models.terms.endpoint(store.model)
        if endpoint is None:
            raise NotReady(
                "No language model is set; set STOREBOT_LLM_BASE_URL and STOREBOT_LLM_MODEL. Everything else works.",
                detail_zh="没有设置大语言模型；请设置 STOREBOT_LLM_BASE_URL 和 STOREBOT_LLM_MODEL。其余功能照常可用。",
            )
        await asyncio.to_thread(models.warm_up)
        place = f"{endpoint.model}, {endpoint.base_url}"
        return place, [finding async for finding in examine(models.at(endpoint, store))]
    finally:
        await models.close()


@asynccontextmanager
async def open_models(settings: Settings, accounts: Accounts, slots: SlotReader) -> AsyncIterator[OpenAiModels]:
    models = OpenAiModels(model_terms(settings), accounts, personal_data(slots))
    try:
        if models.terms.may_be_used:
            await asyncio.to_thread(models.warm_up)
        yield models
    finally:
        await models.close()


def model_terms(settings: Settings) -> Terms:
    """What the settings say of language models."""
    priced = settings.llm_price_in is not None and settings.llm_price_out is not None
    patience = ModelEndpoint(
        base_url=settings.llm_base_url or "",
        model=settings.llm_model,
        understanding_model=settings.llm_understanding_model,
        api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else "",
        prices=Prices(settings.llm_price_in or Decimal(0), settings.llm_price_out or Decimal(0)) if priced else None,
        temperature=settings.llm_temperature,
        waits=Waits(first=settings.llm_first_token_s, between=settings.llm_stall_s, whole=settings.llm_timeout_s),
        at_once=settings.llm_calls_at_once,
        attempts=settings.llm_attempts,
    )
    origins = frozenset(origin.strip() for origin in settings.llm_store_origins.split(",") if origin.strip())
    ceiling = Ceiling(settings.llm_daily_tokens, settings.llm_daily_cost)
    return Terms(patience, bool(settings.llm_base_url), ceiling, origins, model_key)


def personal_data(slots: SlotReader) -> Finder:
    """What the reader of slots takes for personal. Most lines of a prompt are the same every time, and read once."""

    @lru_cache(maxsize=2000)
    def of_line(line: str) -> tuple[Datum, ...]:
        chinese = any("\u4e00" <= character <= "\u9fff" for character in line)
        return tuple(Datum(slot.name, slot.text) for slot in slots.personal(line, chinese=chinese))

    return lambda text: [datum for line in text.splitlines() for datum in of_line(line)]
