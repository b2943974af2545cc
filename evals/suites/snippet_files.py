"""The files of the suite `snippets`: questions, and for each the texts among which the answer may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from evals.cases import Case, Place
from evals.suites.rows import Faults, RowFormat

FILES = "snippets*.jsonl"


class SnippetKind(StrEnum):
    """What a shop has a text as. Of a fact, `name` is the attribute; of a FAQ entry, the question it answers."""

    FACT = "fact"
    FAQ = "faq"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A candidate. label: 0 where it does not answer, 1 where it does in part, 2 where it does."""

    text: str
    label: int
    kind: SnippetKind = SnippetKind.PASSAGE
    name: str = ""


@dataclass(frozen=True, slots=True)
class SnippetCase:
    """A question, about the product of this title where there is one."""

    question: str
    title: str
    snippets: tuple[Snippet, ...]

    @property
    def answerable(self) -> bool:
        return any(snippet.label for snippet in self.snippets)


@dataclass(frozen=True, slots=True)
class SnippetRow:
    qid: str
    question: str
    candidate: str
    label: Annotated[int, Field(ge=0)]
    kind: SnippetKind = SnippetKind.PASSAGE
    name: str = ""
    title: str = ""


def _row_faults(row: SnippetRow) -> Iterator[str]:
    for field in ("qid", "question", "candidate"):
        if not getattr(row, field).strip():
            yield f"{field} is empty"
    if row.kind is not SnippetKind.PASSAGE and not row.name.strip():
        yield f"a {row.kind} needs a name"


ROWS = RowFormat(SnippetRow, faults=_row_faults)


def read_snippets(data: Path) -> list[Case]:
    """The cases of a file, or of the files `snippets*.jsonl` of a folder. Raises MalformedSuite."""
    faults = Faults()
    files = [data] if data.is_file() else sorted(data.glob(FILES))
    if not files:
        faults.add(Place(str(data), 0), f"no file {FILES} is there")
    rows = [row for file in files for row in ROWS.read(file, faults)]
    cases = grouped(rows, faults)
    if files and not cases and not faults.found:
        faults.add(Place(str(data), 0), "it holds no case")
    faults.refuse()
    return cases


def grouped(rows: Sequence[tuple[Place, SnippetRow]], faults: Faults) -> list[Case]:
    """A case for each qid, at the place of its first row."""
    questions: dict[str, list[tuple[Place, SnippetRow]]] = {}
    for place, row in rows:
        of_question = questions.setdefault(row.qid, [])
        if of_question and (row.question, row.title) != (of_question[0][1].question, of_question[0][1].title):
            faults.add(place, f"qid {row.qid} has another question or title at {of_question[0][0]}")
        of_question.append((place, row))
    return [
        Case(
            qid,
            of_question[0][0],
            SnippetCase(
                of_question[0][1].question,
                of_question[0][1].title,
                tuple(Snippet(row.candidate, row.label, row.kind, row.name) for _, row in of_question),
            ),
        )
        for qid, of_question in questions.items()
    ]
