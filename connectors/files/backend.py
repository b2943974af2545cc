"""The StoreBackend over a folder and its journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from threading import Lock
from typing import Any, TypeVar

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
)
from assistant.domain.errors import Conflict, InvalidInput, NotFound
from assistant.domain.ports import Clock
from connectors.files.description import BALANCES, COUPONS, ORDERS, SHIPMENTS
from connectors.files.effects import Execution
from connectors.files.folder import System
from connectors.files.identification import fits
from connectors.files.journal import Journal, plain, request_of
from connectors.files.moments import Moments
from connectors.files.rows import BalanceRow, CouponRow, OrderRow, ShipmentRow, ShopperRow
from connectors.schemas import CheckedOperations

T = TypeVar("T")


class FilesBackend:
    """Reads and calls are made one after the other, in a thread: they are short, and SQLite blocks."""

    def __init__(self, system: System, journal: Journal, clock: Clock) -> None:
        self._system, self._journal, self._clock = system, journal, clock
        self._records = system.records
        self._operations = {name: declared.operation for name, declared in system.operations.items()}
        self._schemas = CheckedOperations(self._operations)
        self._seq = 0
        self._lock = Lock()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self._operations

    @property
    def identified_by(self) -> Sequence[frozenset[str]]:
        return self._system.description.identified_by

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        if not any(needed <= particulars.keys() for needed in self.identified_by):
            return None

        def work() -> ShopperRecord | None:
            rows = (ShopperRow.model_validate(values) for values in self._records.all_of("shoppers"))
            found = [row for row in rows if fits(row, self._order_ids(row.id), particulars)]
            return found[0].noun(self._moments()) if len(found) == 1 else None

        return await self._in_thread(work)

    def _order_ids(self, shopper: str) -> Iterator[str]:
        return (str(row["id"]) for row in self._records.of_owner(ORDERS, shopper))

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        return await self._in_thread(lambda: self._shopper(shopper).noun(self._moments()))

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        def work() -> list[Order]:
            self._shopper(shopper)
            moments, description = self._moments(), self._system.description
            rows = self._records.of_owner(ORDERS, shopper)
            orders = [OrderRow.model_validate(row).noun(moments, description) for row in rows]
            dated = [order for order in orders if order.placed_at]
            dated.sort(key=lambda order: order.placed_at or moments.now, reverse=True)
            return dated + [order for order in orders if not order.placed_at]

        return await self._in_thread(work)

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order:
        def work() -> Order:
            row = OrderRow.model_validate(self._order(shopper, order_id))
            return row.noun(self._moments(), self._system.description)

        return await self._in_thread(work)

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        def work() -> list[Shipment]:
            self._order(shopper, order_id)
            rows = self._records.of_owner(SHIPMENTS, order_id)
            return [ShipmentRow.model_validate(row).noun(self._moments()) for row in rows]

        return await self._in_thread(work)

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        def work() -> list[Balance]:
            self._shopper(shopper)
            rows = self._records.of_owner(BALANCES, shopper)
            return [BalanceRow.model_validate(row).noun(self._system.description.currency) for row in rows]

        return await self._in_thread(work)

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        def work() -> list[Coupon]:
            self._shopper(shopper)
            moments = self._moments()
            rows = (CouponRow.model_validate(row) for row in self._records.of_owner(COUPONS, shopper))
            coupons = [row.noun(moments) for row in rows if not row.used]
            today = moments.now.astimezone(moments.zone).date()
            return [coupon for coupon in coupons if coupon.ends is None or coupon.ends >= today]

        return await self._in_thread(work)

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        declared = self._system.operations.get(operation)
        if declared is None:
            raise NotFound(f"The store's system has no operation {operation!r}.", operation=operation)
        exact = _exact(arguments)

        def work() -> JsonObject:
            if shopper is not None:
                self._shopper(shopper)
            elif declared.personal:
                errors = [{"loc": "shopper", "msg": "the operation concerns a shopper"}]
                raise InvalidInput(f"{operation} concerns a shopper; say which.", errors=errors)
            self._schemas.check(operation, arguments)
            execution = Execution(self._records, self._system.description, self._moments(), shopper, idempotency_key)
            result = plain(execution.run(declared.steps, exact))
            if declared.operation.risk is not Risk.READ:
                self._journal.add(
                    idempotency_key,
                    operation=operation,
                    arguments=exact,
                    shopper=shopper,
                    result=result,
                    made_at=self._clock.now().isoformat(),
                    changes=execution.changes,
                )
            return dict(result)

        if declared.operation.risk is Risk.READ:
            return await self._in_thread(work)
        return await asyncio.to_thread(self._once, idempotency_key, request_of(operation, exact, shopper), work)

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        made = await self._in_thread(lambda: self._journal.made(idempotency_key))
        return made.result if made else None

    def _once(self, key: str, request: str, work: Callable[[], JsonObject]) -> JsonObject:
        """What was done under the key before, else what is done now."""
        with self._lock:
            with self._journal.writing():
                made = self._journal.made(key)
                if made is None:
                    self._catch_up()
                    return work()
            if made.request != request:
                raise Conflict("The idempotency key was used for another call.", idempotency_key=key)
            return dict(made.result)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def run() -> T:
            with self._lock:
                self._catch_up()
                return work()

        return await asyncio.to_thread(run)

    def _catch_up(self) -> None:
        """Take in what was done since the last look, also by other processes."""
        for seq, change in self._journal.changes_after(self._seq):
            self._records.apply(change)
            self._seq = seq

    def _moments(self) -> Moments:
        return Moments(self._clock.now(), self._system.description.zone)

    def _shopper(self, shopper: str) -> ShopperRow:
        values = self._records.shopper(shopper)
        if values is None:
            raise NotFound(f"There is no shopper {shopper!r}.", shopper=shopper)
        return ShopperRow.model_validate(values)

    def _order(self, shopper: str, order_id: str) -> dict[str, Any]:
        self._shopper(shopper)
        place = self._records.find(ORDERS, order_id, shopper)
        if place is None:
            raise NotFound(f"There is no order {order_id!r}.", order_id=order_id)
        return self._records.at(place)


def _exact(value: Any) -> Any:
    """Arguments as they are worked with: numbers exact, lists and maps of the usual kind."""
    if isinstance(value, Mapping):
        return {str(name): _exact(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_exact(item) for item in value]
    return Decimal(str(value)) if isinstance(value, float) else value
