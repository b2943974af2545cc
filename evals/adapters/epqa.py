"""ePQA (Shen et al. 2023): shoppers' questions, each with texts of the product's page and how well they answer.

Attributes become facts and customers' answers FAQ entries, as a shop's own page would have them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from evals.cases import Case, Place
from evals.suites.rows import Faults, RowFormat
from evals.suites.snippet_files import SnippetKind, SnippetRow, grouped

_FILES = "*.jsonl"
_ANSWERED = re.compile(r"(?P<answer>.*\S)\s+Question:\s*(?P<question>.*\S)\s*", re.DOTALL)
_ATTRIBUTE = re.compile(r"(?P<key>\w+):\s*(?P<values>\{.*\})\s*", re.DOTALL)
_SINGLE = re.compile(r"\{ value:\"?(?P<value>[^{}]*?)\"? \}")
_KEY_OR_QUOTED = re.compile(r"\"[^\"]*\"|\w+:")
_SAID_ELSEWHERE = frozenset({"normalized_value", "type", "source", "id"})


@dataclass(frozen=True, slots=True)
class _Row:
    qid: str
    question: str
    candidate: str
    label: Annotated[int, Field(ge=0, le=2)]
    source: str
    title: str = ""


_ROWS = RowFormat(_Row)


class Epqa:
    suite = "snippets"

    def read(self, path: Path) -> list[Case]:
        """The cases of a file, or of all files of a folder. Raises MalformedSuite."""
        faults = Faults()
        files = [path] if path.is_file() else sorted(path.glob(_FILES))
        rows = [(place, _snippet(row)) for file in files for place, row in _ROWS.read(file, faults)]
        if not rows and not faults.found:
            faults.add(Place(str(path), 0), f"no question is there; looked for {_FILES}")
        cases = grouped(rows, faults)
        faults.refuse()
        return cases


def _snippet(row: _Row) -> SnippetRow:
    kind, name, text = _read(row.source, row.candidate)
    return SnippetRow(row.qid, row.question, text, row.label, kind, name, row.title)


def _read(source: str, candidate: str) -> tuple[SnippetKind, str, str]:
    """What kind of text it is, its name, and what it says: as it stands where it cannot be told."""
    if source == "cqa" and (answered := _ANSWERED.fullmatch(candidate)):
        return SnippetKind.FAQ, answered["question"], answered["answer"]
    if source == "attribute" and (attribute := _ATTRIBUTE.fullmatch(candidate)):
        return SnippetKind.FACT, attribute["key"].replace("_", " "), _value(attribute["values"])
    return SnippetKind.PASSAGE, "", candidate


def _value(values: str) -> str:
    """An attribute's values in words: `{ unit:inches, value:8 }; { value:"wide" }` says "8 inches; wide"."""
    values = values.replace('|"', "″")
    if single := _SINGLE.fullmatch(values):
        return single["value"] or values
    spaced = _KEY_OR_QUOTED.sub(lambda found: f"{found[0]} " if found[0].endswith(":") else found[0], values)
    try:
        records = yaml.load(f"[{spaced.replace('}; {', '}, {')}]", Loader=yaml.BaseLoader)  # noqa: S506  (texts only)
    except yaml.YAMLError:
        return values
    return "; ".join(dict.fromkeys(_said(record) for record in records)) or values


def _said(part: object) -> str:
    if isinstance(part, list):
        return ", ".join(_said(each) for each in part)
    if not isinstance(part, dict):
        return str(part)
    value, unit = part.get("value"), part.get("unit")
    own = [f"{_said(value)} {unit}" if unit else _said(value)] if value is not None else []
    inner = [
        f"{key.replace('_', ' ')} {_said(each)}"
        for key, each in part.items()
        if key not in {"value", "unit", *_SAID_ELSEWHERE}
    ]
    return ", ".join(own + inner)
