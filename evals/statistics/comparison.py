"""Two runs of a suite compared: each figure with the interval of its difference, and what became of each case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assistant.domain.errors import InvalidInput
from evals.cases import Outcome
from evals.figures import Figure
from evals.results import RunResult
from evals.statistics.bootstrap import RESAMPLES, Interval, intervals
from evals.statistics.measurement import Measurement, prepare
from evals.statistics.pairing import mcnemar
from evals.statistics.table import Indices
from evals.suites.suite import Suite

SIGNIFICANCE = 0.05
_SAME = 1e-9  # differences below come from the order of sums

Finding = Literal["better", "worse", "unclear", "same"]


class Incomparable(InvalidInput):
    """Two runs that cannot be compared: of different suites, or without a case in common."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure on the cases that both runs have. `interval`: of `difference` (now less baseline), paired bootstrap.

    gained, lost: cases that the figure's paired column says became better and worse. p_value: McNemar's exact test,
    where each case ran once and the figure is the share of cases in which that column is 1. finding: by the test where
    there is one, else by whether the interval excludes zero; "unclear" says that the difference may well be chance.
    """

    name: str
    baseline: float
    now: float
    interval: Interval | None
    finding: Finding
    gained: int = 0
    lost: int = 0
    p_value: float | None = None

    @property
    def difference(self) -> float:
        return self.now - self.baseline


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that came out otherwise. figures: those that it made better or worse; before, now: verdicts in words."""

    case_id: str
    figures: tuple[str, ...]
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """cases: how many both runs have. new, gone: ids of cases that only this run or only the baseline has.

    A case that made one figure better and another worse is among `broke`. warnings: differences between the runs
    other than the program, in English.
    """

    suite: str
    cases: int
    figures: tuple[FigureChange, ...]
    better: tuple[CaseChange, ...]
    broke: tuple[CaseChange, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    warnings: tuple[str, ...]

    def figure(self, name: str) -> FigureChange | None:
        """None where it is not defined in both runs."""
        return next((change for change in self.figures if change.name == name), None)


def compare(
    suite: Suite, baseline: RunResult, result: RunResult, *, seed: int = 0, resamples: int = RESAMPLES
) -> Comparison:
    """What changed from `baseline` to `result`. Raises Incomparable."""
    if not baseline.suite == result.suite == suite.name:
        raise Incomparable(
            f"The baseline is a run of the suite {baseline.suite}, this is one of {result.suite}; only runs of one "
            "suite can be compared."
        )
    before, now = _by_case(baseline), _by_case(result)
    common = before.keys() & now.keys()
    if not common:
        raise Incomparable("The two runs have no case in common; compare runs on the same data.")
    runs = min(baseline.environment.runs, result.environment.runs)
    once = max(baseline.environment.runs, result.environment.runs) == 1
    pair = _Pair(
        once,
        prepare(suite, [outcome for case_id in common for outcome in before[case_id]], runs=runs),
        prepare(suite, [outcome for case_id in common for outcome in now[case_id]], runs=runs),
    )
    moves = {figure.name: pair.moves(figure) for figure, _ in pair.now.figures if figure.paired}
    worse, better = _cases_moved(moves, -1), _cases_moved(moves, 1)
    order = [case_id for case_id in now if case_id in common]

    def changes(moved: Mapping[str, Sequence[str]]) -> tuple[CaseChange, ...]:
        return tuple(
            CaseChange(case_id, tuple(moved[case_id]), _verdicts(before[case_id]), _verdicts(now[case_id]))
            for case_id in order
            if case_id in moved
        )

    return Comparison(
        suite=suite.name,
        cases=len(common),
        figures=pair.figures(moves, seed=seed, resamples=resamples),
        better=changes({case_id: names for case_id, names in better.items() if case_id not in worse}),
        broke=changes(worse),
        new=tuple(case_id for case_id in now if case_id not in common),
        gone=tuple(case_id for case_id in before if case_id not in common),
        warnings=_warnings(baseline, result),
    )


@dataclass(frozen=True, slots=True)
class _Moves:
    """Of each case that the figure concerns: 1 better, -1 worse, 0 alike.

    shares: of both runs, the share of cases with a 1; None where that is not all there is to a case.
    """

    by_case: Mapping[str, int]
    shares: tuple[float, float] | None

    def count(self, direction: int) -> int:
        return sum(move == direction for move in self.by_case.values())


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two measurements of the same cases. once: each case ran once in both."""

    once: bool
    before: Measurement
    now: Measurement

    def differences(self, drawn: Indices | None = None) -> list[float]:
        pairs = zip(self.before.values(drawn), self.now.values(drawn), strict=True)
        return [now - before for before, now in pairs]

    def moves(self, figure: Figure) -> _Moves:
        before, now = self.before.by_case(str(figure.paired)), self.now.by_case(str(figure.paired))
        concerned = ~np.isnan(before) & ~np.isnan(now)
        step = (now - before) * (1 if figure.better == "higher" else -1)
        direction = np.where(np.abs(step) < _SAME, 0, np.sign(step))
        moved = {self.now.case_ids[row]: int(direction[row]) for row in np.flatnonzero(concerned)}
        values = before[concerned], now[concerned]
        if not self.once or not moved or not all(np.isin(each, (0.0, 1.0)).all() for each in values):
            return _Moves(moved, None)
        return _Moves(moved, (float(values[0].mean()), float(values[1].mean())))

    def figures(self, moves: Mapping[str, _Moves], *, seed: int, resamples: int) -> tuple[FigureChange, ...]:
        cases = len(self.now.case_ids)
        found = (
            intervals(self.differences, cases, resamples=resamples, seed=seed)
            if cases > 1
            else [None] * len(self.now.figures)
        )
        rows = zip(
            (figure for figure, _ in self.now.figures), self.before.values(), self.now.values(), found, strict=True
        )
        return tuple(
            _figure_change(figure, before, now, interval, moves.get(figure.name))
            for figure, before, now, interval in rows
            if figure.name != "cases" and not math.isnan(before) and not math.isnan(now)
        )


def _figure_change(
    figure: Figure, before: float, now: float, interval: Interval | None, moves: _Moves | None
) -> FigureChange:
    gained, lost = (moves.count(1), moves.count(-1)) if moves else (0, 0)
    p_value = None
    if moves is not None and moves.shares is not None and np.allclose(moves.shares, (before, now), rtol=0, atol=_SAME):
        p_value = mcnemar(gained, lost)
    certain = p_value < SIGNIFICANCE if p_value is not None else interval is not None and not _holds_zero(interval)
    finding: Finding = "unclear" if gained or lost or abs(now - before) > _SAME else "same"
    if certain and abs(now - before) > _SAME:
        finding = "better" if (now > before) == (figure.better == "higher") else "worse"
    return FigureChange(figure.name, before, now, interval, finding, gained, lost, p_value)


def _holds_zero(interval: Interval) -> bool:
    return interval[0] <= _SAME and interval[1] >= -_SAME


def _cases_moved(moves: Mapping[str, _Moves], direction: int) -> dict[str, list[str]]:
    moved: dict[str, list[str]] = {}
    for name, of_figure in moves.items():
        for case_id, move in of_figure.by_case.items():
            if move == direction:
                moved.setdefault(case_id, []).append(name)
    return moved


def _by_case(result: RunResult) -> dict[str, list[Outcome]]:
    cases: dict[str, list[Outcome]] = {}
    for outcome in result.outcomes:
        cases.setdefault(outcome.case_id, []).append(outcome)
    return cases


def _verdicts(outcomes: Sequence[Outcome]) -> str:
    """Such as "wrong", or of several runs "right 3, wrong 1"."""
    counts = Counter(outcome.verdict.value for outcome in outcomes)
    if len(outcomes) == 1:
        return next(iter(counts))
    return ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())


def _warnings(baseline: RunResult, result: RunResult) -> tuple[str, ...]:
    before, now = baseline.environment, result.environment
    said = []
    if before.data_hash != now.data_hash:
        said.append("the data differ: cases of the same id may ask other things")
    if before.store_hash != now.store_hash:
        said.append("the store differs")
    said += [
        f"{name} differs: {getattr(before, name)} in the baseline, {getattr(now, name)} now"
        for name in ("url", "runs", "seed", "shots", "concurrency")
        if getattr(before, name) != getattr(now, name)
    ]
    return tuple(said)
