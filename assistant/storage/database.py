"""The database: short transactions, run one at a time to write and side by side to read.

A transaction is a plain function of a SQLAlchemy `Connection`. It cannot await, so it cannot hold a lock across a
model or HTTP call, and cancelling the task that waits for it cannot leave it half done. All that is particular to one
database system stays in this file.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from assistant.domain.errors import InvalidInput
from assistant.storage import codec
from assistant.storage.migrations import upgrade

T = TypeVar("T")

BUSY_SECONDS = 15  # how long a writer waits for another process


class Database(ABC):
    """What repositories need of a database. Close it when done."""

    @abstractmethod
    async def write(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Run `work` in a transaction that sees no other writer, commit, and return its result.

        durable: it, and all that was written before it, outlives a loss of power from then on, not only that of the
        process. On a disk that takes milliseconds.

        An exception from `work` rolls back. If the caller is cancelled, `work` is committed as a whole or not at all.
        Raises InvalidInput for parameters that are not valid Unicode.
        """

    @abstractmethod
    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot. Raises InvalidInput for parameters that are not valid Unicode."""

    @abstractmethod
    async def upgrade(self) -> None:
        """Create or migrate the tables; harmless when they are current, also when several processes do it at once.

        Raises NotReady when a newer program has migrated them further than this one knows.
        """

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way and let go of all connections."""


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy URL, such as `sqlite:////var/lib/storebot/storebot.db`. Nothing is touched yet.

    Raises InvalidInput for a URL that cannot be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput("The database URL cannot be read; use sqlite:///PATH") from error
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInput(f"{parsed.get_backend_name()} is not a database this version can use; use sqlite:///PATH")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise InvalidInput("The database needs a file that outlives the process; use sqlite:///PATH")
    return SqliteDatabase(Path(parsed.database))


class SqliteDatabase(Database):
    """SQLite in WAL mode: one writer, on a thread of its own, and readers that it does not block.

    A whole transaction is one hop to a thread. An asynchronous driver would hop several times for each statement, and
    hold the file's write lock in between.
    """

    def __init__(self, path: Path, *, readers: int = 4) -> None:
        self._path = path
        self._writer = _engine(path, connections=1, begin="BEGIN IMMEDIATE", query_only=False)
        self._durable_writer = _engine(path, connections=1, begin="BEGIN IMMEDIATE", query_only=False, durable=True)
        self._readers = _engine(path, connections=readers, begin="BEGIN", query_only=True)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="storage-write")
        self._reading = ThreadPoolExecutor(readers, thread_name_prefix="storage-read")

    async def write(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        return await _run(self._writing, self._durable_writer if durable else self._writer, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await _run(self._reading, self._readers, work)

    async def upgrade(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writing, self._upgrade)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _upgrade(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _use_wal(self._writer)
        # BEGIN IMMEDIATE makes a second process wait here until the first has committed the new tables.
        with self._writer.begin() as connection:
            upgrade(connection)

    def _close(self) -> None:
        self._reading.shutdown()
        self._writing.shutdown()
        self._readers.dispose()
        self._durable_writer.dispose()
        self._writer.dispose()  # last: it may fold the write-ahead log back into the file


async def _run(executor: Executor, engine: Engine, work: Callable[[Connection], T]) -> T:
    def transaction() -> T:
        with engine.begin() as connection:
            return work(connection)

    try:
        return await asyncio.get_running_loop().run_in_executor(executor, transaction)
    except UnicodeEncodeError as error:
        raise codec.not_utf8() from error


def _engine(path: Path, *, connections: int, begin: str, query_only: bool, durable: bool = False) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), pool_size=connections, max_overflow=0)

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late: not before a SELECT
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            f"synchronous = {'FULL' if durable else 'NORMAL'}",
            "foreign_keys = ON",
            f"query_only = {query_only:d}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _use_wal(engine: Engine) -> None:
    """Switch the file to WAL, once for all its life. The switch does not honour the busy timeout, so wait here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except engine.dialect.loaded_dbapi.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            raw.close()
