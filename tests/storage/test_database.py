"""What transactions promise on SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from assistant.domain.errors import InvalidInput
from assistant.storage import Database, open_database
from assistant.storage.database import SqliteDatabase
from assistant.storage.tables import stores


def add(tx: Connection, store_id: str = "a") -> None:
    tx.execute(insert(stores), {"id": store_id, "document": "{}"})


def count(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(stores)).scalar_one()


async def test_what_was_written_can_be_read(database: Database) -> None:
    await database.write(add)
    assert await database.read(count) == 1


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def work(tx: Connection) -> None:
        add(tx)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        await database.write(work)
    assert await database.read(count) == 0
    await database.write(add)
    assert await database.read(count) == 1


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError):
        await database.read(add)


async def test_a_reader_sees_one_snapshot_and_is_not_held_up_by_a_writer(database: Database) -> None:
    first, written = threading.Event(), threading.Event()

    def twice(tx: Connection) -> tuple[int, int]:
        before = count(tx)
        first.set()
        assert written.wait(10)
        return before, count(tx)

    reading = asyncio.create_task(database.read(twice))
    await asyncio.to_thread(first.wait, 10)
    await database.write(add)
    written.set()
    assert await reading == (0, 0)
    assert await database.read(count) == 1


async def test_cancelling_leaves_a_transaction_whole_and_the_writer_free(database: Database) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(tx: Connection) -> None:
        add(tx, "a")
        inside.set()
        assert go_on.wait(10)
        add(tx, "b")

    under_way = asyncio.create_task(database.write(slow))
    queued = asyncio.create_task(database.write(lambda tx: add(tx, "c")))
    await asyncio.to_thread(inside.wait, 10)
    for task in (under_way, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    go_on.set()
    await database.write(lambda tx: add(tx, "d"))
    ids = await database.read(lambda tx: set(tx.execute(select(stores.c.id)).scalars()))
    assert ids == {"a", "b", "d"}


async def test_text_that_is_not_unicode_is_refused_also_in_a_condition(database: Database) -> None:
    with pytest.raises(InvalidInput):
        await database.read(lambda tx: tx.execute(select(stores).where(stores.c.id == "\ud800")).all())


async def test_the_file_survives_a_killed_process_and_foreign_keys_hold(database: Database) -> None:
    def pragmas(tx: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}

    expected = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    assert await database.write(pragmas) == expected
    assert await database.read(pragmas) == expected


async def test_closing_finishes_what_is_under_way_and_leaves_one_complete_file(url: str, tmp_path: Path) -> None:
    database = open_database(url)
    await database.upgrade()
    writing = [asyncio.create_task(database.write(lambda tx, n=n: add(tx, str(n)))) for n in range(20)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writing)
    path = tmp_path / "data" / "storebot.db"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM stores").fetchone() == (20,)
    connection.close()


async def test_more_reads_than_connections_take_turns(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "x.db", readers=2)
    await database.upgrade()
    assert await asyncio.gather(*(database.read(count) for _ in range(50))) == [0] * 50
    await database.close()


@pytest.mark.parametrize(
    "url",
    ["", "not a url", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"],
)
def test_a_url_that_cannot_hold_conversations_is_refused_with_advice(url: str) -> None:
    with pytest.raises(InvalidInput, match="sqlite:///PATH"):
        open_database(url)
