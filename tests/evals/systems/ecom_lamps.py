"""An invented lamp shop in the form of ECom-Bench's record files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MEI, BO = "lamp-mei", "lamp-bo"
PAID, SENT, BOS = "700001", "700002", "700003"
ONLY_SHIPPED = "700009"


def _user(user_id: str, name: str, balance: float) -> dict[str, Any]:
    place = {"国家": "中国", "省份": "浙江省", "城市": "杭州市", "区县": "西湖区", "详细地址": "竹影路1号"}
    return {
        "用户ID": user_id,
        "用户姓名": name,
        "电话号码": "17000000001",
        "性别": "女",
        "年龄": 30,
        "电子卡余额": balance,
        "地址信息": place,
    }


def _order(user_id: str, order_id: str, state: str, payment: str = "微信") -> dict[str, Any]:
    return {
        "用户ID": user_id,
        "订单ID": order_id,
        "订单状态": state,
        "订单总金额": 236.5,
        "是否加急": False,
        "订单商品列表": [{"商品ID": "L1", "单价": 118.25, "数量": 2}],
        "收货地址": {"收件人姓名": "收件人", "电话号码": "17000000009", "省份": "浙江省", "详细地址": "旧街2号"},
        "支付方式": payment,
    }


def _shipment(number: str, delivered: str | None = None) -> dict[str, Any]:
    steps = [{"时间": "2026-03-01 08:00:00", "状态": "已创建", "位置": "杭州", "描述": "已下单", "操作人": "系统"}]
    return {
        "物流单号": number,
        "物流公司": "快马",
        "预计送达时间": "2026-03-04 12:00:00",
        "实际送达时间": delivered,
        "收件人信息": {},
        "物流轨迹": steps,
    }


def _product(product_id: str, price: float, instead: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {
        "商品ID": product_id,
        "商品名称": f"灯 {product_id}",
        "商品状态": "已上架",
        "商品价格": price,
        "可换货商品": instead or [],
    }


def write_lamp_records(folder: Path) -> Path:
    """The files of the shop's system in `folder`."""
    orders = {
        MEI: {PAID: _order(MEI, PAID, "已付款"), SENT: _order(MEI, SENT, "已发货", "京东E卡")},
        BO: {BOS: _order(BO, BOS, "处理中")},
    }
    shipments = {MEI: {SENT: _shipment("KM1"), ONLY_SHIPPED: _shipment("KM2", "2026-03-03 10:00:00")}}
    instead = [{"商品ID": "L8", "商品描述": "大灯", "商品状态": "缺货"}]
    products = {"a": _product("L1", 118.25, instead), "b": _product("L2", 300)}
    files: dict[str, Any] = {
        "users_info.json": {MEI: _user(MEI, "梅", 500), BO: _user(BO, "波", 20.5)},
        "invoices.json": {},
        "orders.json": {"mall": {"lamps": orders}},
        "logistics.json": {"mall": {"lamps": shipments}},
        "service.json": {"mall": {"lamps": {}}},
        "register_cashback.json": {"mall": {"lamps": {MEI: {SENT: False}}}},
        "products.json": {"mall": {"lamps": products}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return folder
