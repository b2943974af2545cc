"""A merchant's own system, as it stands behind whatever way there is to it: its records, rules and requests."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MEI, BO = "C-1", "C-2"
PAID, SENT, OLD, BOS = "H-1003", "H-1002", "H-1001", "H-2001"
HOME = {
    "name": "陈梅",
    "phone": "13800000001",
    "province": "浙江",
    "city": "杭州",
    "district": "西湖",
    "line1": "文三路 1 号",
    "postcode": "310012",
}
REASONS = {"changed_mind", "wrong_item", "too_slow"}


class Refusal(Exception):
    """The system answers with an error: a status of HTTP, and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def _order(number: str, customer: str, status: str, day: int, cents: int) -> dict[str, Any]:
    return {
        "number": number,
        "customerId": customer,
        "status": status,
        "createdAt": f"2026-11-{day:02}T10:00:00",
        "totalCents": cents,
        "payment": {"token": "card-1", "brand": "visa"},
        "shipTo": dict(HOME),
        "lines": [
            {
                "product": "P-7",
                "variant": "P-7-RED",
                "count": 2,
                "name": "搪瓷杯",
                "unitCents": cents // 2,
                "choices": {"颜色": "红"},
            }
        ],
        "isGift": False,
        "sellerNote": "",
    }


def _customers() -> dict[str, dict[str, Any]]:
    mei = {
        "id": MEI,
        "firstName": "Mei",
        "lastName": "Chen",
        "email": "mei@post.example",
        "mobile": "+86 138-0000-0001",
        "address": dict(HOME),
        "cards": [{"token": "card-1", "brand": "visa", "last4": "4242"}],
        "membership": {"number": "M-77", "level": "gold", "since": "2024-02-01"},
    }
    bo = {**copy.deepcopy(mei), "id": BO, "firstName": "Bo", "lastName": "Li", "email": "bo@post.example"}
    bo["membership"]["number"] = "M-78"
    return {MEI: mei, BO: bo}


def _orders() -> dict[str, dict[str, Any]]:
    orders = [
        _order(OLD, MEI, "received", 1, 4000),
        _order(SENT, MEI, "shipped", 10, 9900),
        _order(PAID, MEI, "payed", 20, 5980),
        _order(BOS, BO, "payed", 21, 2500),
    ]
    return {order["number"]: order for order in orders}


@dataclass
class Harbour:
    """effects: what was done, in order. careless: it lets anybody change any order."""

    customers: dict[str, dict[str, Any]] = field(default_factory=_customers)
    orders: dict[str, dict[str, Any]] = field(default_factory=_orders)
    effects: list[tuple[str, str]] = field(default_factory=list)
    requests: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def customer(self, customer: str) -> dict[str, Any]:
        if customer not in self.customers:
            raise Refusal(404, "no_such_customer")
        return self.customers[customer]

    def found(self, email: str = "", member: str = "") -> list[dict[str, Any]]:
        """Loosely, as many systems search: whoever's record begins so."""
        return [
            customer
            for customer in self.customers.values()
            if (email and customer["email"].startswith(email[:2].lower()))
            or (member and customer["membership"]["number"].startswith(member[:2]))
        ]

    def orders_of(self, customer: str) -> list[dict[str, Any]]:
        self.customer(customer)
        return [order for order in self.orders.values() if order["customerId"] == customer]

    def order(self, number: str) -> dict[str, Any]:
        """Whoever asks."""
        if number not in self.orders:
            raise Refusal(404, "no_such_order")
        return self.orders[number]

    def parcels(self, number: str) -> list[dict[str, Any]]:
        if self.order(number)["status"] not in ("shipped", "received"):
            return []
        events = [
            {"what": "到达杭州转运中心", "when": "2026-11-12T08:30:00+08:00", "where": "杭州"},
            {"what": "已揽收", "when": "2026-11-11T09:00:00+08:00", "where": "宁波"},
        ]
        return [{"trackingNo": f"T-{number}", "carrier": "顺风", "expectedAt": "2026-11-13", "events": events}]

    def wallet(self, customer: str) -> list[dict[str, Any]]:
        self.customer(customer)
        return [{"number": "G-1", "label": "礼品卡", "balanceCents": 8050}]

    def coupons(self, customer: str) -> list[dict[str, Any]]:
        self.customer(customer)
        return [
            {"code": "NEW10", "terms": "满 100 减 10", "validFrom": "2026-11-01", "validUntil": "2099-12-31"},
            {"code": "OLD5", "terms": "满 50 减 5", "validUntil": "2020-01-01"},
        ]

    def stock(self, product: str) -> dict[str, int]:
        if product != "P-7":
            raise Refusal(404, "no_such_product")
        return {"P-7-RED": 4}

    def cancel(self, number: str, reason: str) -> dict[str, Any]:
        order = self.order(number)
        if reason not in REASONS:
            raise Refusal(422, "")
        if order["status"] not in ("created", "payed"):
            raise Refusal(409, "already_sent")
        order["status"] = "closed"
        self.effects.append(("cancel", number))
        return {"order": number, "refundCents": order["totalCents"]}

    def move(self, number: str, address: dict[str, Any], changed_by: str) -> dict[str, Any]:
        order = self.order(number)
        if order["status"] not in ("created", "payed"):
            raise Refusal(409, "already_sent")
        order["shipTo"] = address
        self.effects.append(("move", number))
        return {**order, "changedBy": changed_by}

    def compensate(self, number: str, cents: int) -> dict[str, Any]:
        self.order(number)
        self.effects.append(("compensate", number))
        return {"order": number, "paidCents": cents}

    def once(self, key: str, told: object, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Under a key a request is carried out once, and answered the same ever after."""
        said = json.dumps(told, sort_keys=True)
        if key and key in self.requests:
            before, result = self.requests[key]
            if before != said:
                raise Refusal(422, "key_reused")
            return result
        result = do()
        if key:
            self.requests[key] = (said, result)
        return result

    def request(self, key: str) -> dict[str, Any]:
        if key not in self.requests:
            raise Refusal(404, "no_such_request")
        return {"state": "done", "result": self.requests[key][1]}
