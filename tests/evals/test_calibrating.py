"""`storebot-eval calibrate` on a small store: refused with too few answers, else in force at the next turn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.calibration import Calibration
from assistant.bootstrap import application
from assistant.domain.store import Risk
from assistant.settings import Settings
from evals.cli.app import main
from tests.small_shop import PRODUCTS, SMALL_STORE

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
    assert kept.held_out.questions >= 50
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


@pytest.mark.usefixtures("data_dir")
def test_too_few_answers_are_refused_with_what_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _calibrate("--data", _file(tmp_path, _rated()[:20]), "--store", SMALL_STORE, "--apply") == 2
    assert "At least 50 are needed, with 10 of each" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "a.jsonl", "--data", "b.jsonl", "--store", "rain"], "give a --store for each --data"),
        (["--data", "a", "--data", "b", "--store", "rain", "--store", "x", "--apply"], "one --store and one --data"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _calibrate(*words) == 2
    assert said in " ".join(capsys.readouterr().err.split())
