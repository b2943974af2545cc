"""Rows of a CSV file with the line each starts on, for the readers of CSV formats."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.domain.packs import Refusal
from knowledge.readers.encoding import clean
from knowledge.readers.reader import PackFile
from knowledge.readers.reasons import pack_refused, refusal

_DELIMITERS = (",", "\t", ";")
_MAX_CELL = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the line it starts on, and its cells that hold something, by column."""

    number: int
    cells: dict[str, str]


def header_of(file: PackFile) -> tuple[str, ...]:
    """The column names, or nothing where the file is empty. Raises PackRefused where the file is no text."""
    rows = _raw_rows(file.text(), file)
    first = next((row for row in rows if not isinstance(row, Refusal)), None)
    return tuple(clean(cell) for cell in first[1]) if first else ()


def read_rows(file: PackFile) -> Iterator[CsvRow | Refusal]:
    """The rows below the header. A row that is not valid CSV is a Refusal; blank rows are passed over.

    Raises PackRefused when the file is cut off: a quote is never closed, or the last row ends early and without a
    line end.
    """
    text = file.text()
    rows = _raw_rows(text, file)
    header: tuple[str, ...] | None = None
    for row in rows:
        if isinstance(row, Refusal):
            yield row
            continue
        number, cells, last = row
        if header is None:
            header = tuple(clean(cell) for cell in cells)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            yield refusal(file.shown, number, "too_many_cells", cells=len(cells), columns=len(header))
            continue
        if last and len(cells) < len(header) and not text.endswith("\n"):
            raise pack_refused(file.shown, "cut_off", row=number, what="a row", what_zh="一行的")
        named = zip(header, cells, strict=False)
        yield CsvRow(number, {name: value for name, cell in named if name and (value := clean(cell))})


def _raw_rows(text: str, file: PackFile) -> Iterator[tuple[int, list[str], bool] | Refusal]:
    """(line, cells, whether nothing follows) for each row."""
    csv.field_size_limit(_MAX_CELL)  # Python's own limit of 128 KiB is less than a shop's description in HTML
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    reader = csv.reader((line + "\n" for line in lines), delimiter=_delimiter(lines), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise pack_refused(
                    file.shown, "cut_off", row=start, what="a quoted cell", what_zh="引号内的单元格"
                ) from error
            yield refusal(file.shown, start, "bad_csv", error=str(error))
        else:
            yield start, cells, reader.line_num >= len(lines)


def _delimiter(lines: list[str]) -> str:
    """The one that the first row holds most of; spreadsheets in many countries write semicolons."""
    first = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=first.count)
