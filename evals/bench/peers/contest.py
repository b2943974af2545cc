"""Contenders on the same cases of a suite, one after the other, and how they stand beside the assistant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from evals.bench.section import Table, figure, table
from evals.cases import Case, Outcome, Verdict
from evals.figures import Columns, Figure
from evals.results import RunResult
from evals.running import evaluate
from evals.statistics import FigureChange, compare, measure
from evals.suites.suite import CaseRunner, Suite
from evals.target import Target

ASSISTANT = "storebot"
LEGEND = "In brackets 95 % bootstrap intervals; ▲ better and ▼ worse than storebot beyond chance, case by case."
_LATENCY = ("latency_p50_ms", "latency_p95_ms")


def named(name: str, *distributions: str) -> str:
    """The name of a peer with the versions of what it is made of."""
    return f"{name} {', '.join(version(distribution) for distribution in distributions)}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a contender came to. beside: each figure against the assistant's; none for the assistant itself."""

    name: str
    result: RunResult
    beside: Mapping[str, FigureChange] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """A figure with its interval, and a mark where it differs from the assistant's beyond chance."""
        if (value := self.result.figures.get(name)) is None:
            return "–"
        low, high = self.result.intervals.get(name, (value, value))
        change = self.beside.get(name)
        mark = {"better": " ▲", "worse": " ▼"}.get(change.finding, "") if change else ""
        return f"{value:.3f} [{low:.2f}–{high:.2f}]{mark}"

    def data(self) -> dict[str, object]:
        """For programs."""
        differences = {
            name: {
                "difference": change.difference,
                "interval": change.interval,
                "p": change.p_value,
                "finding": change.finding,
            }
            for name, change in self.beside.items()
        }
        figures, intervals = dict(self.result.figures), dict(self.result.intervals)
        return {"figures": figures, "intervals": intervals, "beside_storebot": differences}


@dataclass(slots=True)
class Contest:
    """The cases of a suite, which the assistant runs first. `figures` of the suite are computed, the others left out.

    standings: in the order in which they came.
    """

    suite: Suite
    cases: Sequence[Case]
    target: Target
    figures: frozenset[str]
    standings: list[Standing] = field(default_factory=list)

    async def enter(self, name: str, suite: Suite) -> RunResult:
        """Runs the cases, one at a time, with a suite that has the contender for its subject.

        Raises RuntimeError where a peer crashes: then it is not set up as it should be, and its figures say nothing.
        """
        result = await evaluate(self._narrowed(suite), self.cases, self.target)
        crashed = [outcome for outcome in result.outcomes if outcome.verdict is Verdict.CRASHED]
        if crashed and self.standings:
            raise RuntimeError(f"{name} broke down at {len(crashed)} cases; the first: {crashed[0].note}")
        self.stand(name, result)
        return result

    def stand(self, name: str, result: RunResult) -> None:
        """Adds a result, compared with the first."""
        beside: dict[str, FigureChange] = {}
        if self.standings:
            comparison = compare(self._narrowed(self.suite), self.standings[0].result, result)
            beside = {change.name: change for change in comparison.figures if change.name in self.figures}
        self.standings.append(Standing(name, result, beside))

    def revised(self, result: RunResult, outcomes: Sequence[Outcome]) -> RunResult:
        """The result with other outcomes for its cases."""
        measures = measure(self._narrowed(self.suite), outcomes)
        return replace(result, outcomes=tuple(outcomes), figures=measures.figures, intervals=measures.intervals)

    def table(self, headings: Mapping[str, str], *, title: str = "", more: Sequence[Sequence[str]] = ()) -> Table:
        """headings: of the figures shown, by their names. more: rows at the end, as wide as the others."""
        rows = [
            (
                standing.name,
                *(standing.cell(name) for name in headings),
                *(figure(standing.result.figures[name]) for name in _LATENCY),
            )
            for standing in self.standings
        ]
        return table(("", *headings.values(), "ms p50", "ms p95"), [*rows, *more], title=title)

    def data(self) -> dict[str, object]:
        return {"cases": len(self.cases), **{standing.name: standing.data() for standing in self.standings}}

    def _narrowed(self, suite: Suite) -> Suite:
        return _Narrowed(suite, self.figures)


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """A suite with some of its figures: each is resampled a thousand times, and some take long."""

    suite: Suite
    wanted: frozenset[str]

    @property
    def name(self) -> str:
        return self.suite.name

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(each for each in self.suite.figures if each.name in self.wanted)

    def read(self, data: Path) -> list[Case]:
        return self.suite.read(data)

    def open(self, target: Target, cases: Sequence[Case]) -> AbstractAsyncContextManager[CaseRunner]:
        return self.suite.open(target, cases)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        return self.suite.columns(outcomes)
