"""The benchmark's tasks as published (`tasks*.jsonl`), for shoppers whom a language model plays.

A task describes a persona and its aims in prose and has no messages to say: a scripted shopper cannot play it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.simulator import Script
from evals.suites.lines import LineFormat
from evals.systems import Write

_IMPLIED = frozenset({"platform", "shop_id", "user_id"})
_READS = frozenset({"查询", "余额查询", "信息查询"})
_IMAGE = re.compile(r"https?://\S+\.(?:jpe?g|png|webp)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metadata:
    actions: tuple[Action, ...]
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """`line` numbers the tasks of the benchmark."""

    line: int
    user_id: str
    instruction: str
    metadata: Metadata = field(default_factory=lambda: Metadata(()))

    @property
    def id(self) -> str:
        return f"task-{self.line}"


class EcomBenchTasks:
    suite = "scenarios"

    def read(self, path: Path) -> list[Case]:
        """The tasks of a file, or of the files of a folder. Raises MalformedSuite."""
        tasks = LineFormat(Task, "tasks*.jsonl").read(path)
        return [replace(case, content=_script(case.content)) for case in tasks if isinstance(case.content, Task)]


def _script(task: Task) -> Script:
    writes = [action for action in task.metadata.actions if action.arguments.get("action") not in _READS]
    return Script(
        id=task.id,
        lang="zh",
        shopper=task.user_id,
        gold=tuple(
            Write(each.name, {name: value for name, value in each.arguments.items() if name not in _IMPLIED})
            for each in writes
        ),
        mentions=task.metadata.outputs,
        needs_image=_IMAGE.search(task.instruction) is not None,
        persona=task.instruction,
    )
