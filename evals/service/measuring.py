"""A run over a store that an application in this process serves. It loads what measuring needs, which takes seconds."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.api.identity import FileIdentityKeys
from assistant.bootstrap import Application
from assistant.domain.errors import SuiteRefused
from evals.cases import Case, Outcome
from evals.door import served
from evals.program import this_program
from evals.report import write
from evals.results import RunResult, read_result
from evals.running import (
    Circumstances,
    Identity,
    Plan,
    Step,
    evaluate,
    fingerprint,
    open_journal,
    recorded,
    sample,
)
from evals.service.records import Record, Standing
from evals.suites.registry import load_suite
from evals.suites.suite import MalformedSuite, Suite
from evals.target import Target

_FIGURES_EVERY_S = 1.0
_TOLD_FAULTS = 5  # in the sentence; the list has all


def cases_of(record: Record, data: Path) -> list[Case]:
    """The cases that will run. Raises SuiteRefused with every fault of the files."""
    try:
        return sample(load_suite(record.suite).read(data), record.options.limit, record.options.seed)
    except MalformedSuite as error:
        faults = [
            {"file": _shown(fault.place.file, data), "line": fault.place.line, "reason": fault.reason}
            for fault in error.faults
        ]
        detail = "; ".join(f"{fault['file']}:{fault['line']}: {fault['reason']}" for fault in faults[:_TOLD_FAULTS])
        raise SuiteRefused(detail, faults=faults) from error


async def measured(
    app: Application, record: Record, data: Path, journals: Path, tell: Callable[[Standing], None]
) -> RunResult:
    """Runs what has not run yet, and tells how far it has come. The journal is left for whoever writes the result.

    Raises NotReady where the store has nothing published.
    """
    version = (await app.knowledge.published(record.store_id)).version_id
    suite, options = load_suite(record.suite), record.options
    cases, program, data_hash = await asyncio.to_thread(
        lambda: (cases_of(record, data), this_program(), fingerprint(str(data)))
    )
    circumstances = Circumstances(program, version, recorded(app.settings))
    identity = Identity(
        record.suite, data_hash, record.store_id, seed=options.seed, limit=options.limit, runs=options.runs
    )
    plan = Plan(
        runs=options.runs,
        concurrency=options.concurrency,
        data=record.folder,
        data_hash=data_hash,
        limit=options.limit,
        circumstances=circumstances,
    )
    with open_journal(journals, identity, circumstances) as journal:
        async with served(app, record.store_id) as (url, key):
            target = Target(
                store=record.store_id,
                data_dir=journals,
                url=url,
                key=key,
                seed=options.seed,
                identity_key=FileIdentityKeys(app.settings.identity_keys_file).key(record.store_id),
            )
            result = await evaluate(suite, cases, target, plan, journal, _Tally(suite, tell).add)
    # The address was made for this run alone; what was measured is this process.
    return replace(result, environment=replace(result.environment, url=None))


def report_of(result: Path, page: Path, language: str) -> str:
    """The report of a result, as a page that opens in `language`: Chinese, or English for any other."""
    write(read_result(result), None, page, "zh" if language == "zh" else "en")
    return page.read_text(encoding="utf-8")


class _Tally:
    """The standing after each step; figures are computed anew now and then, since they are over all outcomes."""

    def __init__(self, suite: Suite, tell: Callable[[Standing], None]) -> None:
        self._suite, self._tell = suite, tell
        self._outcomes: list[Outcome] = []
        self._figures: dict[str, float] = {}
        self._computed = -math.inf

    def add(self, step: Step) -> None:
        self._outcomes.append(step.outcome)
        if time.monotonic() - self._computed > _FIGURES_EVERY_S or step.done == step.total:
            columns = self._suite.columns(self._outcomes)
            values = {figure.name: float(figure.statistic(columns)) for figure in self._suite.figures}
            self._figures = {name: value for name, value in values.items() if math.isfinite(value)}
            self._computed = time.monotonic()
        self._tell(Standing(step.done, self._figures))


def _shown(file: str, data: Path) -> str:
    """A file as whoever sent it knows it: the server's folders are nobody's business."""
    return data.name if Path(file).is_absolute() else file
