"""Procedures in force change with the next turn, whoever changed them, and authors change them safely."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from assistant.domain.errors import InvalidInput, NotFound, ProcedureRefused
from assistant.domain.ids import StoreId
from assistant.domain.procedure_versions import NewVersion
from assistant.domain.procedures import Procedure, ProcedureFile
from assistant.procedures.authoring import Authoring
from assistant.procedures.files import load
from assistant.procedures.shop_checks import Shop
from assistant.storage import Database, SqlProcedures, SqlProcedureVersions, SqlStores, open_database
from tests.conformance.examples import STORE, TickingClock, a_store
from tests.procedures.shop import CANCEL, INTENTS, TRACK, files, operations

SHOP = Shop(intents=INTENTS, operations=operations())


class Shops:
    """What the store's procedures are checked against, which may change."""

    now = SHOP

    async def __call__(self, store_id: StoreId) -> Shop:
        return self.now


@pytest.fixture
async def shops(database: Database) -> Shops:
    await SqlStores(database).put(a_store())
    return Shops()


@pytest.fixture
def authoring(database: Database, shops: Shops) -> Authoring:
    return Authoring(SqlProcedureVersions(database, TickingClock()), shops)


async def in_force(database: Database) -> dict[str, Procedure]:
    return dict(await SqlProcedures(database, load).of(STORE))


def said(procedure: Procedure) -> str:
    """In the end, in English."""
    return procedure.done.in_language("en") if procedure.done else ""


async def test_a_change_made_elsewhere_is_in_force_with_the_next_look(
    url: str, database: Database, authoring: Authoring
) -> None:
    running = SqlProcedures(database, load)
    assert await running.of(STORE) == {}
    other = open_database(url)  # as another process would
    try:
        elsewhere = Authoring(SqlProcedureVersions(other, TickingClock()), Shops())
        await elsewhere.put(STORE, *files(track=TRACK), by="cli")
        assert [*await running.of(STORE)] == ["track"]
        await elsewhere.switch(STORE, "track", enabled=False, by="cli")
        assert await running.of(STORE) == {}
        await elsewhere.switch(STORE, "track", enabled=True, by="cli")
        await elsewhere.put(STORE, *files(track=TRACK.replace("It is", "It's")), by="cli")
        assert "It's" in said((await running.of(STORE))["track"])
        await elsewhere.roll_back(STORE, "track", by="cli")
        assert "It is" in said((await running.of(STORE))["track"])
    finally:
        await other.close()


async def test_without_a_change_nothing_is_read_anew(database: Database, authoring: Authoring) -> None:
    read: list[str] = []

    def counted(file: ProcedureFile) -> Procedure:
        read.append(file.file)
        return load(file)

    running = SqlProcedures(database, counted)
    await authoring.put(STORE, *files(track=TRACK), by="a")
    first = await running.of(STORE)
    assert await running.of(STORE) is first
    assert read == ["procedures/track.yaml"]


async def test_a_kept_text_that_cannot_be_used_any_more_leaves_the_others_in_force(
    database: Database, authoring: Authoring
) -> None:
    await authoring.put(STORE, *files(track=TRACK), by="a")
    old = NewVersion("old", "v1", ProcedureFile("procedures/old.yaml", "procedure: old\ncolour: red\n"))
    await SqlProcedureVersions(database, TickingClock()).put(STORE, old, by="an older program", revision=1)
    assert [*await in_force(database)] == ["track"]


async def test_a_procedure_with_a_fault_changes_nothing(database: Database, authoring: Authoring) -> None:
    await authoring.put(STORE, *files(track=TRACK), by="a")
    await authoring.put(STORE, *files(cancel=CANCEL), by="a")
    before = await in_force(database)
    with pytest.raises(ProcedureRefused, match="no procedure refund"):
        await authoring.put(STORE, *files(cancel=CANCEL.replace("suggest: [track]", "suggest: [refund]")), by="a")
    with pytest.raises(ProcedureRefused, match="no procedure track"):
        await authoring.delete(STORE, "track", by="a")
    with pytest.raises(InvalidInput, match="not cancel"):
        await authoring.put(STORE, *files(cancel=TRACK), by="a", name="cancel")
    assert await in_force(database) == before


