"""An umbrella shop's order system in memory, its procedures, and effects carried out at once and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from assistant.domain.backend import (
    Address,
    Balance,
    JsonObject,
    Order,
    OrderId,
    OrderLine,
    OrderStage,
    PaymentMethod,
    Risk,
    Shipment,
    ShipmentStep,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.commerce import Money, Product, Sku
from assistant.domain.effects import Effect, EffectId, Outcome, OutcomeState, Plan, Sought
from assistant.domain.errors import OperationRefused, StoreSystemUnavailable
from assistant.domain.ids import ProductId, SkuId, StoreId
from assistant.domain.procedures import Procedure, ProcedureFile, RunId
from assistant.domain.text import LocalText
from assistant.effects.binding import bound
from assistant.procedures.files import check
from assistant.procedures.shop_checks import Shop
from evals.systems.recording import Arguments, RecordingBackend, Tool, no_order, refuse
from tests.shop import SOURCE, text

TODAY = date(2026, 11, 22)
MEI, TOM = ShopperRef("mei"), ShopperRef("tom")
CARD = PaymentMethod("card-1", "bank_card", "银行卡尾号4417")
GIFT = PaymentMethod("gift-1", "gift_card", "礼品卡")
HOME = Address("沈梅", "13900005566", "", "江苏省", "苏州市", "姑苏区", "平江路", "18号", "215005")


def cny(amount: str | int) -> Money:
    return Money(Decimal(amount), "CNY")


def line(number: str, title: str, price: str, quantity: int = 1, colour: str = "", size: str = "") -> OrderLine:
    options = tuple((name, value) for name, value in (("颜色", colour), ("尺寸", size)) if value)
    sku = SkuId(f"{number}-{colour}{size}") if options else None
    return OrderLine(ProductId(number), quantity, sku, title, cny(price), options)


def order(number: str, stage: OrderStage, state: str, day: int, *lines: OrderLine, **changes: Any) -> Order:
    total = sum((each.price.amount * each.quantity for each in lines if each.price), Decimal(0))
    return replace(
        Order(
            OrderId(number),
            MEI,
            stage,
            state,
            lines,
            cny(str(total)),
            HOME,
            CARD,
            datetime(2026, 11, day, 9, tzinfo=UTC),
        ),
        **changes,
    )


FOLDING = line("RN-1", "云檐折叠伞", "79", colour="藏青", size="小号")
LONG = line("RN-2", "长亭直柄伞", "129")
RAINCOAT = line("RN-4", "行舟雨衣", "99", 2)
BOOTS = line("RN-5", "踏浪雨靴", "159")

ORDERS = (
    order("R2611007", OrderStage.PAID, "待发货", 20, FOLDING),
    order("R2611005", OrderStage.UNPAID, "待付款", 18, LONG, RAINCOAT),
    order("R2611003", OrderStage.DELIVERED, "已签收", 8, BOOTS, LONG, payment=GIFT),
    order("R2611001", OrderStage.SENT, "已发货", 6, RAINCOAT),
    order("R2600900", OrderStage.PAID, "待发货", 19, BOOTS, shopper=TOM),
)
PEOPLE = (
    ShopperRecord(MEI, "沈梅", "mei@example.org", "13900005566", HOME, (CARD, GIFT)),
    ShopperRecord(TOM, "Tom Reed", "tom@example.org", "13700001122", Address("Tom Reed", postcode="310000")),
)


def product(number: str, zh: str, en: str, price: str, *names: str, skus: tuple[Sku, ...] = ()) -> Product:
    return Product(ProductId(number), text(zh, en), SOURCE, price=cny(price), names=names, skus=skus)


def sku(colour: str, size: str, price: str, stock: int = 3) -> Sku:
    return Sku(SkuId(f"RN-1-{colour}{size}"), (("颜色", colour), ("尺寸", size)), cny(price), stock)


CATALOGUE = (
    product(
        "RN-1",
        "云檐折叠伞 晴雨两用",
        "Eaves folding umbrella",
        "79",
        "云檐折叠伞",
        skus=(
            sku("藏青", "小号", "79"),
            sku("米白", "小号", "79"),
            sku("墨绿", "大号", "85.50"),
        ),
    ),
    product("RN-2", "长亭直柄伞 竹节手柄", "Pavilion long umbrella", "119", "长亭直柄伞"),
    product("RN-4", "行舟雨衣 成人连体", "Boatman raincoat", "99", "行舟雨衣"),
    product("RN-5", "踏浪雨靴 中筒防滑", "Surf rain boots", "159", "踏浪雨靴"),
)


async def in_catalogue(ids: Sequence[ProductId]) -> list[Product]:
    return [each for each in CATALOGUE if each.id in ids]


class _OfOrder(Arguments):
    order_id: str


class _Cancel(_OfOrder):
    reason: str = ""


class _Move(_OfOrder):
    address: dict[str, str]


class _Return(_OfOrder):
    items: list[str]
    reason: str
    amount: float


class _Change(_OfOrder):
    items: list[dict[str, str]]
    difference: float


class _Refund(Arguments):
    card: str
    amount: float


class _Invoice(_OfOrder):
    title: str
    email: str


class _Card(Arguments):
    card: str


@dataclass
class RainSystem(RecordingBackend):
    """down: no read and no call comes through. reads: how often what was read."""

    signs_in: ClassVar[bool] = True
    identified_by: ClassVar[Sequence[frozenset[str]]] = (frozenset({"email"}), frozenset({"name", "postcode"}))

    records: dict[OrderId, Order] = field(default_factory=lambda: {each.id: each for each in ORDERS})
    down: bool = False
    refusing: str = ""
    reads: list[str] = field(default_factory=list)

    def tools(self) -> Iterable[Tool[Any]]:
        def tool(name: str, arguments: type[Any], perform: Any, risk: Risk = Risk.WRITE) -> Tool[Any]:
            return Tool(name, risk, LocalText.one("en", name), arguments, perform)

        yield tool("order.cancel", _Cancel, self._cancelled)
        yield tool("order.move", _Move, self._changed)
        yield tool("order.return", _Return, self._returned)
        yield tool("order.change", _Change, self._changed)
        yield tool("order.invoice", _Invoice, self._changed)
        yield tool("card.refund", _Refund, lambda _, given: {"refunded": given.amount})
        yield tool("card.read", _Card, self._card, Risk.READ)

    def set(self, number: str, **changes: Any) -> None:
        self.records[OrderId(number)] = replace(self.records[OrderId(number)], **changes)

    def _own(self, shopper: ShopperRef, number: str) -> Order:
        found = self.records.get(OrderId(number))
        if found is None or found.shopper != shopper:
            raise no_order(number)
        if self.refusing:
            raise refuse(self.refusing, "The system's own rules forbid it.")
        return found

    def _cancelled(self, shopper: ShopperRef, given: _Cancel) -> JsonObject:
        held = self._own(shopper, given.order_id)
        self.set(given.order_id, stage=OrderStage.CANCELLED, state="已取消")
        return {"state": "已取消", "owed": float(held.total.amount if held.total else 0)}

    def _returned(self, shopper: ShopperRef, given: _Return) -> JsonObject:
        self._own(shopper, given.order_id)
        self.set(given.order_id, stage=OrderStage.RETURNING, state="退货中")
        return {"number": f"T{given.order_id[1:]}"}

    def _changed(self, shopper: ShopperRef, given: _OfOrder) -> JsonObject:
        self._own(shopper, given.order_id)
        return {"order_id": given.order_id}

    def _card(self, _: ShopperRef, given: _Card) -> JsonObject:
        self.reads.append(f"card {given.card}")
        return {"expired": False, "balance": 20}

    def _read(self, what: str) -> None:
        self.reads.append(what)
        if self.down:
            raise StoreSystemUnavailable("The system does not answer.")

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:
        self._read("identify")
        for person in PEOPLE:
            had = {"email": person.email, "name": person.name, "postcode": person.address.postcode}  # type: ignore[union-attr]
            if all(had.get(name) == value for name, value in particulars.items() if name in had):
                return person
        return None

    async def shopper(self, shopper: ShopperRef) -> ShopperRecord:
        self._read("shopper")
        return next(person for person in PEOPLE if person.id == shopper)

    async def orders(self, shopper: ShopperRef) -> list[Order]:
        self._read("orders")
        own = [each for each in self.records.values() if each.shopper == shopper]
        return sorted(own, key=lambda each: str(each.placed_at), reverse=True)

    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]:
        self._read("shipments")
        held = await self.order(shopper, order_id)
        if held.stage not in (OrderStage.SENT, OrderStage.DELIVERED):
            return []
        at = datetime(2026, 11, 21, 8, tzinfo=UTC)
        return [Shipment("YT80066001", "圆通", (ShipmentStep("已到达苏州转运中心", at),), at + timedelta(days=2))]

    async def balances(self, shopper: ShopperRef) -> list[Balance]:
        self._read("balances")
        return [Balance("gift-1", "gift_card", cny(20), "礼品卡")] if shopper == MEI else []

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        if self.down:
            raise StoreSystemUnavailable("The system does not answer.")
        return await super().call(operation, arguments, shopper=shopper, idempotency_key=idempotency_key)


@dataclass
class MemoryEffects:
    """Calls are made at once, in order, each once; plans are kept to be looked at."""

    backend: RainSystem
    plans: list[Plan] = field(default_factory=list)
    outcomes: dict[RunId, Outcome] = field(default_factory=dict)

    async def carry_out(self, plan: Plan) -> Outcome:
        if plan.run_id not in self.outcomes:
            self.plans.append(plan)
            self.outcomes[plan.run_id] = await self._made(plan)
        return self.outcomes[plan.run_id]

    async def _made(self, plan: Plan) -> Outcome:
        results: dict[str, JsonObject] = {}
        for call in plan.calls:
            ready = bound(call, results)
            if ready is None:
                continue
            key = f"{plan.run_id}:{call.name}"
            try:
                results[call.name] = await self.backend.call(
                    ready.operation, _plain(ready.arguments), shopper=plan.shopper, idempotency_key=key
                )
            except OperationRefused as refused:
                state = OutcomeState.PARTLY if results else OutcomeState.REFUSED
                return Outcome(state, results, str(refused.data["reason"]))
            except StoreSystemUnavailable:
                return Outcome(OutcomeState.UNAVAILABLE, results)
        return Outcome(OutcomeState.DONE, results)

    async def outcome_of(self, run_id: RunId) -> Outcome | None:
        return self.outcomes.get(run_id)

    async def recover(self) -> int:
        return 0

    async def audit(
        self,
        store_id: StoreId,
        sought: Sought | None = None,
        *,
        limit: int = 100,
        before: EffectId | None = None,
    ) -> Sequence[Effect]:
        return ()

    async def awaiting(self, store_id: StoreId) -> Sequence[Effect]:
        return ()

    async def decide(
        self, store_id: StoreId, effect_id: EffectId, *, approve: bool, by: str, reason: str = ""
    ) -> Outcome:
        raise NotImplementedError


def _plain(arguments: JsonObject) -> dict[str, Any]:
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in arguments.items()}


_FILES = {
    "cancel": """\
