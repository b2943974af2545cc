"""Whether a record can serve a procedure, by the `where` of the slot that it would fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.domain.backend import Order, OrderLine, PaymentMethod
from assistant.domain.procedures import SlotSpec
from assistant.procedures import expressions
from assistant.procedures.known import Known, NotKnownYet
from assistant.procedures.records import line_values, order_values, payment_values


def order_serves(slot: SlotSpec, known: Known) -> Callable[[Order], bool]:
    """Whether an order can serve."""
    today = known.records.today

    def serves(order: Order) -> bool:
        return slot.where is None or _true(slot.where, {"it": order_values(order, today)})

    return serves


def line_serves(slot: SlotSpec, known: Known) -> Callable[[Order, OrderLine], bool]:
    """Whether an item can serve."""
    today = known.records.today

    def serves(order: Order, line: OrderLine) -> bool:
        if slot.where is None:
            return True
        values = line_values(order, order.lines.index(line))
        return _true(slot.where, {"it": {**values, "order": order_values(order, today)}})

    return serves


def _true(where: str, values: Mapping[str, object]) -> bool:
    try:
        return expressions.Scope(values).holds(where)
    except expressions.EvaluationFailed:
        return False


async def payment_serves(slot: SlotSpec, known: Known, method: PaymentMethod) -> bool:
    """Whether a way to pay can serve; that may hang on what else is known, and then it can until that is."""
    if slot.where is None:
        return True
    try:
        return await known.holds(slot.where, it=payment_values(method))
    except (NotKnownYet, expressions.EvaluationFailed):
        return True
