"""The suite `snippets`: is the text chosen that answers a question, and is it told where none does?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from evals.cases import Case, Outcome, Verdict, content_of
from evals.figures import Columns, Figure
from evals.metrics.classification import auroc, share
from evals.metrics.curves import aurc, calibration_error
from evals.metrics.ranking import average_precision, precision_at
from evals.subjects.snippets import Selection, Selector, assistant_selection
from evals.suites.snippet_files import Snippet, SnippetCase, read_snippets
from evals.suites.suite import CaseRunner
from evals.target import Target

# The outcome of a case that crashed does not tell whether there was an answer. It counts as one that was missed, and
# as a sure answer where there was none.
_CRASHED: Mapping[str, float | str | bool | None] = {
    "answerable": False,
    "answered": True,
    "precision": 0.0,
    "precision_answerable": 0.0,
    "average_precision": 0.0,
    "confidence": 1.0,
    "any_answers": 1.0,
}


@dataclass(frozen=True, slots=True)
class Snippets:
    """`subject` opens what is measured, the assistant's choice or a peer's, for all snippets that there will be."""

    subject: Callable[[Target, Sequence[Snippet]], AbstractAsyncContextManager[Selector]] = assistant_selection

    name = "snippets"
    figures = (
        Figure("precision_at_1", lambda c: share(c["precision"]), paired="precision"),
        Figure("precision_at_1_answerable", lambda c: share(c["precision_answerable"])),
        Figure("map", lambda c: share(c["average_precision"]), paired="average_precision"),
        Figure("auroc_answerable", lambda c: auroc(c["any_answers"], c["answerable"])),
        Figure("wrong_all", lambda c: share(c["wrong"]), better="lower", paired="wrong"),
        Figure("abstained_unanswerable", lambda c: share(~c["answered"][~c["answerable"]])),
        Figure("aurc", lambda c: aurc(c["confidence"], c["precision"]), better="lower"),
        Figure("ece", lambda c: calibration_error(c["confidence"], c["precision"]), better="lower"),
    )

    def read(self, data: Path) -> list[Case]:
        return read_snippets(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:
        snippets = [snippet for case in cases for snippet in content_of(case, SnippetCase).snippets]
        async with self.subject(target, snippets) as selector:
            yield _Runner(selector)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        rows = [{**_CRASHED, **outcome.measured} for outcome in outcomes]
        numbers = {
            name: np.array([row[name] for row in rows], dtype=np.float64)  # None becomes NaN
            for name in ("precision", "precision_answerable", "average_precision", "confidence", "any_answers")
        }
        flags = {name: np.array([row[name] for row in rows], dtype=np.bool_) for name in ("answerable", "answered")}
        verdicts = np.array([outcome.verdict for outcome in outcomes], dtype=object)
        wrong = np.isin(verdicts, [Verdict.WRONG, Verdict.CRASHED])
        return {**numbers, **flags, "wrong": wrong.astype(float), "right": (verdicts == Verdict.RIGHT).astype(float)}


@dataclass(frozen=True, slots=True)
class _Runner:
    selector: Selector

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        content = content_of(case, SnippetCase)
        started = perf_counter()
        chosen = await self.selector.select(content.question, content.title, content.snippets)
        milliseconds = (perf_counter() - started) * 1000
        labels = [content.snippets[place].label for place in chosen.order]
        precision, relevant = precision_at(1, labels), sum(snippet.label > 0 for snippet in content.snippets)
        return Outcome(
            case_id=case.id,
            run=run,
            verdict=_verdict(content, chosen),
            measured={
                "answerable": content.answerable,
                "answered": bool(chosen.order) and chosen.answers,
                "precision": precision,
                "precision_answerable": precision if relevant else None,
                "average_precision": average_precision(labels, relevant=relevant) if relevant else None,
                "confidence": chosen.confidence,
                "any_answers": chosen.answerable,
            },
            note=_note(content, chosen),
            expected="; ".join(snippet.text for snippet in content.snippets if snippet.label) or "no answer",
            milliseconds=(milliseconds,),
        )


def _verdict(content: SnippetCase, chosen: Selection) -> Verdict:
    if not chosen.answers or not chosen.order:
        return Verdict.ABSTAINED if content.answerable else Verdict.RIGHT
    return Verdict.RIGHT if content.snippets[chosen.order[0]].label else Verdict.WRONG


def _note(content: SnippetCase, chosen: Selection) -> str:
    if not chosen.order:
        return f"“{content.question}”: nothing chosen"
    first = content.snippets[chosen.order[0]]
    said = "given" if chosen.answers else "not given"
    return f"“{content.question}”: {said}, confidence {chosen.confidence:.2f}, label {first.label}: {first.text}"
