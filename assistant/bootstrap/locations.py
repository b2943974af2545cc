"""What stands at a store folder, or wherever an importer reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from pathlib import Path

from assistant.bootstrap.clock import SystemClock
from assistant.domain.backend import StoreBackend
from assistant.domain.errors import InvalidInput
from assistant.domain.ids import StoreId
from assistant.domain.packs import ImportedStore, StoreImporter
from assistant.domain.store import SystemSettings
from assistant.domain.systems import Rehearsing, Surroundings
from assistant.settings import system_secret
from connectors.connected import connector
from knowledge.catalogue import completed
from knowledge.folder import read_settings, read_store

IMPORTERS = "storebot.importers"


def read_location(location: str, store_id: StoreId) -> ImportedStore:
    """What stands at a store folder, or at IMPORTER:PATH where an importer of that name is installed."""
    name, colon, path = location.partition(":")
    importers = {entry.name: entry for entry in entry_points(group=IMPORTERS)}
    if colon and name in importers:
        importer: StoreImporter = importers[name].load()
        return completed(importer(Path(path).expanduser(), store_id))
    if not Path(location).expanduser().exists():
        known = ", ".join(sorted(importers)) or "none"
        raise InvalidInput(f"There is nothing at {location}. Give a store folder, or IMPORTER:PATH ({known}).")
    return read_store(Path(location).expanduser(), store_id)


def system_folder(folder: Path) -> Path:
    """Where the store in `folder` has what its connector reads. Raises PackRefused, and InvalidInput for no system."""
    return folder / _system_of(folder).path


def _system_of(folder: Path) -> SystemSettings:
    system = read_settings(folder, StoreId("store")).system
    if system is None:
        raise InvalidInput(
            f"The store.yaml in {folder} names no system; add `system: {{connector: files}}`.",
            detail_zh=f"{folder} 的 store.yaml 没有 system；请加上 system: {{connector: files}}。",
        )
    return system


@asynccontextmanager
async def system_of_folder(folder: Path, data: Path) -> AsyncIterator[StoreBackend]:
    """The system that the store.yaml of a folder names, with nothing else of the store. data: where it may write.

    Raises as `system_folder` and Connector.open do.
    """
    system = await asyncio.to_thread(_system_of, folder)
    surroundings = Surroundings(
        StoreId("store"), folder / system.path, system.options, data, SystemClock(), system_secret
    )
    async with connector(system).open(surroundings) as backend:
        yield backend


def rehearsal_of_folder(folder: Path) -> Callable[[], StoreBackend] | None:
    """The system of the store in `folder` for evaluations, anew at each call; None where there is none of that kind.

    Raises PackRefused and SystemRefused.
    """
    system = read_settings(folder, StoreId("store")).system if folder.is_dir() else None
    if system is None or not isinstance(found := connector(system), Rehearsing):
        return None
    return found.rehearsal(folder / system.path, system.options, SystemClock())
