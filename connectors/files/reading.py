"""Reading tables: the records of a JSON, JSON Lines or CSV file, each with the line where it stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from connectors.files.description import Table
from connectors.written import Faults

MAX_BYTES = 50 * 1024 * 1024
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it is written. file and line: where."""

    file: str
    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    line: int
    faults: Faults


def read_table(folder: Path, table: Table, faults: Faults) -> list[Row]:
    """The records of a table, none where it has no file. What cannot be read is left out, and `faults` says why."""
    readers: Mapping[str, Callable[[str, str, Table, Faults], Iterator[Row]]] = {
        ".json": _json,
        ".jsonl": _json_lines,
        ".csv": _csv,
    }
    found = [folder / f"{table.name}{suffix}" for suffix in readers if (folder / f"{table.name}{suffix}").is_file()]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        faults.add(
            found[1].name, 0, zh=f"同一张表有多个文件：{names}", en=f"the table stands in several files: {names}"
        )
    if not found:
        return []
    file = found[0]
    text = _text(file, faults)
    return [] if text is None else list(readers[file.suffix](text, file.name, table, faults))


def _text(file: Path, faults: Faults) -> str | None:
    try:
        if file.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            faults.add(file.name, 0, zh=f"超过 {limit} MB", en=f"it has more than {limit} MB")
            return None
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        faults.add(file.name, 0, zh="不是 UTF-8 文本", en="it is not UTF-8 text")
    except OSError as error:
        reason = error.strerror or str(error)
        faults.add(file.name, 0, zh=f"无法读取：{reason}", en=f"it cannot be read: {reason}")
    return None


def _json(text: str, file: str, table: Table, faults: Faults) -> Iterator[Row]:  # noqa: ARG001
    """A list of objects; each is decoded by itself, so that its line is known."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)
    place, line, counted = _skip(text, 0), 1, 0
    try:
        if text[place : place + 1] != "[":
            raise json.JSONDecodeError("a list of records is needed: [{...}, {...}]", text, place)
        place = _skip(text, place + 1)
        while text[place : place + 1] != "]":
            line, counted = line + text.count("\n", counted, place), place
            value, end = decoder.raw_decode(text, place)
            if isinstance(value, dict):
                yield Row(file, line, value)
            else:
                faults.add(file, line, zh="应为一条记录 {…}", en="a record is needed: {...}")
            place = _skip(text, end)
            if text[place : place + 1] == ",":
                place = _skip(text, place + 1)
            elif text[place : place + 1] != "]":
                raise json.JSONDecodeError("a comma or the end of the list is needed", text, place)
    except json.JSONDecodeError as error:
        faults.add(file, error.lineno, zh=f"JSON 格式有误：{error.msg}", en=f"malformed JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        faults.add(file, line, zh=f"JSON 格式有误：{error}", en=f"malformed JSON: {error}")


def _json_lines(text: str, file: str, table: Table, faults: Faults) -> Iterator[Row]:  # noqa: ARG001
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, parse_float=Decimal, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            faults.add(file, number, zh=f"JSON 格式有误：{error}", en=f"malformed JSON: {error}")
            continue
        if isinstance(value, dict):
            yield Row(file, number, value)
        else:
            faults.add(file, number, zh="应为一条记录 {…}", en="a record is needed: {...}")


def _csv(text: str, file: str, table: Table, faults: Faults) -> Iterator[Row]:
    """Column names with dots are fields within fields. Rows that share a key are one record with several items."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    with_items: dict[str, Row] = {}
    try:
        for cells in reader:
            line = reader.line_num
            if None in cells or None in cells.values():
                faults.add(file, line, zh="列数与表头不符", en="it has another number of cells than the heading")
                continue
            values = _nested(cells, table, _Place(file, reader.line_num, faults))
            item = values.pop(table.items, None) if table.items else None
            known = with_items.get(str(values.get(table.key))) if item is not None else None
            if known is None:
                rows.append(known := Row(file, line, values))
            if item is not None:
                with_items[str(values.get(table.key))] = known
                known.values.setdefault(table.items, []).append(item)
    except csv.Error as error:
        faults.add(file, reader.line_num, zh=f"CSV 格式有误：{error}", en=f"malformed CSV: {error}")
    yield from rows


def _nested(cells: Mapping[str, str], table: Table, here: _Place) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, cell in cells.items():
        if not cell.strip():
            continue
        value: object = {"true": True, "false": False}.get(cell.strip(), cell.strip())
        if column in table.numbers:
            try:
                number = Decimal(cell.strip())
                value = int(number) if number == number.to_integral_value() and "." not in cell else number
            except (InvalidOperation, ValueError, OverflowError):
                zh, en = f"{column}：{cell!r} 不是数字", f"{column}: {cell!r} is no number"
                here.faults.add(here.file, here.line, zh=zh, en=en)
        *path, last = column.strip().split(".")
        into = values
        for part in path:
            into = into.setdefault(part, {})
        into[last] = value
    return values


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")
