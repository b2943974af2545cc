"""The benchmark's records (`db.json`). Keys are the format's own, values are the shop's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.domain.backend import (
    Address,
    Balance,
    Order,
    OrderId,
    OrderLine,
    OrderStage,
    PaymentMethod,
    Shipment,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.commerce import Money
from assistant.domain.errors import PackRefused
from assistant.domain.ids import ProductId, SkuId
from evals.systems.files import read_records
from evals.systems.recording import Records

FILE = "db.json"
CURRENCY = "USD"
GIFT_CARD = "gift_card"
PENDING, DELIVERED = "pending", "delivered"
CANCELLED, MODIFIED = "cancelled", "pending (items modified)"
RETURN_REQUESTED, EXCHANGE_REQUESTED = "return requested", "exchange requested"
_STAGES = {
    PENDING: OrderStage.PAID,
    MODIFIED: OrderStage.PAID,
    "processed": OrderStage.SENT,
    DELIVERED: OrderStage.DELIVERED,
    CANCELLED: OrderStage.CANCELLED,
    RETURN_REQUESTED: OrderStage.RETURNING,
    EXCHANGE_REQUESTED: OrderStage.EXCHANGING,
}


@dataclass(frozen=True, slots=True)
class ShopRecords:
    """The records of the shop, to be changed by one conversation. items: every variant with its product, by item id."""

    users: Records
    orders: Records
    products: Mapping[str, Any]
    items: Mapping[str, tuple[str, Mapping[str, Any]]]


def read_shop(path: Path) -> Callable[[], ShopRecords]:
    """The shop in folder `path`: each call gives its records as they are published. Raises PackRefused."""
    content = read_records(path / FILE)
    missing = [name for name in ("users", "orders", "products") if not isinstance(content.get(name), dict)]
    if missing:
        raise PackRefused(f"{FILE} is no tau2 retail shop: {', '.join(missing)} missing.", file=FILE, missing=missing)
    users, orders, products = content["users"], content["orders"], content["products"]
    items = {
        item_id: (product_id, item)
        for product_id, product in products.items()
        for item_id, item in product["variants"].items()
    }
    return lambda: ShopRecords(Records(users), Records(orders), products, items)


def full_name(user: Mapping[str, Any]) -> str:
    return f"{user['name']['first_name']} {user['name']['last_name']}"


def shopper_record(user: Mapping[str, Any]) -> ShopperRecord:
    return ShopperRecord(
        id=ShopperRef(user["user_id"]),
        name=full_name(user),
        email=user["email"],
        address=_address(user["address"], full_name(user)),
        payment_methods=tuple(_payment(method) for method in user["payment_methods"].values()),
        fields=dict(user),
    )


def order_record(order: Mapping[str, Any], user: Mapping[str, Any]) -> Order:
    state = str(order["status"])
    paid_with = next((entry["payment_method_id"] for entry in order["payment_history"]), None)
    method = user["payment_methods"].get(paid_with)
    return Order(
        id=OrderId(order["order_id"]),
        shopper=ShopperRef(order["user_id"]),
        stage=_STAGES.get(state, OrderStage.OTHER),
        state=state,
        lines=tuple(_line(item) for item in order["items"]),
        total=dollars(sum((Decimal(item["price"]) for item in order["items"]), Decimal(0))),
        address=_address(order["address"], full_name(user)),
        payment=_payment(method) if method else None,
        fields=dict(order),
    )


def shipment_records(order: Mapping[str, Any]) -> list[Shipment]:
    return [
        Shipment(number, skus=tuple(SkuId(item) for item in fulfilment["item_ids"]))
        for fulfilment in order["fulfillments"]
        for number in fulfilment["tracking_id"]
    ]


def balance_records(methods: Iterable[Mapping[str, Any]]) -> list[Balance]:
    return [
        Balance(method["id"], GIFT_CARD, dollars(method["balance"]), "gift card")
        for method in methods
        if method["source"] == GIFT_CARD
    ]


def dollars(amount: int | Decimal) -> Money:
    return Money(Decimal(amount), CURRENCY)


def _line(item: Mapping[str, Any]) -> OrderLine:
    return OrderLine(
        ProductId(item["product_id"]),
        1,
        SkuId(item["item_id"]),
        item["name"],
        dollars(item["price"]),
        tuple((str(name), str(value)) for name, value in item["options"].items()),
    )


def _payment(method: Mapping[str, Any]) -> PaymentMethod:
    kind = str(method["source"])
    digits = method.get("last_four")
    return PaymentMethod(method["id"], kind, f"{method['brand']} {digits}" if digits else kind.replace("_", " "))


def _address(place: Mapping[str, Any], recipient: str) -> Address:
    return Address(
        recipient=recipient,
        country=place["country"],
        region=place["state"],
        city=place["city"],
        street=place["address1"],
        unit=place["address2"],
        postcode=place["zip"],
    )
