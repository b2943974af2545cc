"""The demo store's procedures: shoppers who want something get it, and those who do not get nothing done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from assistant.bootstrap import rehearsal_of_folder
from assistant.domain.backend import Risk
from assistant.domain.procedures import ProcedureFile
from assistant.nlu.intents.definitions import load
from assistant.procedures.files import check
from assistant.procedures.shop_checks import Shop
from evals.suites.played import Played
from tests.turn.conftest import DEMO, FixedClock
from tests.turn.counters import Counters, counters_of, play, scripts_in

pytestmark = pytest.mark.long

SCRIPTS, LOOK_ALIKES = DEMO / "evaluations" / "procedures", DEMO / "evaluations" / "look-alikes"


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def counters(imported: Path, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counters]:
    data = tmp_path_factory.mktemp("counters") / "data"
    shutil.copytree(imported, data)
    opening = counters_of(data, "demo", DEMO / "system", FixedClock())
    with portal.wrap_async_context_manager(opening) as counters:
        yield counters


def test_the_files_are_sound_and_one_of_them_needs_a_human() -> None:
    rehearse = rehearsal_of_folder(DEMO)
    assert rehearse is not None
    operations = rehearse().operations
    files = [ProcedureFile(file.name, file.read_text("utf-8")) for file in (DEMO / "procedures").glob("*.yaml")]
    checked = check(files, Shop(intents={definition.name for definition in load()}, operations=operations))
    assert [str(fault) for fault in checked.faults] == []
    called = {step.call for procedure in checked.procedures for step in procedure.steps}
    assert called == {name for name, operation in operations.items() if operation.risk is not Risk.READ}
    assert any(operations[name].risk is Risk.APPROVE for name in called)


def test_shoppers_get_what_they_ask_for_and_nothing_else(portal: BlockingPortal, counters: Counters) -> None:
    async def all_played() -> list[Played]:
        return [await play(script, counters) for script in scripts_in(SCRIPTS)]

    played = portal.call(all_played)
    assert [one.case_id for one in played if one.comparison.unwanted] == []
    wrong = [one.outcome().note for one in played if one.unsaid or not one.comparison.equal]
    assert len(wrong) <= 0.05 * len(played), wrong


def test_complaints_questions_and_threats_cause_nothing_though_the_shopper_agrees_to_all(
    portal: BlockingPortal, counters: Counters
) -> None:
    async def all_played() -> list[Played]:
        return [await play(script, counters) for script in scripts_in(LOOK_ALIKES)]

    played = portal.call(all_played)
    assert len(played) >= 80
    assert all(goal.accept for script in scripts_in(LOOK_ALIKES) for goal in script.goals)
    assert {one.case_id: one.system.writes for one in played if one.system and one.system.writes} == {}


def test_a_question_in_the_middle_is_answered_and_the_matter_goes_on(
    portal: BlockingPortal, counters: Counters
) -> None:
    async def talk() -> list[str]:
        visit = await counters.visit("u2002", "zh")
        said = ("跑鞋我要退货", "退货运费谁出？", "七天无理由", "确认")
        return [*[(await visit.hear(text)).text for text in said], *[write.operation for write in visit.system.writes]]

    asked, answered, shown, _, *writes = portal.call(talk)
    assert "买家承担" in answered
    assert asked[-12:] in answered
    assert "6001144152" in shown
    assert writes == ["request_return"]
