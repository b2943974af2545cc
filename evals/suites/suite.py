"""What every suite is: a file format with a validator, a way to run a case, and figures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from evals.cases import Case, Outcome, Place
from evals.figures import Columns, Figure

if TYPE_CHECKING:
    from evals.target import Target


@dataclass(frozen=True, slots=True)
class Refused:
    """One fault of a suite file: where, and what is wrong."""

    place: Place
    reason: str


class MalformedSuite(Exception):
    """A suite's files cannot be used; `faults` names all that is wrong, at least one."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.reason}" for fault in faults[:5]))
        self.faults = tuple(faults)


class CaseRunner(Protocol):
    async def __call__(self, case: Case, *, run: int) -> Outcome:
        """Runs one case. May be called many times at once. What it raises makes the case a crashed one."""
        ...


class Suite(Protocol):
    """A kind of evaluation. Stateless: everything of a run lives in what `open` gives."""

    @property
    def name(self) -> str: ...

    @property
    def figures(self) -> tuple[Figure, ...]: ...

    def read(self, data: Path) -> list[Case]:
        """The cases of a file or folder, in its order. Raises MalformedSuite."""
        ...

    def open(self, target: Target, cases: Sequence[Case]) -> AbstractAsyncContextManager[CaseRunner]:
        """Opens what of the assistant the suite measures (a door to talk through; a fitted classifier; an index)."""
        ...

    def columns(self, outcomes: Sequence[Outcome]) -> Columns:
        """The columns of the figures. Crashed outcomes are rows too, with the worst values."""
        ...
