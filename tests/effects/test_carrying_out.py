"""Plans are carried out call by call."""

from __future__ import annotations

from decimal import Decimal

from assistant.domain.effects import Outcome, OutcomeState
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
