"""Effects that do nothing: what would be called is noted, for people who try procedures out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.domain.effects import Outcome, OutcomeState, Plan
from assistant.domain.procedures import RunId
from assistant.turn.guesses import Guesses
from assistant.turn.steps import Tools


@dataclass(slots=True)
class DryEffects:
    """plans: what would have been carried out, in order. All of it is said to be done; there are no results."""

    plans: list[Plan] = field(default_factory=list)

    async def carry_out(self, plan: Plan) -> Outcome:
        self.plans.append(plan)
        return Outcome(OutcomeState.DONE)

    async def outcome_of(self, run_id: RunId) -> Outcome | None:  # noqa: ARG002
        return None


def dry(tools: Tools, effects: DryEffects) -> Tools:
    """The same tools; what procedures would do goes to `effects`."""
    if tools.serving is None:
        return tools
    engine = tools.serving.engine.over(effects)
    return replace(tools, serving=replace(tools.serving, engine=engine, guesses=Guesses()))
