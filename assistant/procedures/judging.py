"""Holds a run against the rules of its procedure, order by order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.domain.backend import OrderId
from assistant.domain.effects import Outcome
from assistant.domain.procedures import Procedure, Rule, Run
from assistant.procedures.concerned import orders_of
from assistant.procedures.known import Known, NotKnownYet, Records


@dataclass(frozen=True, slots=True)
class Judged:
    """allowed: the orders that all rules allow; refused: what is said of the others. rules: those that held.

    rests_on: what was looked at, by order.
    """

    allowed: tuple[OrderId | None, ...]
    refused: tuple[str, ...] = ()
    broken: Rule | None = None
    rules: tuple[str, ...] = ()
    rests_on: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def carried_out(cls, procedure: Procedure, run: Run, outcome: Outcome) -> Judged:
        """What was allowed when a run was carried out: of several orders, those with results of their own."""
        orders = orders_of(procedure, run.values)
        among = {name.partition(":")[2] for name in outcome.results} - {""}
        return cls(tuple(order for order in orders if order in among) or orders or (None,))


async def judge(procedure: Procedure, run: Run, records: Records, *, all_known: bool = False) -> Judged:
    """By the rules that can be told already. all_known: there is nothing left to ask for, so all of them can."""
    allowed: list[OrderId | None] = []
    refused: list[str] = []
    broken: Rule | None = None
    held: dict[str, None] = {}
    rests_on: dict[str, object] = {}
    for order_id in orders_of(procedure, run.values) or (None,):
        known = Known(procedure, run.values, records, order_id)
        fault = None
        for rule in procedure.rules:
            try:
                if not await known.holds(rule.holds):
                    fault = rule
                    refused.append(await known.say(rule.say))
                    break
            except NotKnownYet:
                if all_known:
                    raise
                continue
            held[rule.name] = None
        broken = broken or fault
        rests_on[str(order_id or "values")] = known.used()
        if fault is None:
            allowed.append(order_id)
    return Judged(tuple(allowed), tuple(dict.fromkeys(refused)), broken, tuple(held), rests_on)
