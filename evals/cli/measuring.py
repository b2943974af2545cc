"""A run as the command line makes it: everything that can be wrong is found before the first case runs."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path

import typer

from assistant.cli.terminal import Terminal
from assistant.domain.errors import InvalidInput
from assistant.settings import Settings
from evals.adapters import datasets
from evals.cases import Case
from evals.cli.progress import shown_progress
from evals.cli.shoppers import played_by
from evals.cli.showing import show_comparison, show_result, show_rulings
from evals.door import evaluation_settings
from evals.figures import Figure
from evals.gate import Bound, judge, read_gate
from evals.program import this_program
from evals.report import write
from evals.results import RunResult, read_result
from evals.running import (
    Circumstances,
    Identity,
    Journal,
    Plan,
    Step,
    check_ids,
    evaluate,
    fingerprint,
    open_journal,
    recorded,
    sample,
)
from evals.statistics import Incomparable, compare, describe
from evals.suites.registry import load_suite
from evals.suites.suite import Suite
from evals.target import Target

INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `run`, as they were given."""

    suite: str
    data: str
    store: str | None
    url: str | None
    key: str | None = field(repr=False)
    identity_key: str | None = field(repr=False)
    shopper: str | None
    shopper_url: str | None
    shopper_key: str | None = field(repr=False)
    runs: int
    limit: int | None
    seed: int
    concurrency: int
    shots: int | None
    case_timeout_s: float
    baseline: Path | None
    gate: Path | None
    fresh: bool
    any_version: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that is ready to start. bounds: the gate's, none without a gate."""

    suite: Suite
    cases: list[Case]
    target: Target
    plan: Plan
    circumstances: Circumstances
    journals: Path
    fresh: bool
    any_version: bool
    baseline: RunResult | None
    bounds: tuple[Bound, ...]
    shopper: str | None

    @property
    def known(self) -> dict[str, Figure]:
        return describe(self.suite, runs=self.plan.runs)

    @property
    def identity(self) -> Identity:
        return Identity(
            suite=self.suite.name,
            data_hash=self.plan.data_hash,
            store=self.target.store,
            url=self.target.url,
            seed=self.target.seed,
            limit=self.plan.limit,
            runs=self.plan.runs,
            shots=self.target.shots,
            shopper=self.shopper,
        )


@dataclass(frozen=True, slots=True)
class Outputs:
    json_file: Path | None
    html: Path | None


def prepare(wanted: Wanted, settings: Settings) -> Prepared:
    """Reads and checks all that the run needs. Raises MalformedSuite, MalformedGate, InvalidInput, OSError."""
    suite = played_by(load_suite(wanted.suite), wanted.shopper, wanted.shopper_url, wanted.shopper_key)
    cases = sample(read_cases(suite, wanted.data), wanted.limit, wanted.seed)
    baseline = read_result(wanted.baseline) if wanted.baseline is not None else None
    if baseline is not None and baseline.suite != suite.name:
        raise Incomparable(f"{wanted.baseline} is a run of the suite {baseline.suite}, not of {suite.name}.")
    known = describe(suite, runs=wanted.runs)
    bounds = read_gate(wanted.gate, known, with_baseline=baseline is not None) if wanted.gate is not None else ()
    folder = settings.data_dir / "evaluations"
    stores = folder / "stores"
    circumstances = Circumstances(
        program=this_program(),
        store_hash="" if wanted.url else fingerprint(wanted.store),
        settings={} if wanted.url else recorded(evaluation_settings(stores)),
    )
    plan = Plan(
        runs=wanted.runs,
        concurrency=wanted.concurrency,
        case_timeout_s=wanted.case_timeout_s,
        data=wanted.data,
        data_hash=fingerprint(wanted.data),
        limit=wanted.limit,
        circumstances=circumstances,
    )
    target = Target(
        store=wanted.store,
        data_dir=stores,
        url=wanted.url,
        key=wanted.key,
        seed=wanted.seed,
        shots=wanted.shots,
        identity_key=wanted.identity_key,
    )
    return Prepared(
        suite,
        cases,
        target,
        plan,
        circumstances,
        folder,
        wanted.fresh,
        wanted.any_version,
        baseline,
        bounds,
        wanted.shopper,
    )


def read_cases(suite: Suite, data: str) -> list[Case]:
    """The cases, at least one, each with an id of its own. Raises MalformedSuite, InvalidInput, OSError."""
    cases = datasets.read_cases(suite, data)
    check_ids(cases)
    if not cases:
        raise InvalidInput(f"{data} holds no case.")
    return cases


def carry_out(terminal: Terminal, prepared: Prepared, outputs: Outputs) -> bool:
    """Runs the cases, shows and writes what came of them, and says whether the gate holds (without one it does).

    The journal stays until everything is written. Leaves by typer.Exit when interrupted.
    """
    check_writable(outputs.json_file)
    check_writable(outputs.html)
    with open_journal(
        prepared.journals / "journals",
        prepared.identity,
        prepared.circumstances,
        fresh=prepared.fresh,
        any_version=prepared.any_version,
    ) as journal:
        for note in journal.notes:
            terminal.err.print(note[:1].upper() + note[1:] + ".", style="yellow", soft_wrap=True)
        result = _run(terminal, prepared, journal)
        if outputs.json_file is not None:
            result.write(outputs.json_file)
        show_result(terminal, prepared.known, result)
        comparison = None
        if prepared.baseline is not None:
            comparison = compare(prepared.suite, prepared.baseline, result, seed=prepared.target.seed)
            show_comparison(terminal, prepared.known, comparison)
        if outputs.html is not None:
            write(result, comparison, outputs.html)
        journal.discard()
    rulings = judge(prepared.bounds, result, comparison)
    show_rulings(terminal, prepared.known, rulings)
    return all(ruling.holds for ruling in rulings)


def check_writable(path: Path | None) -> None:
    """Raises InvalidInput where a file could not be written: told before hours of work, not after."""
    if path is None:
        return
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder; name a file in it.")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InvalidInput(f"{path} cannot be written: {folder} does not allow it.")


def _run(terminal: Terminal, prepared: Prepared, journal: Journal) -> RunResult:
    total, done = len(prepared.cases) * prepared.plan.runs, len(journal.outcomes)

    async def evaluated() -> RunResult:
        with shown_progress(terminal, prepared.suite) as show:

            def step(step: Step) -> None:
                nonlocal done
                done = step.done
                show(step)

            return await evaluate(prepared.suite, prepared.cases, prepared.target, prepared.plan, journal, step)

    try:
        return asyncio.run(evaluated())
    except KeyboardInterrupt:
        kept = f"Interrupted: {done} of {total} outcomes are kept; the same command goes on from there."
        terminal.err.print(kept, style="yellow", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None