procedure: cancel
title: {zh: 取消订单, en: cancel an order}
intents: [order.cancel]
slots:
  - {name: order_id, kind: order, many: true, where: "it.stage in ['unpaid', 'paid']"}
rules:
  - name: not_sent_yet
    holds: order.stage in ['unpaid', 'paid']
    say: {zh: "订单{{ order.id }}{{ order.state }}，不能取消了。", en: "Order {{ order.id }} can't be cancelled."}
    suggest: [return]
confirm:
  zh: 为您取消订单{{ order.id }}（{{ order.items }}），{{ order.total | money }}退回{{ order.payment.label }}。
  en: I'll cancel order {{ order.id }}; {{ order.total | money }} goes back to {{ order.payment.label }}.
steps:
  - {name: cancelled, call: order.cancel, with: {order_id: order.id}}
  - name: refunded
    call: card.refund
    when: results.cancelled.owed > 0
    with: {card: order.payment.id, amount: results.cancelled.owed}
done: {zh: "订单{{ order.id }}{{ results.cancelled.state }}。", en: "Order {{ order.id }} is cancelled."}
""",
    "move": """\
procedure: move
title: {zh: 修改地址, en: change the address}
intents: [order.change_address]
slots:
  - {name: order_id, kind: order, where: "it.stage in ['unpaid', 'paid']"}
  - {name: to, kind: address}
