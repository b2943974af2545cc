"""Which versions of each store's knowledge there are, where they lie, and which one is published.

    <root>/versions.db                  one row a version, and one a store: the published one
    <root>/<store>/<version>/           an index; never changed once it is there
    <root>/<store>/building-<version>/  a build under way, or what a crash left of one

Everything here is blocking; `published` is one look into a local table and may be called from an event loop.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from assistant.domain.errors import Conflict, InvalidInput, NotFound
from assistant.domain.evidence import Scope
from assistant.domain.ids import StoreId, VersionId, new_id

KEEP: Final = 5
_BUILDING: Final = "building-"
_STORE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # it names a folder
_VERSION_NAME: Final = re.compile(r"kv_[0-9a-f]{32}")
_BUSY_SECONDS: Final = 30
_COLUMNS: Final = "store_id, version_id, digest, embedder, dimension, built_at, counts"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS versions (
  store_id TEXT NOT NULL, version_id TEXT NOT NULL, digest TEXT NOT NULL, embedder TEXT NOT NULL,
  dimension INTEGER NOT NULL, built_at TEXT NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (store_id, version_id)
);
CREATE TABLE IF NOT EXISTS published (store_id TEXT PRIMARY KEY, version_id TEXT NOT NULL, since TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class PackVersion:
    """One immutable build of a store's knowledge. `counts`: entries by kind. `digest`: of content and embedder."""

    scope: Scope
    digest: str
    embedder: str
    dimension: int
    built_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Building:
    """A build under way: everything written into `folder` becomes the version when it is committed."""

    scope: Scope
    folder: Path


def check_store_id(store_id: StoreId) -> None:
    """Raises InvalidInput for an id that cannot name a folder."""
    if not _STORE_NAME.fullmatch(store_id):
        raise InvalidInput(
            f"{store_id!r} cannot be a store's id: use up to 64 ASCII letters, digits, hyphens and underscores, a "
            "letter or digit first.",
            store_id=store_id,
            detail_zh=f"{store_id!r} 不能作为店铺编号：最多 64 个英文字母、数字、连字符或下划线，以字母或数字开头。",
        )


