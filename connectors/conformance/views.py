"""All that the port shows of a shopper, to be compared before and after a call."""

from __future__ import annotations

from dataclasses import dataclass, fields

from assistant.domain.backend import Balance, Coupon, Order, Shipment, ShopperRecord, ShopperRef, StoreBackend
from connectors.conformance.subject import broken


@dataclass(frozen=True, slots=True)
class View:
    """All that the port shows of a shopper."""

    shopper: ShopperRecord
    orders: list[Order]
    shipments: list[list[Shipment]]
    balances: list[Balance]
    coupons: list[Coupon]


async def view(backend: StoreBackend, shopper: ShopperRef) -> View:
    orders = await backend.orders(shopper)
    return View(
        await backend.shopper(shopper),
        orders,
        [await backend.shipments(shopper, order.id) for order in orders],
        await backend.balances(shopper),
        await backend.coupons(shopper),
    )


def check_same(before: View, after: View) -> None:
    for part in fields(View):
        if getattr(before, part.name) != getattr(after, part.name):
            broken(f"{part.name} 不应改变却改变了", f"{part.name} changed, and should not have")
