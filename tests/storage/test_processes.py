"""Several processes on one SQLite file, and processes that are killed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from assistant.domain.conversation import Shopper
from assistant.domain.events import MessageReceived
from assistant.domain.ids import ConversationId, ShopperId
from tests.conformance.conversation_log import Connect, Storage
from tests.conformance.examples import STORE, a_message, a_store

ROOT = Path(__file__).parents[2]


async def start(url: str, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.process", url, *arguments, cwd=ROOT, stdout=PIPE
    )


async def printed(process: Process) -> list[str]:
    output, _ = await process.communicate()
    return output.decode().split()


async def begin(storage: Storage) -> ConversationId:
    await storage.stores.put(a_store())
    return (await storage.log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None)).id


async def test_processes_that_start_at_once_migrate_a_new_file_once(url: str, tmp_path: Path) -> None:
    processes = [await start(url) for _ in range(3)]
    assert [await printed(process) for process in processes] == [["ready"]] * 3
    assert [process.returncode for process in processes] == [0] * 3
    connection = sqlite3.connect(tmp_path / "data" / "storebot.db")
    assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    connection.close()


async def test_processes_that_write_at_once_leave_no_gap(url: str, connect: Connect) -> None:
    storage = await connect()
    conversation_id = await begin(storage)
    others = [await start(url, conversation_id, prefix, "60") for prefix in ("a", "b")]
    mine = [(await storage.log.receive(conversation_id, a_message(f"c-{n}")))[0].seq for n in range(60)]
    theirs = [[int(number) for number in (await printed(process))[1:]] for process in others]
    assert sorted(mine + theirs[0] + theirs[1]) == list(range(1, 181))
    assert [event.seq for event in await storage.log.events(conversation_id)] == list(range(1, 181))
    assert (await storage.log.get(conversation_id)).last_seq == 180


async def test_a_killed_process_loses_no_message_it_confirmed_and_leaves_work_to_take_up(
    url: str, connect: Connect
) -> None:
    conversation_id = await begin(await connect())
    process = await start(url, conversation_id, "a", "100000")
    assert process.stdout
    confirmed = 0
    while confirmed < 50:
        line = (await process.stdout.readline()).strip()
        confirmed = 0 if line == b"ready" else int(line)
    process.kill()
    confirmed = max([confirmed, *(int(line) for line in (await printed(process)))])

    log = (await connect()).log
    events = await log.events(conversation_id, limit=200_000)
    assert len(events) in (confirmed, confirmed + 1)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(isinstance(event.payload, MessageReceived) for event in events)
    assert await log.awaiting_reply() == [conversation_id]
    assert await log.receive(conversation_id, a_message("a-0")) == (events[0], False)
