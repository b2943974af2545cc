"""Published data sets as cases of a suite: `--data NAME:PATH`, entry points of the group `storebot.datasets`."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from assistant.domain.errors import InvalidInput
from evals.cases import Case
from evals.suites.suite import Suite

GROUP = "storebot.datasets"


class Dataset(Protocol):
    """Reads a data set as its authors published it. Built without arguments; stateless."""

    @property
    def suite(self) -> str:
        """The name of the suite whose cases it gives."""
        ...

    def read(self, path: Path) -> list[Case]:
        """The cases, in the order of the files. Raises MalformedSuite with all that is wrong."""
        ...


class NoSuchData(InvalidInput):
    """Nothing at the place, or a data set that another suite measures."""


def dataset_names() -> list[str]:
    """The names of all data sets that can be read, built in or from other packages, sorted."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def read_cases(suite: Suite, data: str) -> list[Case]:
    """The cases at a file or folder in the suite's own format, or at NAME:PATH of a published data set.

    Raises NoSuchData, and MalformedSuite with all that is wrong in the files.
    """
    path = Path(data).expanduser()
    if path.exists():
        return suite.read(path)
    name, colon, place = data.partition(":")
    found = next(iter(entry_points(group=GROUP, name=name)), None) if colon else None
    if found is None:
        known = ", ".join(dataset_names()) or "none"
        raise NoSuchData(f"There is nothing at {data}. Give a file or folder, or NAME:PATH of a data set ({known}).")
    dataset: Dataset = found.load()()
    if dataset.suite != suite.name:
        raise NoSuchData(f"{name} is a data set for the suite {dataset.suite}, not for {suite.name}.")
    path = Path(place).expanduser()
    if not path.exists():
        raise NoSuchData(f"There is nothing at {path}, where {name} was to be read from.")
    return dataset.read(path)
