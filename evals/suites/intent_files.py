"""The files of the suite `intents`: messages with their intents, some to learn from and some to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.cases import Case, Place
from evals.suites.lessons import Course, Example
from evals.suites.lines import reasons
from evals.suites.rows import SUFFIXES, Faults, RowFormat

OUT_OF_SCOPE = "none"
BETWEEN = "|"  # stands between the labels of a row
TRAIN, TEST, WHOLE, OPTIONS = "train", "test", "intents", "intents.yaml"


@dataclass(frozen=True, slots=True)
class IntentCase:
    """A message to be classified. labels: its intents; none where it is out of scope. course: what is learnt from."""

    text: str
    labels: tuple[str, ...]
    course: Course


@dataclass(frozen=True, slots=True)
class IntentRow:
    """A row of a file: `label`, with `|` between several, or `labels`. Those of one fold learn from the others."""

    text: str
    label: str | None = None
    labels: tuple[str, ...] | None = None
    fold: int | str | None = None
    id: str = ""

    def intents(self, out_of_scope: str) -> tuple[str, ...]:
        labels = self.labels if self.labels is not None else (self.label or "").split(BETWEEN)
        return tuple(dict.fromkeys(label for given in labels if (label := given.strip()) and label != out_of_scope))


def row_faults(row: IntentRow) -> Iterator[str]:
    if not row.text.strip():
        yield "text is empty"
    if row.labels is None and not (row.label or "").strip(f" {BETWEEN}"):
        yield f"label is empty; write {OUT_OF_SCOPE} for a message that has no intent"
    if row.labels is not None and row.label is not None:
        yield "it has label and labels; one of them will do"
    if any(BETWEEN in label or not label.strip() for label in row.labels or ()):
        yield f"a label is empty or has a {BETWEEN} in it"


ROWS = RowFormat(IntentRow, ("text", "label"), faults=row_faults)
Placed = Sequence[tuple[Place, IntentRow]]


class _Options(BaseModel):
    """`intents.yaml`, beside the files."""

    model_config = ConfigDict(extra="forbid")

    out_of_scope: str = OUT_OF_SCOPE
    shots: Annotated[int, Field(ge=1)] | None = None


def read_intents(data: Path) -> list[Case]:
    """The cases of a folder (`train.*` and `test.*`, or `intents.*` with folds), or of a file with folds.

    Raises MalformedSuite.
    """
    faults = Faults()
    if data.is_file():
        cases = in_folds(ROWS.read(data, faults), faults)
    else:
        options = _options(data / OPTIONS, faults)
        train, test, whole = (_the_file(data, name, faults) for name in (TRAIN, TEST, WHOLE))
        if whole:
            cases = in_folds(ROWS.read(whole, faults), faults, options.out_of_scope, options.shots)
        elif train and test:
            learnt, asked = ROWS.read(train, faults), ROWS.read(test, faults)
            cases = learnt_and_asked(learnt, asked, faults, options.out_of_scope, options.shots)
        else:
            missing = [name for name, file in ((TRAIN, train), (TEST, test)) if file is None]
            wanted = " and ".join(f"{name}{{{','.join(SUFFIXES)}}}" for name in missing)
            faults.add(Place(str(data), 0), f"{wanted} missing; a single file {WHOLE}.* with folds will do, too")
            cases = []
    if not cases and not faults.found:
        faults.add(Place(str(data), 0), "it holds no case")
    faults.refuse()
    return cases


def learnt_and_asked(
    learnt: Placed, asked: Placed, faults: Faults, out_of_scope: str = OUT_OF_SCOPE, shots: int | None = None
) -> list[Case]:
    """The cases of rows to be asked, after learning from others."""
    course = Course(tuple(_example(row, out_of_scope) for _, row in learnt), shots)
    known = course.labels
    if not known and learnt:
        faults.add(Place(learnt[0][0].file, 0), "no example has an intent; there is nothing to learn")
    for place, row in asked:
        for label in row.intents(out_of_scope):
            if known and label not in known:
                faults.add(place, f"no example to learn from has the intent {label}")
    return [_case(place, row, out_of_scope, course) for place, row in asked]


def in_folds(rows: Placed, faults: Faults, out_of_scope: str = OUT_OF_SCOPE, shots: int | None = None) -> list[Case]:
    """The cases of all rows; those of one fold learn from the rows of all other folds."""
    for place, row in rows:
        if row.fold is None:
            faults.add(place, f"it has no fold; give every row one, or two files {TRAIN}.* and {TEST}.*")
    folds = list(dict.fromkeys(str(row.fold) for _, row in rows))
    if rows and len(folds) < 2:
        faults.add(Place(rows[0][0].file, 0), "all rows are of one fold; there is nothing to learn from")
    courses = {
        fold: Course(tuple(_example(row, out_of_scope) for _, row in rows if str(row.fold) != fold), shots)
        for fold in folds
    }
    return [_case(place, row, out_of_scope, courses[str(row.fold)]) for place, row in rows]


def _example(row: IntentRow, out_of_scope: str) -> Example:
    return Example(row.text, row.intents(out_of_scope))


def _case(place: Place, row: IntentRow, out_of_scope: str, course: Course) -> Case:
    content = IntentCase(row.text, row.intents(out_of_scope), course)
    return Case(row.id or str(place), place, content)


def _the_file(folder: Path, name: str, faults: Faults) -> Path | None:
    files = [file for suffix in SUFFIXES if (file := folder / f"{name}{suffix}").is_file()]
    for more in files[1:]:
        faults.add(Place(more.name, 0), f"{files[0].name} is there, too; keep one of the two")
    return next(iter(files), None)


def _options(path: Path, faults: Faults) -> _Options:
    if not path.is_file():
        return _Options()
    try:
        return _Options.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.add(
            Place(path.name, mark.line + 1 if mark else 0), f"it is not YAML: {getattr(error, 'problem', error)}"
        )
    except ValidationError as error:
        for reason in reasons(error):
            faults.add(Place(path.name, 0), reason)
    except (OSError, UnicodeDecodeError) as error:
        faults.add(Place(path.name, 0), f"it cannot be read: {error}")
    return _Options()
