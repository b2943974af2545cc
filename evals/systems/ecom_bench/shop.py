"""What the ECom-Bench shop's system does when it is told.

It refuses only what its records make impossible: which operations are allowed when is a matter of the shop's rules, and
whoever calls must keep them. What calls it wrongly is seen to have done so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from assistant.domain.backend import Balance, JsonObject, Order, OrderId, Risk, Shipment, ShopperRecord, ShopperRef
from assistant.domain.errors import NotFound
from assistant.domain.text import LocalText
from evals.systems.ecom_bench.records import (
    ShopRecords,
    balance_record,
    order_record,
    read_shop,
    shipment_record,
    shopper_record,
)
from evals.systems.recording import Arguments, RecordingBackend, Tool, no_order, refuse

NEW_ORDER = "1234567890"  # the id that the benchmark gives to the order that is placed in a conversation
_Text = Annotated[str, Field(min_length=1)]


def load(path: Path) -> Callable[[], RecordingBackend]:
    """The system of the shop in folder `path`, new for each conversation. Raises PackRefused."""
    records = read_shop(path)
    return lambda: EcomShop(records())


class OfOrder(Arguments):
    order_id: _Text


class Changes(OfOrder):
    """Only the street line of the address can be changed, and the phone number."""

    address: _Text | None = None
    phone_number: _Text | None = None


class Item(Arguments):
    product_id: _Text
    quantity: Annotated[int, Field(ge=1)] = 1


class NewOrder(Arguments):
    product_info_list: Annotated[list[Item], Field(min_length=1)]
    payment: _Text


class OfOriginal(OfOrder):
    original_product_id: _Text


class Exchange(OfOriginal):
    exchange_product_id: _Text


class Nothing(Arguments):
    pass


class Refund(Arguments):
    amount: Annotated[Decimal, Field(gt=0)]


class Invoice(OfOrder):
    title: _Text
    phone_number: _Text
    invoice_type: _Text


class Visit(OfOrder):
    user_name: _Text
    phone_number: _Text
    service_type: Literal["安装", "维修"]
    service_time: _Text


@dataclass
class EcomShop(RecordingBackend):
    """`records` belong to this conversation alone."""

    records: ShopRecords

    signs_in: ClassVar[bool] = True

    def tools(self) -> Iterable[Tool[Any]]:
        """A tool that does several things by its `action` is one operation for each: `manage_order.cancel`."""
        yield _tool("manage_order.query", "查询", ("查询订单", "Look up an order"), OfOrder, self._query, reads=True)
        yield _tool("manage_order.cancel", "取消", ("取消订单", "Cancel an order"), OfOrder, self._cancel)
        yield _tool("manage_order.change", "修改", ("修改地址或电话", "Change address or phone"), Changes, self._change)
        yield _tool("manage_order.place", "增加", ("下单", "Place an order"), NewOrder, self._place)
        yield _tool("manage_return", "", ("退货", "Return an order"), OfOrder, self._return)
        exchangeable = ("查询可换商品", "Look up what it can be exchanged for")
        yield _tool("manage_exchange.query", "查询", exchangeable, OfOriginal, self._exchangeable, reads=True)
        yield _tool("manage_exchange.exchange", "换货", ("换货", "Exchange a product"), Exchange, self._exchange)
        yield _tool(
            "manage_ecard.query", "余额查询", ("查询余额", "Look up the balance"), Nothing, self._balance, reads=True
        )
        yield _tool("manage_ecard.pay", "余额使用", ("用E卡支付", "Pay by gift card"), Item, self._pay)
        yield _tool("manage_ecard.refund", "退款", ("退款到E卡", "Refund to the gift card"), Refund, self._refund)
        yield _tool("manage_invoice", "", ("开发票", "Issue an invoice"), Invoice, self._invoice)
        yield _tool("manage_urgent", "", ("加急", "Hurry an order"), OfOrder, self._hurry)
        yield _tool("schedule_service", "", ("预约上门", "Book a visit"), Visit, self._visit)
        reviewed = ("查询晒单返现", "Look up a cashback")
        yield _tool("register_cashback_by_review.query", "查询", reviewed, OfOrder, self._cashback, reads=True)
        register = ("登记晒单返现", "Register a cashback")
        yield _tool("register_cashback_by_review.register", "返现", register, OfOrder, self._register)

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        return shopper_record(self._user(shopper))

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        titles = {number: str(product["商品名称"]) for number, product in self.records.products.items()}
        return [order_record(order, titles) for order in reversed(self._orders(shopper).values())]

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        self._check_own(shopper, order_id)
        found = _of(self.records.shipments, shopper).get(order_id)
        return [shipment_record(found)] if found else []

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        return [balance_record(self._user(shopper))]

    def _query(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        return dict(self._order(shopper, given.order_id))

    def _cancel(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        return self._become(shopper, given.order_id, "已取消")

    def _change(self, shopper: ShopperRef, given: Changes) -> JsonObject:
        place = self._order(shopper, given.order_id)["收货地址"]
        if given.address is None and given.phone_number is None:
            raise refuse("nothing_to_change", "Neither an address nor a phone number was given.")
        place |= {"详细地址": given.address} if given.address else {}
        place |= {"电话号码": given.phone_number} if given.phone_number else {}
        return {"order_id": given.order_id, "address": dict(place)}

    def _place(self, shopper: ShopperRef, given: NewOrder) -> JsonObject:
        user = self._user(shopper)
        lines = [
            {"商品ID": item.product_id, "单价": self._product(item.product_id)["商品价格"], "数量": item.quantity}
            for item in given.product_info_list
        ]
        self._orders(shopper)[NEW_ORDER] = {
            "用户ID": shopper,
            "订单ID": NEW_ORDER,
            "订单状态": "已付款",
            "订单总金额": sum(line["单价"] * line["数量"] for line in lines),
            "是否加急": False,
            "订单商品列表": lines,
            "收货地址": {"收件人姓名": user["用户姓名"], "电话号码": user["电话号码"], **user["地址信息"]},
            "支付方式": given.payment,
        }
        return {"order_id": NEW_ORDER, "state": "已付款"}

    def _return(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        return self._become(shopper, given.order_id, "已退货")

    def _exchangeable(self, shopper: ShopperRef, given: OfOriginal) -> JsonObject:
        order = self._order(shopper, given.order_id)
        _line(order, given.original_product_id)
        return {"state": order["订单状态"], "products": self._instead_of(given.original_product_id)}

    def _exchange(self, shopper: ShopperRef, given: Exchange) -> JsonObject:
        line = _line(self._order(shopper, given.order_id), given.original_product_id)
        known = {str(product["商品ID"]) for product in self._instead_of(given.original_product_id)}
        if given.exchange_product_id not in known | self.records.products.keys():
            raise NotFound(f"There is no product {given.exchange_product_id!r}.")
        line["商品ID"] = given.exchange_product_id
        return {"order_id": given.order_id, "product_id": given.exchange_product_id}

    def _balance(self, shopper: ShopperRef, _: Nothing) -> JsonObject:
        return {"balance": self._user(shopper)["电子卡余额"]}

    def _pay(self, shopper: ShopperRef, given: Item) -> JsonObject:
        user, amount = self._user(shopper), self._product(given.product_id)["商品价格"] * given.quantity
        if amount > user["电子卡余额"]:
            raise refuse("balance_too_low", f"{amount} is more than the card's {user['电子卡余额']}.")
        user["电子卡余额"] -= amount
        return {"amount": amount, "balance": user["电子卡余额"]}

    def _refund(self, shopper: ShopperRef, given: Refund) -> JsonObject:
        user = self._user(shopper)
        user["电子卡余额"] += given.amount
        return {"amount": given.amount, "balance": user["电子卡余额"]}

    def _invoice(self, shopper: ShopperRef, given: Invoice) -> JsonObject:
        self._check_own(shopper, given.order_id)
        self.records.invoices[given.order_id] = {
            "订单ID": given.order_id,
            "发票类型": given.invoice_type,
            "发票抬头": given.title,
            "电话号码": given.phone_number,
        }
        return {"order_id": given.order_id}

    def _hurry(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        self._order(shopper, given.order_id)["是否加急"] = True
        return {"order_id": given.order_id, "urgent": True}

    def _visit(self, shopper: ShopperRef, given: Visit) -> JsonObject:
        self._check_own(shopper, given.order_id)
        _of(self.records.visits, shopper)[given.order_id] = {
            "服务类型": given.service_type,
            "用户ID": shopper,
            "订单ID": given.order_id,
            "电话号码": given.phone_number,
            "用户姓名": given.user_name,
            "预约日期": given.service_time,
        }
        return {"order_id": given.order_id, "time": given.service_time}

    def _cashback(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        self._check_own(shopper, given.order_id)
        return {
            "order_id": given.order_id,
            "registered": _of(self.records.cashbacks, shopper).get(given.order_id, False),
        }

    def _register(self, shopper: ShopperRef, given: OfOrder) -> JsonObject:
        self._check_own(shopper, given.order_id)
        _of(self.records.cashbacks, shopper)[given.order_id] = True
        return {"order_id": given.order_id, "registered": True}

    def _become(self, shopper: ShopperRef, order_id: str, state: str) -> JsonObject:
        order = self._order(shopper, order_id)
        before, order["订单状态"] = order["订单状态"], state
        return {"order_id": order_id, "state": state, "before": before, "total": order["订单总金额"]}

    def _user(self, shopper: ShopperRef) -> dict[str, Any]:
        if shopper not in self.records.users:
            raise NotFound(f"There is no shopper {shopper!r}.")
        user: dict[str, Any] = self.records.users[shopper]
        return user

    def _orders(self, shopper: ShopperRef) -> dict[str, Any]:
        self._user(shopper)
        return _of(self.records.orders, shopper)

    def _order(self, shopper: ShopperRef, order_id: str) -> dict[str, Any]:
        order: dict[str, Any] | None = self._orders(shopper).get(order_id)
        if order is None:
            raise no_order(order_id)
        return order

    def _check_own(self, shopper: ShopperRef, order_id: str) -> None:
        """Raises NotFound. Some orders stand only among a shopper's shipments or visits: they are the shopper's too."""
        own = (self.records.shipments, self.records.visits)
        if order_id not in self._orders(shopper) and not any(order_id in _of(records, shopper) for records in own):
            raise no_order(order_id)

    def _product(self, product_id: str) -> Mapping[str, Any]:
        product: Mapping[str, Any] | None = self.records.products.get(product_id)
        if product is None:
            raise NotFound(f"There is no product {product_id!r}.")
        return product

    def _instead_of(self, product_id: str) -> list[Any]:
        return list(self.records.products.get(product_id, {}).get("可换货商品") or [])


def _of(records: Any, shopper: ShopperRef) -> dict[str, Any]:
    """The records of a shopper by order, to be changed at will."""
    if shopper not in records:
        records[shopper] = {}
    found: dict[str, Any] = records[shopper]
    return found


def _line(order: Mapping[str, Any], product_id: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = order["订单商品列表"]
    for line in lines:
        if line["商品ID"] == product_id:
            return line
    raise NotFound(f"Product {product_id!r} is not in the order.")


def _tool(
    name: str, action: str, title: tuple[str, str], arguments: type[Any], perform: Any, *, reads: bool = False
) -> Tool[Any]:
    fixed = {"action": action} if action else {}
    return Tool(
        name,
        Risk.READ if reads else Risk.WRITE,
        LocalText.of(dict(zip(("zh", "en"), title, strict=True))),
        arguments,
        perform,
        recorded=name.partition(".")[0],
        fixed=lambda _: fixed,
    )
