"""Questions: what counts as right, wrong and abstained, and what the figures make of it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.cases import Case, Fault, Outcome, Verdict
from evals.door import DoorClosed, Opening
from evals.suites.qa import Qa, Question, judged
from evals.target import Target
from tests.evals.scripted_door import Answer, Script, ScriptedDoor, abstaining, answers, crashing, failing, reply
from tests.evals.suites.measuring import crashed, faults_of, figures_of, measured, outcomes_of

TARGET = Target("kettles", Path("unused"))
WEIGHT = Question("w", "多重", True, (("2.4公斤", "2.4 kg"), ("含包装",)), ("5公斤",))
UNKNOWN = Question("u", "哪年生产的", False, must_not_contain=("2019",))
ROWS: tuple[dict[str, Any], ...] = (
    {"id": "1", "product_id": "K1", "question": "多重", "answerable": True, "answer_contains": [["2.4kg"]]},
    {"id": "2", "product_id": "K1", "question": "多高", "answerable": True, "answer_contains": [["31cm"]]},
    {"id": "3", "product_id": None, "question": "在哪儿", "answerable": True, "answer_contains": [["杭州"]]},
    {"id": "4", "product_id": "K2", "question": "哪年的", "answerable": False, "answer_contains": []},
)
KNOWN = {"多重": "2.4kg", "多高": "31cm", "在哪儿": "我们在杭州"}


def cases_in(folder: Path) -> list[Case]:
    file = folder / "qa_kettles.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    return Qa().read(folder)


def perfect(opening: Opening, messages: tuple[str, ...]) -> Answer:
    return answers("answer", KNOWN[messages[0]], confidence=0.99) if messages[0] in KNOWN else answers("abstain", "…")


async def figures(script: Script, cases: list[Case]) -> Mapping[str, float]:
    return await measured(Qa(ScriptedDoor(script)), cases, TARGET)


@pytest.mark.parametrize(
    "text",
    ["净重 2.4 KG（含包装）", "２.４公斤，含包装。", f"2.4公斤含包装{'啊' * 192}", "不是15公斤，是2.4公斤，含包装"],
)
def test_an_answer_with_a_variant_of_every_group_is_right(text: str) -> None:
    assert judged(WEIGHT, reply("answer", text))[0] is Verdict.RIGHT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2.4公斤", "lacks 含包装"),
        ("12.4公斤，含包装", "lacks 2.4公斤"),
        ("含包装", "lacks 2.4公斤 or 2.4 kg"),
        ("2.4公斤，含包装5公斤", "says 5公斤"),
        (f"2.4公斤含包装{'啊' * 193}", "201 characters"),
        ("", "lacks"),
    ],
)
def test_an_answer_that_lacks_something_or_says_too_much_is_wrong(text: str, why: str) -> None:
    verdict, note = judged(WEIGHT, reply("answer", text))
    assert verdict is Verdict.WRONG
    assert why in note


@pytest.mark.parametrize("kind", ["answer", "recommend", "procedure", "small_talk", "something_new"])
def test_whatever_states_an_answer_where_there_is_none_is_wrong(kind: str) -> None:
    assert judged(UNKNOWN, reply(kind, "不清楚，可能是吧"))[0] is Verdict.WRONG
    assert judged(WEIGHT, reply(kind, "我不知道"))[0] is Verdict.WRONG, "abstaining is an action, not a wording"


@pytest.mark.parametrize("kind", ["abstain", "clarify", "handoff", "refuse"])
def test_not_answering_is_told_from_the_action_whatever_the_words(kind: str) -> None:
    for question in (WEIGHT, UNKNOWN):
        assert judged(question, reply(kind, "2.4公斤，含包装"))[0] is Verdict.ABSTAINED


def test_evidence_and_cards_do_not_make_an_answer_right() -> None:
    shown = reply("answer", "见下", cards=[{"title": "2.4公斤 含包装"}], evidence=[{"text": "2.4公斤，含包装"}])
    assert judged(WEIGHT, shown)[0] is Verdict.WRONG


async def test_a_perfect_assistant_is_perfect(tmp_path: Path) -> None:
    found = await figures(perfect, cases_in(tmp_path))
    assert (found["right_answerable"], found["wrong_all"], found["abstained_unanswerable"]) == (1, 0, 1)
    assert found["aurc"] == 0
    assert found["ece"] == pytest.approx(0.01)


async def test_an_assistant_that_always_abstains_is_never_wrong_and_never_right(tmp_path: Path) -> None:
    found = await figures(abstaining, cases_in(tmp_path))
    assert (found["right_answerable"], found["wrong_all"], found["abstained_unanswerable"]) == (0, 0, 1)
    assert found["aurc"] == pytest.approx(0.75), "three of four should have been answered"
    assert found["ece"] != found["ece"], "no answer was stated whose confidence could be off"


@pytest.mark.parametrize("script", [crashing, lambda *_: failing()])
async def test_a_crash_counts_as_wrong_and_sure_of_it(script: Script, tmp_path: Path) -> None:
    cases = cases_in(tmp_path)
    outcomes = await outcomes_of(Qa(ScriptedDoor(script)), cases, TARGET)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.CRASHED}
    assert {outcome.fault for outcome in outcomes} == {Fault.ASSISTANT}
    assert all(outcome.note for outcome in outcomes)
    found = figures_of(Qa(), outcomes)
    assert (found["right_answerable"], found["wrong_all"], found["abstained_unanswerable"]) == (0, 1, 0)
    assert (found["aurc"], found["ece"]) == (1, 1)


async def test_a_crash_of_which_nothing_is_known_counts_against_every_figure(tmp_path: Path) -> None:
    outcomes = [
        *(await outcomes_of(Qa(ScriptedDoor(perfect)), cases_in(tmp_path), TARGET)),
        crashed("5"),
    ]
    found = figures_of(Qa(), outcomes)
    assert found["right_answerable"] == pytest.approx(3 / 4)
    assert found["abstained_unanswerable"] == pytest.approx(1 / 2)
    assert found["wrong_all"] == pytest.approx(1 / 5)


async def test_a_sure_wrong_answer_costs_more_than_an_unsure_one(tmp_path: Path) -> None:
    def wrong_on(question: str, confidence: float) -> Script:
        def script(opening: Opening, messages: tuple[str, ...]) -> Answer:
            if messages[0] == question:
                return answers("answer", "不对", confidence=confidence)
            known = KNOWN.get(messages[0])
            return answers("answer", known, confidence=0.8) if known else answers("abstain", "…")

        return script

    cases = cases_in(tmp_path)
    sure, unsure = await figures(wrong_on("多高", 0.95), cases), await figures(wrong_on("多高", 0.3), cases)
    assert sure["wrong_all"] == unsure["wrong_all"] == 0.25
    assert sure["aurc"] > unsure["aurc"] > 0
    assert sure["ece"] > unsure["ece"]


async def test_the_question_is_asked_on_its_page_after_its_history(tmp_path: Path) -> None:
    row = {
        **ROWS[0],
        "history": [{"role": "user", "text": "在吗"}, {"role": "assistant", "text": "在的"}],
        "lang": "zh",
    }
    (tmp_path / "qa.jsonl").write_text(json.dumps(row), "utf-8")
    door = ScriptedDoor(perfect)
    [outcome] = await outcomes_of(Qa(door), Qa().read(tmp_path / "qa.jsonl"), TARGET)
    [opening] = door.openings
    assert (opening.product_id, opening.language, opening.shopper) == ("K1", "zh", None)
    assert [(said.role, said.text) for said in opening.history] == [("user", "在吗"), ("assistant", "在的")]
    assert outcome.verdict is Verdict.RIGHT
    assert outcome.milliseconds == (5.0,)
    assert outcome.exchanges[0].said == ("多重",)


@pytest.mark.parametrize(
    ("notes", "confidence"),
    [
        ({"confidence": 0.4}, 0.4),
        ({"confidence": 0.4, "matters": [{"confidence": 0.1}]}, 0.4),
        ({"matters": [{"candidates": [{"probability": 0.9}, {"probability": 0.2}]}]}, 0.9),
        ({"matters": [{"candidates": [{"probability": 0.9}]}, {"confidence": 0.3}]}, 0.3),
        ({"matters": [{"intent": "question"}]}, 1.0),
        ({"confidence": 7, "matters": [{"confidence": "high", "candidates": [{}]}]}, 1.0),
        ({}, 1.0),
    ],
)
async def test_the_confidence_of_an_answer_is_what_its_trace_notes(
    notes: dict[str, object], confidence: float, tmp_path: Path
) -> None:
    def script(opening: Opening, messages: tuple[str, ...]) -> Answer:
        return answers("answer", "2.4kg", **notes)

    outcomes = await outcomes_of(Qa(ScriptedDoor(script)), cases_in(tmp_path)[:1], TARGET)
    assert outcomes[0].measured["confidence"] == confidence


async def test_an_abstention_claims_nothing(tmp_path: Path) -> None:
    def script(opening: Opening, messages: tuple[str, ...]) -> Answer:
        return answers("abstain", "…", confidence=0.45)

    [outcome] = await outcomes_of(Qa(ScriptedDoor(script)), cases_in(tmp_path)[:1], TARGET)
    assert outcome.measured["confidence"] == 0


async def test_figures_do_not_depend_on_the_order_of_cases(tmp_path: Path) -> None:
    def script(opening: Opening, messages: tuple[str, ...]) -> Answer:
        if messages[0] == "多高":
            raise DoorClosed("gone")
        return answers("answer", "2.4kg", confidence=0.5)

    outcomes: list[Outcome] = await outcomes_of(Qa(ScriptedDoor(script)), cases_in(tmp_path), TARGET)
    more = [replace(outcome, case_id=f"{outcome.case_id}-{copy}") for outcome in outcomes for copy in range(5)]
    expected = figures_of(Qa(), more)
    for seed in range(5):
        random.Random(seed).shuffle(more)
        assert figures_of(Qa(), more) == pytest.approx(expected)


def test_every_fault_of_a_file_is_told(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {**ROWS[0], "answer_contains": []},
        {**ROWS[0], "id": "b", "answer_contains": [[]], "must_not_contain": [""]},
        {**ROWS[3], "id": "c", "answer_contains": [["x"]], "question": " "},
        {**ROWS[0], "id": "d", "history": [{"role": "bot", "text": "x"}], "answerable": "yes"},
        {**ROWS[0], "id": "e", "history": [{"role": "user", "text": ""}]},
        {**ROWS[0], "id": "e"},
        {"id": "f"},
    ]
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found = faults_of(Qa(), file)
    assert [place.rpartition(":")[2] for place, _ in found] == ["1", "2", "2", "3", "3", "4", "4", "5", "6", "7", "7"]
    told = " ".join(reason for _, reason in found)
    for word in ("set answerable to false", "must_not_contain", "question is empty", "history.0.role", "x.jsonl:5"):
        assert word in told
