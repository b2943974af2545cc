"""What every implementation of the `ProcedureVersions` port does."""

from __future__ import annotations

import pytest

from assistant.domain.errors import Conflict, NotFound
from assistant.domain.ids import StoreId
from assistant.domain.ports import Stores
from assistant.domain.procedure_versions import NewVersion, ProcedureVersions
from assistant.domain.procedures import ProcedureFile
from tests.conformance.examples import STORE, a_store


def text(name: str, version: str) -> NewVersion:
    return NewVersion(name, version, ProcedureFile(f"procedures/{name}.yaml", f"procedure: {name}  # {version}\n"))


class ProcedureVersionsSuite:
    """Needs fixtures `stores` and `versions`, over one storage that holds nothing yet."""

    @pytest.fixture(autouse=True)
    async def a_store(self, stores: Stores) -> None:
        await stores.put(a_store())
        await stores.put(a_store("elsewhere"))

    async def test_a_text_comes_back_with_who_brought_it_and_when(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="key console", revision=0)
        shelf = await versions.shelf(STORE)
        (kept,) = shelf.procedures
        assert (kept.name, kept.enabled, kept.changed_by) == ("cancel", True, "key console")
        assert (kept.current.version, kept.current.by) == ("v1", "key console")
        assert kept.current.file == text("cancel", "v1").file
        assert kept.current.at == kept.changed_at or kept.current.at < kept.changed_at
        assert kept.current.at.tzinfo is not None
        assert shelf.revision > 0

    async def test_every_version_is_kept_and_one_is_in_force(self, versions: ProcedureVersions) -> None:
        for revision, version in enumerate(("v1", "v2", "v3")):
            await versions.put(STORE, text("cancel", version), by="a", revision=revision)
        await versions.roll_back(STORE, "cancel", "v1", by="b", revision=3)
        (kept,) = (await versions.shelf(STORE)).procedures
        assert (kept.current.version, kept.current.by, kept.changed_by) == ("v1", "a", "b")
        assert [each.version for each in await versions.of_name(STORE, "cancel")] == ["v3", "v2", "v1"]

    async def test_a_text_that_was_kept_before_keeps_its_author(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        await versions.put(STORE, text("cancel", "v2"), by="b", revision=1)
        await versions.put(STORE, text("cancel", "v1"), by="c", revision=2)
        kept = await versions.of_name(STORE, "cancel")
        assert [(each.version, each.by) for each in kept] == [("v2", "b"), ("v1", "a")]

    async def test_a_change_checked_against_an_older_state_changes_nothing(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        before = await versions.shelf(STORE)
        for revision in (0, 7):
            with pytest.raises(Conflict):
                await versions.put(STORE, text("track", "v1"), by="b", revision=revision)
            with pytest.raises(Conflict):
                await versions.delete(STORE, "cancel", by="b", revision=revision)
        assert await versions.shelf(STORE) == before

    async def test_a_switch_outlives_another_version(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        await versions.switch(STORE, "cancel", enabled=False, by="a", revision=1)
        await versions.put(STORE, text("cancel", "v2"), by="a", revision=2)
        (kept,) = (await versions.shelf(STORE)).procedures
        assert not kept.enabled

    async def test_what_is_deleted_is_gone_and_its_versions_are_kept(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        await versions.delete(STORE, "cancel", by="a", revision=1)
        assert (await versions.shelf(STORE)).procedures == ()
        with pytest.raises(NotFound):
            await versions.of_name(STORE, "cancel")
        await versions.put(STORE, text("cancel", "v2"), by="b", revision=2)
        assert [each.version for each in await versions.of_name(STORE, "cancel")] == ["v2", "v1"]
        assert [kept.enabled for kept in (await versions.shelf(STORE)).procedures] == [True]

    async def test_what_a_folder_brings_is_remembered(self, versions: ProcedureVersions) -> None:
        await versions.bring(STORE, [text("cancel", "v1"), text("track", "v1")], [], by="import", revision=0)
        await versions.put(STORE, text("cancel", "v2"), by="a", revision=1)
        await versions.delete(STORE, "track", by="a", revision=2)
        shelf = await versions.shelf(STORE)
        assert shelf.brought == {"cancel": "v1", "track": "v1"}
        assert [(kept.name, kept.current.version) for kept in shelf.procedures] == [("cancel", "v2")]
        await versions.bring(STORE, [], ["cancel"], by="import", revision=3)
        shelf = await versions.shelf(STORE)
        assert (shelf.procedures, shelf.brought) == ((), {"track": "v1"})

    async def test_each_store_has_its_own(self, versions: ProcedureVersions) -> None:
        other = StoreId("elsewhere")
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        assert (await versions.shelf(other)).procedures == ()
        await versions.put(other, text("cancel", "v1"), by="b", revision=0)
        await versions.delete(other, "cancel", by="b", revision=1)
        assert len((await versions.shelf(STORE)).procedures) == 1

    async def test_what_is_not_there_is_not_found(self, versions: ProcedureVersions) -> None:
        await versions.put(STORE, text("cancel", "v1"), by="a", revision=0)
        with pytest.raises(NotFound):
            await versions.shelf(StoreId("nowhere"))
        with pytest.raises(NotFound):
            await versions.put(StoreId("nowhere"), text("cancel", "v1"), by="a", revision=0)
        with pytest.raises(NotFound):
            await versions.of_name(STORE, "track")
        with pytest.raises(NotFound):
            await versions.switch(STORE, "track", enabled=True, by="a", revision=1)
        with pytest.raises(NotFound):
            await versions.roll_back(STORE, "cancel", "v9", by="a", revision=1)
        with pytest.raises(NotFound):
            await versions.delete(STORE, "track", by="a", revision=1)
        assert (await versions.shelf(STORE)).revision == 1
