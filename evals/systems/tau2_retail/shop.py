"""What the tau2 retail shop's system does when it is told, and what it refuses by the shop's policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from assistant.domain.backend import Balance, JsonObject, Order, OrderId, Risk, Shipment, ShopperRecord, ShopperRef
from assistant.domain.errors import NotFound
from assistant.domain.folding import fold
from assistant.domain.text import LocalText
from evals.systems.recording import Arguments, RecordingBackend, Tool, no_order, refuse
from evals.systems.tau2_retail.records import (
    CANCELLED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    GIFT_CARD,
    MODIFIED,
    PENDING,
    RETURN_REQUESTED,
    ShopRecords,
    balance_records,
    full_name,
    order_record,
    read_shop,
    shipment_records,
    shopper_record,
)

_Text = Annotated[str, Field(min_length=1)]
_Items = Annotated[list[str], Field(min_length=1)]


def load(path: Path) -> Callable[[], RecordingBackend]:
    """The system of the shop in folder `path`, new for each conversation. Raises PackRefused."""
    records = read_shop(path)
    return lambda: RetailShop(records())


class OfProduct(Arguments):
    product_id: _Text


class Cancellation(Arguments):
    order_id: _Text
    reason: Literal["no longer needed", "ordered by mistake"]


class Place(Arguments):
    """`address2` may be empty."""

    address1: _Text
    address2: str = ""
    city: _Text
    state: _Text
    country: _Text
    zip: _Text


class Redirection(Place):
    order_id: _Text


class Payment(Arguments):
    order_id: _Text
    payment_method_id: _Text


class Return(Payment):
    item_ids: _Items


class Swap(Return):
    """`new_item_ids` in the order of `item_ids`: each takes the place of one."""

    new_item_ids: _Items


@dataclass
class RetailShop(RecordingBackend):
    """`records` belong to this conversation alone."""

    records: ShopRecords

    signs_in: ClassVar[bool] = False
    identified_by: ClassVar[Sequence[frozenset[str]]] = (frozenset({"email"}), frozenset({"name", "postcode"}))

    def tools(self) -> Iterable[Tool[Any]]:
        def tool(name: str, zh: str, en: str, arguments: type[Any], perform: Any, *, reads: bool = False) -> Tool[Any]:
            return Tool(
                name, Risk.READ if reads else Risk.WRITE, LocalText.of({"zh": zh, "en": en}), arguments, perform
            )

        yield tool(
            "get_product_details", "查询款式", "Look up a product's variants", OfProduct, self._variants, reads=True
        )
        yield tool("cancel_pending_order", "取消订单", "Cancel an order", Cancellation, self._cancel)
        yield tool(
            "modify_pending_order_address", "改收货地址", "Change an order's address", Redirection, self._redirect
        )
        yield tool(
            "modify_pending_order_payment", "改支付方式", "Change an order's payment", Payment, self._pay_otherwise
        )
        yield tool("modify_pending_order_items", "改订单款式", "Change items of an order", Swap, self._modify)
        yield tool("return_delivered_order_items", "退货", "Return items", Return, self._return)
        yield tool("exchange_delivered_order_items", "换货", "Exchange items", Swap, self._exchange)
        yield Tool(
            "modify_user_address",
            Risk.WRITE,
            LocalText.of({"zh": "改默认地址", "en": "Change the default address"}),
            Place,
            self._move,
            fixed=lambda shopper: {"user_id": shopper},
        )

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        given = {name: fold(value) for name, value in particulars.items() if value.strip()}
        if not any(enough <= given.keys() for enough in self.identified_by):
            return None
        fitting = [user for user in map(self.records.users.__getitem__, self.records.users) if _fits(user, given)]
        return shopper_record(fitting[0]) if len(fitting) == 1 else None

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        return shopper_record(self._user(shopper))

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        user = self._user(shopper)
        return [order_record(self.records.orders[order_id], user) for order_id in reversed(user["orders"])]

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        return shipment_records(self._order(shopper, order_id))

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        return balance_records(self._user(shopper)["payment_methods"].values())

    def _variants(self, _: ShopperRef, given: OfProduct) -> JsonObject:
        if given.product_id not in self.records.products:
            raise NotFound(f"There is no product {given.product_id!r}.")
        return dict(self.records.products[given.product_id])

    def _cancel(self, shopper: ShopperRef, given: Cancellation) -> JsonObject:
        order = self._order(shopper, given.order_id, PENDING)
        refunds = []
        for payment in [entry for entry in order["payment_history"] if entry["transaction_type"] == "payment"]:
            refunds.append({**payment, "transaction_type": "refund"})
            self._settle(shopper, payment["payment_method_id"], payment["amount"])
        order["payment_history"] += refunds
        order |= {"status": CANCELLED, "cancel_reason": given.reason}
        return {"order_id": given.order_id, "status": CANCELLED, "refunds": refunds}

    def _redirect(self, shopper: ShopperRef, given: Redirection) -> JsonObject:
        order = self._order(shopper, given.order_id, PENDING)
        order["address"] = given.model_dump(exclude={"order_id"})
        return {"order_id": given.order_id, "address": order["address"]}

    def _pay_otherwise(self, shopper: ShopperRef, given: Payment) -> JsonObject:
        order = self._order(shopper, given.order_id, PENDING)
        self._method(shopper, given.payment_method_id)
        history = order["payment_history"]
        if len(history) != 1 or history[0]["transaction_type"] != "payment":
            raise refuse("several_payments", "The order was not paid with a single payment.")
        before, amount = history[0]["payment_method_id"], history[0]["amount"]
        if before == given.payment_method_id:
            raise refuse("same_payment_method", "The order is paid with this method already.")
        self._settle(shopper, given.payment_method_id, -amount)
        self._settle(shopper, before, amount)
        history += [
            {"transaction_type": "payment", "amount": amount, "payment_method_id": given.payment_method_id},
            {"transaction_type": "refund", "amount": amount, "payment_method_id": before},
        ]
        return {"order_id": given.order_id, "payment_method_id": given.payment_method_id, "amount": amount}

    def _modify(self, shopper: ShopperRef, given: Swap) -> JsonObject:
        order = self._order(shopper, given.order_id, PENDING)
        swapped = self._swapped(order, given)
        difference = _difference(swapped)
        self._settle(shopper, given.payment_method_id, -difference)
        for item, _, new in swapped:
            item |= {"item_id": new["item_id"], "price": new["price"], "options": dict(new["options"])}
        order["status"] = MODIFIED
        if difference:
            kind = "payment" if difference > 0 else "refund"
            paid = {"transaction_type": kind, "amount": abs(difference), "payment_method_id": given.payment_method_id}
            order["payment_history"].append(paid)
        return {"order_id": given.order_id, "status": MODIFIED, "price_difference": difference}

    def _return(self, shopper: ShopperRef, given: Return) -> JsonObject:
        order = self._order(shopper, given.order_id, DELIVERED)
        method = self._method(shopper, given.payment_method_id)
        if method["source"] != GIFT_CARD and method["id"] != order["payment_history"][0]["payment_method_id"]:
            raise refuse("refund_method", "A refund goes to the original payment method or to a gift card.")
        items = _taken(order, given.item_ids)
        order |= {
            "status": RETURN_REQUESTED,
            "return_items": sorted(given.item_ids),
            "return_payment_method_id": given.payment_method_id,
        }
        refund = sum((Decimal(item["price"]) for item in items), Decimal(0))
        return {"order_id": given.order_id, "status": RETURN_REQUESTED, "refund": refund}

    def _exchange(self, shopper: ShopperRef, given: Swap) -> JsonObject:
        order = self._order(shopper, given.order_id, DELIVERED)
        difference = _difference(self._swapped(order, given))
        self._check_balance(self._method(shopper, given.payment_method_id), difference)
        order |= {
            "status": EXCHANGE_REQUESTED,
            "exchange_items": sorted(given.item_ids),
            "exchange_new_items": sorted(given.new_item_ids),
            "exchange_payment_method_id": given.payment_method_id,
            "exchange_price_difference": difference,
        }
        return {"order_id": given.order_id, "status": EXCHANGE_REQUESTED, "price_difference": difference}

    def _move(self, shopper: ShopperRef, given: Place) -> JsonObject:
        self._user(shopper)["address"] = given.model_dump()
        return {"address": given.model_dump()}

    def _swapped(
        self, order: Mapping[str, Any], given: Swap
    ) -> list[tuple[dict[str, Any], Decimal, Mapping[str, Any]]]:
        """Each item of the order with its price and the variant that takes its place."""
        if len(given.item_ids) != len(given.new_item_ids):
            raise refuse("lists_differ", "item_ids and new_item_ids must be of the same length.")
        swapped = []
        for item, new_id in zip(_taken(order, given.item_ids), given.new_item_ids, strict=True):
            product_id, new = self.records.items.get(new_id, ("", {}))
            if product_id != item["product_id"]:
                raise refuse("other_product", f"Item {new_id} is no variant of the product of {item['item_id']}.")
            if new_id == item["item_id"]:
                raise refuse("same_item", f"Item {new_id} is what the order has already.")
            if not new["available"]:
                raise refuse("item_not_available", f"Item {new_id} is not available.")
            swapped.append((item, Decimal(item["price"]), new))
        return swapped

    def _settle(self, shopper: ShopperRef, method_id: str, amount: Decimal | int) -> None:
        """Gives money back (or takes it, where less than 0): at once on a gift card, by and by on others."""
        method = self._method(shopper, method_id)
        self._check_balance(method, -amount)
        if method["source"] == GIFT_CARD:
            method["balance"] = Decimal(method["balance"]) + amount

    def _check_balance(self, method: Mapping[str, Any], amount: Decimal | int) -> None:
        if method["source"] == GIFT_CARD and Decimal(method["balance"]) < amount:
            raise refuse("balance_too_low", f"{amount} is more than the gift card's {method['balance']}.")

    def _method(self, shopper: ShopperRef, method_id: str) -> dict[str, Any]:
        method: dict[str, Any] | None = self._user(shopper)["payment_methods"].get(method_id)
        if method is None:
            raise NotFound(f"There is no payment method {method_id!r}.")
        return method

    def _user(self, shopper: ShopperRef) -> dict[str, Any]:
        if shopper not in self.records.users:
            raise NotFound(f"There is no shopper {shopper!r}.")
        user: dict[str, Any] = self.records.users[shopper]
        return user

    def _order(self, shopper: ShopperRef, order_id: str, status: str = "") -> dict[str, Any]:
        """The shopper's order, which must be in this status where one is given."""
        if order_id not in self._user(shopper)["orders"]:
            raise no_order(order_id)
        order: dict[str, Any] = self.records.orders[order_id]
        if status and order["status"] != status:
            raise refuse(f"order_not_{status}", f"Order {order_id} is {order['status']}, not {status}.")
        return order


def _fits(user: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    """Whether all particulars are this user's; one that is not known here fits nobody."""
    known = {"email": user["email"], "name": full_name(user), "postcode": user["address"]["zip"]}
    return all(name in known and fold(known[name]) == value for name, value in given.items())


def _taken(order: Mapping[str, Any], item_ids: Sequence[str]) -> list[dict[str, Any]]:
    """These items of the order, one for each id. Raises OperationRefused where it has fewer of them."""
    left: list[dict[str, Any]] = list(order["items"])
    taken = []
    for item_id, count in Counter(item_ids).items():
        if sum(item["item_id"] == item_id for item in left) < count:
            raise refuse("item_not_in_order", f"Order {order['order_id']} has no {count} of item {item_id}.")
    for item_id in item_ids:
        item = next(item for item in left if item["item_id"] == item_id)
        left.remove(item)
        taken.append(item)
    return taken


def _difference(swapped: Iterable[tuple[Mapping[str, Any], Decimal, Mapping[str, Any]]]) -> Decimal:
    """What the new items cost more than those they take the place of."""
    return sum((Decimal(new["price"]) - price for _, price, new in swapped), Decimal(0))
