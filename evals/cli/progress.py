"""The progress of a run with its figures so far: a bar in a terminal, plain lines elsewhere, both on stderr."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from assistant.cli.terminal import Terminal
from evals.cases import Outcome, Verdict
from evals.running import Step
from evals.suites.suite import Suite

_FIGURES = 2  # of the suite that are shown while it runs: its first ones
_EVERY_S = 1.0  # figures are computed anew
_SILENCE_S = 60.0
_OPENING = "opening what is measured"  # a store may have to be imported first


class Tally:
    """What the outcomes so far come to, in one line."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._outcomes: list[Outcome] = []
        self._verdicts: Counter[Verdict] = Counter()
        self._figures, self._computed = "", -math.inf

    def add(self, step: Step) -> None:
        self._outcomes.append(step.outcome)
        self._verdicts[step.outcome.verdict] += 1
        if time.monotonic() - self._computed > _EVERY_S or step.done == step.total:
            columns = self._suite.columns(self._outcomes)
            values = ((figure.name, figure.statistic(columns)) for figure in self._suite.figures[:_FIGURES])
            self._figures = "  ".join(f"{name} {value:.3f}" for name, value in values if not math.isnan(value))
            self._computed = time.monotonic()

    def __str__(self) -> str:
        verdicts = "  ".join(f"{verdict} {self._verdicts[verdict]}" for verdict in Verdict if self._verdicts[verdict])
        return "  ".join(part for part in (verdicts, self._figures) if part)


@contextmanager
def bar(terminal: Terminal, suite: Suite) -> Iterator[Callable[[Step], None]]:
    """A bar that stays on one line, for a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[tally]}"),
    )
    with Progress(*columns, console=terminal.err, transient=True) as bars:
        tally, task = Tally(suite), bars.add_task(suite.name, total=None, tally=_OPENING)

        def show(step: Step) -> None:
            tally.add(step)
            bars.update(task, completed=step.done, total=step.total, tally=str(tally))

        yield show


@contextmanager
def lines(terminal: Terminal, suite: Suite) -> Iterator[Callable[[Step], None]]:
    """A line each tenth of the run, and when nothing was said for long: for log files."""
    tally, told, at = Tally(suite), 0, time.monotonic()
    terminal.err.print(f"{suite.name}: {_OPENING}", soft_wrap=True)

    def show(step: Step) -> None:
        nonlocal told, at
        tally.add(step)
        tenth = step.done * 10 // step.total
        if tenth > told or time.monotonic() - at > _SILENCE_S:
            told, at = tenth, time.monotonic()
            terminal.err.print(f"{suite.name}: {step.done} of {step.total}  {tally}", soft_wrap=True)

    yield show


def shown_progress(terminal: Terminal, suite: Suite) -> AbstractContextManager[Callable[[Step], None]]:
    """What to tell of each step of a run."""
    return bar(terminal, suite) if terminal.err.is_terminal else lines(terminal, suite)
