"""A system's folder, read whole and checked whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from connectors.files.description import ORDERS, SHIPMENTS, SHOPPERS, Description, Table
from connectors.files.moments import Moments, is_day, is_time
from connectors.files.operations import Declared, read_operations
from connectors.files.reading import Row, read_table
from connectors.files.records import Records, place_of
from connectors.files.rows import ROWS
from connectors.written import Faults, chinese, read_written

DESCRIPTION, OPERATIONS = "system.yaml", "operations.yaml"
_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class System:
    """What a folder holds."""

    description: Description
    records: Records
    operations: Mapping[str, Declared]


def read_system(folder: Path, now: datetime) -> System:
    """The system in a folder. Raises SystemRefused with every fault of every file."""
    faults = Faults()
    description = _description(folder, faults)
    if description is None:
        faults.check()
    assert description is not None
    tables = description.all_tables()
    records = _records(folder, description, tables, Moments(now, description.zone), faults)
    written = read_written(folder, OPERATIONS, _MAX_BYTES, faults) if (folder / OPERATIONS).exists() else None
    operations = read_operations(written, tables, description, faults) if written else {}
    faults.check()
    return System(description, records, operations)


def _description(folder: Path, faults: Faults) -> Description | None:
    written = read_written(folder, DESCRIPTION, _MAX_BYTES, faults)
    description = written.model(Description, faults) if written else None
    if written is None or description is None:
        return None
    for name, table in description.tables.items():
        known = next(
            (known for known in description.all_tables().values() if known.name == name and name in ROWS), None
        )
        if known and (table.owner != "nobody" or table.key != "id"):
            line = written.line(("tables", name))
            zh = f"{name} 的 key 与 owner 是固定的，只能补充 numbers"
            faults.add(DESCRIPTION, line, zh=zh, en=f"key and owner of {name} are fixed; only numbers can be added")
    return description


def _records(
    folder: Path, description: Description, tables: Mapping[str, Table], moments: Moments, faults: Faults
) -> Records:
    records = Records(tables)
    order_lines: dict[str, int] = {}
    for name in sorted(tables, key=_order_of_reading):
        for row in read_table(folder, tables[name], faults):
            problems = list(_problems(tables[name], row, description, moments, records))
            for zh, en in problems:
                faults.add(row.file, row.line, zh=zh, en=en)
            if name == ORDERS and (first := order_lines.setdefault(str(row.values.get("id")), row.line)) != row.line:
                zh, en = f"订单编号在第 {first} 行已经有了", f"the order id stands in line {first} already"
                faults.add(row.file, row.line, zh=zh, en=en)
            if not problems:
                records.put(place_of(tables[name], row.values), row.values)
    for table in (SHOPPERS, ORDERS):
        if not any(True for _ in records.all_of(table)):
            faults.add(f"{table}.json", 0, zh="没有任何可用的记录", en="there is no record that can be used")
    return records


def _order_of_reading(name: str) -> tuple[int, str]:
    """Owners before what they own."""
    return {SHOPPERS: 0, ORDERS: 1, SHIPMENTS: 2}.get(name, 3), name


def _problems(
    table: Table, row: Row, description: Description, moments: Moments, records: Records
) -> Iterator[tuple[str, str]]:
    values = row.values
    key = values.get(table.key)
    if not isinstance(key, str | int) or key == "":
        yield f"缺少 {table.key}", f"{table.key} is missing"
        return
    if table.owner_field and table.name not in ROWS and not values.get(table.owner_field):
        yield f"缺少 {table.owner_field}", f"{table.owner_field} is missing"
        return
    if table.name in ROWS:
        try:
            ROWS[table.name].model_validate(values)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False, include_context=False):
                name = ".".join(map(str, problem["loc"]))
                yield f"{name}：{chinese(problem)}", f"{name}: {problem['msg']}"
            return
    yield from _wrong_times(values, moments)
    if table.name == ORDERS and values["state"] not in description.states:
        state = values["state"]
        yield f"system.yaml 的 states 中没有 {state}", f"the state {state} is not among `states` of system.yaml"
    if place_of(table, values) in records:
        yield f"{table.key} {key} 已经有了", f"the {table.key} {key} stands there already"
    yield from _wrong_owner(table, values, records)


def _wrong_owner(table: Table, values: Mapping[str, object], records: Records) -> Iterator[tuple[str, str]]:
    owner = str(values.get(table.owner_field))
    if table.owner == "shopper" and records.shopper(owner) is None:
        yield f"没有顾客 {owner}", f"there is no shopper {owner}"
    if table.owner == "order" and not records.has_key(ORDERS, owner):
        yield f"没有订单 {owner}", f"there is no order {owner}"


def _wrong_times(value: object, moments: Moments, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _wrong_times(item, moments, key)
    elif isinstance(value, list):
        for item in value:
            yield from _wrong_times(item, moments, name)
    elif isinstance(value, str) and (is_time(name) or is_day(name)):
        try:
            moments.told(name, value)
        except ValueError as error:
            yield f"{name}：{value!r} 不是时间；可写 2026-11-20 14:20、-3d 14:20 或 -5h", f"{name}: {error}"
