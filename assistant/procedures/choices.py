"""Records as a shopper chooses between them: the words on a button, and what it sends."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain.backend import Address, Order, PaymentMethod
from assistant.domain.commerce import Product, Sku
from assistant.domain.ids import ProductId
from assistant.procedures.known import Records
from assistant.procedures.progress import Choice
from assistant.procedures.records import address_values, order_values
from assistant.procedures.referents import Item, Offered

MOST = 6
_LONGEST = 40  # characters of a description


def of_order(order: Order, records: Records) -> Choice:
    """An order by its day, what is in it, how far it is, and its id."""
    day = f"{order.placed_at:%m-%d} " if order.placed_at else ""
    items = shortened(str(order_values(order, records.today)["items"]))
    if records.language.startswith("zh"):
        return Choice([order.id], f"{day}{items}（{order.state}）{order.id}", f"订单{order.id}")
    return Choice([order.id], f"{day}{items} ({order.state}) {order.id}", f"Order {order.id}")


def of_item(item: Item, among: Sequence[Item]) -> Choice:
    """An item by its title, with its options and its order where those tell it from others."""
    options = ", ".join(value for _, value in item.line.options)
    alike = [other for other in among if other.line.title == item.line.title and other != item]
    label = f"{item.line.title} ({options})" if alike and options else item.line.title or item.line.product_id
    label = (
        f"{shortened(label)} {item.order}" if any(other.order != item.order for other in among) else shortened(label)
    )
    return Choice([{"order_id": item.order, "line": item.place}], label, item.line.sku_id or item.line.product_id)


def of_method(method: PaymentMethod) -> Choice:
    return Choice(method.id, method.label or method.kind)


def of_address(address: Address) -> Choice:
    values = address_values(address)
    return Choice(values, values["line"])


def of_product(product: Product, language: str) -> Choice:
    title = product.title.in_language(language)
    return Choice(ProductId(product.id), title, title)


def of_sku(sku: Sku, language: str) -> Choice:
    """A variant by its options."""
    between = "，" if language.startswith("zh") else ", "
    label = between.join(value for _, value in sku.options)
    return Choice(sku.id, f"{label} {sku.price}" if sku.price else label, label)


def of_offered(offered: Offered) -> Choice:
    return Choice({"id": offered.id, "title": offered.text}, shortened(offered.text), str(offered.id))


def shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
