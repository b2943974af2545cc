"""The merchant's own system: what may be read of orders, shipments and balances there, and what may be done.

Every call is made for one shopper, and a system shows and changes only that shopper's records: what belongs to somebody
else is not found, as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol

from assistant.domain.commerce import Money
from assistant.domain.ids import ProductId, SkuId
from assistant.domain.text import LocalText

ShopperRef = NewType("ShopperRef", str)
"""A shopper as the merchant's system knows them: the `sub` of an identity token, or what `identify` has found."""

OrderId = NewType("OrderId", str)

JsonObject = Mapping[str, object]
"""What JSON can hold, as an object: str, int, float, Decimal, bool, None, sequences and mappings of these."""


class Risk(StrEnum):
    """How much an operation can do, and so what must come before it."""

    READ = "read"  # changes nothing
    WRITE = "write"  # needs the shopper's explicit yes
    APPROVE = "approve"  # needs a human's yes as well


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that a system does when it is called by name.

    arguments and result are JSON Schemas (2020-12) of objects. Who the shopper is stands in neither: that is told with
    the call. title says in a few words what happens, for people who confirm or approve it.
    """

    name: str
    risk: Risk
    title: LocalText
    arguments: JsonObject
    result: JsonObject = field(default_factory=lambda: {"type": "object"})


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; what a country's addresses do not have is empty. region: province or state. unit: line two."""

    recipient: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    unit: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay. kind is the system's own word for it ("paypal", "京东E卡"); label is what a shopper knows it by."""

    id: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShopperRecord:
    """What the system knows of a shopper. fields: all else, under the system's own names, for conditions and texts."""

    id: ShopperRef
    name: str = ""
    email: str = ""
    phone: str = ""
    address: Address | None = None
    payment_methods: tuple[PaymentMethod, ...] = ()
    fields: JsonObject = field(default_factory=dict)


class OrderStage(StrEnum):
    """How far an order has come, in terms that all shops share. Rules are written over the shop's own word for it."""

    UNPAID = "unpaid"
    PAID = "paid"  # not yet sent
    SENT = "sent"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"
    EXCHANGING = "exchanging"
    OTHER = "other"  # what none of these says


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`price` is of one piece. `sku_id` is None where the shop sells a product in one form only."""

    product_id: ProductId
    quantity: int
    sku_id: SkuId | None = None
    title: str = ""
    price: Money | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """state is the shop's own word ("已签收"), stage what it comes to. payment: how it was paid.

    fields: all else, under the system's own names, for conditions and texts.
    """

    id: OrderId
    shopper: ShopperRef
    stage: OrderStage
    state: str
    lines: tuple[OrderLine, ...]
    total: Money | None = None
    address: Address | None = None
    payment: PaymentMethod | None = None
    placed_at: datetime | None = None
    fields: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShipmentStep:
    """Something that happened to a parcel, newest last in a shipment. `at` is None where the time is not known."""

    text: str
    at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel of an order; an order may be sent in several, or have none yet. skus: what is in it, empty for all."""

    number: str
    carrier: str = ""
    steps: tuple[ShipmentStep, ...] = ()
    due_at: datetime | None = None
    delivered_at: datetime | None = None
    skus: tuple[SkuId, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """Money that a shopper holds with the shop: a gift card, a deposit. kind and label as in PaymentMethod."""

    id: str
    kind: str
    amount: Money
    label: str = ""


@dataclass(frozen=True, slots=True)
class Coupon:
    """terms: what it is worth and on which conditions, in the shop's words. begins, ends: its first and last day."""

    id: str
    terms: str
    begins: date | None = None
    ends: date | None = None


class StoreBackend(Protocol):
    """A merchant's system. Every implementation passes the same conformance suite.

    All methods raise StoreSystemUnavailable when nothing was done and trying again is safe. Those that name a shopper
    or an order raise NotFound when there is none of that id, or none that is this shopper's.
    """

    @property
    def operations(self) -> Mapping[str, Operation]:
        """What can be called, by name."""
        ...

    @property
    def identified_by(self) -> Sequence[frozenset[str]]:
        """The sets of particulars that each suffice to tell who a shopper is ({"email"}, {"name", "postcode"}).

        Empty where only the merchant's site can vouch for a shopper.
        """
        ...

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        """The one shopper whom all of these fit; None where none does, several do, or they do not suffice."""
        ...

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord: ...

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        """All orders, the newest first as far as the system can tell."""
        ...

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order: ...

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        """The parcels of an order; empty while nothing was handed to a carrier."""
        ...

    async def balances(self, shopper: ShopperRef) -> list[Balance]: ...

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        """The coupons that can be used today or later."""
        ...

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        """Carries out an operation and gives its result. The same key never has an effect twice.

        Args:
            operation: the name of one of `operations`.
            arguments: what its schema asks for.
            shopper: for whom; None only for operations that concern nobody.
            idempotency_key: names this effect, over retries and restarts. Reads ignore it.

        Raises:
            NotFound: no such operation, or a record it names is not there for this shopper.
            InvalidInput: arguments that do not fit the schema; `errors` in its data says which. Nothing was done.
            OperationRefused: the system's own rules forbid it; `reason` in its data is a stable code. Nothing was done.
            Conflict: the key was used for another call. Nothing was done.
            OutcomeUnknown: the call went out and no answer came. Ask `outcome`; never call again under another key.
        """
        ...

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        """What a call under this key came to: its result, or None when it had no effect.

        Raises OutcomeUnknown when the system cannot tell either; then a human has to look.
        """
        ...
