"""The conversation suites on the real assistant, in this process, over a small shop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evals.cases import Outcome, Verdict
from evals.results import RunResult
from evals.running import Plan, evaluate
from evals.suites.qa import Qa
from evals.suites.routing import Routing
from evals.suites.scenarios import Scenarios
from evals.suites.suite import Suite
from evals.target import Target
from tests.small_shop import write_small_shop

QUESTIONS = (
    {"id": "weight", "product_id": "RN-1", "question": "多重", "answerable": True, "answer_contains": [["310"]]},
    {
        "id": "other",
        "product_id": "RN-2",
        "question": "那重量呢",
        "history": [{"role": "user", "text": "材质是什么"}, {"role": "assistant", "text": "竹与涤纶"}],
        "answerable": True,
        "answer_contains": [["520"]],
    },
    {"id": "wrong", "product_id": "RN-1", "question": "多重", "answerable": True, "answer_contains": [["999"]]},
    {"id": "unknown", "product_id": "RN-1", "question": "有几种口味", "answerable": False},
)
ROUTES = (
    {
        "id": "human",
        "turns": [{"role": "user", "text": "转人工"}],
        "expect": {"route": "handoff", "intent": "human", "handoff_required": True, "may_handoff": True},
    },
    {
        "id": "weight",
        "turns": [{"role": "user", "text": "云檐折叠伞多重"}],
        "expect": {"route": "answer", "intent": "presale", "handoff_required": False, "may_handoff": False},
    },
)
SCRIPTS = (
    {
        "id": "ask",
        "lang": "zh",
        "shopper": "mei",
        "goals": [{"say": ["云檐折叠伞", "多重"]}],
        "gold": [],
        "mentions": ["310"],
    },
    {
        "id": "human",
        "lang": "zh",
        "shopper": "mei",
        "goals": [{"say": ["在吗", "转人工"]}],
        "gold": [{"operation": "transfer_to_human_agents", "arguments": {}}],
    },
    {
        "id": "cancel",
        "lang": "zh",
        "shopper": "mei",
        "goals": [{"say": ["取消我的订单"], "accept": True}],
        "gold": [{"operation": "cancel_order", "arguments": {}}],
    },
)


@pytest.fixture
def target(small_data_dir: Path, tmp_path: Path) -> Target:
    return Target(str(write_small_shop(tmp_path / "shop")), small_data_dir)


async def run(suite: Suite, rows: tuple[dict[str, Any], ...], target: Target, folder: Path, at_once: int) -> RunResult:
    file = folder / "cases.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return await evaluate(suite, suite.read(file), target, Plan(concurrency=at_once, resamples=20))


def verdicts(result: RunResult) -> Mapping[str, Verdict]:
    return {outcome.case_id: outcome.verdict for outcome in result.outcomes}


def said(outcome: Outcome) -> list[object]:
    return [exchange.reply and exchange.reply["text"] for exchange in outcome.exchanges]


async def test_questions_are_answered_and_judged(target: Target, tmp_path: Path) -> None:
    result = await run(Qa(), QUESTIONS, target, tmp_path, at_once=4)
    assert verdicts(result) == {
        "weight": Verdict.RIGHT,
        "other": Verdict.RIGHT,
        "wrong": Verdict.WRONG,
        "unknown": Verdict.ABSTAINED,
    }
    assert result.figures["right_answerable"] == pytest.approx(2 / 3)
    assert result.figures["crashed"] == 0
    assert all(outcome.exchanges[0].trace["milliseconds"] for outcome in result.outcomes)


async def test_a_wish_for_a_human_is_a_handoff(target: Target, tmp_path: Path) -> None:
    result = await run(Routing(), ROUTES, target, tmp_path, at_once=2)
    assert (result.figures["handoff_recall"], result.figures["false_handoff_rate"]) == (1, 0)
    assert verdicts(result) == {"human": Verdict.RIGHT, "weight": Verdict.RIGHT}


async def test_scripts_are_played_alike_one_by_one_and_at_once(target: Target, tmp_path: Path) -> None:
    alone = await run(Scenarios(), SCRIPTS, target, tmp_path, at_once=1)
    together = await run(Scenarios(), SCRIPTS, target, tmp_path, at_once=3)
    assert verdicts(alone) == {"ask": Verdict.RIGHT, "human": Verdict.RIGHT, "cancel": Verdict.WRONG}
    assert verdicts(together) == verdicts(alone)
    assert [said(outcome) for outcome in together.outcomes] == [said(outcome) for outcome in alone.outcomes]
    assert alone.figures["gold_writes_made"] == pytest.approx(1 / 2)
