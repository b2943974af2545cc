"""NLU++ (Casanueva et al. 2022): messages with several intents each, some of them a wish to be handed over.

The folds are those of the authors: each is asked after learning from the nine others. A folder's domains are learnt
and asked together, for they share most intents; a file is one domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, Place
from evals.suites.intent_files import IntentRow, in_folds
from evals.suites.rows import Faults, RowFormat

_FILES = "*.jsonl"


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    fold: int
    intents: tuple[str, ...] = ()  # left out where there is none


_ROWS = RowFormat(_Row)


class NluPp:
    suite = "intents"

    def read(self, path: Path) -> list[Case]:
        """The cases of a file, or of all files of a folder together. Raises MalformedSuite."""
        faults = Faults()
        files = [path] if path.is_file() else sorted(path.glob(_FILES))
        if not files:
            faults.add(Place(str(path), 0), f"no file {_FILES} is there")
        rows = [
            (place, IntentRow(row.text, labels=row.intents, fold=row.fold))
            for file in files
            for place, row in _ROWS.read(file, faults)
        ]
        cases = in_folds(rows, faults)
        faults.refuse()
        return cases
