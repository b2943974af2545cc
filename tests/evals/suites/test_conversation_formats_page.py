"""The page that describes the conversation formats tells the truth."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from evals.program import PROJECT
from evals.simulator import Goal, Script
from evals.simulator.phrases import Phrases
from evals.suites.qa import ABSTAINING, LONGEST, Qa, Question
from evals.suites.routing import Conversation, Expected, Route, Routing
from evals.suites.scenarios import Scenarios
from evals.suites.writes import HANDOFFS

PAGE = (PROJECT / "docs" / "formats" / "evaluation-conversations.md").read_text("utf-8")


def section(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(("suite", "name"), [(Qa(), "qa"), (Routing(), "routing"), (Scenarios(), "scenarios")])
def test_the_examples_can_be_read_and_every_figure_is_described(suite: Any, name: str, tmp_path: Path) -> None:
    [example] = re.findall(r"```json\n(.*?)```", section(name), re.DOTALL)
    (tmp_path / "x.jsonl").write_text(example, "utf-8")
    assert len(suite.read(tmp_path / "x.jsonl")) == len(example.splitlines())
    for figure in suite.figures:
        assert f"`{figure.name.removesuffix('_image')}`" in section(name), figure.name


@pytest.mark.parametrize(
    ("name", "row", "within"),
    [
        ("qa", Question, ""),
        ("routing", Conversation, ""),
        ("routing", Expected, "expect."),
        ("scenarios", Script, ""),
        ("scenarios", Goal, ""),
    ],
)
def test_every_field_is_described(name: str, row: type[Any], within: str) -> None:
    described = set(re.findall(r"`([a-z_.]+)`", section(name)))
    assert {f"{within}{field.name}" for field in fields(row)} - {"expect"} <= described


def test_routes_actions_limits_and_handoffs_are_those_of_the_program() -> None:
    assert all(f"`{route}`" in section("routing") for route in Route)
    assert all(f"`{kind}`" in section("qa") for kind in ABSTAINING)
    assert f"at most {LONGEST} characters" in section("qa")
    assert all(f"`{operation}`" in section("scenarios") for operation in HANDOFFS)


def test_the_shopper_says_what_the_page_says() -> None:
    phrases = Phrases.load()
    for phrase in (phrases.confirm, phrases.unknown, phrases.undecided):
        assert f"{phrase['zh']} / {phrase['en']}" in section("scenarios")


def test_every_shop_with_a_system_is_named() -> None:
    assert all(f"`{entry.name}" in PAGE for entry in entry_points(group="storebot.systems"))
