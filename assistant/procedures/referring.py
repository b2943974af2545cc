"""What the words of a message refer to among the shopper's records, as values of slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.domain.backend import Order, OrderLine
from assistant.domain.commerce import Product, Sku
from assistant.domain.errors import NotFound
from assistant.domain.ids import ProductId
from assistant.domain.procedures import SlotKind, SlotSpec
from assistant.domain.understanding import Clause
from assistant.nlu.quantities import Quantities
from assistant.procedures import expressions
from assistant.procedures.choices import MOST, of_address, of_item, of_method, of_offered, of_order, of_sku
from assistant.procedures.known import Known, NotKnownYet
from assistant.procedures.progress import Choice, Told
from assistant.procedures.records import address_values, line_values, order_values, payment_values
from assistant.procedures.referents import Item, Lack, Offered, Said, Talk, referents
from assistant.procedures.referents import Known as State
from assistant.procedures.sought import Filled, Sought


class Referring:
    """Built once."""

    def __init__(self, quantities: Quantities) -> None:
        self._words = referents(quantities)
        self.conditions = self._words.conditions

    async def order(self, sought: Sought) -> Filled:
        """The ids of the orders meant. One that no word tells is taken where it is the only one that can serve."""
        slot, told, known = sought.slot, sought.told, sought.known
        orders = await known.records.orders()
        about = _about(told, orders)
        meaning = self._words.orders.which(
            _said(sought),
            orders,
            today=known.records.today,
            talk=Talk(() if about else told.orders),
            serves=_order_serves(slot, known),
            products=about,
            names=_names(told),
        )
        if meaning.missing and not meaning.meant:
            return Filled(missing=meaning.missing)
        if meaning.meant and (slot.many or len(meaning.meant) == 1):
            return Filled([order.id for order in meaning.meant], told=meaning.told)
        among = meaning.meant or meaning.among
        return Filled(among=tuple(of_order(order, known.records) for order in among[:MOST]), told=bool(meaning.meant))

    async def lines(self, sought: Sought) -> Filled:
        """The items meant, of the orders known or of all."""
        found = await self._items(sought)
        if not found.value:
            return found
        items = [{"order_id": item.order, "line": item.place} for item in found.value]
        if len(items) > 1 and not sought.slot.many:
            return Filled(among=tuple(of_item(item, found.value) for item in found.value[:MOST]))
        return Filled(items, found.told)

    async def changes(self, sought: Sought) -> Filled:
        """The items meant, each with the variant that it becomes."""
        found = await self._items(sought)
        if not found.value:
            return found
        items: Sequence[Item] = found.value
        said = self._words.lines.said_of(_said(sought), items, names=_names(sought.told))
        values: list[dict[str, Any]] = []
        among: tuple[Choice, ...] = ()
        missing: list[str] = []
        for stretch in said:
            for item in stretch.items:
                meant, choices, lacking = await self._variant(item, stretch, sought.known)
                place = {"order_id": item.order, "line": item.place}
                if meant is not None:
                    values.append({**place, "sku_id": meant.id})
                elif choices and not among:
                    among = tuple(
                        Choice([{**place, "sku_id": choice.value}], choice.label, choice.says) for choice in choices
                    )
                missing += [lacking] if lacking else []
        if missing or among:
            if len(items) == 1:
                return Filled(among=among, missing=tuple(missing))
            return Filled(missing=tuple(missing))
        return Filled(values or None, told=True)

    async def address(self, sought: Sought) -> Filled:
        """The address meant, all its parts, merged onto the order's where only some are said."""
        known = sought.known
        orders = await known.records.orders()
        old = next((order.address for order in orders if order.id == known.order_id), None)
        shopper = await known.records.shopper()
        meaning = self._words.addresses.which(_said(sought), old=old, shopper=shopper, orders=orders).of
        if len(meaning.meant) == 1:
            return Filled(address_values(meaning.meant[0]), told=True)
        return Filled(among=tuple(map(of_address, meaning.among[:MOST])), missing=meaning.missing)

    async def payment(self, sought: Sought) -> Filled:
        """The id of the way to pay that is wanted most of those that can serve."""
        slot, known = sought.slot, sought.known
        methods = (await known.records.shopper()).payment_methods
        orders = await known.records.orders()
        original = next((order.payment for order in orders if order.id == known.order_id), None)
        ways = self._words.payments.which(_said(sought), methods, original=original)
        wanted = [way.meant[0] for way in ways.wanted if len(way.meant) == 1]
        for method in wanted:
            if await _holds(slot, known, payment_values(method)):
                return Filled(method.id, told=True)
        if wanted:
            return Filled(wanted[0].id, told=True)
        among = next((way.among for way in ways.wanted if way.among), ())
        if ways.any:
            serving = [method for method in methods if await _holds(slot, known, payment_values(method))]
            return Filled(serving[0].id, told=True) if serving else Filled()
        missing = tuple(word for way in ways.wanted for word in way.missing)
        return Filled(among=tuple(map(of_method, among[:MOST])), missing=missing)

    async def product_of(self, sought: Sought) -> Filled:
        """A product of those that the slot's `source` lists, as it describes them."""
        offered = await self._offered(sought.slot, sought.known)
        if not offered:
            return Filled()
        current = await self._current(sought.slot, sought.known)
        found = self._words.exchanges.which(_said(sought).text, current, offered)
        if len(found.of.meant) == 1:
            return Filled({"id": found.of.meant[0].id, "title": found.of.meant[0].text}, told=True)
        among = found.of.among or found.nearest or tuple(one for one in offered if one.available)
        return Filled(among=tuple(map(of_offered, among[:MOST])))

    async def choices(self, slot: SlotSpec, known: Known) -> tuple[Choice, ...]:
        """What may be chosen where nothing was said: what can serve, else all."""
        match slot.kind:
            case SlotKind.ORDER:
                orders = await known.records.orders()
                serves = _order_serves(slot, known)
                fitting = [order for order in orders if serves(order)] or orders
                return tuple(of_order(order, known.records) for order in fitting[:MOST])
            case SlotKind.PAYMENT:
                methods = (await known.records.shopper()).payment_methods
                serving = [method for method in methods if await _holds(slot, known, payment_values(method))]
                return tuple(map(of_method, (serving or methods)[:MOST]))
            case SlotKind.PRODUCT if slot.source is not None:
                return tuple(of_offered(one) for one in await self._offered(slot, known) if one.available)[:MOST]
            case _:
                return ()

    async def known_of(self, known: Known) -> State:
        """What records say of the matter, for the conditions that shoppers put."""
        price = await self._price_spoken_of(known)
        if known.order_id is None:
            return State(price=price, possible=True)
        order = await known.records.order(known.order_id)
        line = order.lines[0] if len(order.lines) == 1 else None
        if price is None and line is not None:
            price = await _price_now(line, known)
        paid = line.price.amount if line and line.price else None
        return State(stage=order.stage, price=price, paid=paid, possible=True)

    async def _price_spoken_of(self, known: Known) -> Decimal | None:
        """That of the one item chosen, or of what it becomes."""
        try:
            for name in ("changes", "lines"):
                if known.has(name):
                    chosen = await known.value_of(name)
                    one = chosen[0]["sku"] if name == "changes" else chosen[0]
                    return Decimal(str(one["price"])) if len(chosen) == 1 else None
        except NotKnownYet:
            return None
        return None

    async def _items(self, sought: Sought) -> Filled:
        """The items meant, as `Item`s in `value`."""
        told, known, slot = sought.told, sought.known, sought.slot
        orders = await known.records.orders()
        chosen = known.order_ids()
        if chosen:
            orders = [order for order in orders if order.id in chosen]
        serves = _line_serves(slot, known)
        meaning = self._words.lines.which(_said(sought), orders, serves=serves, names=_names(told))
        if meaning.missing and not meaning.meant:
            return Filled(missing=meaning.missing)
        if meaning.meant:
            return Filled(meaning.meant, told=meaning.told)
        return Filled(among=tuple(of_item(item, meaning.among) for item in meaning.among[:MOST]))

    async def _variant(self, item: Item, said: Said, known: Known) -> tuple[Sku | None, tuple[Choice, ...], str]:
        """The variant that an item becomes; those to choose from; what is said to be lacking."""
        product = await known.records.product(item.line.product_id)
        current = next(
            (sku for sku in product.skus if sku.id == item.line.sku_id),
            Sku(item.line.sku_id or product.skus[0].id, item.line.options, item.line.price),
        )
        owned = await _owned(product, current, known)
        found = self._words.variants.which(said.text, current, product.skus, owned=owned)
        if len(found.of.meant) == 1:
            return found.of.meant[0], (), ""
        choices = tuple(of_sku(sku, known.records.language) for sku in (found.of.among or found.nearest)[:MOST])
        lacking = said.text if found.lack in (Lack.NO_SUCH, Lack.SOLD_OUT) else ""
        return None, choices, lacking

    async def _offered(self, slot: SlotSpec, known: Known) -> list[Offered]:
        assert slot.source is not None
        try:
            listed = await known.evaluate(slot.source)
        except NotKnownYet:
            return []
        return [
            Offered(ProductId(str(one["id"])), str(one.get("title", "")), bool(one.get("available", True)))
            for one in listed
        ]

    async def _current(self, slot: SlotSpec, known: Known) -> Offered:
        """The product that would be given up: what `of` names."""
        if not slot.of:
            return Offered(ProductId(""), "")
        product_id = str(await known.value_of(slot.of))
        try:
            return Offered.of(await known.records.product(product_id))
        except NotFound:
            return Offered(ProductId(product_id), "")


