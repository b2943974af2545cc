"""HINT3 (Arora et al. 2020): what customers of shops wrote to a bot; much of it is out of scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, Place
from evals.suites.intent_files import IntentRow, learnt_and_asked
from evals.suites.rows import Faults, RowFormat

_OUT_OF_SCOPE = "NO_NODES_DETECTED"


@dataclass(frozen=True, slots=True)
class _Row:
    sentence: str
    label: str


_ROWS = RowFormat(_Row, ("sentence", "label"))


class Hint3:
    suite = "intents"

    def read(self, path: Path) -> list[Case]:
        """The cases of one shop's folder: `*_train.csv` is learnt from, `*_test.csv` asked. Raises MalformedSuite."""
        faults = Faults()
        train, test = (_the_file(path, f"*_{part}.csv", faults) for part in ("train", "test"))
        faults.refuse()
        cases = learnt_and_asked(_read(train, faults), _read(test, faults), faults, _OUT_OF_SCOPE)
        faults.refuse()
        return cases


def _the_file(folder: Path, names: str, faults: Faults) -> Path:
    files = sorted(folder.glob(names))
    if len(files) != 1:
        found = ", ".join(file.name for file in files) or "none"
        faults.add(Place(str(folder), 0), f"one file {names} should be there, one shop's; found: {found}")
    return next(iter(files), folder)


def _read(file: Path, faults: Faults) -> Sequence[tuple[Place, IntentRow]]:
    return [(place, IntentRow(row.sentence, row.label)) for place, row in _ROWS.read(file, faults)]
