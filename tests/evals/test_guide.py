"""docs/evaluation.md says what the program does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import typer

from evals.cli.app import command_line
from evals.gate import read_gate
from evals.program import PROJECT
from evals.results import Environment
from evals.statistics import describe
from evals.suites.registry import load_suite

GUIDE = (PROJECT / "docs" / "evaluation.md").read_text("utf-8")


def test_every_command_and_option_is_in_the_guide() -> None:
    group = typer.main.get_command(command_line())
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"storebot-eval {name}" in GUIDE
        for parameter in command.params:
            assert all(option in GUIDE for option in parameter.opts if option.startswith("--")), parameter.opts


def test_every_common_figure_and_every_fact_of_the_environment_is_in_the_guide() -> None:
    common = describe(load_suite("qa")).keys() - {figure.name for figure in load_suite("qa").figures}
    assert len(common) == 6
    assert all(f"`{name}`" in GUIDE for name in common)
    assert all(f"`{field.name}`" in GUIDE for field in fields(Environment))


def test_the_gate_of_the_guide_is_one(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "gate.yaml"
    path.write_text(example, "utf-8")
    bounds = read_gate(path, describe(load_suite("qa")), with_baseline=True)
    assert [bound.figure.name for bound in bounds] == ["right_answerable", "wrong_all", "crashed"]
