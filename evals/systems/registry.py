"""The shops whose system can be had for evaluations: entry points of the group `storebot.systems`.

They go by the name of the importer that reads the same shop's knowledge: `--store ecom-bench:PATH` has both.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from assistant.bootstrap import rehearsal_of_folder
from evals.systems.recording import RecordingBackend
from evals.systems.watched import WatchedBackend

GROUP = "storebot.systems"

SystemFactory = Callable[[], RecordingBackend]
"""The shop's system as its records have it, without anything that was done to another: one for each conversation."""


class SystemLoader(Protocol):
    def __call__(self, path: Path) -> SystemFactory:
        """Reads the records once. Raises PackRefused, saying which file lacks what."""
        ...


def system_of(location: str) -> SystemFactory | None:
    """The system of the shop at IMPORTER:PATH, or in rehearsal that of a store folder; None where there is none.

    Raises PackRefused and SystemRefused.
    """
    name, colon, path = location.partition(":")
    found = next(iter(entry_points(group=GROUP, name=name)), None) if colon else None
    if found is None:
        rehearse = rehearsal_of_folder(Path(location).expanduser())
        return None if rehearse is None else lambda: WatchedBackend(rehearse())
    loader: SystemLoader = found.load()
    return loader(Path(path).expanduser())
