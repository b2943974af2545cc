"""Which models serve a store: the operator's, or its own where the operator lets it have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from assistant.domain.errors import Forbidden, StorebotError
from assistant.domain.ids import StoreId
from assistant.domain.models import Ceiling, Purpose
from assistant.domain.store import ModelSettings, Store
from assistant.llm.accounting import Accounts
from assistant.llm.endpoint import Endpoint
from assistant.llm.masking import Finder, Mask
from assistant.llm.metering import Prices
from assistant.llm.openai_compatible import StoreModel

if TYPE_CHECKING:
    from assistant.llm.endpoints import Endpoints
    from assistant.llm.wire import Wire

_log = structlog.get_logger(__name__)
_NOTHING = Decimal(0)
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator has set.

    patience: an endpoint whose waits and limits hold for all. offered: it, where stores have one that bring none of
    their own. ceiling: a day, of each store that uses it. origins: scheme://host[:port] of the endpoints that stores
    may name themselves. key: what an environment variable holds; raises StorebotError.
    """

    patience: Endpoint
    offered: bool
    ceiling: Ceiling
    origins: frozenset[str]
    key: Callable[[str], str]

    @property
    def may_be_used(self) -> bool:
        """Whether there can be any model at all."""
        return self.offered or bool(self.origins)

    def endpoint(self, model: ModelSettings) -> Endpoint | None:
        """None where there is none. Raises StorebotError where the store's own cannot be used."""
        if not model.enabled:
            return None
        if not model.base_url:
            return self.patience if self.offered else None
        if _origin(model.base_url) not in {_origin(allowed) for allowed in self.origins}:
            raise Forbidden(
                f"The store's model stands at {model.base_url}, where this server may not ask. The operator allows it "
                f"by STOREBOT_LLM_STORE_ORIGINS={_origin(model.base_url)}",
                detail_zh=f"商家的模型在 {model.base_url}，本服务器不允许访问。请运营者设置 "
                f"STOREBOT_LLM_STORE_ORIGINS={_origin(model.base_url)}",
            )
        priced = model.price_in is not None and model.price_out is not None
        return replace(
            self.patience,
            base_url=model.base_url,
            model=model.answers,
            understanding_model=model.understanding,
            api_key=self.key(model.key_variable) if model.key_variable else "",
            prices=Prices(model.price_in or _NOTHING, model.price_out or _NOTHING) if priced else None,
        )

    def limit(self, model: ModelSettings) -> Ceiling:
        """An endpoint of the store's own is its own affair; the operator's has the lower of both limits."""
        own = Ceiling(model.tokens_a_day, model.cost_a_day)
        return own if model.base_url else own.or_lower(self.ceiling)


class OpenAiModels:
    """The LanguageModels of an installation. find: what is personal in a text. Close it when done."""

    def __init__(self, terms: Terms, accounts: Accounts, find: Finder) -> None:
        self.terms = terms
        self._accounts = accounts
        self._find = find
        self._made: Endpoints | None = None
        self._told: set[tuple[StoreId, str]] = set()

    def of(self, store: Store) -> StoreModel | None:
        """Where the store's own endpoint cannot be used, that is logged, and the store has no model."""
        try:
            endpoint = self.terms.endpoint(store.model)
        except StorebotError as error:
            if (store.id, error.detail) not in self._told:
                self._told.add((store.id, error.detail))
                _log.warning("store_model_not_used", store_id=store.id, detail=error.detail)
            return None
        return self.at(endpoint, store) if endpoint else None

    def at(self, endpoint: Endpoint, store: Store) -> StoreModel:
        """The store's model, at an endpoint whichever."""

        def wire_for(purpose: Purpose) -> Wire:
            return self._endpoints().wire(endpoint, purpose)

        account = self._accounts.of(store, self.terms.limit(store.model))
        return StoreModel(wire_for, account, Mask(self._find))

    def warm_up(self) -> None:
        """What the first call would wait for, which takes seconds; may be done in a thread."""
        self._endpoints().warm_up()

    async def close(self) -> None:
        await self._accounts.close()
        if self._made is not None:
            await self._made.close()

    def _endpoints(self) -> Endpoints:
        """With the libraries that make the calls, which take seconds to load and much memory: not where no store has
        a model."""
        if self._made is None:
            from assistant.llm.endpoints import Endpoints

            self._made = Endpoints()
        return self._made


def _origin(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{parts.port or _PORTS.get(parts.scheme, 0)}"
