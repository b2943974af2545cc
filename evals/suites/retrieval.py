"""The suite `retrieval`: are the documents found that are relevant to a query?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from evals.cases import Case, Outcome, Verdict, content_of
from evals.figures import Columns, Figure
from evals.metrics.classification import share
from evals.metrics.ranking import ndcg_at, recall_at, reciprocal_rank_at
from evals.subjects.retrieval import Searcher, assistant_search
from evals.suites.retrieval_files import Collection, RetrievalCase, read_retrieval
from evals.suites.suite import CaseRunner
from evals.target import Target

PLACES = 10
_SHOWN = 3  # titles that a note tells
_MEASURED = ("recall", "reciprocal_rank", "ndcg")


@dataclass(frozen=True, slots=True)
class Retrieval:
    """`subject` opens what is measured: the assistant's search over the documents, or a peer's."""

    subject: Callable[[Target, Collection], AbstractAsyncContextManager[Searcher]] = assistant_search

    name = "retrieval"
    figures = (
        Figure("recall_at_10", lambda c: share(c["recall"]), paired="recall"),
        Figure("mrr_at_10", lambda c: share(c["reciprocal_rank"]), paired="reciprocal_rank"),
        Figure("ndcg_at_10", lambda c: share(c["ndcg"]), paired="ndcg"),
    )

    def read(self, data: Path) -> list[Case]:
        return read_retrieval(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:
        async with AsyncExitStack() as stack:
            collections = dict.fromkeys(content_of(case, RetrievalCase).collection for case in cases)
            opened = [await stack.enter_async_context(self.subject(target, each)) for each in collections]
            yield _Runner(dict(zip(collections, opened, strict=True)))

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        measured = {
            name: np.array([outcome.measured.get(name, 0.0) for outcome in outcomes], dtype=np.float64)
            for name in _MEASURED
        }
        right = np.array([outcome.verdict is Verdict.RIGHT for outcome in outcomes], dtype=np.float64)
        return {**measured, "right": right}


@dataclass(frozen=True, slots=True)
class _Runner:
    searchers: Mapping[Collection, Searcher]

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        content = content_of(case, RetrievalCase)
        started = perf_counter()
        found = list(dict.fromkeys(await self.searchers[content.collection].search(content.text, PLACES)))[:PLACES]
        milliseconds = (perf_counter() - started) * 1000
        grades = [content.grades.get(did, 0) for did in found]
        relevant = [did for did, grade in content.grades.items() if grade]
        recall = recall_at(PLACES, grades, relevant=len(relevant))
        return Outcome(
            case_id=case.id,
            run=run,
            verdict=Verdict.RIGHT if recall else Verdict.WRONG if found else Verdict.ABSTAINED,
            measured={
                "recall": recall,
                "reciprocal_rank": reciprocal_rank_at(PLACES, grades),
                "ndcg": ndcg_at(PLACES, grades, ideal=list(content.grades.values())),
            },
            note=_note(content, found),
            expected="; ".join(content.collection.title(did) for did in relevant),
            milliseconds=(milliseconds,),
        )


def _note(content: RetrievalCase, found: Sequence[str]) -> str:
    place = next((place for place, did in enumerate(found, start=1) if content.grades.get(did)), None)
    where = f"first relevant at place {place}" if place else f"nothing relevant in the first {PLACES}"
    titles = "; ".join(content.collection.title(did) for did in found[:_SHOWN])
    return f"“{content.text}”: {where}. First: {titles or 'nothing'}"
