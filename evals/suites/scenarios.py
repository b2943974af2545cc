"""The suite `scenarios`: simulated shoppers want things done; were they done, and nothing else?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.domain.errors import InvalidInput
from assistant.domain.ports import StoreBackends
from evals.cases import Case, Fault, Outcome, content_of
from evals.door import Door, DoorClosed, Opening, opened
from evals.figures import Columns, Figure, Statistic
from evals.metrics.classification import share
from evals.simulator import Script, ScriptedShopper, SimulatedShopper, SimulatorFault, Transcript
from evals.suites.lines import LineFormat
from evals.suites.played import Played
from evals.suites.suite import CaseRunner
from evals.systems import SystemFactory, system_of
from evals.systems.sandboxes import Sandboxes
from evals.target import Target

PAUSE_MS = 50
"""How long the bot waits for more of a burst, in process: a script's messages follow each other faster than that."""


def _faults(row: Script) -> Iterator[str]:
    if not row.goals and not row.persona.strip():
        yield "goals is empty: say what the shopper wants, or describe them in persona for a language model to play"
    for number, goal in enumerate(row.goals, start=1):
        if not goal.say or not all(message.strip() for message in goal.say):
            yield f"say of goal {number} is empty or has an empty message"
    for name, writes in (("gold", row.gold), *(("gold_any", writes) for writes in row.gold_any)):
        if not all(write.operation.strip() for write in writes):
            yield f"{name} has a write without an operation"
    if not all(word.strip() for word in row.mentions):
        yield "mentions has an empty word"
    if not row.lang.strip():
        yield "lang is empty"


FORMAT = LineFormat(Script, "scripts*.jsonl", _faults)


class DoorWithSystems(Protocol):
    """Opens a door to an assistant that calls these store systems."""

    def __call__(
        self, target: Target, *, pause_ms: int, backends: StoreBackends
    ) -> AbstractAsyncContextManager[Door]: ...


def _figures(suffix: str) -> tuple[Figure, ...]:
    """The figures over one kind of scripts: those that need no image, or with the suffix those that do."""
    right, unwanted, turns = (f"{name}{suffix}" for name in ("right", "unwanted", "turns"))
    return (
        Figure(f"scripts_right{suffix}", lambda c: share(c[right]), paired=right),
        Figure(f"gold_writes_made{suffix}", _ratio(f"made{suffix}", f"gold{suffix}")),
        Figure(f"unwanted_writes{suffix}", _a_run(unwanted), better="lower", paired=unwanted),
        Figure(f"turns_mean{suffix}", lambda c: share(c[turns]), better="lower", paired=turns),
        Figure(f"asks_mean{suffix}", lambda c: share(c[f"asks{suffix}"]), better="lower"),
        Figure(f"handoffs{suffix}", _a_run(f"handoffs{suffix}"), better="lower"),
    )


def _ratio(part: str, whole: str) -> Statistic:
    def ratio(columns: Columns) -> float:
        total = float(np.nansum(columns[whole]))
        return float(np.nansum(columns[part])) / total if total else float("nan")

    return ratio


def _a_run(name: str) -> Statistic:
    """The sum over all scripts, for one run of them; NaN where there is none."""

    def total(columns: Columns) -> float:
        values = columns[name]
        if not values.size or np.isnan(values).all():
            return float("nan")
        return float(np.nansum(values)) / len(np.unique(columns["run"]))

    return total


@dataclass(frozen=True, slots=True)
class Scenarios:
    """shopper: who plays the scripts. door, systems: the ways to the assistant and to the system of a store."""

    shopper: SimulatedShopper = field(default_factory=ScriptedShopper)
    door: DoorWithSystems = opened
    systems: Callable[[str], SystemFactory | None] = system_of

    name = "scenarios"
    figures = (
        *_figures(""),
        *_figures("_image"),
        Figure("simulator_faults", _a_run("simulator_fault"), better="lower"),
    )

    def read(self, data: Path) -> list[Case]:
        return FORMAT.read(data)

    @asynccontextmanager
    async def open(self, target: Target, cases: Sequence[Case]) -> AsyncIterator[CaseRunner]:  # noqa: ARG002
        """Raises InvalidInput for a server at a URL: what it does to the shop's records cannot be seen from here."""
        if target.url is not None:
            raise InvalidInput("Scenarios compare what is done to the shop's records: run them without --url.")
        factory = self.systems(target.store) if target.store is not None else None
        sandboxes = Sandboxes()
        async with self.door(target, pause_ms=PAUSE_MS, backends=sandboxes) as door:
            yield _Runner(self.shopper, door, sandboxes, factory)

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        """What is measured of scripts that need an image stands apart, with `_image`; excluded ones have nothing.

        A crash that does not tell counts as a script without image of which the one gold write was not made.
        """
        rows = [_row(outcome) for outcome in outcomes]
        names = [f"{name}{suffix}" for suffix in ("", "_image") for name in _MEASURED]
        columns = {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in names}
        columns["run"] = np.array([outcome.run for outcome in outcomes], dtype=np.int64)
        columns["simulator_fault"] = np.array([outcome.fault is Fault.SIMULATOR for outcome in outcomes], np.float64)
        return columns


@dataclass(frozen=True, slots=True)
class _Runner:
    shopper: SimulatedShopper
    door: Door
    sandboxes: Sandboxes
    factory: SystemFactory | None

    async def __call__(self, case: Case, *, run: int) -> Outcome:
        script = content_of(case, Script)
        system = self.factory() if self.factory is not None else None
        signs_in = script.shopper if system is None or system.signs_in else ""
        try:
            talk = await self.door.open(Opening(script.lang, shopper=signs_in or None))
        except DoorClosed as closed:
            return Played(case.id, run, script, system).outcome(Fault.ASSISTANT, str(closed))
        if system is not None:
            self.sandboxes.assign(talk.conversation_id, system)
        transcript = Transcript(talk)
        played = Played(case.id, run, script, system, transcript)
        try:
            await self.shopper.play(script, transcript)
        except DoorClosed as closed:
            return played.outcome(Fault.ASSISTANT, str(closed))
        except SimulatorFault as fault:
            return played.outcome(Fault.SIMULATOR, str(fault))
        finally:
            self.sandboxes.release(talk.conversation_id)
        return played.outcome()


_MEASURED = ("right", "gold", "made", "unwanted", "turns", "asks", "handoffs")
_UNTOLD: Mapping[str, float] = {"right": 0.0, "gold": 1.0, "made": 0.0, "unwanted": 0.0}


def _row(outcome: Outcome) -> Mapping[str, float]:
    measured = outcome.measured
    if measured.get("excluded"):
        return {}
    if not measured:
        return _UNTOLD
    suffix = "_image" if measured.get("image") else ""
    return {f"{name}{suffix}": float(value) for name in _MEASURED if (value := measured.get(name)) is not None}
