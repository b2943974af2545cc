"""What the conversation has been about, among the shopper's records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.domain.backend import Order, OrderLine
from assistant.domain.ids import ProductId
from assistant.domain.understanding import Clause
from assistant.procedures.known import Known
from assistant.procedures.progress import Told
from assistant.procedures.referents import Item


def products_about(told: Told, orders: Sequence[Order]) -> frozenset[ProductId]:
    """The products that the conversation is about, as far as they were ordered: the last thing spoken of, be it a
    product or an order, is what "it" means."""
    ordered = {line.product_id for order in orders for line in order.lines}
    about = frozenset(product.id for product in told.products) & ordered
    latest = {line.product_id for order in orders if order.id in told.orders[:1] for line in order.lines}
    return frozenset() if about and about <= latest and not told.named else about


def items_about(told: Told, orders: Sequence[Order], serves: Callable[[Order, OrderLine], bool]) -> tuple[Item, ...]:
    """The items that "it" and "them" mean: those of the products talked about, else the only one of the order."""
    latest = [order for order in orders if order.id in told.orders[:1]]
    in_latest = {line.product_id for order in latest for line in order.lines}
    about = {product.id for product in told.products} & {line.product_id for order in orders for line in order.lines}
    of_order = in_latest <= about if in_latest else not about
    items = tuple(
        Item(order.id, place, line)
        for order in (latest if of_order or about & in_latest else orders)
        for place, line in enumerate(order.lines)
        if (of_order or line.product_id in about) and serves(order, line)
    )
    return items if not of_order or len(items) == 1 else ()


async def names_of(told: Told, known: Known) -> Mapping[ProductId, Sequence[str]]:
    """What products that were ordered are called beside their titles on the orders: in each language of the shop."""
    ordered = {line.product_id for order in await known.records.orders() for line in order.lines}
    products = {product.id: product for product in (*await known.records.catalogue(ordered), *told.products)}
    return {product.id: (*product.names, *product.title.texts) for product in products.values()}


def said_beside(told: Told) -> Clause | None:
    """The message of which the clause is a part: what "it" leaves open there, the rest of it may name."""
    whole = told.earlier
    return whole if whole is not None and told.clause.folded and told.clause.folded in whole.folded else None
