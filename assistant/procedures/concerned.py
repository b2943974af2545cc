"""Which orders a run is about: those chosen, those of the items chosen, those that were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.domain.backend import JsonObject, OrderId
from assistant.domain.effects import Outcome
from assistant.domain.procedures import Procedure, SlotKind
from assistant.procedures.progress import Choice


def items_of(procedure: Procedure, values: JsonObject) -> list[Mapping[str, Any]]:
    """The items chosen, of all orders."""
    kinds = (SlotKind.LINES, SlotKind.CHANGES)
    chosen: Any = [values.get(slot.name) or () for slot in procedure.slots if slot.kind in kinds]
    return [item for items in chosen for item in items]


def orders_of(procedure: Procedure, values: JsonObject) -> tuple[OrderId, ...]:
    """The orders that the items chosen belong to; where none are, those of the first order slot that is filled."""
    if items := items_of(procedure, values):
        return tuple(dict.fromkeys(OrderId(item["order_id"]) for item in items))
    slots = (values.get(slot.name) for slot in procedure.slots if slot.kind is SlotKind.ORDER)
    chosen: Any = next(filter(None, slots), ())
    return tuple(dict.fromkeys(map(OrderId, chosen)))


def orders_among(choices: Sequence[Choice]) -> tuple[OrderId, ...]:
    """The orders of the items between which there is a choice."""
    items = (item for choice in choices if isinstance(choice.value, list) for item in choice.value)
    return tuple(dict.fromkeys(OrderId(item["order_id"]) for item in items if isinstance(item, Mapping)))


def results_of(order_id: OrderId | None, outcome: Outcome, *, several: bool) -> Mapping[str, JsonObject]:
    """What the steps gave that were carried out for an order, by name of step."""
    if not several:
        return outcome.results
    end = f":{order_id}"
    return {name.removesuffix(end): result for name, result in outcome.results.items() if name.endswith(end)}


def made(outcome: Outcome) -> tuple[OrderId, ...]:
    """The orders that results name: one that was placed is what is talked about next."""
    named = (result.get("order_id") for result in outcome.results.values())
    return tuple(dict.fromkeys(OrderId(str(order_id)) for order_id in named if order_id))
