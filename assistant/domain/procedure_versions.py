"""The texts of stores' procedures: every version is kept, one of a name is in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.domain.ids import StoreId
from assistant.domain.procedures import ProcedureFile


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A text that was checked. version: the digest that Procedure.version has, too."""

    name: str
    version: str
    file: ProcedureFile


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """A text as it was kept first. by: who brought it, for people ("import", "key console", "cli")."""

    version: str
    file: ProcedureFile
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class KeptProcedure:
    """A procedure of a store, as it is now. current: the version in force. changed_at, changed_by: of the last change,
    be it another version or a switch."""

    name: str
    enabled: bool
    current: ProcedureVersion
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The procedures of a store that are in force, by name. revision: grows with every change of any of them. brought:
    the version that the store's folder brought last, by name, of those out of force as well."""

    revision: int
    procedures: tuple[KeptProcedure, ...]
    brought: Mapping[str, str]


class ProcedureVersions(Protocol):
    """Keeps the texts. What is handed in was checked against the shelf of `revision`: every change raises Conflict,
    and changes nothing, where the shelf has moved on since. All raise NotFound for a store, a procedure or a version
    that is not there."""

    async def shelf(self, store_id: StoreId) -> Shelf: ...

    async def of_name(self, store_id: StoreId, name: str) -> Sequence[ProcedureVersion]:
        """All versions, the newest first."""
        ...

    async def put(self, store_id: StoreId, new: NewVersion, *, by: str, revision: int) -> None:
        """Put a text into force. One that was kept before keeps its time and author; a new procedure is enabled."""
        ...

    async def bring(
        self, store_id: StoreId, brought: Sequence[NewVersion], gone: Sequence[str], *, by: str, revision: int
    ) -> None:
        """Put texts of a store's folder into force, and remember that it brought them; take those that are `gone` from
        it out of force."""
        ...

    async def switch(self, store_id: StoreId, name: str, *, enabled: bool, by: str, revision: int) -> None: ...

    async def roll_back(self, store_id: StoreId, name: str, version: str, *, by: str, revision: int) -> None:
        """Put a kept version into force."""
        ...

    async def delete(self, store_id: StoreId, name: str, *, by: str, revision: int) -> None:
        """Take a procedure out of force. Its versions are kept: the audit log names them."""
        ...
