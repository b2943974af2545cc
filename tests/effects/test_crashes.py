"""A process may be killed at any time: what it was at is done once, or given to a human."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.effects.process import KINDS

pytestmark = pytest.mark.long

ROUNDS = 20
STEPS = 10  # before and after each of three transactions; before each of two calls, and after its effect

Life = dict[str, Any]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Life]]:
    """What came of every process that was killed, by kind of system."""
    folder = tmp_path_factory.mktemp("crashes")
    running = {
        kind: subprocess.Popen(
            [sys.executable, "-m", "tests.effects.process", str(folder / kind), str(ROUNDS), kind],
            stdout=subprocess.PIPE,
            text=True,
        )
        for kind in KINDS
    }
    try:
        told = {kind: program.communicate(timeout=800)[0] for kind, program in running.items()}
    finally:
        for program in running.values():
            program.kill()
    assert all(program.returncode == 0 for program in running.values())
    return {kind: [json.loads(line) for line in lines.splitlines()] for kind, lines in told.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_processes_are_killed_at_every_step(lives: dict[str, list[Life]], kind: str) -> None:
    killed = [life["step"] for life in lives[kind] if life["killed"]]
    assert killed == [step for step in range(1, STEPS + 1) for _ in range(ROUNDS)]


def test_where_a_system_keeps_keys_every_effect_happens_once_and_the_plan_is_done(lives: dict[str, list[Life]]) -> None:
    for life in lives[KINDS[0]]:
        assert (life["times"], life["outcome"]) == ({"cancel": 1, "refund": 1}, "done"), life


def test_where_it_keeps_none_no_effect_happens_twice_and_doubts_go_to_a_human(lives: dict[str, list[Life]]) -> None:
    for life in lives[KINDS[1]]:
        assert all(times == 1 for times in life["times"].values()), life
        assert life["outcome"] in ("done", "unknown"), life
        if life["outcome"] == "done":
            assert life["times"] == {"cancel": 1, "refund": 1}, life
