"""The figures of a run, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.cases import Outcome
from evals.figures import Figure
from evals.statistics.bootstrap import RESAMPLES, Interval, intervals
from evals.statistics.pass_hat import RIGHT, pass_hat, pass_hat_figures
from evals.statistics.table import Indices, Table
from evals.statistics.totals import LATENCY, TOTALS, totals_of, waits_of
from evals.suites.suite import Suite


@dataclass(frozen=True, slots=True)
class Measures:
    """A figure that is not defined (no case of its kind) is in neither; a total has no interval."""

    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of outcomes, each with the table that it is computed from, ready to be drawn from."""

    case_ids: tuple[str, ...]
    figures: tuple[tuple[Figure, Table], ...]
    outcomes: Table

    def values(self, drawn: Indices | None = None) -> list[float]:
        """Each figure's value, of all cases or of the drawn ones."""
        tables = {id(table): table for _, table in self.figures}
        columns = {key: table.columns if drawn is None else table.draw(drawn) for key, table in tables.items()}
        return [figure.statistic(columns[id(table)]) for figure, table in self.figures]

    def by_case(self, column: str) -> npt.NDArray[np.float64]:
        """A column's mean over the runs of each case; NaN where none has a value."""
        values = np.asarray(self.outcomes.columns[column], dtype=float)
        defined = ~np.isnan(values)
        case, cases = self.outcomes.case[defined], self.outcomes.cases
        sums = np.bincount(case, weights=values[defined], minlength=cases)
        counts = np.bincount(case, minlength=cases)
        means: npt.NDArray[np.float64] = np.divide(sums, counts, out=np.full(cases, np.nan), where=counts > 0)
        return means


def prepare(suite: Suite, outcomes: Sequence[Outcome], *, runs: int) -> Measurement:
    """Puts outcomes into an order of their own, so that sums and draws do not depend on how they came.

    Raises ValueError where the suite's columns do not have a row for each outcome.
    """
    ordered = sorted(outcomes, key=lambda outcome: (outcome.case_id, outcome.run))
    case_ids = tuple(dict.fromkeys(outcome.case_id for outcome in ordered))
    number = {case_id: index for index, case_id in enumerate(case_ids)}
    case = np.array([number[outcome.case_id] for outcome in ordered], dtype=np.intp)
    table = Table(suite.columns(ordered), case, len(case_ids))
    figures = [(figure, table) for figure in suite.figures]
    if runs > 1 and RIGHT in table.columns:
        right = np.asarray(table.columns[RIGHT], dtype=float)
        by_case, named = pass_hat(right, case, len(case_ids), runs)
        figures += [(figure, by_case) for figure in named]
    turns, totals = waits_of(ordered, case, len(case_ids)), totals_of(ordered, case, len(case_ids))
    figures += [(figure, turns) for figure in LATENCY] + [(figure, totals) for figure in TOTALS]
    return Measurement(case_ids, tuple(figures), table)


def measure(
    suite: Suite, outcomes: Sequence[Outcome], *, runs: int = 1, seed: int = 0, resamples: int = RESAMPLES
) -> Measures:
    """The figures of a run and their 95 % intervals. The order of the outcomes changes nothing."""
    prepared = prepare(suite, outcomes, runs=runs)
    names = [figure.name for figure, _ in prepared.figures]
    values = dict(zip(names, prepared.values(), strict=True))
    defined = {name: value for name, value in values.items() if not math.isnan(value)}
    if len(prepared.case_ids) < 2:
        return Measures(defined, {})
    found = dict(
        zip(
            names,
            intervals(prepared.values, len(prepared.case_ids), resamples=resamples, seed=seed),
            strict=True,
        )
    )
    sums = {figure.name for figure in TOTALS}
    shown = ((name, found[name]) for name in defined if name not in sums)
    return Measures(defined, {name: interval for name, interval in shown if interval is not None})


def describe(suite: Suite, *, runs: int = 1) -> dict[str, Figure]:
    """The figures that a run of the suite can have, by name, in the order in which they are shown."""
    repeated = pass_hat_figures(runs) if runs > 1 else ()
    return {figure.name: figure for figure in (*suite.figures, *repeated, *LATENCY, *TOTALS)}