class Versions:
    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._path = root / "versions.db"
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
        self._reading = self._connect()

    def published(self, store_id: StoreId) -> PackVersion | None:
        row = self._reading.execute(
            f"SELECT {_COLUMNS} FROM versions JOIN published USING (store_id, version_id) WHERE store_id = ?",  # noqa: S608
            (store_id,),
        ).fetchone()
        return _version(row) if row else None

    def kept(self, store_id: StoreId) -> list[PackVersion]:
        """Newest first."""
        with closing(self._connect()) as connection:
            return _versions(connection, store_id)

    def folder(self, scope: Scope) -> Path:
        """Raises NotFound when the version is not kept (any more)."""
        folder = self._store_folder(scope.store_id) / scope.version_id
        if not (
            _STORE_NAME.fullmatch(scope.store_id) and _VERSION_NAME.fullmatch(scope.version_id) and folder.is_dir()
        ):
            raise NotFound(
                f"Version {scope.version_id} of store {scope.store_id} is not kept; the last {KEEP} versions are.",
                store_id=scope.store_id,
                version_id=scope.version_id,
            )
        return folder

    def publish(self, scope: Scope) -> None:
        """Make a kept version the published one. Raises NotFound."""
        with self._writing() as connection:
            self._switch(connection, scope)

    def roll_back(self, store_id: StoreId) -> PackVersion:
        """Publish the version built before the published one, and return it. Raises NotFound if there is none."""
        with self._writing() as connection:
            row = connection.execute("SELECT version_id FROM published WHERE store_id = ?", (store_id,)).fetchone()
            older = [found for found in _versions(connection, store_id) if row and found.scope.version_id < row[0]]
            if not older:
                raise NotFound(f"Store {store_id} has no version before the published one.", store_id=store_id)
            self._switch(connection, older[0].scope)
        return older[0]

    @contextmanager
    def building(self, store_id: StoreId) -> Iterator[Building]:
        """A folder for a new version, removed at the end unless it was committed. One build a store at a time.

        Raises Conflict while another process or task builds for the same store, InvalidInput for an id that cannot
        name a folder.
        """
        check_store_id(store_id)
        with self._locked(store_id):
            scope = Scope(store_id, VersionId(new_id("kv")))
            folder = self._store_folder(store_id) / f"{_BUILDING}{scope.version_id}"
            folder.mkdir()
            try:
                yield Building(scope, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def commit(
        self, building: Building, *, digest: str, embedder: str, dimension: int, counts: Mapping[str, int]
    ) -> PackVersion:
        """Move a whole build into its place, publish it, and drop the oldest beyond `KEEP`."""
        version = PackVersion(building.scope, digest, embedder, dimension, datetime.now(UTC), dict(counts))
        _flush(building.folder)
        building.folder.rename(building.folder.with_name(building.scope.version_id))
        with self._writing() as connection:
            connection.execute(
                f"INSERT INTO versions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
                (
                    *_key(version.scope),
                    digest,
                    embedder,
                    dimension,
                    version.built_at.isoformat(),
                    json.dumps(version.counts),
                ),
            )
            self._switch(connection, version.scope)
            dropped = [old.scope for old in _versions(connection, version.scope.store_id)[KEEP:]]
            connection.executemany("DELETE FROM versions WHERE store_id = ? AND version_id = ?", map(_key, dropped))
        for scope in dropped:  # who still reads one of these has its files open
            shutil.rmtree(self._store_folder(scope.store_id) / scope.version_id, ignore_errors=True)
        return version

    def clean(self) -> list[Path]:
        """Remove what crashed builds left behind; to be called at start. Builds under way are left alone."""
        removed = []
        for store in sorted(path for path in self._root.iterdir() if path.is_dir()):
            try:
                with self._locked(StoreId(store.name)):
                    whole = {version.scope.version_id for version in self.kept(StoreId(store.name))}
                    for folder in sorted(path for path in store.iterdir() if path.is_dir() and path.name not in whole):
                        shutil.rmtree(folder, ignore_errors=True)
                        removed.append(folder)
            except Conflict:
                continue
        return removed

    def close(self) -> None:
        self._reading.close()

    def _store_folder(self, store_id: StoreId) -> Path:
        return self._root / store_id

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _locked(self, store_id: StoreId) -> Iterator[None]:
        """A lock between processes that a crash releases: SQLite's own, on a file that holds nothing else."""
        folder = self._store_folder(store_id)
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / "lock.db", timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise Conflict(
                    f"Another import of store {store_id} is running; wait until it is done.", store_id=store_id
                ) from error
            yield

    @staticmethod
    def _switch(connection: sqlite3.Connection, scope: Scope) -> None:
        kept = connection.execute("SELECT 1 FROM versions WHERE store_id = ? AND version_id = ?", _key(scope))
        if kept.fetchone() is None:
            raise NotFound(
                f"Version {scope.version_id} of store {scope.store_id} is not kept; choose one that is listed.",
                store_id=scope.store_id,
                version_id=scope.version_id,
            )
        connection.execute(
            "INSERT OR REPLACE INTO published VALUES (?, ?, ?)", (*_key(scope), datetime.now(UTC).isoformat())
        )


def _key(scope: Scope) -> tuple[str, str]:
    return scope.store_id, scope.version_id


def _versions(connection: sqlite3.Connection, store_id: StoreId) -> list[PackVersion]:
    """Newest first: ids sort by the time they were made."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM versions WHERE store_id = ? ORDER BY version_id DESC",  # noqa: S608 - a constant
        (store_id,),
    )
    return [_version(row) for row in rows]


def _version(row: tuple[str, str, str, str, int, str, str]) -> PackVersion:
    store_id, version_id, digest, embedder, dimension, built_at, counts = row
    scope = Scope(StoreId(store_id), VersionId(version_id))
    return PackVersion(scope, digest, embedder, dimension, datetime.fromisoformat(built_at), json.loads(counts))


def _flush(folder: Path) -> None:
    """Make every file of a build safe on disk before its name says that it is whole."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
