"""Procedures of stores: every version of each, the one in force, and a counter that tells when anything has changed.

Every write first moves the store's counter on, under the condition that it stands where the writer has read it, so
that two changes that were checked apart cannot come together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select, update

from assistant.domain.errors import Conflict, InvalidInput, NotFound
from assistant.domain.ids import StoreId
from assistant.domain.ports import Clock
from assistant.domain.procedure_versions import KeptProcedure, NewVersion, ProcedureVersion, Shelf
from assistant.domain.procedures import Procedure, ProcedureFile
from assistant.storage.database import Database
from assistant.storage.tables import procedure_shelves as shelves
from assistant.storage.tables import procedure_versions as versions
from assistant.storage.tables import procedures, stores

_Row = Row[*tuple[Any, ...]]


class SqlProcedures:
    """The `Procedures` port: what is in force, read anew when the store's counter has moved. load: a kept text as the
    procedure it is."""

    def __init__(self, database: Database, load: Callable[[ProcedureFile], Procedure]) -> None:
        self._database = database
        self._load = load
        self._read: dict[StoreId, tuple[int, Mapping[str, Procedure]]] = {}

    async def of(self, store_id: StoreId) -> Mapping[str, Procedure]:
        revision = await self._database.read(lambda tx: _revision(tx, store_id))
        known = self._read.get(store_id)
        if known is None or known[0] != revision:
            shelf = await self._database.read(lambda tx: _shelf(tx, store_id))
            found = {kept.name: loaded for kept in shelf.procedures if kept.enabled and (loaded := self._loaded(kept))}
            known = self._read[store_id] = (shelf.revision, MappingProxyType(found))
        return known[1]

    def _loaded(self, kept: KeptProcedure) -> Procedure | None:
        """None for a text that an older program has let in and this one cannot use: the others go on."""
        try:
            return self._load(kept.current.file)
        except InvalidInput as error:
            structlog.get_logger(__name__).error("procedure_left_out", procedure=kept.name, reason=error.detail)
            return None


class SqlProcedureVersions:
    """The `ProcedureVersions` port over SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def shelf(self, store_id: StoreId) -> Shelf:
        def work(tx: Connection) -> Shelf:
            _check_store(tx, store_id)
            return _shelf(tx, store_id)

        return await self._database.read(work)

    async def of_name(self, store_id: StoreId, name: str) -> Sequence[ProcedureVersion]:
        def work(tx: Connection) -> list[ProcedureVersion]:
            _in_force(tx, store_id, name)
            return [_version(row) for row in tx.execute(_VERSIONS, {"store": store_id, "of": name})]

        return await self._database.read(work)

    async def put(self, store_id: StoreId, new: NewVersion, *, by: str, revision: int) -> None:
        await self._change(store_id, revision, lambda tx: self._put(tx, store_id, new, by))

    async def bring(
        self, store_id: StoreId, brought: Sequence[NewVersion], gone: Sequence[str], *, by: str, revision: int
    ) -> None:
        def work(tx: Connection) -> None:
            for new in brought:
                self._put(tx, store_id, new, by)
                self._set(tx, store_id, new.name, by, brought=new.version)
            for name in gone:
                self._set(tx, store_id, name, by, version=None, brought=None)

        await self._change(store_id, revision, work)

    async def switch(self, store_id: StoreId, name: str, *, enabled: bool, by: str, revision: int) -> None:
        def work(tx: Connection) -> None:
            _in_force(tx, store_id, name)
            self._set(tx, store_id, name, by, enabled=enabled)

        await self._change(store_id, revision, work)

    async def roll_back(self, store_id: StoreId, name: str, version: str, *, by: str, revision: int) -> None:
        def work(tx: Connection) -> None:
            _in_force(tx, store_id, name)
            if tx.execute(_VERSION, {"store": store_id, "of": name, "wanted": version}).first() is None:
                raise NotFound(f"Procedure {name} has no version {version!r}.", procedure=name, version=version)
            self._set(tx, store_id, name, by, version=version)

        await self._change(store_id, revision, work)

    async def delete(self, store_id: StoreId, name: str, *, by: str, revision: int) -> None:
        def work(tx: Connection) -> None:
            _in_force(tx, store_id, name)
            self._set(tx, store_id, name, by, version=None)

        await self._change(store_id, revision, work)

    async def _change(self, store_id: StoreId, revision: int, work: Callable[[Connection], None]) -> None:
        def checked(tx: Connection) -> None:
            _check_store(tx, store_id)
            _move_on(tx, store_id, revision)
            work(tx)

        await self._database.write(checked)

    def _put(self, tx: Connection, store_id: StoreId, new: NewVersion, by: str) -> None:
        self._keep(tx, store_id, new, by)
        row = tx.execute(_ONE, {"store": store_id, "of": new.name}).first()
        fresh: dict[str, object] = {"enabled": True} if row is None or row.version is None else {}
        self._set(tx, store_id, new.name, by, version=new.version, **fresh)

    def _keep(self, tx: Connection, store_id: StoreId, new: NewVersion, by: str) -> None:
        """Add the version, unless it is there."""
        if tx.execute(_VERSION, {"store": store_id, "of": new.name, "wanted": new.version}).first() is not None:
            return
        number = tx.execute(_LAST_NUMBER, {"store": store_id, "of": new.name}).scalar_one_or_none() or 0
        tx.execute(
            insert(versions),
            {
                "store_id": store_id,
                "name": new.name,
                "version": new.version,
                "number": number + 1,
                "file": new.file.file,
                "text": new.file.text,
                "at": self._clock.now(),
                "author": by,
            },
        )

    def _set(self, tx: Connection, store_id: StoreId, name: str, by: str, **values: object) -> None:
        """Change what is given of a procedure; add the procedure where there is none."""
        given = {**values, "changed_at": self._clock.now(), "changed_by": by}
        which = and_(procedures.c.store_id == store_id, procedures.c.name == name)
        if tx.execute(update(procedures).where(which).values(given)).rowcount == 0:
            tx.execute(insert(procedures).values({"store_id": store_id, "name": name, **given}))


