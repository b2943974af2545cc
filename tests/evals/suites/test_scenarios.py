"""Scenarios: what was done for the shopper against what should have been, and what the figures make of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.backend import ShopperRef, StoreBackend
from assistant.domain.conversation import Conversation, Focus, Owner, Shopper
from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.ids import ConversationId, ShopperId, StoreId
from assistant.domain.ports import StoreBackends
from evals.cases import Case, Exchange, Fault, Verdict
from evals.door import DoorClosed, Opening
from evals.simulator import Script, ScriptedShopper, SimulatorFault, Transcript
from evals.suites.scenarios import Scenarios
from evals.systems import SystemFactory
from evals.systems.ecom_bench import load as load_lamps
from evals.systems.tau2_retail import load as load_retail
from evals.target import Target
from tests.evals.scripted_door import reply
from tests.evals.suites.measuring import crashed, defined, faults_of, figures_of, measured, outcomes_of
from tests.evals.systems.ecom_lamps import BOS, MEI, PAID, SENT, write_lamp_records
from tests.evals.systems.retail_shop import ADA, PENDING, write_retail_shop

TARGET = Target("lamps", Path("unused"))
YES = {"kind": "confirmation", "name": "do", "options": []}
Calls = Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Does:
    """What the assistant does when it hears a message: calls of the shop's system, then a reply."""

    says: str = "…"
    kind: str = "answer"
    waits: Mapping[str, Any] | None = None
    calls: Calls = ()
    fails: str = ""
    cards: Sequence[Mapping[str, str]] = ()


@dataclass
class Assistant:
    """Behind the door: does as `knows` says on hearing the last message of a burst, and nothing on hearing others.

    It calls the store system of the conversation, as an assistant with procedures would.
    """

    knows: Mapping[str, Does]
    openings: list[Opening] = field(default_factory=list)
    systems: list[StoreBackend | None] = field(default_factory=list)
    backends: StoreBackends | None = None
    pause_ms: int | None = None

    @asynccontextmanager
    async def __call__(self, target: Target, *, pause_ms: int, backends: StoreBackends) -> AsyncIterator[Assistant]:
        self.backends, self.pause_ms = backends, pause_ms
        yield self

    async def open(self, opening: Opening) -> Talking:
        self.openings.append(opening)
        return Talking(self, opening, f"conv_{len(self.openings)}")


@dataclass
class Talking:
    assistant: Assistant
    opening: Opening
    conversation_id: str
    turns: int = 0

    async def say(self, *messages: str) -> Exchange:
        does = self.assistant.knows.get(messages[-1], Does())
        self.turns += 1
        assert self.assistant.backends is not None
        system = await self.assistant.backends.of(_conversation(self.conversation_id))
        self.assistant.systems.append(system)
        for number, (operation, arguments) in enumerate(does.calls):
            assert system is not None
            key = f"{self.conversation_id} {self.turns} {number}"
            shopper = ShopperRef(self.opening.shopper or ADA)
            try:
                await system.call(operation, arguments, shopper=shopper, idempotency_key=key)
            except NotFound:
                continue
        if does.fails == "closed":
            raise DoorClosed("500 internal_error")
        said = reply(does.kind, does.says, expects=does.waits, cards=list(does.cards))
        return Exchange(messages, said, {"failed": does.fails or None}, milliseconds=4.0)


def _conversation(conversation_id: str) -> Conversation:
    shopper = Shopper(ShopperId("user:x"))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Conversation(
        ConversationId(conversation_id), StoreId("lamps"), shopper, "zh", Owner.BOT, 1, 0, 0, Focus(), at, test=True
    )


CANCEL: Calls = (("manage_order.cancel", {"order_id": PAID}),)
HURRY: Calls = (("manage_urgent", {"order_id": SENT}),)
GOLD_CANCEL = {"operation": "manage_order", "arguments": {"action": "取消", "order_id": PAID}}
GOLD_HURRY = {"operation": "manage_urgent", "arguments": {"order_id": SENT}}
GOLD_REFUND = {"operation": "manage_ecard", "arguments": {"action": "退款", "amount": 236.50}}


