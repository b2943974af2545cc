"""Whatever fails, in whatever order: no effect twice, none without a yes, and every run comes to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.effects import Call, EffectState, OutcomeState, Plan, Yes
from assistant.domain.errors import Conflict, InvalidInput, OperationRefused, OutcomeUnknown, StoreSystemUnavailable
from tests.conformance.examples import STORE
from tests.effects.world import System, World, cancel, goodwill, open_world, refund


class Abandoned(BaseException):
    """The process is gone: nothing after this happens."""


DOWN, REFUSED, LOST = StoreSystemUnavailable("down"), OperationRefused("no", reason="no"), OutcomeUnknown("lost")
before = st.lists(st.sampled_from([None, None, DOWN, REFUSED, LOST, Abandoned()]), max_size=8)
after = st.lists(st.sampled_from([None, None, LOST, Abandoned()]), max_size=8)
lookups = st.lists(st.sampled_from([None, DOWN, LOST, Abandoned()]), max_size=4)
calls = st.lists(st.sampled_from([cancel(), refund(), goodwill()]), min_size=1, max_size=3, unique_by=lambda c: c.name)
acts = st.lists(st.sampled_from(["carry_out", "recover", "restart", "jobs", "approve", "deny"]), max_size=12)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(before=before, after=after, lookups=lookups, calls=calls, acts=acts, agreed=st.booleans())
def test_no_effect_happens_twice_or_without_a_yes(
    runner: asyncio.Runner,
    before: list[Exception | None],
    after: list[Exception | None],
    lookups: list[Exception | None],
    calls: list[Call],
    acts: list[str],
    agreed: bool,
) -> None:
    system = System(before=before[:], after=after[:], lookups=lookups[:])

    async def example(folder: Path) -> None:
        async with open_world(folder) as world:
            world.systems.system = system
            plan = world.plan(calls, yes=Yes(1, "好" if agreed else "", "取消订单A1，确认吗？"))
            await played(world, plan, acts)
            assert all(times == 1 for times in system.effects.values()), system.calls
            assert agreed or not system.calls
            await ended(world, plan, system, agreed=agreed)

    with (
        TemporaryDirectory() as folder
    ):  # of this example alone: it may leave a run undone, which the next would resume
        runner.run(example(Path(folder)))


async def played(world: World, plan: Plan, acts: list[str]) -> None:
    effects = world.another()
    for act in acts:
        try:
            match act:
                case "carry_out":
                    await effects.carry_out(plan)
                case "recover":
                    await effects.recover()
                case "restart":
                    effects = world.another()
                case "jobs":
                    await world.jobs.run()
                case "approve" | "deny":
                    for waiting in await effects.awaiting(STORE):
                        await effects.decide(STORE, waiting.id, approve=act == "approve", by="mei")
        except Abandoned:
            effects = world.another()  # what the old one had in hand stays as it is
        except (Conflict, InvalidInput):
            pass


async def ended(world: World, plan: Plan, system: System, *, agreed: bool) -> None:
    """Once nothing fails any more, the run ends, and what the ledger says was done is what was done."""
    system.before, system.after, system.lookups = [], [], []
    effects = world.another()
    if not agreed:
        with pytest.raises(InvalidInput):
            await effects.carry_out(plan)
        return
    outcome = await effects.carry_out(plan)
    for waiting in await effects.awaiting(STORE):
        outcome = await effects.decide(STORE, waiting.id, approve=True, by="mei")
    assert outcome.state not in (OutcomeState.UNAVAILABLE, OutcomeState.APPROVING)
    account = await world.ledger.read(plan.run_id)
    assert account is not None
    assert account.course.ended
    for effect in account.effects:
        if effect.state is EffectState.DONE:
            assert system.effects[effect.id] == 1
        elif effect.state is not EffectState.UNKNOWN:
            assert system.effects[effect.id] == 0
    assert all(times == 1 for times in system.effects.values())
