"""An empty database with all its tables, for tests that do not ask how it came to have them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.storage import Database, open_database


def fresh_database(path: Path) -> Database:
    """Opened in a file that is written at `path`. It is migrated once a process and copied after that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())
    return open_database(f"sqlite:///{path}")


@cache
def _migrated() -> bytes:
    # In a thread of its own, since a test may be running a loop in this one.
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as elsewhere:
        path = Path(folder) / "storebot.db"
        elsewhere.submit(lambda: asyncio.run(_migrate(path))).result()
        return path.read_bytes()


async def _migrate(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    await database.upgrade()
    await database.close()
