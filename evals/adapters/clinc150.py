"""CLINC150 (Larson et al. 2019): 150 intents of an assistant, and messages out of scope.

Ten examples of each intent are learnt from unless a run asks for another number; the validation messages are asked,
in scope and out. The out-of-scope messages to learn from are not used: a shop has none.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.cases import Case, Place
from evals.suites.intent_files import IntentRow, learnt_and_asked
from evals.suites.lines import reasons
from evals.suites.rows import Faults

FILE = "train_val.json"
SHOTS = 10
_OUT_OF_SCOPE = "oos"
_LEARNT, _ASKED = "train", ("val", "oos_val")
_Splits = TypeAdapter(dict[str, list[tuple[str, str]]])


class Clinc150:
    suite = "intents"

    def read(self, path: Path) -> list[Case]:
        """The cases of the file, or of `train_val.json` in the folder. Raises MalformedSuite."""
        faults, file = Faults(), path / FILE if path.is_dir() else path
        splits = _splits(file, faults)
        faults.refuse()
        rows = {
            split: [
                # The file is one line; the place is that of the message in its split.
                (Place(f"{file.name} {split}", number), IntentRow(text, label, id=f"{split}-{number}"))
                for number, (text, label) in enumerate(splits[split], start=1)
            ]
            for split in (_LEARNT, *_ASKED)
        }
        asked = [row for split in _ASKED for row in rows[split]]
        cases = learnt_and_asked(rows[_LEARNT], asked, faults, _OUT_OF_SCOPE, SHOTS)
        faults.refuse()
        return cases


def _splits(file: Path, faults: Faults) -> dict[str, list[tuple[str, str]]]:
    place = Place(file.name, 0)
    try:
        splits = _Splits.validate_json(file.read_bytes())
    except OSError as error:
        faults.add(place, f"it cannot be read: {error.strerror or error}")
    except ValidationError as error:
        for reason in reasons(error):
            faults.add(place, reason)
    else:
        for split in (_LEARNT, *_ASKED):
            if not splits.get(split):
                faults.add(place, f"it has no messages under {split}")
        return splits
    return {}
