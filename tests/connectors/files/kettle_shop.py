"""An invented shop for kettles, as a merchant would write down its system in an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai
LIN, TOM = "lin", "tom"
PAID, SENT, TOMS = "K100", "K101", "K900"

SYSTEM = """\
currency: CNY
timezone: Asia/Shanghai
one_is_enough: true
identified_by:
  - [email]
  - [name, phone]
states: {待付款: unpaid, 待发货: paid, 已发货: sent, 已签收: delivered, 已取消: cancelled}
tables:
  variants: {key: sku_id, numbers: [price, stock]}
  visits: {owner: order}
"""

SHOPPERS = """\
id,name,email,phone,address.city,address.postcode,level
lin,林 小满,lin@kettles.example,13900000001,杭州,310000,gold
tom,Tom Reed,tom@kettles.example,13900000002,上海,200000,
"""

ORDERS = """\
[
  {"id": "K100", "shopper_id": "lin", "state": "待发货", "placed_at": "-1d 09:00", "total": 238.5,
   "address": {"recipient": "林小满", "phone": "13900000001", "city": "杭州", "street": "竹影路 1 号"},
   "payment": {"id": "gift_card", "kind": "gift_card", "label": "礼品卡"}, "note": "请轻放",
   "lines": [{"product_id": "KET", "sku_id": "KET-R", "title": "水壶", "quantity": 1, "price": 199,
              "options": {"颜色": "红"}},
             {"product_id": "CUP", "title": "杯子", "quantity": 1, "price": "39.50"}]},
  {"id": "K101", "shopper_id": "lin", "state": "已发货", "placed_at": "-9d 18:20", "sent_at": "-8d 10:00",
   "lines": [{"product_id": "KET", "sku_id": "KET-B", "quantity": 2, "price": 189}]},
  {"id": "K900", "shopper_id": "tom", "state": "待发货", "placed_at": "2026-11-20 08:00",
   "lines": [{"product_id": "CUP", "quantity": 4}]}
]
"""

SHIPMENTS = """\
number,order_id,carrier,due_at,steps.at,steps.text,steps.place
YT1,K101,圆通,+1d 18:00,-8d 11:00,已揽收,杭州
YT1,K101,圆通,+1d 18:00,-5h,运输中,上海
"""

BALANCES = "id,shopper_id,amount,label\ngift_card,lin,120.50,礼品卡\ngift_card,tom,9,Gift card\n"
COUPONS = "id,shopper_id,terms,ends\nNEW,lin,满 100 减 10,+3d\nOLD,lin,满 50 减 5,-1d\n"
VARIANTS = (
    "sku_id,product_id,title,price,stock\nKET-R,KET,水壶 红,199,3\nKET-B,KET,水壶 蓝,169,0\nCUP-1,CUP,杯子,39.50,8\n"
)

OPERATIONS = """\
operations:
  cancel_order:
    risk: write
    title: {zh: 取消订单, en: Cancel the order}
    arguments:
      type: object
      additionalProperties: false
      required: [order_id]
      properties: {order_id: {type: string}, reason: {type: string}}
    result: {type: object, required: [order_id, state], properties: {state: {type: string}}}
    find:
      order: {in: orders, key: $arguments.order_id}
    refuse_when:
      - reason: already_sent
        if: {order.stage: {not: [unpaid, paid]}}
        say: {zh: 订单已发货，不能取消。, en: The order was sent and cannot be cancelled.}
    effects:
      - set: order
        to: {state: 已取消, cancelled_at: $now, cancel_reason: $arguments.reason}
    gives: {order_id: $order.id, state: $order.state, stage: $order.stage}
  change_colour:
    risk: write
    title: {zh: 换颜色, en: Change the colour}
    arguments:
      type: object
      required: [order_id, from, to]
      properties: {order_id: {type: string}, from: {type: string}, to: {type: string}}
    find:
      order: {in: orders, key: $arguments.order_id}
      line: {in: order.lines, where: {sku_id: $arguments.from}}
      variant: {in: variants, key: $arguments.to}
    refuse_when:
      - reason: other_product
        if: {variant.product_id: {not: $line.product_id}}
      - reason: out_of_stock
        if: {line.quantity: {above: $variant.stock}}
    effects:
      - set: line
        to: {sku_id: $variant.sku_id, title: $variant.title}
      - set: variant
        to: {stock: {$subtract: [$variant.stock, $line.quantity]}}
    gives: {sku_id: $line.sku_id, left: $variant.stock}
  refund_to_card:
    risk: approve
    title: {zh: 退款到礼品卡, en: Refund to the gift card}
    arguments:
      type: object
      required: [amount]
      properties: {amount: {type: number, exclusiveMinimum: 0}}
    find:
      card: {in: balances, key: gift_card}
    effects:
      - set: card
        to: {amount: {$add: [$card.amount, $arguments.amount]}}
    gives: {amount: $arguments.amount, balance: $card.amount}
  book_visit:
    risk: write
    title: {zh: 预约上门, en: Book a visit}
    arguments:
      type: object
      required: [order_id, day]
      properties: {order_id: {type: string}, day: {type: string, format: date}, phone: {type: string}}
    find:
      order: {in: orders, key: $arguments.order_id}
    refuse_when:
      - reason: day_is_over
        if: {arguments.day: {below: $today}}
      - reason: already_booked
        if: {order.visit: {present: true}}
    effects:
      - add: visits
        as: visit
        record:
          id: {$new: V}
          order_id: $order.id
          day: $arguments.day
          phone: {$first: [$arguments.phone, $order.address.phone, $shopper.phone]}
      - set: order
        to: {visit: $visit.id}
    gives: {visit: $visit.id, phone: $visit.phone}
  place_order:
    risk: write
    title: {zh: 下单, en: Place an order}
    arguments:
      type: object
      required: [lines]
      properties:
        lines:
          type: array
          minItems: 1
          items:
            type: object
            required: [sku_id, quantity]
            properties: {sku_id: {type: string}, quantity: {type: integer, minimum: 1}}
    find:
      items: {in: variants, each: $arguments.lines, key: $it.sku_id}
    refuse_when:
      - reason: out_of_stock
        if: {items: {any: {stock: {below: $it.quantity}}}}
    effects:
      - add: orders
        as: order
        record:
          id: {$new: K}
          state: 待付款
          placed_at: $now
          address: $shopper.address
          lines: {$keep: $items, of: [product_id, sku_id, title, quantity, price]}
          total: {$sum: $items, of: [price, quantity]}
      - set: items
        to: {stock: {$subtract: [$it.stock, $it.quantity]}}
    gives: {order_id: $order.id, total: $order.total}
  variants_of:
    risk: read
    title: {zh: 查询价格与库存, en: Look up price and stock}
    arguments:
      type: object
      required: [sku_id]
      properties: {sku_id: {type: string}}
    find:
      variant: {in: variants, key: $arguments.sku_id}
    gives: {price: $variant.price, stock: $variant.stock}
"""

FILES = {
    "system.yaml": SYSTEM,
    "shoppers.csv": SHOPPERS,
    "orders.json": ORDERS,
    "shipments.csv": SHIPMENTS,
    "balances.csv": BALANCES,
    "coupons.csv": COUPONS,
    "variants.csv": VARIANTS,
    "operations.yaml": OPERATIONS,
}


@dataclass
class HandClock:
    """Stands still until it is moved."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


def write_kettle_shop(folder: Path, **changed: str) -> Path:
    """The files in a folder; `changed` by name with an underscore for the dot, "" for a file that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        text = changed.get(name.replace(".", "_"), text)
        if text:
            (folder / name).write_text(text, "utf-8")
    return folder
