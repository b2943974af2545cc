"""What a run does once the shopper has said yes: every call, with what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.domain.backend import Operation, OrderId, Risk
from assistant.domain.effects import Call, Plan, Yes
from assistant.domain.procedures import Procedure, Run, Step
from assistant.procedures import expressions
from assistant.procedures.known import Known, Records
from assistant.procedures.progress import Told

RESULTS = "results"
"""The name of what steps gave, in later steps and in `done`."""


async def planned(
    procedure: Procedure,
    run: Run,
    told: Told,
    records: Records,
    *,
    orders: Sequence[OrderId | None],
    rules: Sequence[str] = (),
) -> Plan:
    """Every call with its arguments as they stand now; those that hang on results are left to be worked out.

    told: the message that says yes. orders: those it is done to, one after the other (None: it concerns no order).
    rules: those that held. Raises as `Known.evaluate` does.
    """
    calls: list[Call] = []
    evidence: list[str] = []
    for order_id in orders:
        known = Known(procedure, run.values, records, order_id)
        for step in procedure.steps:
            suffix = f":{order_id}" if len(orders) > 1 else ""
            if call := await _call(step, known, records.backend.operations, suffix):
                calls.append(call)
        evidence.extend(f"{name}: {value}" for name, value in known.used().items())
    return Plan(
        run_id=run.id,
        store_id=told.store_id,
        conversation_id=told.conversation_id,
        shopper=records.shopper_ref,
        procedure=procedure.name,
        version=procedure.version,
        yes=Yes(told.seq, told.message.text, run.shown),
        calls=tuple(calls),
        rules=tuple(rules),
        evidence=tuple(dict.fromkeys(evidence)),
    )


async def _call(step: Step, known: Known, operations: Mapping[str, Operation], suffix: str) -> Call | None:
    """None where its condition does not hold."""
    later_when = step.when is not None and RESULTS in expressions.names(step.when)
    if step.when is not None and not later_when and not await known.holds(step.when):
        return None
    now = [(name, text) for name, text in step.arguments if RESULTS not in expressions.names(text)]
    later = {name: text for name, text in step.arguments if RESULTS in expressions.names(text)}
    operation = operations.get(step.call)
    return Call(
        name=f"{step.name}{suffix}",
        operation=step.call,
        risk=operation.risk if operation else Risk.WRITE,
        arguments=await known.arguments(now),
        later=later,
        when=step.when if later_when else None,
    )
