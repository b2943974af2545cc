"""Records as files have them, checked, and made into the nouns of the port."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.domain.backend import (
    Address,
    Balance,
    Coupon,
    Order,
    OrderId,
    OrderLine,
    OrderStage,
    PaymentMethod,
    Shipment,
    ShipmentStep,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.commerce import Money
from assistant.domain.ids import ProductId, SkuId
from connectors.files.description import BALANCES, COUPONS, ORDERS, SHIPMENTS, SHOPPERS, Description
from connectors.files.moments import Moments


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _exact(value: object) -> object:
    """A JSON file's numbers are read as Decimals; a float would be one that was computed."""
    return str(value) if isinstance(value, float) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Key = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=200)]
Amount = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]


class _Row(BaseModel):
    """What stands there beside the fields that are named is kept for conditions and texts."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def others(self, moments: Moments) -> dict[str, object]:
        return {name: moments.told(name, value) for name, value in (self.model_extra or {}).items()}


class _AddressRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: Text = ""
    phone: Text = ""
    country: Text = ""
    region: Text = ""
    city: Text = ""
    district: Text = ""
    street: Text = ""
    unit: Text = ""
    postcode: Text = ""

    def noun(self) -> Address:
        return Address(**self.model_dump())


class _PaymentRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Key
    kind: Text
    label: Text = ""

    def noun(self) -> PaymentMethod:
        return PaymentMethod(self.id, self.kind, self.label)


class ShopperRow(_Row):
    id: Key
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    address: _AddressRow | None = None
    payment_methods: tuple[_PaymentRow, ...] = ()

    def noun(self, moments: Moments) -> ShopperRecord:
        return ShopperRecord(
            ShopperRef(self.id),
            self.name,
            self.email,
            self.phone,
            self.address.noun() if self.address else None,
            tuple(payment.noun() for payment in self.payment_methods),
            self.others(moments),
        )


class _LineRow(_Row):
    product_id: Key
    quantity: Annotated[int, Field(ge=1)] = 1
    sku_id: Key | None = None
    title: Text = ""
    price: Amount | None = None
    options: dict[str, Text] = Field(default_factory=dict)

    def noun(self, currency: str) -> OrderLine:
        return OrderLine(
            ProductId(self.product_id),
            self.quantity,
            SkuId(self.sku_id) if self.sku_id else None,
            self.title,
            None if self.price is None else Money(self.price, currency),
            tuple(self.options.items()),
        )


class OrderRow(_Row):
    id: Key
    shopper_id: Key
    state: Text
    lines: Annotated[tuple[_LineRow, ...], Field(min_length=1)]
    total: Amount | None = None
    address: _AddressRow | None = None
    payment: _PaymentRow | None = None
    placed_at: str | None = None

    def noun(self, moments: Moments, description: Description) -> Order:
        currency = description.currency
        return Order(
            OrderId(self.id),
            ShopperRef(self.shopper_id),
            description.states.get(self.state, OrderStage.OTHER),
            self.state,
            tuple(line.noun(currency) for line in self.lines),
            None if self.total is None else Money(self.total, currency),
            self.address.noun() if self.address else None,
            self.payment.noun() if self.payment else None,
            moments.at(self.placed_at) if self.placed_at else None,
            self.others(moments),
        )


class _StepRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Text
    at: str | None = None
    place: Text = ""


class ShipmentRow(_Row):
    number: Key
    order_id: Key
    carrier: Text = ""
    steps: tuple[_StepRow, ...] = ()
    due_at: str | None = None
    delivered_at: str | None = None
    skus: tuple[Key, ...] = ()

    def noun(self, moments: Moments) -> Shipment:
        return Shipment(
            self.number,
            self.carrier,
            tuple(ShipmentStep(step.text, moments.at(step.at) if step.at else None, step.place) for step in self.steps),
            moments.at(self.due_at) if self.due_at else None,
            moments.at(self.delivered_at) if self.delivered_at else None,
            tuple(map(SkuId, self.skus)),
        )


class BalanceRow(_Row):
    id: Key
    shopper_id: Key
    amount: Amount
    kind: Text = ""
    label: Text = ""

    def noun(self, currency: str) -> Balance:
        return Balance(self.id, self.kind or self.id, Money(self.amount, currency), self.label)


class CouponRow(_Row):
    id: Key
    shopper_id: Key
    terms: Annotated[str, Field(min_length=1)]
    used: bool = False
    begins: str | None = None
    ends: str | None = None

    def noun(self, moments: Moments) -> Coupon:
        return Coupon(
            self.id,
            self.terms,
            moments.on(self.begins) if self.begins else None,
            moments.on(self.ends) if self.ends else None,
        )


ROWS: dict[str, type[BaseModel]] = {
    SHOPPERS: ShopperRow,
    ORDERS: OrderRow,
    SHIPMENTS: ShipmentRow,
    BALANCES: BalanceRow,
    COUPONS: CouponRow,
}
