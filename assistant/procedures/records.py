"""The shop system's records as the plain values that expressions and texts of procedures see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.domain.backend import (
    Address,
    Balance,
    Coupon,
    JsonObject,
    Order,
    OrderLine,
    PaymentMethod,
    Shipment,
    ShopperRecord,
)
from assistant.domain.commerce import Money, Product, Sku

Values = dict[str, Any]

ORDER_FIELDS = frozenset(
    {"id", "stage", "state", "total", "currency", "lines", "items", "address", "payment", "placed_on"}
    | {"days_since_placed", "fields"}
)
PRODUCT_FIELDS = frozenset({"id", "title", "price", "currency", "status", "on_sale", "facts", "skus"})
SHOPPER_FIELDS = frozenset({"id", "name", "email", "phone", "address", "payment_methods", "fields"})
"""What these records have in every shop: checks of procedures go by them."""

_IN_ENGLISH = {"中国": "China"}  # a country as it ends an address that is not in its own writing
_LONGEST_TITLE = 36  # characters, in a list of items


def order_values(order: Order, today: date) -> Values:
    """What `order` stands for. items: the titles in words; days_since_placed: None where the day is not known."""
    placed = order.placed_at.date() if order.placed_at else None
    return {
        "id": order.id,
        "stage": order.stage.value,
        "state": order.state,
        "total": order.total.amount if order.total else None,
        "currency": order.total.currency if order.total else "",
        "lines": [line_values(order, place) for place in range(len(order.lines))],
        "items": ", ".join(_counted(line) for line in order.lines),
        "address": address_values(order.address),
        "payment": payment_values(order.payment),
        "placed_on": placed.isoformat() if placed else "",
        "days_since_placed": (today - placed).days if placed else None,
        "fields": _plain(order.fields),
    }


def line_values(order: Order, place: int) -> Values:
    """What one of `order.lines` stands for; `place` counts from 0."""
    line = order.lines[place]
    return {
        "place": place,
        "order_id": order.id,
        "product_id": line.product_id,
        "sku_id": line.sku_id or "",
        "title": line.title,
        "quantity": line.quantity,
        "price": line.price.amount if line.price else None,
        "options": dict(line.options),
        "name": ", ".join(value for _, value in line.options),
    }


def address_values(address: Address | None) -> Values:
    """What an address stands for: its parts, and `line`, all of it in words. All empty where there is none."""
    parts = asdict(address or Address())
    return {**parts, "line": address_line(address or Address())}


def address_line(address: Address) -> str:
    """All parts of an address on one line, in the order and with the marks of the language its street is written in."""
    above = "" if address.region == address.city else address.region
    if _has_han(address.street or address.unit or address.district or address.city or above):
        between = " " if address.unit and not _has_han(address.unit) else ""
        line = "".join((above, address.city, address.district, address.street, between, address.unit))
        return f"{line}（邮编{address.postcode}）" if address.postcode else line
    country = _IN_ENGLISH.get(address.country, address.country)
    parts = (address.street, address.unit, address.district, address.city, above, address.postcode, country)
    return ", ".join(filter(None, parts))


def payment_values(payment: PaymentMethod | None) -> Values:
    if payment is None:
        return {"id": "", "kind": "", "label": ""}
    return {"id": payment.id, "kind": payment.kind, "label": payment.label or payment.kind}


def shopper_values(shopper: ShopperRecord) -> Values:
    return {
        "id": shopper.id,
        "name": shopper.name,
        "email": shopper.email,
        "phone": shopper.phone,
        "address": address_values(shopper.address),
        "payment_methods": [payment_values(method) for method in shopper.payment_methods],
        "fields": _plain(shopper.fields),
    }


def balance_values(balances: Sequence[Balance]) -> list[Values]:
    return [
        {"id": each.id, "kind": each.kind, "label": each.label or each.kind, "amount": each.amount.amount}
        for each in balances
    ]


def coupon_values(coupons: Sequence[Coupon]) -> list[Values]:
    return [
        {"id": each.id, "terms": each.terms, "begins": _day(each.begins), "ends": _day(each.ends)} for each in coupons
    ]


def shipment_values(shipments: Sequence[Shipment]) -> list[Values]:
    """newest: what happened last, in words."""
    return [
        {
            "number": parcel.number,
            "carrier": parcel.carrier,
            "newest": parcel.steps[-1].text if parcel.steps else "",
            "newest_at": parcel.steps[-1].at.isoformat(" ", "minutes") if parcel.steps and parcel.steps[-1].at else "",
            "due_on": _day(parcel.due_at.date() if parcel.due_at else None),
            "delivered_on": _day(parcel.delivered_at.date() if parcel.delivered_at else None),
        }
        for parcel in shipments
    ]


def product_values(product: Product, language: str) -> Values:
    """What `product` stands for. facts: by name of the attribute, in the language asked for."""
    return {
        "id": product.id,
        "title": product.title.in_language(language),
        "price": product.price.amount if product.price else None,
        "currency": product.price.currency if product.price else "",
        "status": product.status,
        "on_sale": product.status == "on_sale",
        "facts": {str(fact.key): str(fact.value) for fact in product.facts},
        "skus": [sku_values(sku, product.price) for sku in product.skus],
    }


def sku_values(sku: Sku, price: Money | None = None) -> Values:
    """`price`: of the product, where the variant has none of its own."""
    own = sku.price or price
    return {
        "id": sku.id,
        "options": dict(sku.options),
        "name": ", ".join(value for _, value in sku.options),
        "price": own.amount if own else None,
        "in_stock": sku.stock is None or sku.stock > 0,
    }


def _counted(line: OrderLine) -> str:
    title = line.title or line.product_id
    title = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
    return title if line.quantity == 1 else f"{title} × {line.quantity}"


def _has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _plain(fields: JsonObject) -> Values:
    return {name: _plain(value) if isinstance(value, Mapping) else value for name, value in fields.items()}
