"""Rows of CSV, JSON and JSON Lines files, each checked against its type; every fault is told with file and line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from evals.cases import Place
from evals.suites.lines import reasons
from evals.suites.suite import MalformedSuite, Refused

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl")
_MAX_BYTES = 200 * 1024 * 1024

Row = TypeVar("Row")


@dataclass(slots=True)
class Faults:
    """What is wrong with files, gathered so that it is told at once."""

    found: list[Refused] = field(default_factory=list)

    def add(self, place: Place, reason: str) -> None:
        self.found.append(Refused(place, reason))

    def refuse(self) -> None:
        """Raises MalformedSuite if anything is wrong."""
        if self.found:
            raise MalformedSuite(self.found)


@dataclass(frozen=True, slots=True)
class RowFormat(Generic[Row]):
    """A format of rows that are read into the dataclass `row`; fields it does not have are passed over.

    columns: that a CSV must have. bare: a CSV may do without the line that names them.
    faults: what is wrong with a row besides the types of its fields.
    """

    row: type[Row]
    columns: tuple[str, ...] = ()
    bare: bool = False
    faults: Callable[[Row], Iterable[str]] = lambda _: ()

    def read(self, path: Path, faults: Faults) -> list[tuple[Place, Row]]:
        """The good rows of a file and their places; what is wrong with the others goes to `faults`.

        A fault at line 0 is one of the whole file.
        """
        adapter = TypeAdapter(self.row)
        rows: list[tuple[Place, Row]] = []
        for line, content in self._contents(path):
            place = Place(path.name, line)
            if isinstance(content, _Fault):
                faults.add(place, content.reason)
                continue
            try:
                row = adapter.validate_python(content)
            except ValidationError as error:
                wrong = list(reasons(error))
            else:
                wrong = list(self.faults(row))
                if not wrong:
                    rows.append((place, row))
            for reason in wrong:
                faults.add(place, reason)
        return rows

    def _contents(self, path: Path) -> Iterator[_Content]:
        text = _text_of(path)
        match path.suffix.lower():
            case _ if isinstance(text, tuple):
                yield text
            case ".csv":
                yield from self._csv_rows(text, ",")
            case ".tsv":
                yield from self._csv_rows(text, "\t")
            case ".json":
                yield from _json_rows(text)
            case _:
                yield from _json_lines(text)

    def _csv_rows(self, text: str, separator: str) -> Iterator[_Content]:
        """Each row by its columns. A row may stretch over several lines: the first is told."""
        opened = partial(csv.reader, delimiter=separator, strict=True)
        reader = opened(io.StringIO(text, newline=""))
        try:
            columns = tuple(cell.strip() for cell in next(reader, []))
            if self.bare and not set(columns) & set(self.columns):
                columns, reader = self.columns, opened(io.StringIO(text, newline=""))
            if missing := [column for column in self.columns if column not in columns]:
                yield 1, _Fault(f"the first line must name the columns; missing: {', '.join(missing)}")
                return
            ended = reader.line_num
            for cells in reader:
                line, ended = ended + 1, reader.line_num
                if len(cells) > len(columns):
                    yield line, _Fault("it has more cells than columns; put texts that hold separators in quotes")
                elif cells:
                    yield line, dict(zip(columns, cells, strict=False))
        except csv.Error as error:
            yield reader.line_num, _Fault(f"it cannot be read as CSV from here on: {error}")


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands where a row could not be read."""

    reason: str


_Content = tuple[int, object]
"""A line, and what stands there: the row, or a `_Fault`. Line 0 is the whole file."""


def _text_of(path: Path) -> str | _Content:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return 0, _Fault(f"it is larger than {_MAX_BYTES // 1024**2} MB")
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        return 0, _Fault(f"it cannot be read: {error.strerror or error}")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return raw.count(b"\n", 0, error.start) + 1, _Fault("this is not UTF-8; save the file as UTF-8")


def _json_rows(text: str) -> Iterator[_Content]:
    """The elements of a list, one by one, so that each has its line."""
    decoder = json.JSONDecoder()
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        yield 1, _Fault("it must hold a list")
        return
    at = _after_space(text, at + 1)
    line, counted = 1, 0
    while text[at : at + 1] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            element, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, _Fault(f"from here on it is not JSON: {error}")
            return
        yield line, _unless_half(element, text[counted:at])
        at = _after_space(text, at)
        if text[at : at + 1] == ",":
            at = _after_space(text, at + 1)
        elif text[at : at + 1] != "]":
            yield text.count("\n", 0, at) + 1, _Fault("from here on it is not JSON: a comma or ] is missing")
            return


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _json_lines(text: str) -> Iterator[_Content]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, _unless_half(json.loads(line), line)
        except (ValueError, RecursionError) as error:
            yield number, _Fault(f"this is not JSON: {error}")


def _unless_half(element: object, source: str) -> object:
    """The element, or a fault where an escape in it is half a character: what no file or model takes as text."""
    if "\\ud" in source.lower():
        try:
            json.dumps(element, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            return _Fault(f"an escape stands for half a character: {error.object[error.start]!a}")
    return element
