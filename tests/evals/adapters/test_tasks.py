"""Published tasks of ECom-Bench and tau2 retail as scripts for a language model to play."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from evals.adapters.ecom_bench.tasks import EcomBenchTasks
from evals.adapters.tau2_retail.tasks import Tau2RetailTasks
from evals.simulator import Script
from evals.suites.suite import MalformedSuite
from evals.systems import Write

LAMP_TASK: dict[str, Any] = {
    "annotator": "1",
    "user_id": "lamp-mei",
    "shop_id": "s1",
    "platform": "mall",
    "instruction": "你买了一盏灯，想取消订单，并让客服看图 https://img.example/a.png",
    "metadata": {
        "outputs": ["台灯"],
        "actions": [
            {"name": "manage_order", "arguments": {"user_id": "lamp-mei", "action": "查询", "order_id": "7"}},
            {
                "name": "manage_order",
                "arguments": {"platform": "mall", "shop_id": "s1", "action": "取消", "order_id": "7"},
            },
        ],
        "searches": [{"name": "get_order", "arguments": {}}],
    },
    "line": 3,
}
POT_TASK: dict[str, Any] = {
    "id": "12",
    "description": {"notes": None},
    "user_scenario": {
        "persona": None,
        "instructions": {
            "domain": "retail",
            "reason_for_call": "You want the pot back.",
            "known_info": "You are Ada Stone.",
            "unknown_info": None,
            "task_instructions": "You are brief.",
        },
    },
    "evaluation_criteria": {
        "actions": [
            {"name": "get_order_details", "arguments": {"order_id": "#W1"}},
            {"name": "calculate", "arguments": {"expression": "1 + 1"}},
            {"name": "cancel_pending_order", "arguments": {"order_id": "#W1", "reason": "no longer needed"}},
            {"name": "transfer_to_human_agents", "arguments": {"summary": "the shopper wants the pot"}},
        ],
        "communicate_info": ["40.6"],
        "nl_assertions": None,
    },
}


def script_of(dataset: EcomBenchTasks | Tau2RetailTasks, folder: Path, task: dict[str, Any]) -> Script:
    (folder / "tasks_dev.jsonl").write_text(json.dumps(task, ensure_ascii=False), "utf-8")
    [case] = dataset.read(folder)
    assert isinstance(case.content, Script)
    assert case.id == case.content.id
    return case.content


def test_an_ecom_bench_task_becomes_a_persona_with_gold_writes(tmp_path: Path) -> None:
    script = script_of(EcomBenchTasks(), tmp_path, LAMP_TASK)
    assert (script.id, script.lang, script.shopper, script.goals) == ("task-3", "zh", "lamp-mei", ())
    assert script.gold == (Write("manage_order", {"action": "取消", "order_id": "7"}),)
    assert script.mentions == ("台灯",)
    assert script.needs_image
    assert script.persona == LAMP_TASK["instruction"]


def test_a_tau2_task_becomes_a_persona_with_gold_writes(tmp_path: Path) -> None:
    script = script_of(Tau2RetailTasks(), tmp_path, POT_TASK)
    assert (script.id, script.lang, script.shopper) == ("12", "en", "")
    assert script.gold == (
        Write("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"}),
        Write("transfer_to_human_agents", {}),
    )
    assert script.mentions == ("40.6",)
    assert script.persona == "You are Ada Stone.\n\nYou want the pot back.\n\nYou are brief."


@pytest.mark.parametrize(
    ("dataset", "task", "lacks"),
    [
        (EcomBenchTasks(), LAMP_TASK, "instruction"),
        (Tau2RetailTasks(), POT_TASK, "user_scenario"),
    ],
)
def test_a_task_that_lacks_something_is_refused(
    tmp_path: Path, dataset: EcomBenchTasks | Tau2RetailTasks, task: dict[str, Any], lacks: str
) -> None:
    rest = {key: value for key, value in task.items() if key != lacks}
    with pytest.raises(MalformedSuite, match=lacks):
        script_of(dataset, tmp_path, rest)


def test_both_are_data_sets_for_scenarios() -> None:
    found = {entry.name: entry.load()().suite for entry in entry_points(group="storebot.datasets")}
    assert found["ecom-bench"] == found["tau2-retail"] == "scenarios"
