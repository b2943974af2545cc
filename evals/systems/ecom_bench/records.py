"""The benchmark's record files. Keys are the format's own, values are the shop's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assistant.domain.backend import (
    Address,
    Balance,
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
from assistant.domain.errors import PackRefused
from assistant.domain.ids import ProductId
from evals.systems.files import read_records
from evals.systems.recording import Records

CURRENCY = "CNY"
GIFT_CARD = "京东E卡"
_ZONE = ZoneInfo("Asia/Shanghai")
_STAGES = {
    "待付款": OrderStage.UNPAID,
    "已付款": OrderStage.PAID,
    "处理中": OrderStage.PAID,
    "已发货": OrderStage.SENT,
    "运输中": OrderStage.SENT,
    "已送达": OrderStage.DELIVERED,
    "已签收": OrderStage.DELIVERED,
    "已取消": OrderStage.CANCELLED,
    "已退货": OrderStage.RETURNED,
}


@dataclass(frozen=True, slots=True)
class ShopRecords:
    """The records of the shop, to be changed by one conversation.

    users and products by id; orders, shipments, visits, cashbacks by user, then by order; invoices by order.
    """

    users: Records
    orders: Records
    shipments: Records
    visits: Records
    cashbacks: Records
    invoices: Records
    products: Mapping[str, Any]


def read_shop(path: Path) -> Callable[[], ShopRecords]:
    """The shop in folder `path`: each call gives its records as they are published. Raises PackRefused."""
    users = read_records(path / "users_info.json")
    invoices = read_records(path / "invoices.json")
    orders, shipments, visits, cashbacks, products = (
        _of_one_shop(path / name)
        for name in ("orders.json", "logistics.json", "service.json", "register_cashback.json", "products.json")
    )
    by_id = {str(product["商品ID"]): product for product in products.values()}
    return lambda: ShopRecords(
        users=Records(users),
        orders=Records(orders),
        shipments=Records(shipments),
        visits=Records(visits),
        cashbacks=Records(cashbacks),
        invoices=Records(invoices),
        products=by_id,
    )


def _of_one_shop(path: Path) -> dict[str, Any]:
    """What stands under {platform: {shop: ...}}, of which there must be one."""
    shops = [
        shop for platform in read_records(path).values() if isinstance(platform, dict) for shop in platform.values()
    ]
    if len(shops) != 1 or not isinstance(shops[0], dict):
        raise PackRefused(f"{path.name} must hold one shop, as {{platform: {{shop: ...}}}}.", file=path.name)
    return shops[0]


def shopper_record(user: Mapping[str, Any]) -> ShopperRecord:
    place = user.get("地址信息") or {}
    name, phone = str(user["用户姓名"]), str(user["电话号码"])
    return ShopperRecord(
        id=ShopperRef(user["用户ID"]),
        name=name,
        phone=phone,
        address=_address(place, name, phone),
        payment_methods=(PaymentMethod(GIFT_CARD, GIFT_CARD, GIFT_CARD),),
        fields=dict(user),
    )


def order_record(order: Mapping[str, Any], titles: Mapping[str, str]) -> Order:
    place = order["收货地址"]
    state = str(order["订单状态"])
    return Order(
        id=OrderId(order["订单ID"]),
        shopper=ShopperRef(order["用户ID"]),
        stage=_STAGES.get(state, OrderStage.OTHER),
        state=state,
        lines=tuple(
            OrderLine(
                ProductId(line["商品ID"]),
                int(line["数量"]),
                title=titles.get(line["商品ID"], ""),
                price=yuan(line["单价"]),
            )
            for line in order["订单商品列表"]
        ),
        total=yuan(order["订单总金额"]),
        address=_address(place, str(place.get("收件人姓名", "")), str(place.get("电话号码", ""))),
        payment=PaymentMethod(order["支付方式"], order["支付方式"], order["支付方式"]),
        fields=dict(order),
    )


def shipment_record(shipment: Mapping[str, Any]) -> Shipment:
    return Shipment(
        number=str(shipment["物流单号"]),
        carrier=str(shipment["物流公司"]),
        steps=tuple(_steps(shipment["物流轨迹"])),
        due_at=_time(shipment.get("预计送达时间")),
        delivered_at=_time(shipment.get("实际送达时间")),
    )


def balance_record(user: Mapping[str, Any]) -> Balance:
    return Balance(GIFT_CARD, GIFT_CARD, yuan(user["电子卡余额"]), GIFT_CARD)


def yuan(amount: int | str | Decimal) -> Money:
    return Money(Decimal(amount), CURRENCY)


def _steps(steps: Iterable[Mapping[str, Any]]) -> Iterable[ShipmentStep]:
    for step in steps:
        text = str(step.get("描述") or step.get("状态") or "")
        yield ShipmentStep(text, _time(step.get("时间")), str(step.get("位置") or ""))


def _address(place: Mapping[str, Any], recipient: str, phone: str) -> Address:
    parts = {"country": "国家", "region": "省份", "city": "城市", "district": "区县", "street": "详细地址"}
    return Address(recipient, phone, **{ours: str(place.get(theirs) or "") for ours, theirs in parts.items()})


def _time(text: object) -> datetime | None:
    """A time as "2025-04-07 14:00:00", in China; None for none and for what is no time."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=_ZONE)
    except ValueError:
        return None