def _check_store(tx: Connection, store_id: StoreId) -> None:
    if tx.execute(_STORE, {"store": store_id}).first() is None:
        raise NotFound(f"There is no store {store_id!r}", store_id=store_id)


def _in_force(tx: Connection, store_id: StoreId, name: str) -> None:
    _check_store(tx, store_id)
    row = tx.execute(_ONE, {"store": store_id, "of": name}).first()
    if row is None or row.version is None:
        raise NotFound(f"Store {store_id} has no procedure {name!r}.", store_id=store_id, procedure=name)


def _revision(tx: Connection, store_id: StoreId) -> int:
    return tx.execute(_REVISION, {"store": store_id}).scalar_one_or_none() or 0


def _move_on(tx: Connection, store_id: StoreId, revision: int) -> None:
    """The store's counter goes one up from `revision`. Raises Conflict where it stands elsewhere."""
    if revision:
        moved = tx.execute(_MOVE_ON, {"store": store_id, "seen": revision}).rowcount
    else:
        first = {"store_id": store_id, "revision": 1}
        moved = 0 if _revision(tx, store_id) else tx.execute(insert(shelves), first).rowcount
    if not moved:
        raise Conflict("The store's procedures were changed meanwhile; read them again.", store_id=store_id)


def _shelf(tx: Connection, store_id: StoreId) -> Shelf:
    kept = tuple(_kept(row) for row in tx.execute(_SHELF, {"store": store_id}))
    brought = {row.name: row.brought for row in tx.execute(_ALL, {"store": store_id}) if row.brought is not None}
    return Shelf(_revision(tx, store_id), kept, brought)


def _kept(row: _Row) -> KeptProcedure:
    return KeptProcedure(row.name, row.enabled, _version(row), row.changed_at, row.changed_by)


def _version(row: _Row) -> ProcedureVersion:
    return ProcedureVersion(row.version, ProcedureFile(row.file, row.text), row.at, row.author)


_STORE = select(stores.c.id).where(stores.c.id == bindparam("store"))
_REVISION = select(shelves.c.revision).where(shelves.c.store_id == bindparam("store"))
_MOVE_ON = (
    update(shelves)
    .where(shelves.c.store_id == bindparam("store"), shelves.c.revision == bindparam("seen"))
    .values(revision=shelves.c.revision + 1)
)
_ALL = select(procedures).where(procedures.c.store_id == bindparam("store")).order_by(procedures.c.name)
_ONE = _ALL.where(procedures.c.name == bindparam("of"))
_VERSIONS = (
    select(versions)
    .where(versions.c.store_id == bindparam("store"), versions.c.name == bindparam("of"))
    .order_by(versions.c.number.desc())
)
_VERSION = _VERSIONS.where(versions.c.version == bindparam("wanted"))
_LAST_NUMBER = select(func.max(versions.c.number)).where(
    versions.c.store_id == bindparam("store"), versions.c.name == bindparam("of")
)
_SHELF = (
    select(
        procedures.c.name,
        procedures.c.enabled,
        procedures.c.changed_at,
        procedures.c.changed_by,
        versions.c.version,
        versions.c.file,
        versions.c.text,
        versions.c.at,
        versions.c.author,
    )
    .join_from(
        procedures,
        versions,
        and_(
            procedures.c.store_id == versions.c.store_id,
            procedures.c.name == versions.c.name,
            procedures.c.version == versions.c.version,
        ),
    )
    .where(procedures.c.store_id == bindparam("store"))
    .order_by(procedures.c.name)
)
