"""What is lost is looked up, what cannot be reached is tried again, what is refused ends the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.domain.effects import Call, OutcomeState, Yes
from assistant.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    OperationRefused,
    OutcomeUnknown,
    StoreSystemUnavailable,
)
from assistant.domain.procedures import Expression, RunId
from tests.conformance.examples import STORE
from tests.effects.world import AT_ONCE, OPERATIONS, World, cancel, goodwill, refund

LOST = (OutcomeUnknown("no answer"), TimeoutError(), ConnectionResetError(), KeyError("a connector's defect"))
DOWN = StoreSystemUnavailable("down")


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  # nobody announces it
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
async def test_a_lost_answer_is_looked_up_and_not_asked_for_again(world: World, lost: Exception) -> None:
    world.system.after = [lost]
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert outcome.state is OutcomeState.DONE
    assert [name for _, name, _ in world.system.calls] == ["cancel", "refund"]


@pytest.mark.parametrize("lost", LOST, ids=lambda error: type(error).__name__)
async def test_a_call_that_was_lost_before_its_effect_is_made_again_under_its_key(
    world: World, lost: Exception
) -> None:
    world.system.before = [lost]
    outcome = await world.effects.carry_out(world.plan([cancel()]))
    assert outcome.state is OutcomeState.DONE
    assert [key for key, _, _ in world.system.calls] == ["run_1:cancel"] * 2
    assert world.system.effects == {"run_1:cancel": 1}


async def test_a_call_that_takes_too_long_counts_as_lost(world: World) -> None:
    world.patience = replace(world.patience, call=0.01)
    world.system.slow = asyncio.Event()
    world.system.lookups = [OutcomeUnknown("nobody knows")]
    outcome = await world.effects.carry_out(world.plan([cancel()]))
    assert outcome.state is OutcomeState.UNKNOWN


async def test_what_nobody_can_look_up_ends_the_run_and_is_unknown(world: World) -> None:
    world.system.after, world.system.lookups = [OutcomeUnknown("no answer")], [OutcomeUnknown("nobody knows")]
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert (outcome.state, outcome.reason) == (OutcomeState.UNKNOWN, "outcome_unknown")
    assert await world.states() == ["unknown", "skipped"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OperationRefused("it was sent", reason="already_sent"), "already_sent"),
        (NotFound("no such order"), "not_found"),
        (InvalidInput("no"), "invalid_input"),
    ],
)
async def test_what_is_refused_first_leaves_everything_as_it_was(world: World, error: Exception, reason: str) -> None:
    world.system.before = [error]
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, reason)
    assert await world.states() == ["refused", "skipped"]
    assert not world.system.effects


async def test_what_is_refused_after_something_was_done_is_done_partly(world: World) -> None:
    world.system.before = [None, OperationRefused("no card", reason="no_card")]
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert (outcome.state, outcome.reason, set(outcome.results)) == (OutcomeState.PARTLY, "no_card", {"cancel"})


async def test_a_key_that_the_system_has_for_another_call_is_unknown(world: World) -> None:
    world.system.before = [Conflict("the key was used")]
    assert (await world.effects.carry_out(world.plan([cancel()]))).state is OutcomeState.UNKNOWN


async def test_a_result_that_is_not_what_the_operation_promises_is_unknown(world: World) -> None:
    world.system.result = {"refund": "nineteen"}
    outcome = await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert (outcome.state, outcome.reason) == (OutcomeState.UNKNOWN, "wrong_result")
    assert (await world.audit())[0].result == {"refund": "nineteen"}


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (replace(cancel(), arguments={"order_id": 7}), "invalid_arguments"),
        (replace(cancel(), operation="vanish"), "no_such_operation"),
        (replace(cancel(), later={"amount": Expression("results.nothing.at_all")}), "expression_failed"),
        (replace(cancel(), when=Expression("results.cancel.refund > 1")), "expression_failed"),
    ],
)
async def test_a_call_that_cannot_be_made_is_not_made(world: World, call: Call, reason: str) -> None:
    outcome = await world.effects.carry_out(world.plan([call, refund()]))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, reason)
    assert not world.system.calls


async def test_a_call_whose_condition_does_not_hold_is_left_out(world: World) -> None:
    some = replace(refund(), when=Expression("results.cancel.refund > 100"))
    outcome = await world.effects.carry_out(world.plan([cancel(), some]))
    assert outcome.state is OutcomeState.DONE
    assert await world.states() == ["done", "skipped"]


async def test_expressions_see_the_results_for_the_same_order(world: World) -> None:
    calls = [replace(call, name=f"{call.name}:{order}") for order in ("#1", "单2") for call in (cancel(), refund())]
    outcome = await world.effects.carry_out(world.plan(calls))
    assert outcome.state is OutcomeState.DONE
    assert {effect.id for effect in await world.audit()} == {
        "run_1:cancel:~231",
        "run_1:refund:~231",
        "run_1:cancel:~E5~8D~952",
        "run_1:refund:~E5~8D~952",
    }


async def test_a_system_that_is_down_for_a_moment_is_waited_for(world: World) -> None:
    world.system.before = [DOWN, DOWN]
    assert (await world.effects.carry_out(world.plan([cancel(), refund()]))).state is OutcomeState.DONE
    assert not world.told, "the turn tells it"


async def test_a_system_that_stays_down_is_tried_again_later_and_the_end_told(world: World) -> None:
    world.system.before = [None, *[DOWN] * 6]
    plan = world.plan([cancel(), refund()])
    assert (await world.effects.carry_out(plan)).state is OutcomeState.UNAVAILABLE
    assert await world.states() == ["done", "planned"]
    assert [after for _, _, after in world.jobs.waiting.values()] == [1.0]
    await world.jobs.run()
    assert [after for _, _, after in world.jobs.waiting.values()] == [10.0], "longer each time"
    await world.answer()
    await world.jobs.run()
    assert world.told == [(plan.run_id, await world.effects.outcome_of(plan.run_id))]
    assert await world.states() == ["done", "done"]
    assert not world.jobs.waiting
    await world.another().recover()
    assert len(world.told) == 1


async def test_a_system_that_cannot_be_opened_is_tried_again_later(world: World) -> None:
    world.systems.before = [DOWN]
    assert (await world.effects.carry_out(world.plan([cancel()]))).state is OutcomeState.UNAVAILABLE
    assert not world.system.calls
    await world.jobs.run()
    assert (await world.effects.outcome_of(RunId("run_1"))).state is OutcomeState.DONE  # type: ignore[union-attr]


async def test_a_conversation_without_a_system_has_nothing_done(world: World) -> None:
    world.systems.system = None
    outcome = await world.effects.carry_out(world.plan([cancel()]))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "no_system")


async def test_a_run_is_given_up_in_the_end(world: World) -> None:
    world.system.before = [DOWN] * 99
    await world.effects.carry_out(world.plan([cancel(), refund()]))
    world.clock._now += timedelta(hours=2)
    await world.jobs.run()
    assert [(outcome.state, outcome.reason) for _, outcome in world.told] == [(OutcomeState.REFUSED, "gave_up")]
    assert not world.jobs.waiting


async def test_a_job_of_a_run_that_was_taken_up_meanwhile_does_nothing(world: World) -> None:
    world.system.before = [DOWN] * 3
    plan = world.plan([cancel()])
    await world.effects.carry_out(plan)
    await world.effects.outcome_of(plan.run_id)
    calls = len(world.system.calls)
    await world.jobs.run()
    assert len(world.system.calls) == calls


async def test_a_turn_does_not_wait_longer_than_it_can_and_the_end_is_told(world: World) -> None:
    world.patience = AT_ONCE
    world.system.slow = asyncio.Event()
    plan = world.plan([cancel(), refund()])
    assert (await world.effects.carry_out(plan)).state is OutcomeState.UNAVAILABLE
    world.system.slow.set()
    await until(lambda: bool(world.told))
    assert world.told[0][1].state is OutcomeState.DONE
    assert world.system.effects == {"run_1:cancel": 1, "run_1:refund": 1}


async def test_a_turn_that_is_cancelled_leaves_its_run_to_go_on(world: World) -> None:
    world.system.slow = asyncio.Event()
    turn = asyncio.create_task(world.effects.carry_out(world.plan([cancel(), refund()])))
    await until(lambda: bool(world.system.calls))
    turn.cancel()
    world.system.slow.set()
    await until(lambda: bool(world.told))
    assert await world.states() == ["done", "done"]


async def test_a_run_that_is_carried_out_by_many_at_once_is_done_once(world: World) -> None:
    plan = world.plan([cancel(), refund()])
    outcomes = await asyncio.gather(*(world.effects.carry_out(plan) for _ in range(5)))
    assert {outcome.state for outcome in outcomes} == {OutcomeState.DONE}
    assert len(world.system.calls) == 2


async def test_a_run_that_another_server_takes_over_is_done_once(world: World) -> None:
    world.system.slow = asyncio.Event()
    plan = world.plan([cancel(), refund()])
    first = asyncio.create_task(world.effects.carry_out(plan))
    await until(lambda: bool(world.system.calls))
    second = asyncio.create_task(world.another().carry_out(plan))
    await until(lambda: len(world.system.calls) == 2)
    world.system.slow.set()
    outcomes = await asyncio.gather(first, second)
    assert OutcomeState.DONE in {outcome.state for outcome in outcomes}
    assert world.system.effects == {"run_1:cancel": 1, "run_1:refund": 1}


async def test_a_run_is_done_by_one_plan_only(world: World) -> None:
    await world.effects.carry_out(world.plan([cancel()]))
    with pytest.raises(Conflict):
        await world.effects.carry_out(world.plan([cancel(), refund()]))
    assert (await world.effects.carry_out(world.plan([cancel()]))).state is OutcomeState.DONE
    assert len(world.system.calls) == 1


@pytest.mark.parametrize("yes", [Yes(1, " ", "取消？"), Yes(1, "好", ""), Yes(0, "好", "取消？")])
async def test_nothing_is_done_without_a_recorded_yes(world: World, yes: Yes) -> None:
    with pytest.raises(InvalidInput):
        await world.effects.carry_out(world.plan([cancel()], yes=yes))
    assert not world.system.calls


async def test_two_calls_of_one_name_are_not_one_effect(world: World) -> None:
    with pytest.raises(InvalidInput):
        await world.effects.carry_out(world.plan([cancel(), cancel()]))


async def test_a_run_that_was_not_begun_has_come_to_nothing(world: World) -> None:
    assert await world.effects.outcome_of(RunId("run_9")) is None


async def test_what_the_system_wants_approved_waits_whatever_the_plan_says(world: World) -> None:
    world.system.operations = {**OPERATIONS, "cancel": replace(OPERATIONS["cancel"], risk=OPERATIONS["goodwill"].risk)}
    assert (await world.effects.carry_out(world.plan([cancel()]))).state is OutcomeState.APPROVING
    assert not world.system.calls


async def test_what_a_human_approves_goes_on_and_is_told(world: World) -> None:
    plan = world.plan([cancel(), goodwill(), refund()])
    assert (await world.effects.carry_out(plan)).state is OutcomeState.APPROVING
    [waiting] = await world.effects.awaiting(STORE)
    assert (await world.another().recover()) == 0, "nobody but the human can do anything"
    outcome = await world.effects.decide(STORE, waiting.id, approve=True, by="mei", reason="a regular")
    assert outcome.state is OutcomeState.DONE
    assert [told.state for _, told in world.told] == [OutcomeState.DONE]
    decided = (await world.audit())[1]
    assert (decided.decided_by, decided.remark) == ("mei", "a regular")
    assert [(change.state.value, change.by) for change in decided.history] == [
        ("planned", ""),
        ("approving", ""),
        ("planned", "mei"),
        ("sent", ""),
        ("done", ""),
    ]
    with pytest.raises(Conflict):
        await world.effects.decide(STORE, waiting.id, approve=True, by="mei")


async def test_what_a_human_approved_and_a_crash_cut_off_goes_on_with_the_turn_that_comes_again(world: World) -> None:
    class Gone(BaseException):
        """The process is gone: nothing after this happens."""

    plan = world.plan([goodwill(), cancel()])
    assert (await world.effects.carry_out(plan)).state is OutcomeState.APPROVING
    world.system.after = [Gone()]
    effect = (await world.effects.awaiting(STORE))[0]
    with pytest.raises(Gone):
        await world.effects.decide(STORE, effect.id, approve=True, by="mei")
    outcome = await world.another().carry_out(plan)
    assert outcome.state is OutcomeState.DONE
    assert world.system.effects == {"run_1:goodwill": 1, "run_1:cancel": 1}


async def test_what_a_human_denies_is_refused_and_told(world: World) -> None:
    await world.effects.carry_out(world.plan([goodwill(), cancel()]))
    [waiting] = await world.effects.awaiting(STORE)
    outcome = await world.effects.decide(STORE, waiting.id, approve=False, by="mei")
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "denied")
    assert [told.state for _, told in world.told] == [OutcomeState.REFUSED]
    assert not world.system.calls
