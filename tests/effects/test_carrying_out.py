"""Plans are carried out call by call."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assistant.domain.effects import Outcome, OutcomeState
from assistant.domain.procedures import Expression
from tests.effects.world import World, cancel, refund


async def test_calls_are_made_in_order_and_their_results_told(world: World) -> None:
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    results = {"cancel": {"refund": Decimal("19.9")}, "refund": {"refund": Decimal("19.9")}}
    assert outcome == Outcome(OutcomeState.DONE, results)
    assert world.system.calls == [
        ("run_1:cancel", "cancel", {"order_id": "A1"}),
        ("run_1:refund", "refund", {"order_id": "A1", "amount": Decimal("19.9")}),
    ]
    assert await world.states() == ["done", "done"]


async def test_an_amount_that_hangs_on_a_result_is_called_as_shoppers_are_shown_it(world: World) -> None:
    a_part = replace(refund(), later={"amount": Expression("results.cancel.refund * 0.75")})
    await world.effects.carry_out(world.plan([cancel(), a_part]))
    assert world.system.calls[-1] == ("run_1:refund", "refund", {"order_id": "A1", "amount": Decimal("14.93")})
