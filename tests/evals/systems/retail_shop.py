"""An invented shop for tea things in the form of tau2 retail's records."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

ADA, BEN = "ada_stone_1", "ben_stone_2"
PENDING, DELIVERED, SENT, BENS = "#W1", "#W2", "#W3", "#W9"
CARD, GIFT, PAYPAL = "credit_card_1", "gift_card_1", "paypal_1"

_PLACE = {
    "address1": "1 Quay", "address2": "", "city": "Leith", "country": "UK", "state": "SC", "zip": "10001"
}  # fmt: skip


def _variant(item_id: str, colour: str, price: float, *, available: bool = True) -> dict[str, Any]:
    return {"item_id": item_id, "options": {"color": colour}, "available": available, "price": price}


PRODUCTS = {
    "100": {
        "name": "Tea Pot",
        "product_id": "100",
        "variants": {
            "1001": _variant("1001", "blue", 30.1),
            "1002": _variant("1002", "red", 40.35),
            "1003": _variant("1003", "green", 20, available=False),
            "1004": _variant("1004", "white", 25.5),
        },
    },
    "200": {"name": "Cup", "product_id": "200", "variants": {"2001": _variant("2001", "blue", 5.25)}},
}


def _user(user_id: str, first: str, email: str, orders: list[str]) -> dict[str, Any]:
    methods = [
        {"source": "credit_card", "id": CARD, "brand": "visa", "last_four": "4242"},
        {"source": "gift_card", "id": GIFT, "balance": 15},
        {"source": "paypal", "id": PAYPAL},
    ]
    return {
        "user_id": user_id,
        "name": {"first_name": first, "last_name": "Stone"},
        "address": dict(_PLACE),
        "email": email,
        "payment_methods": {method["id"]: method for method in methods},
        "orders": orders,
    }


def _order(order_id: str, user_id: str, status: str, paid_with: str = CARD) -> dict[str, Any]:
    items = [
        {"name": "Tea Pot", "product_id": "100", "item_id": "1001", "price": 30.1, "options": {"color": "blue"}},
        {"name": "Cup", "product_id": "200", "item_id": "2001", "price": 5.25, "options": {"color": "blue"}},
        {"name": "Cup", "product_id": "200", "item_id": "2001", "price": 5.25, "options": {"color": "blue"}},
    ]
    return {
        "order_id": order_id,
        "user_id": user_id,
        "address": dict(_PLACE),
        "items": items,
        "status": status,
        "fulfillments": [] if status == "pending" else [{"tracking_id": ["T1"], "item_ids": ["1001", "2001"]}],
        "payment_history": [{"transaction_type": "payment", "amount": 40.6, "payment_method_id": paid_with}],
    }


def records() -> dict[str, Any]:
    orders = [
        _order(PENDING, ADA, "pending", GIFT),
        _order(DELIVERED, ADA, "delivered"),
        _order(SENT, ADA, "processed"),
        _order(BENS, BEN, "pending"),
    ]
    return {
        "products": copy.deepcopy(PRODUCTS),
        "users": {
            ADA: _user(ADA, "Ada", "ada@example.com", [PENDING, DELIVERED, SENT]),
            BEN: _user(BEN, "Ben", "ben@example.com", [BENS]),
        },
        "orders": {order["order_id"]: order for order in orders},
    }


def write_retail_shop(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "db.json").write_text(json.dumps(records()), "utf-8")
    return folder
