"""The benchmark's tasks as published (`tasks*.jsonl`), for shoppers whom a language model plays.

A task describes a persona and its aims in prose and has no messages to say: a scripted shopper cannot play it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.simulator import Script
from evals.suites.lines import LineFormat
from evals.systems import Write

_READS = ("find_", "get_", "list_", "calculate")


@dataclass(frozen=True, slots=True)
class Instructions:
    reason_for_call: str
    task_instructions: str | None = None
    known_info: str | None = None
    unknown_info: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    instructions: Instructions
    persona: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Criteria:
    actions: tuple[Action, ...]
    communicate_info: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    id: str
    user_scenario: Scenario
    evaluation_criteria: Criteria


class Tau2RetailTasks:
    suite = "scenarios"

    def read(self, path: Path) -> list[Case]:
        """The tasks of a file, or of the files of a folder. Raises MalformedSuite."""
        tasks = LineFormat(Task, "tasks*.jsonl").read(path)
        return [replace(case, content=_script(case.content)) for case in tasks if isinstance(case.content, Task)]


def _script(task: Task) -> Script:
    writes = [action for action in task.evaluation_criteria.actions if not action.name.startswith(_READS)]
    return Script(
        id=task.id,
        lang="en",
        gold=tuple(Write(each.name, _told(each)) for each in writes),
        mentions=task.evaluation_criteria.communicate_info,
        persona=_persona(task.user_scenario),
    )


def _told(action: Action) -> dict[str, Any]:
    """What a write was told, without the summary of a handoff: every agent words it otherwise."""
    return {name: value for name, value in action.arguments.items() if name != "summary"}


def _persona(scenario: Scenario) -> str:
    told = scenario.instructions
    parts = (scenario.persona, told.known_info, told.unknown_info, told.reason_for_call, told.task_instructions)
    return "\n\n".join(part.strip() for part in parts if part and part.strip())
