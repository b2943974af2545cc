"""The suite `intents`: is the intent of a message told, and is it told where a message has none?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from evals.cases import Case, Outcome, Verdict, content_of
from evals.figures import Columns, Figure
from evals.metrics.classification import Matrix, auroc, f1_of_labels, macro_f1, micro_f1, share
from evals.metrics.curves import calibration_error
from evals.subjects.intents import Classifier, Learner, Prediction, assistant_intents
from evals.suites.intent_files import BETWEEN, OUT_OF_SCOPE, IntentCase, read_intents
from evals.suites.lessons import Course
from evals.suites.suite import CaseRunner
from evals.target import Target

HANDOFF = "handoff"
# The outcome of a case that crashed does not tell its intents: it counts as having one, which is no other case's.
_CRASHED: Mapping[str, float | str | bool | None] = {"gold": " ", "predicted": "", "confidence": 1.0, "none": 1.0}


@dataclass(frozen=True, slots=True)
class Intents:
    """`subject` opens what is measured: the assistant's classifier, or a peer's."""

    subject: Callable[[Target], AbstractAsyncContextManager[Learner]] = assistant_intents

    name = "intents"
    figures = (
        Figure("accuracy_in_scope", lambda c: share(c["surest_right_in_scope"]), paired="surest_right_in_scope"),
        Figure("auroc_out_of_scope", lambda c: auroc(c["none"], ~c["in_scope"])),
        Figure("macro_f1", lambda c: macro_f1(c["gold"], c["predicted"])),
        Figure("micro_f1", lambda c: micro_f1(c["gold"], c["predicted"])),
        Figure("accuracy", lambda c: share(c["right"]), paired="right"),
        Figure("handoff_f1", lambda c: float(f1_of_labels(c["handoff_gold"], c["handoff_predicted"])[0])),
        Figure("ece", lambda c: calibration_error(c["confidence"], c["surest_right"]), better="lower"),
    )

    def read(self, data: Path) -> list[Case]:
        return read_intents(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:
        courses = dict.fromkeys(content_of(case, IntentCase).course for case in cases)
        async with self.subject(target) as learner:
            yield _Runner({course: await learner.learn(course) for course in courses})

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        rows = [{**_CRASHED, **outcome.measured} for outcome in outcomes]
        gold, predicted = ([_labels(row[name]) for row in rows] for name in ("gold", "predicted"))
        names = sorted({label for labels in (*gold, *predicted) for label in labels})
        in_scope = np.array([bool(labels) for labels in gold], dtype=np.bool_)
        surest_right = np.array([row.get("surest") in labels for row, labels in zip(rows, gold, strict=True)], float)
        return {
            "gold": _matrix(gold, names),
            "predicted": _matrix(predicted, names),
            "handoff_gold": _matrix(gold, [HANDOFF]),
            "handoff_predicted": _matrix(predicted, [HANDOFF]),
            "in_scope": in_scope,
            "surest_right": surest_right,
            "surest_right_in_scope": np.where(in_scope, surest_right, np.nan),
            "confidence": np.array([row["confidence"] for row in rows], dtype=np.float64),
            "none": np.array([row["none"] for row in rows], dtype=np.float64),
            "right": np.array([outcome.verdict is Verdict.RIGHT for outcome in outcomes], dtype=np.float64),
        }


@dataclass(frozen=True, slots=True)
class _Runner:
    classifiers: Mapping[Course, Classifier]

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        content = content_of(case, IntentCase)
        started = perf_counter()
        found = await self.classifiers[content.course].predict(content.text)
        milliseconds = (perf_counter() - started) * 1000
        surest = max(found.confidences, key=lambda label: found.confidences[label], default=None)
        return Outcome(
            case_id=case.id,
            run=run,
            verdict=_verdict(content, found),
            measured={
                "gold": BETWEEN.join(content.labels),
                "predicted": BETWEEN.join(found.chosen),
                "surest": surest,
                "confidence": found.confidences[surest] if surest is not None else 0.0,
                "none": found.none,
            },
            note=_note(content, found, surest),
            expected=", ".join(content.labels) or OUT_OF_SCOPE,
            milliseconds=(milliseconds,),
        )


def _verdict(content: IntentCase, found: Prediction) -> Verdict:
    if set(found.chosen) == set(content.labels):
        return Verdict.RIGHT
    return Verdict.WRONG if found.chosen else Verdict.ABSTAINED


def _note(content: IntentCase, found: Prediction, surest: str | None) -> str:
    taken = ", ".join(found.chosen) or OUT_OF_SCOPE
    sure = f"; surest: {surest} {found.confidences[surest]:.2f}" if surest is not None else ""
    return f"“{content.text}” was taken for {taken}{sure}; none of the intents: {found.none:.2f}"


def _labels(joined: object) -> frozenset[str]:
    return frozenset(str(joined).split(BETWEEN)) if joined else frozenset()


def _matrix(labels: Sequence[frozenset[str]], names: Sequence[str]) -> Matrix:
    matrix = np.zeros((len(labels), len(names)), dtype=np.bool_)
    place = {name: column for column, name in enumerate(names)}
    for row, named in enumerate(labels):
        for label in named & place.keys():
            matrix[row, place[label]] = True
    return matrix
