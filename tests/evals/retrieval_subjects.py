"""A search that finds what it is told to, as the subject of the suite `retrieval`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from evals.subjects.retrieval import Searcher
from evals.suites.retrieval import Retrieval
from evals.suites.retrieval_files import Collection
from evals.target import Target


@dataclass(frozen=True)
class Told:
    tell: Callable[[str], Sequence[str]]

    async def search(self, text: str, limit: int) -> Sequence[str]:
        return self.tell(text)[:limit]


def suite_of(tell: Callable[[str], Sequence[str]]) -> Retrieval:
    @asynccontextmanager
    async def subject(_: Target, __: Collection) -> AsyncIterator[Searcher]:
        yield Told(tell)

    return Retrieval(subject)