def script(number: str, *goals: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": number, "lang": "zh", "shopper": MEI, "goals": list(goals), "gold": [], **fields}


def goal(*say: str, accept: bool = True, **fields: Any) -> dict[str, Any]:
    return {"say": list(say), "reveal": {}, "accept": accept, "choose": "", **fields}


ROWS = (
    script("cancel", goal("不要了"), goal("退到卡里"), gold=[GOLD_CANCEL, GOLD_REFUND]),
    script("hurry", goal("急", "帮我加急"), gold=[GOLD_HURRY], mentions=["明天"]),
    script("ask", goal("多久到"), gold=[]),
    script("image", goal("看图加急"), gold=[GOLD_HURRY], needs_image=True),
    script("excluded", goal("别人的单加急"), gold=[GOLD_HURRY], excluded="the order is somebody else's"),
)
PERFECT = {
    "不要了": Does(waits=YES, kind="procedure"),
    "确认": Does(calls=CANCEL, kind="procedure"),
    "退到卡里": Does(calls=[("manage_ecard.refund", {"amount": 236.5})], kind="procedure"),
    "帮我加急": Does("明 天能到", calls=HURRY, kind="procedure", cards=[{"title": "明天送达"}]),
    "多久到": Does("后天"),
    "看图加急": Does(calls=HURRY, kind="procedure"),
}


@pytest.fixture
def lamps(tmp_path: Path) -> SystemFactory:
    return load_lamps(write_lamp_records(tmp_path / "lamps"))


def suite(assistant: Assistant, system: SystemFactory | None, **changes: Any) -> Scenarios:
    return Scenarios(door=assistant, systems=lambda store: system, **changes)


def cases_in(folder: Path, *rows: dict[str, Any]) -> list[Case]:
    (folder / "scripts.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return Scenarios().read(folder)


async def figures(
    knows: Mapping[str, Does], lamps: SystemFactory, folder: Path, *rows: dict[str, Any]
) -> Mapping[str, float]:
    return await measured(suite(Assistant(knows), lamps), cases_in(folder, *(rows or ROWS)), TARGET)


async def test_a_perfect_assistant_is_perfect(lamps: SystemFactory, tmp_path: Path) -> None:
    found = await figures(PERFECT, lamps, tmp_path)
    assert (found["scripts_right"], found["gold_writes_made"], found["unwanted_writes"]) == (1, 1, 0)
    assert (found["scripts_right_image"], found["gold_writes_made_image"], found["unwanted_writes_image"]) == (1, 1, 0)
    assert found["turns_mean"] == pytest.approx((3 + 1 + 1) / 3), "a burst is one turn"
    assert found["asks_mean"] == pytest.approx(1 / 3)
    assert (found["handoffs"], found["simulator_faults"]) == (0, 0)


async def test_an_assistant_that_does_nothing_gets_right_only_what_needs_nothing(
    lamps: SystemFactory, tmp_path: Path
) -> None:
    found = await figures({}, lamps, tmp_path)
    assert found["scripts_right"] == pytest.approx(1 / 3)
    assert (found["gold_writes_made"], found["unwanted_writes"]) == (0, 0)
    assert (found["scripts_right_image"], found["gold_writes_made_image"]) == (0, 0)


async def test_what_is_done_without_being_wanted_fails_the_script_and_is_counted(
    lamps: SystemFactory, tmp_path: Path
) -> None:
    eager = {**PERFECT, "多久到": Does(calls=HURRY), "帮我加急": Does("明天", calls=[*HURRY, *CANCEL])}
    found = await figures(eager, lamps, tmp_path)
    assert found["scripts_right"] == pytest.approx(1 / 3)
    assert (found["gold_writes_made"], found["unwanted_writes"]) == (1, 2)


async def test_what_the_shops_system_refused_was_not_done(lamps: SystemFactory, tmp_path: Path) -> None:
    nosy = {"多久到": Does(calls=[("manage_urgent", {"order_id": BOS})])}
    [outcome] = await outcomes_of(suite(Assistant(nosy), lamps), cases_in(tmp_path, ROWS[2]), TARGET)
    assert outcome.verdict is Verdict.RIGHT
    assert "refused by the shop's system: manage_urgent" in outcome.note


async def test_every_word_of_mentions_must_be_said_in_words_cards_or_tables(
    lamps: SystemFactory, tmp_path: Path
) -> None:
    for does, verdict in (
        (Does("到货：明天"), Verdict.RIGHT),
        (Does("看卡片", cards=[{"title": "灯", "note": "明天送达"}]), Verdict.RIGHT),
        (Does("后天"), Verdict.WRONG),
    ):
        knows = {"帮我加急": replace(does, calls=HURRY)}
        [outcome] = await outcomes_of(suite(Assistant(knows), lamps), cases_in(tmp_path, ROWS[1]), TARGET)
        assert outcome.verdict is verdict, does
    assert "not said: 明天" in outcome.note


async def test_an_excluded_script_is_run_and_not_scored(lamps: SystemFactory, tmp_path: Path) -> None:
    assistant = Assistant(PERFECT)
    [outcome] = await outcomes_of(suite(assistant, lamps), cases_in(tmp_path, ROWS[4]), TARGET)
    assert len(assistant.openings) == 1
    assert "excluded" in outcome.tags
    assert defined(figures_of(Scenarios(), [outcome])) == {"simulator_faults": 0}


async def test_another_set_of_writes_that_is_as_good_is_right_too(lamps: SystemFactory, tmp_path: Path) -> None:
    row = script("either", goal("不要了"), gold=[GOLD_CANCEL], gold_any=[[GOLD_HURRY], []])
    for calls, verdict in ((CANCEL, Verdict.RIGHT), (HURRY, Verdict.RIGHT), ((), Verdict.RIGHT)):
        knows = {"不要了": Does(calls=calls)}
        [outcome] = await outcomes_of(suite(Assistant(knows), lamps), cases_in(tmp_path, row), TARGET)
        assert outcome.verdict is verdict
    both = {"不要了": Does(calls=[*CANCEL, *HURRY])}
    [outcome] = await outcomes_of(suite(Assistant(both), lamps), cases_in(tmp_path, row), TARGET)
    assert outcome.verdict is Verdict.WRONG


async def test_a_required_handoff_must_happen_and_another_is_reported(lamps: SystemFactory, tmp_path: Path) -> None:
    required = script("human", goal("转人工"), gold=[{"operation": "transfer_to_specialist", "arguments": {}}])
    handing = {"转人工": Does(kind="handoff"), "多久到": Does(kind="handoff")}
    assert (await figures(handing, lamps, tmp_path, required))["scripts_right"] == 1
    assert (await figures({}, lamps, tmp_path, required))["scripts_right"] == 0
    found = await figures(handing, lamps, tmp_path, ROWS[2])
    assert (found["scripts_right"], found["handoffs"]) == (1, 1)


@pytest.mark.parametrize("fails", ["closed", "ValueError: broken"])
async def test_a_crash_is_a_failed_script_that_keeps_what_was_said_and_done(
    fails: str, lamps: SystemFactory, tmp_path: Path
) -> None:
    knows = {**PERFECT, "退到卡里": Does(fails=fails)}
    [outcome] = await outcomes_of(suite(Assistant(knows), lamps), cases_in(tmp_path, ROWS[0]), TARGET)
    assert (outcome.verdict, outcome.fault) == (Verdict.CRASHED, Fault.ASSISTANT)
    assert [exchange.said for exchange in outcome.exchanges][:2] == [("不要了",), ("确认",)]
    found = figures_of(Scenarios(), [outcome])
    assert (found["scripts_right"], found["gold_writes_made"]) == (0, 0.5)


async def test_a_door_that_does_not_open_is_a_failed_script(lamps: SystemFactory, tmp_path: Path) -> None:
    class Shut(Assistant):
        async def open(self, opening: Opening) -> Talking:
            raise DoorClosed("401 unauthorized")

    outcomes = await outcomes_of(suite(Shut({}), lamps), cases_in(tmp_path, *ROWS[:2]), TARGET)
    assert {(outcome.verdict, outcome.note.partition(";")[0]) for outcome in outcomes} == {
        (Verdict.CRASHED, "401 unauthorized")
    }
    found = figures_of(Scenarios(), outcomes)
    assert (found["scripts_right"], found["gold_writes_made"]) == (0, 0)


async def test_a_crash_of_which_nothing_is_known_counts_as_a_script_that_failed(
    lamps: SystemFactory, tmp_path: Path
) -> None:
    outcomes = await outcomes_of(suite(Assistant(PERFECT), lamps), cases_in(tmp_path, *ROWS[:3]), TARGET)
    found = figures_of(Scenarios(), [*outcomes, crashed("x")])
    assert found["scripts_right"] == pytest.approx(3 / 4)
    assert found["gold_writes_made"] == pytest.approx(3 / 4)


async def test_a_fault_of_the_simulator_is_told_apart(lamps: SystemFactory, tmp_path: Path) -> None:
    class Lost(ScriptedShopper):
        async def play(self, script: Script, transcript: Transcript) -> None:
            await transcript.say("急")
            raise SimulatorFault("the endpoint is gone")

    outcomes = await outcomes_of(
        suite(Assistant(PERFECT), lamps, shopper=Lost()), cases_in(tmp_path, *ROWS[:2]), TARGET
    )
    assert {outcome.fault for outcome in outcomes} == {Fault.SIMULATOR}
    assert all("the endpoint is gone" in outcome.note for outcome in outcomes)
    found = figures_of(Scenarios(), outcomes)
    assert (found["simulator_faults"], found["scripts_right"]) == (2, 0)


async def test_a_shopper_who_could_not_choose_is_a_fault_only_where_the_script_failed(
    lamps: SystemFactory, tmp_path: Path
) -> None:
    labels = ("大红灯", "小红灯", "白灯")
    waits = {"kind": "choice", "name": "lamp", "options": [{"label": label, "text": label} for label in labels]}
    row = script("choose", goal("加急", choose="红灯"), gold=[GOLD_HURRY])
    for calls, fault in ((HURRY, None), ((), Fault.SIMULATOR)):
        knows = {"加急": Does(waits=waits), "你帮我推荐一个": Does(calls=calls)}
        [outcome] = await outcomes_of(suite(Assistant(knows), lamps), cases_in(tmp_path, row), TARGET)
        assert outcome.fault is fault
        assert "simulator: “红灯” fits several" in outcome.note


async def test_every_conversation_has_a_system_of_its_own(lamps: SystemFactory, tmp_path: Path) -> None:
    assistant = Assistant(PERFECT)
    rows = (ROWS[0], {**ROWS[0], "id": "again"})
    found = await measured(suite(assistant, lamps), cases_in(tmp_path, *rows), TARGET)
    assert found["scripts_right"] == 1, "the second order is not cancelled already"
    assert len({id(system) for system in assistant.systems}) == 2
    assert assistant.backends is not None
    assert await assistant.backends.of(_conversation("conv_1")) is None, "it is gone when the script is over"
    assert assistant.pause_ms, "bursts are waited for"


async def test_a_shopper_is_signed_in_where_the_shop_vouches_for_them(lamps: SystemFactory, tmp_path: Path) -> None:
    retail = load_retail(write_retail_shop(tmp_path / "retail"))
    gold = {"operation": "cancel_pending_order", "arguments": {"order_id": PENDING, "reason": "no longer needed"}}
    row = script("s", goal("cancel it", "never mind, cancel"), lang="en", shopper=ADA, gold=[gold])
    knows = {"never mind, cancel": Does(calls=[(gold["operation"], dict(gold["arguments"]))])}  # type: ignore[call-overload]
    openings = {}
    for name, system in (("lamps", lamps), ("retail", retail), ("none", None)):
        assistant = Assistant(knows if name == "retail" else {})
        [outcome] = await outcomes_of(suite(assistant, system), cases_in(tmp_path, row), TARGET)
        openings[name] = (assistant.openings[0].shopper, assistant.openings[0].language, outcome.verdict)
    assert openings == {
        "lamps": (ADA, "en", Verdict.WRONG),
        "retail": (None, "en", Verdict.RIGHT),
        "none": (ADA, "en", Verdict.WRONG),
    }


async def test_writes_are_counted_for_one_run_of_the_scripts(lamps: SystemFactory, tmp_path: Path) -> None:
    eager = {"多久到": Does(calls=HURRY)}
    cases = cases_in(tmp_path, ROWS[2])
    async with suite(Assistant(eager), lamps).open(TARGET, cases) as runner:
        outcomes = [await runner(cases[0], run=run) for run in range(3)]
    assert figures_of(Scenarios(), outcomes)["unwanted_writes"] == 1


async def test_scenarios_are_not_run_against_a_server_whose_records_cannot_be_seen() -> None:
    with pytest.raises(InvalidInput, match="--url"):
        async with Scenarios().open(replace(TARGET, url="https://bot.example"), []):
            raise AssertionError("it must not open")


def test_every_fault_of_a_file_is_told(tmp_path: Path) -> None:
    rows = [
        script("a"),
        script("b", goal()),
        script("c", goal("")),
        script("d", goal("x"), mentions=[""]),
        script("e", goal("x"), gold=[{"operation": "", "arguments": {}}], gold_any=[[{"arguments": {}}]]),
        script("f", goal("x", accept="yes")),  # type: ignore[arg-type]
        script("g", goal("x", reveal={"order_id": 7})),
        script("h", lang="", persona="a collector of lamps"),
    ]
    file = tmp_path / "scripts.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found = faults_of(Scenarios(), file)
    assert [place.rpartition(":")[2] for place, _ in found] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    told = " ".join(reason for _, reason in found)
    for word in (
        "goals is empty",
        "say of goal 1",
        "mentions",
        "operation",
        "accept",
        "reveal.order_id",
        "lang is empty",
    ):
        assert word in told