rules:
  - name: not_sent_yet
    holds: order.stage in ['unpaid', 'paid']
    say: {zh: "订单{{ order.id }}{{ order.state }}，改不了地址了。", en: "Order {{ order.id }} is on its way."}
confirm: {zh: "把订单{{ order.id }}的地址改为{{ to.line }}。", en: "Send order {{ order.id }} to {{ to.line }}."}
steps:
  - {name: moved, call: order.move, with: {order_id: order.id, address: "{'line': to.line}"}}
done: {zh: "地址已改。", en: "The address is changed."}
""",
    "return": """\
procedure: return
title: {zh: 退货, en: return items}
intents: [aftersale.return]
slots:
  - {name: order_id, kind: order, where: it.stage == 'delivered'}
  - {name: items, kind: lines, of: order_id, many: true}
  - name: reason
    kind: choice
    options:
      - {value: unwanted, label: {zh: 不喜欢, en: not to my taste}, words: [不想要]}
      - {value: broken, label: {zh: 有破损, en: damaged}, words: [坏了, 破了, broken]}
values:
  back: "sum(items.map(i, i.price * i.quantity)) * 0.995"
rules:
  - name: delivered
    holds: order.stage == 'delivered'
    say: {zh: "订单{{ order.id }}还没签收，不能退货。", en: "Order {{ order.id }} has not been delivered yet."}
    instead: cancel
