"""Changes to a store's procedures: each is checked together with all the others before it takes effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from assistant.domain.errors import Conflict, InvalidInput, NotFound
from assistant.domain.faults import Fault
from assistant.domain.ids import StoreId
from assistant.domain.procedure_versions import (
    KeptProcedure,
    NewVersion,
    ProcedureVersion,
    ProcedureVersions,
    Shelf,
)
from assistant.domain.procedures import ProcedureFile
from assistant.procedures.document import Document, open_document
from assistant.procedures.files import Checked, check, load
from assistant.procedures.shop_checks import Shop

MOST = 200  # procedures of a store
_TRIES = 5


class Authoring:
    """What authors of procedures do. shop: what a store's procedures are checked against.

    Methods that change something raise ProcedureRefused with every fault, and NotFound for a store, a procedure or a
    version that is not there; then nothing has changed.
    """

    def __init__(self, versions: ProcedureVersions, shop: Callable[[StoreId], Awaitable[Shop]]) -> None:
        self._versions = versions
        self._shop = shop

    async def all(self, store_id: StoreId) -> Sequence[KeptProcedure]:
        return (await self._versions.shelf(store_id)).procedures

    async def get(self, store_id: StoreId, name: str) -> KeptProcedure:
        return _of_name(await self._versions.shelf(store_id), store_id, name)

    async def versions(self, store_id: StoreId, name: str) -> Sequence[ProcedureVersion]:
        """The newest first."""
        return await self._versions.of_name(store_id, name)

    async def version(self, store_id: StoreId, name: str, version: str) -> ProcedureVersion:
        """Raises NotFound."""
        kept = await self._versions.of_name(store_id, name)
        return _chosen(kept, name, version)

    async def faults(self, store_id: StoreId, file: ProcedureFile) -> Sequence[Fault]:
        """What would be wrong if the text were put into force."""
        opened = open_document(file)
        if not isinstance(opened, Document):
            return opened
        shelf = await self._versions.shelf(store_id)
        return (await self._checked(store_id, shelf, {opened.written.procedure: file})).faults

    async def put(self, store_id: StoreId, file: ProcedureFile, *, by: str, name: str = "") -> KeptProcedure:
        """Put a text into force, as a new procedure or a new version of one. name: what it has to be, if anything."""

        async def work(shelf: Shelf) -> str:
            new = _new_version(file)
            if name not in ("", new.name):
                raise InvalidInput(f"The text is of the procedure {new.name}, not {name}; say `procedure: {name}`.")
            await self._check(store_id, shelf, {new.name: file})
            await self._versions.put(store_id, new, by=by, revision=shelf.revision)
            return new.name

        return await self.get(store_id, await self._retried(store_id, work))

    async def bring(self, store_id: StoreId, files: Sequence[ProcedureFile], *, by: str) -> None:
        """Put the texts of a store's folder into force, but those that it brought before, word for word.

        What people have changed since stays so: importing a folder again does not undo it. A procedure that the folder
        brought last and no longer has is taken out of force.
        """

        async def work(shelf: Shelf) -> str:
            check(files, await self._shop(store_id)).refuse()
            brought = [_new_version(file) for file in files]
            new = [each for each in brought if shelf.brought.get(each.name) != each.version]
            gone = [
                kept.name
                for kept in shelf.procedures
                if kept.name not in {each.name for each in brought}
                and kept.current.version == shelf.brought.get(kept.name)
            ]
            if new or gone:
                await self._check(store_id, shelf, {each.name: each.file for each in new} | dict.fromkeys(gone))
                await self._versions.bring(store_id, new, gone, by=by, revision=shelf.revision)
            return ""

        await self._retried(store_id, work)

    async def switch(self, store_id: StoreId, name: str, *, enabled: bool, by: str) -> KeptProcedure:
        async def work(shelf: Shelf) -> str:
            await self._versions.switch(store_id, name, enabled=enabled, by=by, revision=shelf.revision)
            return name

        return await self.get(store_id, await self._retried(store_id, work))

    async def roll_back(self, store_id: StoreId, name: str, version: str | None = None, *, by: str) -> KeptProcedure:
        """Put a kept version into force; without one, the version that was kept before the one in force."""

        async def work(shelf: Shelf) -> str:
            kept = await self._versions.of_name(store_id, name)
            now = _of_name(shelf, store_id, name).current
            chosen = _chosen(kept, name, version) if version else _before(kept, name, now.version)
            await self._check(store_id, shelf, {name: chosen.file})
            await self._versions.roll_back(store_id, name, chosen.version, by=by, revision=shelf.revision)
            return name

        return await self.get(store_id, await self._retried(store_id, work))

    async def delete(self, store_id: StoreId, name: str, *, by: str) -> None:
        """Take a procedure out of force. Others must not suggest it; its versions are kept for the audit log."""

        async def work(shelf: Shelf) -> str:
            _of_name(shelf, store_id, name)
            await self._check(store_id, shelf, {name: None})
            await self._versions.delete(store_id, name, by=by, revision=shelf.revision)
            return name

        await self._retried(store_id, work)

    async def _check(self, store_id: StoreId, shelf: Shelf, changed: Mapping[str, ProcedureFile | None]) -> None:
        """Refuse a change that leaves the store's procedures with a fault."""
        (await self._checked(store_id, shelf, changed)).refuse()

    async def _checked(self, store_id: StoreId, shelf: Shelf, changed: Mapping[str, ProcedureFile | None]) -> Checked:
        shop = await self._shop(store_id)
        before = {kept.name: kept.current.file for kept in shelf.procedures}
        after = {name: file for name, file in {**before, **changed}.items() if file is not None}
        if len(after) > MOST:
            raise InvalidInput(f"A store has at most {MOST} procedures; delete those that are not used.")
        # What was wrong in others before, since the store's system has changed, must not stand in the way.
        known = {*check([*before.values()], shop).faults}
        touched = {file.file for file in changed.values() if file is not None}
        checked = check([*after.values()], shop)
        faults = tuple(fault for fault in checked.faults if fault not in known or fault.file in touched)
        return replace(checked, faults=faults)

    async def _retried(self, store_id: StoreId, work: Callable[[Shelf], Awaitable[str]]) -> str:
        """`work` on the shelf as it is; again where somebody else was faster."""
        for _ in range(_TRIES - 1):
            try:
                return await work(await self._versions.shelf(store_id))
            except Conflict:
                continue
        return await work(await self._versions.shelf(store_id))


def _new_version(file: ProcedureFile) -> NewVersion:
    """Raises ProcedureRefused where its shape is wrong; what it means is checked among the others."""
    procedure = load(file)
    return NewVersion(procedure.name, procedure.version, file)


def _of_name(shelf: Shelf, store_id: StoreId, name: str) -> KeptProcedure:
    kept = next((kept for kept in shelf.procedures if kept.name == name), None)
    if kept is None:
        raise NotFound(f"Store {store_id} has no procedure {name!r}.", store_id=store_id, procedure=name)
    return kept


def _chosen(kept: Sequence[ProcedureVersion], name: str, version: str) -> ProcedureVersion:
    found = next((each for each in kept if each.version == version), None)
    if found is None:
        raise NotFound(f"Procedure {name} has no version {version!r}.", procedure=name, version=version)
    return found


def _before(kept: Sequence[ProcedureVersion], name: str, version: str) -> ProcedureVersion:
    place = next(place for place, each in enumerate(kept) if each.version == version)
    if place + 1 == len(kept):
        raise NotFound(f"Procedure {name} has no version before the one in force.", procedure=name)
    return kept[place + 1]
