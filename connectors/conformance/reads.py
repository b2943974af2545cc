"""Checks of what is read: declarations, records, identity."""

from __future__ import annotations

from functools import partial

from assistant.domain.backend import OrderId, Risk, ShopperRef
from assistant.domain.errors import NotFound
from connectors.conformance.subject import Subject, broken, check, raises
from connectors.conformance.views import view
from connectors.schemas import schema_fault

NOBODY = ShopperRef("storebot-nobody")
NOTHING = OrderId("storebot-no-order")


async def _operations(subject: Subject) -> None:
    for name, operation in subject.backend.operations.items():
        if name != operation.name:
            broken(f"操作 {operation.name!r} 登记在 {name!r} 名下", f"{operation.name!r} is listed as {name!r}")
        if not isinstance(operation.risk, Risk):
            broken(f"操作 {name} 的风险级别无效", f"{name} has no risk class")
        for part in ("arguments", "result"):
            fault = schema_fault(getattr(operation, part))
            if fault:
                broken(f"操作 {name} 的 {part} 不是有效的 JSON Schema：{fault}", f"{part} of {name}: {fault}")


async def _own_records(subject: Subject) -> None:
    backend, me = subject.backend, subject.shopper
    record = await backend.shopper(me)
    if record.id != me:
        broken(f"查询顾客 {me!r} 得到 {record.id!r}", f"asked for shopper {me!r}, it gave {record.id!r}")
    orders = await backend.orders(me)
    if not orders:
        broken(f"顾客 {me!r} 没有订单，请换一位", f"shopper {me!r} has no order; name another")
    if len({order.id for order in orders}) != len(orders):
        broken("有的订单列出了两次", "an order is listed twice")
    for order in orders:
        if order.shopper != me:
            broken(f"订单 {order.id} 属于别人", f"order {order.id} is somebody else's")
        if await backend.order(me, order.id) != order:
            broken(f"订单 {order.id} 单独查询时不同", f"order {order.id} is another when asked for alone")


async def _order_of_orders(subject: Subject) -> None:
    times = [order.placed_at for order in await subject.backend.orders(subject.shopper)]
    if any(time is not None and time.tzinfo is None for time in times):
        broken("下单时间没有时区", "a time has no time zone")
    known = [time for time in times if time is not None]
    if known != sorted(known, reverse=True):
        broken("订单应从新到旧排列", "orders are not listed the newest first")


async def _amounts(subject: Subject) -> None:
    seen = await view(subject.backend, subject.shopper)
    amounts = [balance.amount for balance in seen.balances]
    for order in seen.orders:
        amounts += [line.price for line in order.lines if line.price] + ([order.total] if order.total else [])
    for money in amounts:
        if type(money.amount).__name__ != "Decimal" or len(money.currency) != 3 or not money.currency.isupper():
            broken(f"{money!r} 不是 Decimal 金额加 ISO 4217 货币代码", f"{money!r} is no Decimal with an ISO 4217 code")
    for shipments in seen.shipments:
        for shipment in shipments:
            times = (shipment.due_at, shipment.delivered_at, *(step.at for step in shipment.steps))
            if any(time is not None and time.tzinfo is None for time in times):
                broken(f"包裹 {shipment.number} 的时间没有时区", f"a time of parcel {shipment.number} has no time zone")


async def _unknown(subject: Subject) -> None:
    backend, me = subject.backend, subject.shopper
    for name, asked in (
        ("shopper", partial(backend.shopper, NOBODY)),
        ("orders", partial(backend.orders, NOBODY)),
        ("balances", partial(backend.balances, NOBODY)),
        ("coupons", partial(backend.coupons, NOBODY)),
        ("order", partial(backend.order, me, NOTHING)),
        ("shipments", partial(backend.shipments, me, NOTHING)),
    ):
        async with raises(NotFound, name):
            await asked()


async def _isolation(subject: Subject) -> None:
    assert subject.other is not None
    theirs = await subject.backend.orders(subject.other)
    if not theirs:
        broken(f"顾客 {subject.other!r} 没有订单，请换一位", f"shopper {subject.other!r} has no order; name another")
    mine = {order.id for order in await subject.backend.orders(subject.shopper)}
    for order in theirs:
        if order.id in mine:
            broken(f"订单 {order.id} 同时属于两位顾客", f"order {order.id} belongs to two shoppers")
        async with raises(NotFound, "order"):
            await subject.backend.order(subject.shopper, order.id)
        async with raises(NotFound, "shipments"):
            await subject.backend.shipments(subject.shopper, order.id)


async def _not_identified(subject: Subject) -> None:
    backend = subject.backend
    junk = {"storebot": "nobody"}
    guesses: list[dict[str, str]] = [{}, junk]
    for particulars in backend.identified_by:
        if not particulars:
            broken("identified_by 含有空集合", "identified_by has an empty set: anybody would be known by nothing")
        guesses += [dict.fromkeys(particulars, ""), dict.fromkeys(particulars, "storebot-nobody")]
    for guess in guesses:
        if await backend.identify(guess) is not None:
            broken(f"凭 {sorted(guess)} 的无效内容认出了顾客", f"somebody was found by worthless {sorted(guess)}")


async def _identified(subject: Subject) -> None:
    assert subject.particulars is not None
    found = await subject.backend.identify(subject.particulars)
    if found is None or found.id != subject.shopper:
        broken(
            f"凭 {sorted(subject.particulars)} 认不出顾客", f"the shopper is not found by {sorted(subject.particulars)}"
        )
    for name in subject.particulars:
        if await subject.backend.identify({**subject.particulars, name: "storebot-nobody"}) is not None:
            broken(f"{name} 不符也认出了顾客", f"the shopper is found with a wrong {name}")
        fewer = {key: value for key, value in subject.particulars.items() if key != name}
        enough = any(needed <= fewer.keys() for needed in subject.backend.identified_by)
        if not enough and await subject.backend.identify(fewer) is not None:
            broken(f"没有 {name} 也认出了顾客", f"the shopper is found without {name}, which does not suffice")


READS = (
    check("operations", "操作声明完整，模式有效", "Operations are declared whole, with valid schemas", _operations),
    check("own_records", "读到本人的资料和订单", "A shopper's own records and orders are read", _own_records),
    check("newest_first", "订单从新到旧", "Orders come the newest first", _order_of_orders),
    check("amounts_and_times", "金额精确，时间带时区", "Amounts are exact and times have a zone", _amounts),
    check("unknown", "不存在的顾客和订单：NotFound", "Unknown shoppers and orders are NotFound", _unknown),
    check("isolation", "别人的订单如同不存在", "Another's orders are as if they did not exist", _isolation, "other"),
    check("not_identified", "凭无效内容认不出任何人", "Nobody is identified by worthless particulars", _not_identified),
    check("identified", "凭足够的信息认出本人", "A shopper is identified by what suffices", _identified, "particulars"),
)