confirm:
  zh: 退{{ items | map(attribute='title') | words }}，退回{{ back | money }}。
  en: Return {{ items | map(attribute='title') | words }} for {{ back | money }}.
steps:
  - name: returned
    call: order.return
    with: {order_id: order.id, items: "items.map(i, i.product_id)", reason: reason, amount: back}
done: {zh: "退货单号{{ results.returned.number }}。", en: "Your return is {{ results.returned.number }}."}
""",
    "change": """\
procedure: change
title: {zh: 换规格, en: change an item}
intents: [order.change_item]
slots:
  - {name: order_id, kind: order, where: it.stage == 'paid'}
  - {name: items, kind: changes, of: order_id}
values:
  difference: sum(items.map(c, c.sku.price - c.line.price))
rules:
  - name: not_sent_yet
    holds: order.stage == 'paid'
    say: {zh: "订单{{ order.id }}{{ order.state }}，换不了规格了。", en: "Order {{ order.id }} can't be changed."}
confirm:
  zh: 把订单{{ order.id }}换成{% for c in items %}{{ c.sku.options['尺寸'] }}{% endfor %}，补{{ difference | money }}。
  en: Change order {{ order.id }}; {{ difference | money }} to pay.
steps:
  - name: changed
    call: order.change
    with: {order_id: order.id, items: "items.map(c, {'sku': c.sku.id})", difference: difference}
done: {zh: "已换好。", en: "It is changed."}
""",
    "invoice": """\
procedure: invoice
title: {zh: 开发票, en: issue an invoice}
intents: [invoice]
slots:
  - {name: order_id, kind: order}
  - {name: title, kind: text, reads: invoice_title, ask: {zh: 发票抬头写什么？, en: To whom shall it be made out?}}
  - {name: mail, kind: email, default: shopper.email}
rules:
  - name: paid
    holds: order.stage != 'unpaid'
    say: {zh: "订单{{ order.id }}还没付款。", en: "Order {{ order.id }} is not paid yet."}
    handoff: policy_restriction
confirm:
  zh: 给订单{{ order.id }}开发票，抬头{{ title }}，发到{{ mail }}。
  en: An invoice for order {{ order.id }} to {{ title }}, sent to {{ mail }}.
steps:
  - {name: issued, call: order.invoice, with: {order_id: order.id, title: title, email: mail}}
done: {zh: "发票已开。", en: "The invoice is on its way."}
""",
    "track": """\
procedure: track
title: {zh: 查物流, en: track a parcel}
intents: [order.track]
slots: [{name: order_id, kind: order, where: it.stage == 'sent'}]
done:
  zh: 订单{{ order.id }}{{ order.state }}{% for s in shipments %}，{{ s.newest }}{% endfor %}。
  en: Order {{ order.id }} is {{ order.stage }}.
""",
    "balance": """\
procedure: balance
title: {zh: 查礼品卡, en: gift card balance}
intents: [account.gift_card]
words: [礼品卡余额, gift card balance]
looks: [{name: card, call: card.read, with: {card: "balances[0].id"}}]
done: {zh: "礼品卡余额{{ card.balance | money }}。", en: "Your gift card holds {{ card.balance | money }}."}
""",
}


def files(**changed: str) -> tuple[ProcedureFile, ...]:
    return tuple(ProcedureFile(f"{name}.yaml", body) for name, body in {**_FILES, **changed}.items())


def procedures(**changed: str) -> dict[str, Procedure]:
    """The shop's procedures, with others in their place or beside them."""
    checked = check(files(**changed), Shop(("zh", "en"), None, RainSystem().operations))
    assert not checked.faults, [f"{fault.file}:{fault.line} {fault.text}" for fault in checked.faults]
    return {each.name: each for each in checked.procedures}


def file(name: str) -> str:
    return _FILES[name]
