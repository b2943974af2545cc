"""What was done to a system whose files are never written: calls by their key, and the changes they made, in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.domain.errors import StoreSystemUnavailable
from connectors.files.records import Change, Place

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY, made_at TEXT NOT NULL, shopper TEXT, operation TEXT NOT NULL, arguments TEXT NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL REFERENCES calls (key), record_table TEXT NOT NULL,
    owner TEXT NOT NULL, record_key TEXT NOT NULL, patch TEXT NOT NULL
) STRICT;
"""
_DECIMAL = "$decimal"


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was carried out. request: operation, arguments and shopper as one text, to be compared."""

    request: str
    result: Any


class Journal:
    """Several processes may have the same journal open. Its calls block; one thread at a time.

    Without a file it is kept in memory. What SQLite cannot do becomes StoreSystemUnavailable: a change is there whole
    or not at all.
    """

    def __init__(self, file: Path | None) -> None:
        with _told():
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
            self._sqlite = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False, timeout=5)
            self._sqlite.execute("PRAGMA journal_mode = WAL")
            self._sqlite.execute("PRAGMA synchronous = FULL")
            self._sqlite.executescript(_SCHEMA)

    def close(self) -> None:
        self._sqlite.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that no other process can come between."""
        with _told():
            self._sqlite.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sqlite.execute("COMMIT")
            except BaseException:
                if self._sqlite.in_transaction:
                    self._sqlite.execute("ROLLBACK")
                raise

    def made(self, key: str) -> Made | None:
        """The call that was made under a key."""
        with _told():
            row = self._sqlite.execute(
                "SELECT operation, arguments, shopper, result FROM calls WHERE key = ?", (key,)
            ).fetchone()
        return Made(_joined(row[0], row[1], row[2]), _load(row[3])) if row else None

    def changes_after(self, seq: int) -> list[tuple[int, Change]]:
        with _told():
            rows = self._sqlite.execute(
                "SELECT seq, record_table, owner, record_key, patch FROM changes WHERE seq > ? ORDER BY seq", (seq,)
            ).fetchall()
        return [(row[0], Change(Place(row[1], row[2], row[3]), _load(row[4]))) for row in rows]

    def add(
        self,
        key: str,
        *,
        operation: str,
        arguments: Any,
        shopper: str | None,
        result: Any,
        made_at: str,
        changes: Sequence[Change],
    ) -> None:
        """Within `writing`."""
        self._sqlite.execute(
            "INSERT INTO calls (key, made_at, shopper, operation, arguments, result) VALUES (?, ?, ?, ?, ?, ?)",
            (key, made_at, shopper, operation, _dump(arguments), _dump(result)),
        )
        self._sqlite.executemany(
            "INSERT INTO changes (key, record_table, owner, record_key, patch) VALUES (?, ?, ?, ?, ?)",
            [
                (key, change.place.table, change.place.owner, change.place.key, _dump(change.patch))
                for change in changes
            ],
        )


def request_of(operation: str, arguments: Any, shopper: str | None) -> str:
    """Two calls are the same if these are."""
    return _joined(operation, _dump(arguments), shopper)


def plain(value: Any) -> Any:
    """As it will be read from the journal, so that a call's first result is that of its repetition."""
    return _load(_dump(value))


def _joined(operation: str, arguments: str, shopper: str | None) -> str:
    return json.dumps([operation, arguments, shopper])


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_as_json)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} is not JSON")


def _load(text: str) -> Any:
    return json.loads(text, object_hook=_decimals)


def _decimals(value: dict[str, Any]) -> Any:
    return Decimal(value[_DECIMAL]) if value.keys() == {_DECIMAL} else value


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreSystemUnavailable(f"The journal of the store's system cannot be used: {error}.") from error
