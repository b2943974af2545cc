"""A StoreBackend over any system whose calls a mapping describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

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
from assistant.domain.errors import InvalidInput, NotFound, OutcomeUnknown, StoreSystemUnavailable
from assistant.domain.ports import Clock
from connectors.mapping import verdicts
from connectors.mapping.checks import ARGUMENTS, KEY, ORDER, RECORD, SHOPPER, WANTED
from connectors.mapping.expressions import DoesNotApply, Expression
from connectors.mapping.identification import fits
from connectors.mapping.model import OperationMap, SystemMap
from connectors.mapping.operations import RESULT, passed_on
from connectors.mapping.reading import Reading, readable, values
from connectors.mapping.records import Translation
from connectors.mapping.remote import Answered, Remote, RemoteCall, Signature
from connectors.schemas import CheckedOperations


@dataclass
class MappedBackend:
    """`mapping`, `signatures` and `declared` belong together: they were checked by connectors.mapping.checks."""

    mapping: SystemMap
    signatures: Mapping[str, Signature]
    declared: Mapping[str, Operation]
    remote: Remote
    clock: Clock
    _translation: Translation = field(init=False)
    _reading: Reading = field(init=False)
    _checked: CheckedOperations = field(init=False)

    def __post_init__(self) -> None:
        timezone = ZoneInfo(self.mapping.timezone)
        self._translation = Translation(self.mapping.records, self.mapping.currency, timezone)
        self._reading = Reading(self.mapping, self._translation, self.remote)
        self._checked = CheckedOperations(self.declared)

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self.declared

    @property
    def identified_by(self) -> Sequence[frozenset[str]]:
        return tuple(frozenset(entry.by) for entry in self.mapping.identify)

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        given = {name: value for name, value in particulars.items() if value.strip()}
        entry = next((entry for entry in self.mapping.identify if set(entry.by) <= given.keys()), None)
        if entry is None:
            return None
        fitting: dict[ShopperRef, ShopperRecord] = {}
        for raw, record in await self._reading.found(entry, {WANTED: given}):
            with readable(entry.call):
                if fits(record, raw, given, self.mapping.records.shopper.particulars):
                    fitting[record.id] = record
        return next(iter(fitting.values())) if len(fitting) == 1 else None

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        return (await self._reading.shopper(shopper))[1]

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        """By their times where all are known, else as the system lists them."""
        orders = await self._reading.orders(shopper)
        if all(order.placed_at for order in orders):
            orders.sort(key=lambda order: order.placed_at or datetime.min.replace(tzinfo=UTC), reverse=True)
        return orders

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order:
        return (await self._reading.order(shopper, order_id))[1]

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        raw, _ = await self._reading.order(shopper, order_id)
        about = {SHOPPER: shopper, ORDER: order_id, RECORD: raw}
        found = await self._reading.records(self.mapping.reads.shipments, about, raw)
        with readable("shipments"):
            return [self._translation.shipment(one) for one in found]

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        raw, _ = await self._reading.shopper(shopper)
        found = await self._reading.records(self.mapping.reads.balances, {SHOPPER: shopper}, raw)
        with readable("balances"):
            return [self._translation.balance(one) for one in found]

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        raw, _ = await self._reading.shopper(shopper)
        found = await self._reading.records(self.mapping.reads.coupons, {SHOPPER: shopper}, raw)
        with readable("coupons"):
            coupons = [self._translation.coupon(one) for one in found]
        today = self.clock.now().astimezone(ZoneInfo(self.mapping.timezone)).date()
        return [coupon for coupon in coupons if coupon.ends is None or coupon.ends >= today]

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        entry = self.mapping.operations.get(operation)
        if entry is None:
            raise NotFound(f"The store's system has no operation {operation!r}.", operation=operation)
        if shopper is None and not entry.public:
            raise InvalidInput(f"{operation} concerns a shopper; say which.", errors=[])
        self._checked.check(operation, arguments)
        about: dict[str, object] = {ARGUMENTS: dict(arguments), KEY: idempotency_key, SHOPPER: shopper}
        if shopper is not None:
            about |= await self._theirs(entry, arguments, shopper)
        call = RemoteCall(entry.call, self._told(entry, arguments, about), shopper)
        try:
            answer = await self._carried_out(entry, call, idempotency_key)
        except Answered as answered:
            raise verdicts.of_call(operation, entry.risk, answered, self.mapping.errors) from answered
        return _result(entry.result, answer, wrote=entry.risk is not Risk.READ)

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        lookup = self.mapping.outcome
        if lookup is None:
            raise OutcomeUnknown("The store's system cannot be asked what became of a call.")
        try:
            answer = await self._reading.answer(RemoteCall(lookup.call, values(lookup.values, {KEY: idempotency_key})))
        except NotFound:
            return None
        with readable(lookup.call):
            done = lookup.done.of(answer) is True
            failed = lookup.failed is not None and lookup.failed.of(answer) is True
        if done:
            return _result(lookup.result, answer, wrote=True)
        if failed:
            return None
        raise OutcomeUnknown("The store's system has not finished the call, or does not say what became of it.")

    async def _theirs(self, entry: OperationMap, arguments: JsonObject, shopper: ShopperRef) -> dict[str, object]:
        """Whatever the system would let pass: the shopper is known there, and the order is theirs. Raises NotFound."""
        named = arguments.get(entry.order) if entry.order else None
        if named is None:
            await self._reading.shopper(shopper)
            return {}
        raw, order = await self._reading.order(shopper, OrderId(str(named)))
        return {RECORD: raw, ORDER: order.id}

    def _told(self, entry: OperationMap, arguments: JsonObject, about: Mapping[str, object]) -> Mapping[str, object]:
        passed = passed_on(entry, self.signatures[entry.call])
        told = {target: arguments[name] for target, name in passed.items() if name in arguments}
        return {**told, **values(entry.values, about)}

    async def _carried_out(self, entry: OperationMap, call: RemoteCall, key: str) -> object:
        if entry.risk is Risk.READ:
            return await self.remote.read(call)
        carries_key = any(KEY in expression.names for expression in entry.values.values())
        return await self.remote.write(call, key, repeatable=carries_key)


def _result(expression: Expression | None, answer: object, *, wrote: bool) -> JsonObject:
    try:
        result = expression.of(answer) if expression else answer
    except DoesNotApply as error:
        if wrote:
            raise OutcomeUnknown(f"The call was carried out, but its result cannot be read: {error}.") from error
        raise StoreSystemUnavailable(f"The answer of the store's system cannot be read: {error}.") from error
    if isinstance(result, Mapping):
        return result
    return {} if result is None else {RESULT: result}