async def test_what_was_wrong_before_does_not_stand_in_the_way_of_another_change(
    database: Database, authoring: Authoring, shops: Shops
) -> None:
    await authoring.put(STORE, *files(track=TRACK), by="a")
    await authoring.put(STORE, *files(cancel=CANCEL), by="a")
    shops.now = replace(SHOP, operations={})  # the system has lost its operations
    await authoring.put(STORE, *files(track=TRACK.replace("It is", "It's")), by="a")
    with pytest.raises(ProcedureRefused, match="no operation"):
        await authoring.put(STORE, *files(cancel=CANCEL.replace("It", "This")), by="a")
    await authoring.delete(STORE, "cancel", by="a")


async def test_two_authors_at_once_cannot_take_the_same_intent(database: Database, authoring: Authoring) -> None:
    texts = [TRACK, TRACK.replace("procedure: track", "procedure: find")]
    results = await asyncio.gather(
        *(authoring.put(STORE, ProcedureFile(f"{n}.yaml", text), by="a") for n, text in enumerate(texts)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["KeptProcedure", "ProcedureRefused"]
    assert len(await in_force(database)) == 1


async def test_authors_of_different_procedures_do_not_hinder_each_other(
    database: Database, authoring: Authoring
) -> None:
    texts = [TRACK.replace("intents: [order.track]\n", "").replace("track", f"track{n}", 1) for n in range(4)]
    await asyncio.gather(*(authoring.put(STORE, ProcedureFile(f"{n}.yaml", t), by="a") for n, t in enumerate(texts)))
    assert len(await in_force(database)) == 4


async def test_a_folder_imported_again_undoes_nothing_that_people_changed(
    database: Database, authoring: Authoring
) -> None:
    await authoring.bring(STORE, files(track=TRACK, cancel=CANCEL), by="import")
    await authoring.put(STORE, *files(cancel=CANCEL.replace("Done;", "All done;")), by="merchant")
    await authoring.bring(STORE, files(track=TRACK, cancel=CANCEL), by="import")
    assert "All done" in said((await in_force(database))["cancel"])
    await authoring.bring(STORE, files(track=TRACK, cancel=CANCEL.replace("Done;", "Cancelled;")), by="import")
    assert "Cancelled" in said((await in_force(database))["cancel"])


async def test_what_a_folder_no_longer_has_is_out_of_force(database: Database, authoring: Authoring) -> None:
    own = TRACK.replace("track", "find").replace("order.find", "aftersale.return")
    await authoring.bring(STORE, files(track=TRACK, cancel=CANCEL), by="import")
    await authoring.put(STORE, *files(find=own), by="merchant")
    await authoring.bring(STORE, files(track=TRACK), by="import")
    assert sorted(await in_force(database)) == ["find", "track"]


async def test_importing_the_same_again_is_no_change(database: Database, authoring: Authoring) -> None:
    await authoring.bring(STORE, files(track=TRACK), by="import")
    revision = (await SqlProcedureVersions(database, TickingClock()).shelf(STORE)).revision
    await authoring.bring(STORE, files(track=TRACK), by="import")
    assert (await SqlProcedureVersions(database, TickingClock()).shelf(STORE)).revision == revision


async def test_rolling_back_goes_to_the_version_before(authoring: Authoring) -> None:
    first = await authoring.put(STORE, *files(track=TRACK), by="a")
    second = await authoring.put(STORE, *files(track=TRACK.replace("It is", "It's")), by="a")
    assert (await authoring.roll_back(STORE, "track", by="b")).current == first.current
    with pytest.raises(NotFound, match="no version before"):
        await authoring.roll_back(STORE, "track", by="b")
    again = await authoring.roll_back(STORE, "track", second.current.version, by="b")
    assert again.current == second.current
