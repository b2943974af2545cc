"""Raw records of a foreign system, each proven to be the shopper's before anything is done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from assistant.domain.backend import Order, OrderId, ShopperRecord, ShopperRef
from assistant.domain.errors import NotFound, StoreSystemUnavailable
from connectors.mapping import verdicts
from connectors.mapping.checks import ORDER, SHOPPER
from connectors.mapping.expressions import DoesNotApply, Expression
from connectors.mapping.model import Identification, Read, SystemMap
from connectors.mapping.records import Malformed, Translation, each
from connectors.mapping.remote import Answered, Remote, RemoteCall

_AT_ONCE = 4  # records that are fetched one by one
_RECORDS_AT_MOST = 500
_FOUND_AT_MOST = 20


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Raises StoreSystemUnavailable for an answer that the mapping does not fit: nothing was done."""
    try:
        yield
    except (Malformed, DoesNotApply) as error:
        raise StoreSystemUnavailable(f"The answer of the store's system cannot be read ({what}): {error}.") from error


def values(expressions: Mapping[str, Expression], about: Mapping[str, object]) -> dict[str, object]:
    """What a call is told; a parameter for which there is nothing is left out. Raises StoreSystemUnavailable."""
    with readable("with"):
        told = {target: expression.of(about) for target, expression in expressions.items()}
    return {target: value for target, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Reading:
    """All methods raise as those of StoreBackend do."""

    mapping: SystemMap
    translation: Translation
    remote: Remote

    async def answer(self, call: RemoteCall) -> object:
        try:
            return await self.remote.read(call)
        except Answered as answered:
            raise verdicts.of_read(call.name, answered, self.mapping.errors) from answered

    async def shopper(self, shopper: ShopperRef) -> tuple[Any, ShopperRecord]:
        raw = await self._one(self.mapping.reads.shopper, {SHOPPER: shopper}, None)
        with readable("shopper"):
            record = self.translation.shopper(raw) if raw else None
        if record is None or record.id != shopper:
            raise NotFound(f"There is no shopper {shopper!r}.", shopper=shopper)
        return raw, record

    async def found(self, entry: Identification, about: Mapping[str, object]) -> list[tuple[Any, ShopperRecord]]:
        """Whom a search finds, as the system has them and as we do."""
        try:
            answer = await self.answer(RemoteCall(entry.call, values(entry.values, about)))
        except NotFound:
            return []
        with readable(entry.call):
            raws = each(entry.each, answer)[:_FOUND_AT_MOST]
            if not entry.fetch:
                return [(raw, self.translation.shopper(raw)) for raw in raws]
        records = []
        for raw in raws:
            with suppress(NotFound):
                records.append(await self.shopper(ShopperRef(str(raw))))
        return records

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> tuple[Any, Order]:
        """An order that is somebody else's is as if it did not exist."""
        read = self.mapping.reads.order
        record = (await self.shopper(shopper))[0] if read.from_ else None
        try:
            raw = await self._one(read, {SHOPPER: shopper, ORDER: order_id}, record)
        except NotFound as error:
            raise no_order(order_id) from error
        with readable("order"):
            order = self.translation.order(raw, shopper) if raw else None
        if order is None or order.id != order_id or order.shopper != shopper:
            raise no_order(order_id)
        return raw, order

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        read = self.mapping.reads.orders
        record, _ = await self.shopper(shopper)
        raws = await self._list(read, {SHOPPER: shopper}, record)
        if read.fetch:
            gate = asyncio.Semaphore(_AT_ONCE)

            async def fetched(order_id: object) -> Order | None:
                async with gate:
                    try:
                        return (await self.order(shopper, OrderId(str(order_id))))[1]
                    except NotFound:
                        return None

            found = await asyncio.gather(*map(fetched, dict.fromkeys(map(str, raws))))
            orders = [order for order in found if order]
        else:
            with readable("orders"):
                orders = [self.translation.order(raw, shopper) for raw in raws]
        return list({order.id: order for order in orders if order.shopper == shopper}.values())

    async def records(self, read: Read | None, about: Mapping[str, object], record: object) -> list[Any]:
        """Those of the shopper that `about` names; none where the system says by an error that there are none."""
        if read is None:
            return []
        try:
            raws = await self._list(read, about, record)
        except NotFound:
            return []
        with readable("owner"):
            return [raw for raw in raws if read.owner is None or str(read.owner.of(raw)) == about[SHOPPER]]

    async def _one(self, read: Read, about: Mapping[str, object], record: object) -> Any:
        found = await self._list(read, about, record)
        return found[0] if len(found) == 1 else None

    async def _list(self, read: Read, about: Mapping[str, object], record: object) -> list[Any]:
        if read.call is None:
            with readable(read.from_ or ""):
                return each(read.each, record)
        told = values(read.values, about)
        found: list[Any] = []
        for _ in range(read.pages.at_most if read.pages else 1):
            answer = await self.answer(RemoteCall(read.call, told, ShopperRef(str(about[SHOPPER]))))
            with readable(read.call):
                found += each(read.each, answer)
                following = read.pages.next.of(answer) if read.pages else None
            if not following or read.pages is None or len(found) >= _RECORDS_AT_MOST:
                break
            told = {**told, read.pages.parameter: following}
        return found[:_RECORDS_AT_MOST]


def no_order(order_id: str) -> NotFound:
    """The same for an order that does not exist and for one that is somebody else's."""
    return NotFound(f"There is no order {order_id!r}.", order_id=order_id)
