"""A store's own system in rehearsal, watched: what is done to it is remembered, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from assistant.domain.backend import (
    Balance,
    Coupon,
    JsonObject,
    Operation,
    Order,
    OrderId,
    Risk,
    Shipment,
    ShopperRecord,
    ShopperRef,
    StoreBackend,
)
from assistant.domain.errors import InvalidInput, NotFound, OperationRefused
from evals.systems.recording import RecordingBackend, Tool, Write


@dataclass
class WatchedBackend(RecordingBackend):
    """`backend` belongs to this conversation alone."""

    backend: StoreBackend

    signs_in: ClassVar[bool] = True

    def tools(self) -> Iterable[Tool[Any]]:
        return ()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self.backend.operations

    @property
    def identified_by(self) -> Sequence[frozenset[str]]:  # type: ignore[override]  # here it is the backend's
        return self.backend.identified_by

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        return await self.backend.identify(particulars)

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        return await self.backend.shopper(shopper)

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        return await self.backend.orders(shopper)

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order:
        return await self.backend.order(shopper, order_id)

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        return await self.backend.shipments(shopper, order_id)

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        return await self.backend.balances(shopper)

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        return await self.backend.coupons(shopper)

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        declared = self.operations.get(operation)
        writes = declared is not None and declared.risk is not Risk.READ
        new = writes and await self.backend.outcome(idempotency_key) is None
        try:
            result = await self.backend.call(operation, arguments, shopper=shopper, idempotency_key=idempotency_key)
        except (OperationRefused, NotFound, InvalidInput) as error:
            if writes:
                self.refused.append(f"{operation}: {error.detail}")
            raise
        if new:
            self.writes.append(Write(operation, dict(arguments)))
        return result

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        return await self.backend.outcome(idempotency_key)
