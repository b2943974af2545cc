"""Another process: `python -m tests.storage.process URL [CONVERSATION PREFIX COUNT]` migrates the database, then sends
COUNT messages, each to be stored and then printed as its sequence number."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from assistant.domain.ids import ConversationId
from assistant.storage import SqlConversationLog, open_database
from tests.conformance.examples import a_message


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def main(url: str, conversation_id: str = "", prefix: str = "", count: str = "0") -> None:
    database = open_database(url)
    await database.upgrade()
    log = SqlConversationLog(database, WallClock())
    print("ready", flush=True)  # noqa: T201
    for number in range(int(count)):
        event, _ = await log.receive(ConversationId(conversation_id), a_message(f"{prefix}-{number}"))
        print(event.seq, flush=True)  # noqa: T201
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
