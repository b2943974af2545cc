"""Versions: what is published is whole, and a crash or a failure changes nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.domain.errors import Conflict, InvalidInput, NotFound
from assistant.domain.evidence import Scope
from assistant.domain.ids import StoreId, VersionId
from knowledge.versions import KEEP, PackVersion, Versions

STORE = StoreId("teahouse")


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    found = Versions(tmp_path / "knowledge")
    yield found
    found.close()


def build(versions: Versions, content: str, store: StoreId = STORE) -> PackVersion:
    with versions.building(store) as building:
        (building.folder / "index").write_text(content)
        return versions.commit(building, digest=content, embedder="words-1", dimension=8, counts={"faq": 1})


def test_nothing_is_published_at_first(versions: Versions) -> None:
    assert versions.published(STORE) is None
    assert versions.kept(STORE) == []


def test_a_build_that_is_committed_is_published_and_stays_after_a_restart(versions: Versions, tmp_path: Path) -> None:
    built = build(versions, "one")
    assert versions.published(STORE) == built
    assert (versions.folder(built.scope) / "index").read_text() == "one"
    with closing(Versions(tmp_path / "knowledge")) as again:
        assert again.clean() == []
        assert again.published(STORE) == built


def test_stores_have_versions_of_their_own(versions: Versions) -> None:
    here, there = build(versions, "one"), build(versions, "two", StoreId("bakery"))
    assert versions.published(STORE) == here
    assert versions.kept(StoreId("bakery")) == [there]
    with pytest.raises(NotFound):
        versions.folder(Scope(STORE, there.scope.version_id))


def test_a_build_that_fails_leaves_nothing_behind(versions: Versions) -> None:
    before = build(versions, "one")
    folders = []

    def fail() -> None:
        with versions.building(STORE) as building:
            (building.folder / "index").write_text("half")
            folders.append(building.folder)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert not folders[0].exists()
    assert versions.published(STORE) == before


def test_what_a_crash_left_is_cleaned_up_and_the_published_version_stays(versions: Versions, tmp_path: Path) -> None:
    before = build(versions, "one")
    store = tmp_path / "knowledge" / STORE
    (store / "building-kv_1").mkdir()
    (store / "building-kv_1" / "index.db").write_text("half")
    (store / "kv_moved_but_not_recorded").mkdir()
    assert {folder.name for folder in versions.clean()} == {"building-kv_1", "kv_moved_but_not_recorded"}
    assert versions.published(STORE) == before
    assert (versions.folder(before.scope) / "index").read_text() == "one"


def test_a_build_under_way_is_not_cleaned_up(versions: Versions) -> None:
    with versions.building(STORE) as building:
        assert versions.clean() == []
        assert building.folder.is_dir()


def test_a_second_build_of_a_store_is_refused_while_the_first_goes_on(versions: Versions) -> None:
    with versions.building(STORE), pytest.raises(Conflict, match="running"), versions.building(STORE):
        pass
    with versions.building(StoreId("bakery")):
        pass
    build(versions, "the lock is gone afterwards")


def test_a_roll_back_publishes_the_version_before(versions: Versions) -> None:
    built = [build(versions, content) for content in ("one", "two", "three")]
    assert versions.roll_back(STORE) == built[1]
    assert versions.roll_back(STORE) == built[0]
    assert versions.published(STORE) == built[0]
    with pytest.raises(NotFound, match="no version before"):
        versions.roll_back(STORE)
    versions.publish(built[2].scope)
    assert versions.published(STORE) == built[2]


def test_nothing_can_be_rolled_back_or_published_that_is_not_there(versions: Versions) -> None:
    with pytest.raises(NotFound):
        versions.roll_back(STORE)
    built = build(versions, "one")
    with pytest.raises(NotFound, match="not kept"):
        versions.publish(Scope(STORE, VersionId("kv_none")))
    assert versions.published(STORE) == built


def test_the_last_five_versions_are_kept(versions: Versions, tmp_path: Path) -> None:
    built = [build(versions, str(number)) for number in range(KEEP + 3)]
    assert versions.kept(STORE) == built[:2:-1][:KEEP]
    folders = {path.name for path in (tmp_path / "knowledge" / STORE).iterdir() if path.is_dir()}
    assert folders == {version.scope.version_id for version in built[-KEEP:]}
    with pytest.raises(NotFound):
        versions.folder(built[0].scope)


@pytest.mark.parametrize("name", ["", "..", "../escape", "a/b", "a\\b", ".hidden", "-dash", "店", "x" * 65, "a\n"])
def test_a_store_id_that_cannot_name_a_folder_is_refused(versions: Versions, name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="letters, digits"), versions.building(StoreId(name)):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["knowledge"]


@pytest.mark.parametrize("version", ["..", "../bakery/kv_1", ""])
def test_a_version_id_cannot_lead_out_of_its_store(versions: Versions, version: str) -> None:
    build(versions, "one")
    with pytest.raises(NotFound):
        versions.folder(Scope(STORE, VersionId(version)))


def test_readers_see_the_old_or_the_new_version_and_never_none(versions: Versions) -> None:
    build(versions, "0")
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            seen.append(versions.published(STORE))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 8):
        build(versions, str(number))
    stop.set()
    reader.join()
    assert None not in seen


def test_a_failing_switch_changes_nothing(versions: Versions, tmp_path: Path) -> None:
    before = build(versions, "one")
    with closing(sqlite3.connect(tmp_path / "knowledge" / "versions.db")) as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON published BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        connection.commit()
    with pytest.raises(sqlite3.IntegrityError, match="disk full"):
        build(versions, "two")
    assert versions.published(STORE) == before
    assert versions.kept(STORE) == [before]
    assert len(versions.clean()) == 1
