"""What is kept of an API key."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Connection, select, update

from assistant.domain.access import KeyScope
from assistant.storage import Database, SqlApiKeys, SqlStores
from assistant.storage.tables import api_keys
from tests.conformance.examples import STORE, TickingClock, a_store


async def test_only_a_digest_of_the_secret_is_kept(database: Database, tmp_path: Path) -> None:
    await SqlStores(database).put(a_store())
    token = (await SqlApiKeys(database, TickingClock()).create(STORE, {KeyScope.MANAGE}, "a key")).token
    identifier, secret = token.removeprefix("sbk_").split("_", 1)
    assert len(secret) >= 43  # 256 bits, six in a character

    def digest(tx: Connection) -> bytes:
        return bytes(tx.execute(select(api_keys.c.digest)).scalar_one())

    assert await database.read(digest) == hashlib.sha256(secret.encode()).digest()
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert identifier.encode() in kept
    assert secret.encode() not in kept


async def test_a_scope_that_a_newer_program_wrote_means_nothing_here(database: Database) -> None:
    await SqlStores(database).put(a_store())
    keys = SqlApiKeys(database, TickingClock())
    made = await keys.create(STORE, {KeyScope.MANAGE}, "a key")
    await database.write(lambda tx: tx.execute(update(api_keys).values(scopes="fly manage")))
    assert await keys.verify(made.token) == made.key
