"""How a store says which system it has, and how that system is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from assistant.domain.backend import JsonObject, StoreBackend
from assistant.domain.errors import SystemRefused
from assistant.domain.faults import Fault, told
from assistant.domain.ids import StoreId
from assistant.domain.ports import Clock


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connector is opened with.

    Args:
        store_id: whose system it is.
        folder: what the store brought for the connector; only to be read.
        options: as store.yaml has them.
        data: a folder of this store's, kept over restarts and imports; it may not be there yet.
        clock: the time, also in tests.
        secret: the value of the environment variable of that name, which is how a password or key is told. Raises
            NotReady where it is not set, and InvalidInput for a name that no secret of a system may have.
    """

    store_id: StoreId
    folder: Path
    options: JsonObject
    data: Path
    clock: Clock
    secret: Callable[[str], str]


class Connector(Protocol):
    """A way to a merchant's system. Entry points of the group `storebot.connectors` name such a class.

    It is made without arguments.

    `storebot connector check` tells whether what it opens keeps to the port.
    """

    def check(self, folder: Path, options: JsonObject) -> None:
        """Look at everything that can be wrong without calling anybody: done before a store is imported.

        Raises SystemRefused with every fault.
        """
        ...

    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[StoreBackend]:
        """The system, for many conversations at once. It is entered and left in the same task.

        Raises SystemRefused as `check` does, NotReady for a secret that is not set, and StoreSystemUnavailable where
        the system does not answer; then it is tried again with the next conversation.
        """
        ...


@runtime_checkable
class Rehearsing(Protocol):
    """What a connector can do beside, whose records are at hand: give them for evaluations, out of nobody's reach."""

    def rehearsal(self, folder: Path, options: JsonObject, clock: Clock) -> Callable[[], StoreBackend]:
        """Each call gives the system as its records have it, without anything that was done to another.

        Raises SystemRefused.
        """
        ...


SystemFault = Fault


def system_refused(faults: list[Fault]) -> SystemRefused:
    """The error that tells all faults, a line each."""
    detail, data = told(faults)
    return SystemRefused(detail, **data)