def _said(sought: Sought) -> Clause:
    """Where a slot was asked for, all of the answer counts; else what was said of the matter."""
    return sought.told.message if sought.waited else sought.told.clause


def _about(told: Told, orders: Sequence[Order]) -> frozenset[ProductId]:
    """The products that the conversation is about, as far as they were ordered: the last thing spoken of, be it a
    product or an order, is what "it" means."""
    ordered = {line.product_id for order in orders for line in order.lines}
    about = frozenset(product.id for product in told.products) & ordered
    latest = {line.product_id for order in orders if order.id in told.orders[:1] for line in order.lines}
    return frozenset() if about and about <= latest and not told.named else about


def _names(told: Told) -> Mapping[ProductId, Sequence[str]]:
    return {product.id: product.names for product in told.products}


def _order_serves(slot: SlotSpec, known: Known) -> Callable[[Order], bool]:
    """Whether an order can serve, by the slot's `where`."""
    today = known.records.today

    def serves(order: Order) -> bool:
        return slot.where is None or _true(slot.where, {"it": order_values(order, today)})

    return serves


def _line_serves(slot: SlotSpec, known: Known) -> Callable[[Order, OrderLine], bool]:
    today = known.records.today

    def serves(order: Order, line: OrderLine) -> bool:
        if slot.where is None:
            return True
        values = line_values(order, order.lines.index(line))
        return _true(slot.where, {"it": {**values, "order": order_values(order, today)}})

    return serves


def _true(where: str, values: Mapping[str, object]) -> bool:
    try:
        return expressions.Scope(values).holds(where)
    except expressions.EvaluationFailed:
        return False


async def _holds(slot: SlotSpec, known: Known, it: Mapping[str, object]) -> bool:
    """As `where` of a payment says; it may hang on what else is known."""
    if slot.where is None:
        return True
    try:
        return await known.holds(slot.where, it=it)
    except (NotKnownYet, expressions.EvaluationFailed):
        return True


async def _price_now(line: OrderLine, known: Known) -> Decimal | None:
    try:
        product: Product = await known.records.product(line.product_id)
    except NotFound:
        return None
    return product.price.amount if product.price else None


async def _owned(product: Product, current: Sku, known: Known) -> list[Sku]:
    """The other variants of a product that the shopper has ordered."""
    ordered = {line.sku_id for order in await known.records.orders() for line in order.lines}
    return [sku for sku in product.skus if sku.id in ordered and sku.id != current.id]
