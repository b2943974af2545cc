"""What is known in a run: values by name, worked out when an expression or a text first names them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from assistant.domain.backend import (
    Balance,
    JsonObject,
    Order,
    OrderId,
    OrderLine,
    PaymentMethod,
    Shipment,
    ShopperRecord,
    ShopperRef,
    StoreBackend,
)
from assistant.domain.commerce import Product, Sku
from assistant.domain.errors import NotFound
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, SkuId
from assistant.domain.procedures import Expression, Finished, Procedure, SlotKind, SlotSpec
from assistant.domain.text import LocalText
from assistant.procedures import expressions, wording
from assistant.procedures.concerned import items_of
from assistant.procedures.records import (
    Values,
    balance_values,
    coupon_values,
    line_values,
    order_values,
    payment_values,
    product_values,
    shipment_values,
    shopper_values,
    sku_values,
)

T = TypeVar("T")
_SAID = "said by the procedure"  # no name of a value has blanks
_OF_ORDERS = (SlotKind.ORDER, SlotKind.LINES, SlotKind.CHANGES)

FindProducts = Callable[[Sequence[ProductId]], Awaitable[list[Product]]]


ORIGINAL = "@original"
"""The value of a payment slot: each order the way it was paid."""
_DOING = {"return": "return", "exchange": "exchange", "change_item": "exchange", "cancel": "cancel"}


class NotKnownYet(Exception):
    """A value that hangs on a slot which is not filled."""


@dataclass(slots=True)
class Records:
    """The shopper's records, each read once a turn. products: finds those of the catalogue.

    today: where the store is. finished: what was done in this conversation.
    """

    backend: StoreBackend
    shopper_ref: ShopperRef
    products: FindProducts
    now: datetime
    today: date
    language: str
    finished: Sequence[Finished] = ()
    _read: dict[object, Any] = field(default_factory=dict)  # what it holds is what `_once` was given to read

    async def shopper(self) -> ShopperRecord:
        return await self._once("shopper", lambda: self.backend.shopper(self.shopper_ref))

    async def orders(self) -> list[Order]:
        return await self._once("orders", lambda: self.backend.orders(self.shopper_ref))

    async def order(self, order_id: OrderId) -> Order:
        """Raises NotFound."""
        for order in await self.orders():
            if order.id == order_id:
                return order
        return await self._once(("order", order_id), lambda: self.backend.order(self.shopper_ref, order_id))

    async def shipments(self, order_id: OrderId) -> list[Shipment]:
        return await self._once(("shipments", order_id), lambda: self.backend.shipments(self.shopper_ref, order_id))

    async def balances(self) -> list[Balance]:
        return await self._once("balances", lambda: self.backend.balances(self.shopper_ref))

    async def coupons(self) -> list[Values]:
        return coupon_values(await self._once("coupons", lambda: self.backend.coupons(self.shopper_ref)))

    async def product(self, product_id: str) -> Product:
        """Raises NotFound."""
        found = await self._once(("product", product_id), lambda: self.products([ProductId(product_id)]))
        if not found:
            raise NotFound(f"There is no product {product_id!r} in the catalogue.")
        return found[0]

    async def catalogue(self, ids: Iterable[ProductId]) -> list[Product]:
        """Those of the products that the catalogue has."""
        wanted = sorted(set(ids))
        return await self._once(("products", *wanted), lambda: self.products(wanted)) if wanted else []

    async def look(self, operation: str, arguments: JsonObject) -> JsonObject:
        """The result of an operation that only reads."""
        key = ("look", operation, repr(sorted(arguments.items())))
        return await self._once(
            key,
            lambda: self.backend.call(operation, arguments, shopper=self.shopper_ref, idempotency_key=""),
        )

    async def _once(self, key: object, read: Callable[[], Awaitable[T]]) -> T:
        if key not in self._read:
            self._read[key] = await read()
        found: T = self._read[key]
        return found


class Known:
    """The values of one run, as they stand for one of its orders (None: it has none)."""

    def __init__(
        self, procedure: Procedure, slots: JsonObject, records: Records, order_id: OrderId | None = None
    ) -> None:
        self._procedure = procedure
        self._slots = slots
        self._scope = expressions.Scope()
        self._said: dict[str, None] = {}  # texts of the procedure, without what is put into them
        self.records = records
        self.order_id = order_id

    async def evaluate(self, expression: Expression, **given: object) -> Any:
        """Raises NotKnownYet where a slot that it hangs on is not filled, EvaluationFailed where it has no value."""
        await self._provide(expressions.names(expression), given)
        return self._scope.evaluate(expression)

    async def holds(self, expression: Expression, **given: object) -> bool:
        """Whether it is true. Raises as `evaluate` does."""
        await self._provide(expressions.names(expression), given)
        return self._scope.holds(expression)

    async def say(self, text: LocalText, **given: object) -> str:
        """A text in the shopper's language. Raises as `evaluate` does, and WordingFailed."""
        template = text.in_language(self.records.language)
        await self._provide(wording.names(template), given)
        self._said[wording.plain(template)] = None
        currency = await self._currency() if wording.taken_apart(template).tells_money else ""
        return wording.say(template, self.records.language, self._scope.values, currency=currency)

    async def arguments(self, expressed: Iterable[tuple[str, Expression]]) -> Values:
        """Arguments of a call; those that come to nothing are left out. Amounts are those that shoppers are shown."""
        found = {name: await self.evaluate(expression) for name, expression in expressed}
        return {name: wording.as_shown(value) for name, value in found.items() if value is not None}

    def previous(self) -> object:
        """What the procedure changed last in this conversation was before: its value `previous`; None where none is."""
        done = [one for one in self.records.finished if one.procedure == self._procedure.name]
        return next((one.values.get("previous") for one in reversed(done)), None)

    async def outcome(self) -> Values:
        """The values that the procedure names, as far as they are records, texts and numbers, and can be told."""
        found: Values = {}
        for value in self._procedure.values:
            try:
                worked_out = await self.value_of(value.name)
            except (NotKnownYet, expressions.EvaluationFailed, NotFound):
                continue
            if isinstance(worked_out, Decimal | float | int | str | Mapping):
                found[value.name] = float(worked_out) if isinstance(worked_out, Decimal) else worked_out
        return found

    async def value_of(self, name: str) -> Any:
        """What a name stands for. Raises as `evaluate` does."""
        await self._provide([name], {})
        return self._scope.values[name]

    async def changes_beside(self, text: str) -> list[dict[str, str]]:
        """The options in which items change and of which a text says nothing: each with the item's title and both
        values."""
        slots = [slot.name for slot in self._procedure.slots if slot.kind is SlotKind.CHANGES]
        told, found = fold(text), []
        for name in slots:
            for change in await self.value_of(name) or ():
                title, had = change["line"]["title"], change["line"]["options"]
                for option, value in change["sku"]["options"].items():
                    before = had.get(option, value)
                    if before != value and fold(value) not in told:
                        found.append({"title": title, "option": option, "before": before, "after": value})
        return found

    @property
    def doing(self) -> str:
        """What the procedure does to things, as `Roles.of` has it."""
        ends = {intent.rpartition(".")[2] for intent in self._procedure.intents}
        return next((_DOING[end] for end in sorted(ends) if end in _DOING), "")

    def has(self, kind: str) -> bool:
        """Whether the procedure has a slot of a kind ("lines")."""
        return any(slot.kind.value == kind for slot in self._procedure.slots)

    @property
    def concerned(self) -> frozenset[OrderId]:
        """The orders that the values chosen so far concern: chosen themselves, or by items of theirs."""
        if self.order_id is not None:
            return frozenset((self.order_id,))
        return (
            frozenset(OrderId(item["order_id"]) for item in items_of(self._procedure, self._slots)) or self.order_ids()
        )

    def order_ids(self) -> frozenset[OrderId]:
        """The orders chosen, where the procedure has a slot for them that is filled."""
        chosen = (self._slots.get(slot.name) for slot in self._procedure.slots if slot.kind is SlotKind.ORDER)
        return frozenset(OrderId(str(id_)) for ids in chosen if isinstance(ids, list | tuple) for id_ in ids)

    def used(self) -> Mapping[str, object]:
        """All values worked out so far, and the shop's own words: what is said rests on them."""
        return {**self._scope.values, **({_SAID: list(self._said)} if self._said else {})}

    async def _provide(self, names: Iterable[str], given: Mapping[str, object]) -> None:
        for name in names:
            if name in given:
                self._scope.set(name, given[name])
            elif name not in self._scope.values:
                self._scope.set(name, await self._work_out(name))

    async def _currency(self) -> str:
        """That of the order served, else of the shopper's newest."""
        if self.order_id is not None:
            orders = [await self._order()]
        else:
            orders = await self.records.orders()
        return next((order.total.currency for order in orders if order.total), "CNY")

    async def _work_out(self, name: str) -> Any:
        procedure = self._procedure
        if slot := next((slot for slot in procedure.slots if slot.name == name), None):
            return await self._slot(slot)
        if value := next((value for value in procedure.values if value.name == name), None):
            return await self.evaluate(value.expression)
        if look := next((look for look in procedure.looks if look.name == name), None):
            if look.when is not None and not await self.holds(look.when):
                return None
            return await self.records.look(look.call, await self.arguments(look.arguments))
        return await self._usual(name)

    async def _usual(self, name: str) -> Any:
        records = self.records
        match name:
            case "order":
                return None if self._without_order() else await self._order_values()
            case "lines" | "changes" | "product":
                kind = SlotKind(name)
                return await self._slot(next(slot for slot in self._procedure.slots if slot.kind is kind))
            case "shopper":
                return shopper_values(await records.shopper())
            case "shipments":
                return shipment_values(await records.shipments((await self._order()).id))
            case "balances":
                return balance_values(await records.balances())
            case "coupons":
                return await records.coupons()
            case "orders":
                return [order_values(order, records.today) for order in await records.orders()]
            case "chosen":
                return await self._chosen()
            case "finished":
                return [
                    {"procedure": one.procedure, "order": one.order, "values": dict(one.values)}
                    for one in records.finished
                ]
            case "today":
                return records.today.isoformat()
            case "now":
                return records.now.isoformat()
        raise NotKnownYet(name)

    async def _chosen(self) -> list[Values]:
        """The items chosen, of all orders, as `lines` has those of one."""
        found = []
        for item in items_of(self._procedure, self._slots):
            order = await self.records.order(OrderId(item["order_id"]))
            found.append(line_values(order, item["line"]))
        return found

    async def _order_values(self) -> Values:
        """The order with what its lines cost now, where the catalogue tells."""
        order = await self._order()
        values = order_values(order, self.records.today)
        for line, stated in zip(order.lines, values["lines"], strict=True):
            stated["current_price"] = await self._current_price(line)
        return values

    async def _current_price(self, line: OrderLine) -> Decimal | None:
        try:
            product = await self.records.product(line.product_id)
        except NotFound:
            return None
        sku = next((sku for sku in product.skus if sku.id == line.sku_id), None)
        price = (sku.price if sku else None) or product.price
        return price.amount if price else None

    async def _order(self) -> Order:
        if self.order_id is None:
            raise NotKnownYet("order")
        return await self.records.order(self.order_id)

    def _without_order(self) -> bool:
        """Whether the procedure goes without an order: it is nothing that would be asked for."""
        slots = [slot for slot in self._procedure.slots if slot.kind in _OF_ORDERS]
        return self.order_id is None and bool(slots) and all(slot.optional for slot in slots)

    async def _slot(self, slot: SlotSpec) -> Any:
        value: Any = self._slots.get(slot.name)
        if value is None:
            if slot.optional:
                return None
            raise NotKnownYet(slot.name)
        match slot.kind:
            case SlotKind.ORDER:
                return await self._order_values()
            case SlotKind.LINES:
                order = await self._order()
                places = [item["line"] for item in value if item["order_id"] == order.id]
                return [line_values(order, _there(order, place)) for place in places]
            case SlotKind.CHANGES:
                return [await self._change(item) for item in value if item["order_id"] == self.order_id]
            case SlotKind.PRODUCT if isinstance(value, Mapping):
                return value  # of the shop's own list, which need not be in the catalogue
            case SlotKind.PRODUCT:
                return product_values(await self.records.product(str(value)), self.records.language)
            case SlotKind.SKU:
                return await self._sku(slot, str(value))
            case SlotKind.PAYMENT:
                if value == ORIGINAL:
                    return payment_values((await self._order()).payment)
                return payment_values(await self._method(str(value)))
        return value

    async def _sku(self, slot: SlotSpec, sku_id: str) -> Values:
        """Raises NotFound where the product has no such variant."""
        product = await self.records.product(str(self._slots.get(slot.of, "")))
        return sku_values(_variant(product, sku_id), product.price)

    async def _change(self, item: Mapping[str, Any]) -> Values:
        """Raises NotFound where the order or the product has changed, so that there is no such item or variant."""
        order = await self._order()
        place = _there(order, item["line"])
        product = await self.records.product(order.lines[place].product_id)
        return {"line": line_values(order, place), "sku": sku_values(_variant(product, item["sku_id"]), product.price)}

    async def _method(self, method_id: str) -> PaymentMethod | None:
        methods = (await self.records.shopper()).payment_methods
        return next((method for method in methods if method.id == method_id), None)


def _there(order: Order, place: int) -> int:
    """The place of an item, while there is one. Raises NotFound."""
    if not 0 <= place < len(order.lines):
        raise NotFound(f"The order {order.id!r} has no item {place + 1}.")
    return place


def _variant(product: Product, sku_id: str) -> Sku:
    """Raises NotFound."""
    found = next((sku for sku in forms_of(product) if sku.id == sku_id), None)
    if found is None:
        raise NotFound(f"The product {product.id!r} has no variant {sku_id!r}.")
    return found


def forms_of(product: Product) -> Sequence[Sku]:
    """Its variants; what is sold in one form only is that form itself, under its own id."""
    return product.skus or (Sku(SkuId(product.id), (), product.price),)
