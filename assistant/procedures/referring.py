"""What the words of a message refer to among the shopper's records, as values of slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import regex

from assistant.domain.backend import Address, Order, OrderLine, PaymentMethod
from assistant.domain.commerce import Product, Sku
from assistant.domain.errors import NotFound
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, SkuId
from assistant.domain.procedures import SlotKind, SlotSpec
from assistant.domain.understanding import Clause
from assistant.nlu.quantities import Quantities
from assistant.procedures.choices import MOST, of_address, of_item, of_method, of_offered, of_order, of_sku
from assistant.procedures.known import ORIGINAL, Known, NotKnownYet, forms_of
from assistant.procedures.progress import Choice
from assistant.procedures.records import address_values
from assistant.procedures.referents import Item, Lack, Offered, Said, Talk, referents
from assistant.procedures.referents import Known as State
from assistant.procedures.referents.conditions import Kind
from assistant.procedures.referents.meaning import How, Meaning
from assistant.procedures.referents.variants import in_stock
from assistant.procedures.serving import line_serves, order_serves, payment_serves
from assistant.procedures.sought import Filled, Sought
from assistant.procedures.talked import items_about, names_of, products_about, said_beside

_SAME_AGAIN = regex.compile(
    r"\bsame (?:one|address|place)\b(?! as)|\bthere (?:too|as well)\b|同一个地址|一样的地址|同样的地址"
)


_THAT_PLACE = regex.compile(r"(?:'s|\bthat|\bthis|\bher|\bhis|\btheir) address\b|[那这]个地址|[他她]的地址")


class Referring:
    """Built once."""

    def __init__(self, quantities: Quantities) -> None:
        self._words = referents(quantities)
        self.conditions = self._words.conditions

    async def order(self, sought: Sought) -> Filled:
        """The ids of the orders meant. One that no word tells is taken where it is the only one that can serve."""
        slot, told, known = sought.slot, sought.told, sought.known
        orders = await known.records.orders()
        about = products_about(told, orders)
        if sought.waited and told.earlier and len(self._words.orders.named(_said(sought), orders)) > 1:
            return Filled()  # the answer explains several: what was asked for tells which
        names = await names_of(told, known)

        def which(said: Clause) -> Meaning[Order]:
            return self._words.orders.which(
                said,
                orders,
                today=known.records.today,
                talk=Talk(() if about else told.orders),
                serves=order_serves(slot, known),
                products=about,
                names=names,
            )

        meaning = which(_said(sought))
        if meaning.how is not How.WORDS and not meaning.missing and (beside := said_beside(told)) is not None:
            named = which(beside)
            meaning = named if named.how is How.WORDS and named.meant else meaning
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
        if (
            not (found.value or found.told) and sought.told.earlier is not None
        ):  # which was said, what it becomes was not
            earlier = replace(sought.told, clause=sought.told.earlier)
            before = await self._items(replace(sought, told=earlier, waited=False))
            found = before if before.told else found
        if not found.value:
            return found
        filled = await self.changed(sought, found.value)
        return replace(filled, told=filled.told or found.told)

    async def changed(self, sought: Sought, items: Sequence[Item]) -> Filled:
        """What known items become, by what is said now, else by what was said before."""
        told = sought.told
        filled = await self._wished(sought, _said(sought), items)
        if not (filled.value or filled.among or filled.lacking) and told.earlier is not None:
            filled = await self._wished(sought, told.earlier, items)
        if filled.value or filled.among:
            return filled
        return replace(filled, among=await self._any_variant(items, sought.known))

    async def items_of(self, value: object, known: Known) -> list[Item] | None:
        """The items that a value of a slot names without saying what they become; None where it says so."""
        if not isinstance(value, list) or not all(isinstance(one, Mapping) and "sku_id" not in one for one in value):
            return None
        orders = {order.id: order for order in await known.records.orders()}
        return [Item(one["order_id"], one["line"], orders[one["order_id"]].lines[one["line"]]) for one in value]

    async def _wished(self, sought: Sought, clause: Clause, items: Sequence[Item]) -> Filled:
        """The variants that a clause wishes for. Where one is not to be had, the others go on only if the shopper has
        said what then."""
        said = self._words.lines.said_of(clause, items, names=await names_of(sought.told, sought.known))
        values: list[dict[str, Any]] = []
        open_ones: list[tuple[dict[str, Any], tuple[Choice, ...]]] = []
        missing: list[str] = []
        for stretch in said:
            for item in stretch.items:
                meant, choices, lacking = await self._variant(item, stretch, sought.known)
                place = {"order_id": item.order, "line": item.place}
                if meant is not None:
                    values.append({**place, "sku_id": meant.id})
                elif choices or lacking:
                    open_ones.append((place, choices))
                    missing += [item.line.title] if lacking else []
        if not open_ones or (values and missing and self._has_resort(clause)):
            return Filled(values, told=True) if values else Filled()
        place, choices = open_ones[0]
        among = tuple(
            Choice([*values, {**place, "sku_id": choice.value}], choice.label, choice.says) for choice in choices
        )
        return Filled(among=among, lacking=tuple(missing))

    async def _any_variant(self, items: Sequence[Item], known: Known) -> tuple[Choice, ...]:
        """The variants to choose from where nothing was wished for the only item."""
        if len(items) != 1:
            return ()
        item = items[0]
        product = await known.records.product(item.line.product_id)
        return tuple(
            Choice([{"order_id": item.order, "line": item.place, "sku_id": sku.id}], choice.label, choice.says)
            for sku in product.skus
            if sku.id != item.line.sku_id and in_stock(sku)
            for choice in (of_sku(sku, known.records.language),)
        )[:MOST]

    def _has_resort(self, clause: Clause) -> bool:
        """Whether it is said what shall be if something is not to be had."""
        return any(
            one.kind is Kind.OTHERWISE or (one.kind in (Kind.IN_STOCK, Kind.POSSIBLE) and one.negated)
            for one in self.conditions.read(clause)
        )

    async def address(self, sought: Sought) -> Filled:
        """The address meant, all its parts, merged onto the order's where only some are said."""
        known = sought.known
        orders = await known.records.orders()
        old = next((order.address for order in orders if order.id == known.order_id), None)
        shopper = await known.records.shopper()
        done = [one for one in known.records.finished if sought.slot.name in one.slots]
        if done and _SAME_AGAIN.search(_said(sought).folded):
            return Filled(done[-1].slots[sought.slot.name], told=True)
        before = known.previous()
        meaning = self._words.addresses.which(
            _said(sought), old=old, shopper=shopper, orders=orders, before=_as_address(before)
        ).of
        whole = self._words.addresses.typed(sought.told.earlier, old) if sought.told.earlier is not None else None
        if whole is not None and meaning.meant and _is_cut(meaning.meant[0], whole):
            return Filled(address_values(whole), told=True)
        if len(meaning.meant) == 1:
            return Filled(address_values(meaning.meant[0]), told=True)
        if not known.concerned and not (meaning.among or meaning.missing) and _THAT_PLACE.search(_said(sought).folded):
            talked = (order.address for id_ in sought.told.orders[:1] for order in orders if order.id == id_)
            if address := next(talked, None):
                return Filled(address_values(address), told=True)
        return Filled(among=tuple(map(of_address, meaning.among[:MOST])), missing=meaning.missing)

    async def payment(self, sought: Sought) -> Filled:
        """The id of the way to pay that is wanted most of those that can serve; ORIGINAL for that of each order."""
        slot, known = sought.slot, sought.known
        methods = (await known.records.shopper()).payment_methods
        orders = await known.records.orders()
        concerned = [order for order in orders if order.id in known.concerned]
        original = concerned[0].payment if concerned else None
        ways = self._words.payments.which(_said(sought), methods, original=original)
        several = len({order.payment.id for order in concerned if order.payment}) > 1
        wanted = [way.meant[0] for way in ways.wanted if len(way.meant) == 1]
        by_order = several and original is not None
        for method in wanted:
            if by_order and original is not None and method.id == original.id and not _named(method, _said(sought)):
                return Filled(ORIGINAL, told=True)
            if await payment_serves(slot, known, method):
                return Filled(method.id, told=True)
        if wanted:
            return Filled(wanted[0].id, told=True)
        among = next((way.among for way in ways.wanted if way.among), ())
        serving = [method for method in methods if await payment_serves(slot, known, method)]
        if ways.any:
            if by_order:
                return Filled(ORIGINAL, told=True)
            first = next((method for method in serving if original and method.id == original.id), None)
            return Filled((first or serving[0]).id, told=True) if serving else Filled()
        missing = tuple(word for way in ways.wanted for word in way.missing)
        fitting = tuple(method for method in among if method in serving) or tuple(among)
        if len(fitting) == 1:
            return Filled(fitting[0].id, told=True)
        return Filled(among=tuple(map(of_method, fitting[:MOST])), missing=missing)

    async def variant(self, sought: Sought) -> Filled:
        """The id of the variant wished for, of the product chosen; of what is sold in one form, that form."""
        known = sought.known
        try:
            chosen = await known.value_of(sought.slot.of)
        except NotKnownYet:
            return Filled()
        forms = forms_of(await known.records.product(str(chosen["id"])))
        if len(forms) == 1:
            return Filled(forms[0].id)
        found = self._words.variants.which(_said(sought).text, Sku(SkuId(""), ()), forms)
        if len(found.of.meant) == 1:
            return Filled(found.of.meant[0].id, told=True)
        among = found.of.among or found.nearest or tuple(filter(in_stock, forms))
        return Filled(among=tuple(of_sku(sku, known.records.language) for sku in among[:MOST]))

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
                serves = order_serves(slot, known)
                fitting = [order for order in orders if serves(order)] or orders
                return tuple(of_order(order, known.records) for order in fitting[:MOST])
            case SlotKind.PAYMENT:
                methods = (await known.records.shopper()).payment_methods
                serving = [method for method in methods if await payment_serves(slot, known, method)]
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
                    if len(chosen) != 1:
                        return None
                    one = chosen[0]["sku"] if name == "changes" else chosen[0]
                    return None if one["price"] is None else Decimal(str(one["price"]))
        except NotKnownYet:
            return None
        return None

    async def _items(self, sought: Sought) -> Filled:
        """The items meant, as `Item`s in `value`."""
        told, known, slot = sought.told, sought.known, sought.slot
        orders = await known.records.orders()
        chosen = known.order_ids()
        said = _said(sought)
        if chosen:
            orders = [order for order in orders if order.id in chosen]
        elif named := self._words.orders.named(said, orders):
            orders = list(named)
        serves = line_serves(slot, known)
        names = await names_of(told, known)
        focus = items_about(told, orders, serves)

        def which(among: Sequence[Order]) -> Meaning[Item]:
            return self._words.lines.which(said, among, focus=focus, serves=serves, names=names, doing=known.doing)

        meaning = which(orders)
        if len({item.order for item in (*meaning.meant, *meaning.among)}) > 1 and (
            fewer := self._narrowed(sought, orders, meaning, names)
        ):
            meaning = which(fewer)
        if meaning.missing and not meaning.meant:
            return Filled(missing=meaning.missing)
        if meaning.meant:
            return Filled(meaning.meant, told=meaning.told)
        latest = tuple(item for item in meaning.among if item.order in told.orders[:1])
        if len(latest) == 1 and meaning.words:
            return Filled(latest, told=True)
        among = tuple(of_item(item, meaning.among) for item in meaning.among[:MOST])
        return Filled(among=among, told=bool(meaning.words))

    def _narrowed(
        self,
        sought: Sought,
        orders: Sequence[Order],
        meaning: Meaning[Item],
        names: Mapping[ProductId, Sequence[str]],
    ) -> Sequence[Order]:
        """Of orders with items that may be meant, those that the words tell besides: "that order"."""
        told, said = sought.told, _said(sought)
        if pointed := self._words.orders.pointed_at(said, orders, told.orders):
            return pointed
        if meaning.meant:
            return ()
        ids = {item.order for item in meaning.among}
        concerned = [order for order in orders if order.id in ids]
        found = self._words.orders.which(
            said, concerned, today=sought.known.records.today, talk=Talk(told.orders), names=names
        )
        return found.meant if found.how is How.WORDS and len(found.meant) < len(concerned) else ()

    async def _variant(self, item: Item, said: Said, known: Known) -> tuple[Sku | None, tuple[Choice, ...], str]:
        """The variant that an item becomes; those to choose from; what is said to be lacking."""
        product = await known.records.product(item.line.product_id)
        current = next(
            (sku for sku in product.skus if sku.id == item.line.sku_id),
            Sku(item.line.sku_id or SkuId(""), item.line.options, item.line.price),
        )
        owned = await _owned(product, current, known)
        found = self._words.variants.which(said.text, current, product.skus, owned=owned)
        if len(found.of.meant) == 1:
            return found.of.meant[0], (), ""
        choices = tuple(of_sku(sku, known.records.language) for sku in (found.of.among or found.nearest)[:MOST])
        lacking = item.line.title if found.lack in (Lack.NO_SUCH, Lack.SOLD_OUT) else ""
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


def _is_cut(address: Address, whole: Address) -> bool:
    """Whether an address was read from a part of the text of another."""
    return bool(whole.postcode) and address.street == whole.street and address.postcode != whole.postcode


def _as_address(values: object) -> Address | None:
    if not isinstance(values, Mapping):
        return None
    return Address(**{field.name: str(values.get(field.name, "")) for field in fields(Address)})


def _named(method: PaymentMethod, said: Clause) -> bool:
    """Whether a clause calls a method by its kind or its label, and not only "how I paid"."""
    words = fold(f"{method.kind} {method.label}").replace("_", " ").split()
    return any(word in said.folded for word in words if word.isalpha())


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
