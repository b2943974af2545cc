"""`storebot-eval calibrate` on a small store: refused with too few answers, else in force at the next turn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.calibration import Calibration
from assistant.bootstrap import application
from assistant.domain.reply import ActionKind
from assistant.domain.store import Risk
from assistant.settings import Settings
from evals.cli.app import main
from tests.small_shop import PRODUCTS, SMALL_STORE

pytestmark = pytest.mark.long

_ASKED = {
    "材质": ("什么材质的", "用什么料子做的", "面料是什么", "what is it made of"),
    "重量": ("有多重", "重量是多少", "沉不沉，几克"),
}
_UNKNOWN = (
    "盒子有多重",
    "手柄的材质是什么",
    "内衬用的什么料子",
    "有紫色的吗",
    "是哪里产的",
    "能用几年",
    "抗几级风",
    "可以刻字吗",
    "骨架有几根",
    "does it glow in the dark",
)
_UNTOLD = "能不能换个懂行的跟我讲"  # asks for a human, and no word in it tells that for sure


def _rated() -> list[dict[str, Any]]:
    """What each product is asked, with its answers, and what the shop does not say."""
    rows: list[dict[str, Any]] = []
    for product in PRODUCTS:
        values = {item["key"]["zh"]: item["value"] for item in product["attributes"]}
        for key, questions in _ASKED.items():
            value = values[key]
            variants = list(value.values()) if isinstance(value, dict) else [value, value.replace(" g", "克")]
            rows += [_row(product["id"], text, [variants]) for text in questions]
        rows += [_row(product["id"], text, []) for text in _UNKNOWN]
    return rows


def _row(product_id: str, question: str, answers: list[list[str]]) -> dict[str, Any]:
    return {
        "id": f"{product_id} {question}",
        "question": question,
        "product_id": product_id,
        "answerable": bool(answers),
        "answer_contains": answers,
    }


def _file(folder: Path, rows: list[dict[str, Any]]) -> str:
    path = folder / "qa.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def _calibrate(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["calibrate", *words])
    return int(left.value.code or 0)


@pytest.fixture
def data_dir(small_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STOREBOT_DATA_DIR", str(small_data_dir))
    return small_data_dir


def test_rated_answers_of_a_store_are_in_force_at_its_next_turn(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, again = tmp_path / "own.yaml", tmp_path / "again.yaml"
    data = _file(tmp_path, _rated())
    assert _calibrate("--data", data, "--store", SMALL_STORE, "--apply", "--out", str(out)) == 0
    shown = capsys.readouterr().out
    assert "log_loss" in shown
    assert "at most wrong" in shown
    kept = Calibration.parse(out.read_text(encoding="utf-8"), "own.yaml")
    assert kept.held_out.cases >= 50
    in_force = data_dir / "tunings" / SMALL_STORE / "calibration.yaml"
    assert in_force.read_bytes() == out.read_bytes()

    assert _calibrate("--data", data, "--store", SMALL_STORE, "--apply", "--out", str(again)) == 0
    assert again.read_bytes() == out.read_bytes()


async def test_a_running_server_takes_up_a_calibration_and_what_the_store_states(small_data_dir: Path) -> None:
    shipped = Calibration.load()
    async with application(Settings(data_dir=small_data_dir)) as app:
        store = await app.stores.get(SMALL_STORE)
        assert (await app.ask(SMALL_STORE, "伞骨断了怎么修")).reply.action.reason == "faq"
        never = shipped.as_yaml().replace("questions: ", "questions: 1 #")
        await app.tunings.put_calibration(SMALL_STORE, never)
        assert (await app.ask(SMALL_STORE, "伞骨断了怎么修")).reply.action.reason != "faq"
        await app.tunings.put_calibration(SMALL_STORE, "")
        assert (await app.ask(SMALL_STORE, "伞骨断了怎么修")).reply.action.reason == "faq"
        await app.stores.put(replace(store, risk=Risk(answer=0.0001)))
        assert (await app.ask(SMALL_STORE, "伞骨断了怎么修")).reply.action.reason != "faq"


def _had() -> list[dict[str, Any]]:
    """Questions of the shop, which need no human, and requests for one."""
    no_human = {"route": "answer", "intent": "presale", "handoff_required": False, "may_handoff": False}
    human = {"route": "handoff", "intent": "human", "handoff_required": True, "may_handoff": True}
    asked = [(row["question"], no_human) for row in _rated()[:55]] + [(_UNTOLD, human)]
    return [
        {"id": str(number), "turns": [{"role": "user", "text": text}], "expect": expect}
        for number, (text, expect) in enumerate(asked)
    ]


def test_conversations_of_a_store_give_its_threshold_of_handing_over_and_leave_answers_as_they_were(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _calibrate("--routing", _file(tmp_path, _had()), "--store", SMALL_STORE, "--apply") == 0
    shown = capsys.readouterr().out
    assert "56 conversations, 1 need a human, 55 may have none" in shown
    assert "at most needless" in shown
    in_force = (data_dir / "tunings" / SMALL_STORE / "calibration.yaml").read_text(encoding="utf-8")
    kept, shipped = Calibration.parse(in_force, "calibration.yaml"), Calibration.load()
    assert kept.hand_over.cases == 55
    assert replace(kept, hand_over=shipped.hand_over) == shipped


async def test_a_running_server_hands_over_by_what_the_store_states(small_data_dir: Path) -> None:
    async with application(Settings(data_dir=small_data_dir)) as app:
        store = await app.stores.get(SMALL_STORE)
        for risk, called in ((Risk(), True), (Risk(hand_over=0.0001), False), (Risk(hand_over=0.03), True)):
            await app.stores.put(replace(store, risk=risk))
            assert ((await app.ask(SMALL_STORE, _UNTOLD)).reply.action.kind is ActionKind.HANDOFF) is called
        never = Calibration.load().as_yaml().replace("conversations: ", "conversations: 1 #")
        await app.tunings.put_calibration(SMALL_STORE, never)
        assert (await app.ask(SMALL_STORE, _UNTOLD)).reply.action.kind is not ActionKind.HANDOFF
        assert (await app.ask(SMALL_STORE, "转人工")).reply.action.kind is ActionKind.HANDOFF


@pytest.mark.usefixtures("data_dir")
def test_too_few_conversations_are_refused_with_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _calibrate("--routing", _file(tmp_path, _had()[40:]), "--store", SMALL_STORE, "--apply") == 2
    assert "15 conversations need no human. At least 50" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("data_dir")
def test_too_few_answers_answers_are_refused_with_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _calibrate("--data", _file(tmp_path, _rated()[:20]), "--store", SMALL_STORE, "--apply") == 2
    assert "At least 50 are needed, with 10 of each" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--data", "a.jsonl", "--routing", "b.jsonl", "--routing", "c.jsonl", "--store", "x", "--store", "y"],
            "give a --store for each --data",
        ),
        (["--store", "rain"], "Nothing to go by"),
        (["--data", "a", "--data", "b", "--store", "rain", "--store", "x", "--apply"], "one store: give one --store"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _calibrate(*words) == 2
    assert said in " ".join(capsys.readouterr().err.split())
