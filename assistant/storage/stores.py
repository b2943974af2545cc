"""Stores, each kept as one document."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.ids import StoreId
from assistant.domain.store import Store
from assistant.storage import codec, tables
from assistant.storage.database import Database


class SqlStores:
    """The `Stores` port over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, store_id: StoreId) -> Store:
        def work(tx: Connection) -> str | None:
            return tx.execute(_ONE, {"store": store_id}).scalar_one_or_none()

        document = await self._database.read(work)
        if document is None:
            raise NotFound(f"There is no store {store_id!r}", store_id=store_id)
        return codec.load_store(document)

    async def put(self, store: Store) -> None:
        """Add the store, or replace the one with its id."""
        document = codec.dump_store(store)

        def work(tx: Connection) -> None:
            if tx.execute(_REPLACE, {"store": store.id, "document": document}).rowcount == 0:
                tx.execute(_ADD, {"id": store.id, "document": document})

        await self._database.write(work)

    async def all(self) -> list[Store]:
        """All stores, by id."""

        def work(tx: Connection) -> list[str]:
            return list(tx.execute(_ALL).scalars())

        return [codec.load_store(document) for document in await self._database.read(work)]


_ONE = select(tables.stores.c.document).where(tables.stores.c.id == bindparam("store"))
_ALL = select(tables.stores.c.document).order_by(tables.stores.c.id)
_REPLACE = update(tables.stores).where(tables.stores.c.id == bindparam("store"))
_ADD = insert(tables.stores)
