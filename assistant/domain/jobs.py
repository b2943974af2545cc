"""Jobs: background work that outlives the process that started it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.domain.ids import JobId

Arguments = Mapping[str, object]
"""What a job is started with: JSON."""

JobFunction = Callable[[JobId, Arguments], Awaitable[None]]
"""The work. After a crash it is called again with the same id and arguments, so it must find out what it has done."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """`name` is that of the function; `error` says why it failed, for people."""

    id: JobId
    name: str
    state: JobState
    started_at: datetime
    error: str = ""
