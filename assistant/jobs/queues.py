"""Which jobs wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

SHARED = "jobs"


@dataclass(frozen=True, slots=True)
class Queues:
    """at_once: how many jobs of the shared queue run at the same time. own: the same, of jobs with one of their own."""

    at_once: int
    own: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The queue of a job's name."""
        return name if name in self.own else SHARED

    def __iter__(self) -> Iterator[tuple[str, int]]:
        yield SHARED, self.at_once
        yield from self.own.items()
