"""The connector `files`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assistant.domain.backend import JsonObject
from assistant.domain.ports import Clock
from assistant.domain.systems import Surroundings, SystemFault, system_refused
from assistant.domain.text import LocalText
from connectors.files.backend import FilesBackend
from connectors.files.folder import read_system
from connectors.files.journal import Journal

JOURNAL = "journal.db"


class FilesConnector:
    """`system: {connector: files, path: system}` in a store.yaml; it has no other options."""

    def check(self, folder: Path, options: JsonObject) -> None:
        _check_options(options)
        read_system(folder, datetime.now(UTC))

    @asynccontextmanager
    async def open(self, surroundings: Surroundings) -> AsyncIterator[FilesBackend]:
        _check_options(surroundings.options)
        async with open_files(surroundings.folder, surroundings.data / JOURNAL, surroundings.clock) as backend:
            yield backend

    def rehearsal(self, folder: Path, options: JsonObject, clock: Clock) -> Callable[[], FilesBackend]:
        """The files are read once; what is done is forgotten with the system it was done to."""
        _check_options(options)
        system = read_system(folder, clock.now())
        return lambda: FilesBackend(replace(system, records=system.records.copy()), Journal(None), clock)


@asynccontextmanager
async def open_files(folder: Path, journal: Path, clock: Clock) -> AsyncIterator[FilesBackend]:
    """The system in a folder, with what was done to it in the file `journal`, which is made where it is not there.

    Raises SystemRefused with every fault, and StoreSystemUnavailable for a journal that cannot be used.
    """
    system = await asyncio.to_thread(read_system, folder, clock.now())
    kept = await asyncio.to_thread(Journal, journal)
    try:
        yield FilesBackend(system, kept, clock)
    finally:
        await asyncio.to_thread(kept.close)


def _check_options(options: JsonObject) -> None:
    faults = [
        SystemFault(
            "store.yaml",
            0,
            LocalText.of({"zh": f"system.{name}：没有这一项", "en": f"system.{name}: there is no such option"}),
        )
        for name in options
    ]
    if faults:
        raise system_refused(faults)
