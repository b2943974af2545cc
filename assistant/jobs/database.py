"""The file that DBOS keeps jobs in: whether there is work in it, and which process is at it."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

from assistant.domain.errors import NotReady

# DBOS documents its system tables; asking them directly spares a server without jobs from starting DBOS.
_UNFINISHED = "SELECT count(*) FROM workflow_status WHERE status IN ('DELAYED', 'ENQUEUED', 'PENDING')"


class JobsDatabase:
    """A SQLite file, and beside it a lock that its process holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None

    def exists(self) -> bool:
        return self.path.exists()

    def unfinished(self) -> int:
        """How many jobs wait or run, or did when their process ended."""
        if not self.exists():
            return 0
        with closing(sqlite3.connect(self.path)) as connection:
            try:
                return int(connection.execute(_UNFINISHED).fetchone()[0])
            except sqlite3.OperationalError:  # a crash came before the tables
                return 0

    def take(self) -> None:
        """Make this the process that runs the jobs. Raises NotReady where another one does."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = self.path.with_suffix(".lock").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise NotReady(
                f"Another process runs the jobs of {self.path}; ask that one, or stop it.", path=str(self.path)
            ) from error
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
