"""The suites that come with a store's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.errors import InvalidInput, NotFound
from assistant.domain.ids import StoreId
from assistant.storage import SuiteFolders

STORE = StoreId("orchard")


@pytest.fixture
def suites(tmp_path: Path) -> SuiteFolders:
    return SuiteFolders(tmp_path / "data" / "suites")


def with_suites(folder: Path, **files: str) -> Path:
    for suite, content in files.items():
        (folder / "evaluations" / suite).mkdir(parents=True)
        (folder / "evaluations" / suite / "qa.jsonl").write_text(content, encoding="utf-8")
    return folder


def take(suites: SuiteFolders, folder: Path) -> None:
    suites.replace(STORE, suites.check(folder))


def test_suites_are_kept_as_they_were_when_the_store_was_imported(suites: SuiteFolders, tmp_path: Path) -> None:
    folder = with_suites(tmp_path / "store", smoke="a", nightly="b")
    (folder / "evaluations" / ".git").mkdir()
    (folder / "evaluations" / "README.md").write_text("ours")
    take(suites, folder)
    (folder / "evaluations" / "smoke" / "qa.jsonl").write_text("changed since")
    assert suites.names(STORE) == ["nightly", "smoke"]
    assert (suites.folder(STORE, "smoke") / "qa.jsonl").read_text() == "a"


def test_a_later_import_replaces_them_all(suites: SuiteFolders, tmp_path: Path) -> None:
    take(suites, with_suites(tmp_path / "one", smoke="a", nightly="b"))
    take(suites, with_suites(tmp_path / "two", smoke="c"))
    assert suites.names(STORE) == ["smoke"]
    assert (suites.folder(STORE, "smoke") / "qa.jsonl").read_text() == "c"
    take(suites, tmp_path / "three")
    assert suites.names(STORE) == []


def test_each_store_has_its_own(suites: SuiteFolders, tmp_path: Path) -> None:
    take(suites, with_suites(tmp_path / "one", smoke="a"))
    with pytest.raises(NotFound):
        suites.folder(StoreId("elsewhere"), "smoke")


def test_a_suite_that_is_not_there_is_told_with_those_that_are(suites: SuiteFolders, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="evaluations/ of the store's folder"):
        suites.folder(STORE, "smoke")
    take(suites, with_suites(tmp_path / "one", smoke="a"))
    for name in ("nightly", "..", "../orchard/smoke", ""):
        with pytest.raises(NotFound, match="There are: smoke"):
            suites.folder(STORE, name)


def test_a_name_that_the_api_could_not_ask_for_is_refused_before_anything_is_done(
    suites: SuiteFolders, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="evaluations/冒烟"):
        take(suites, with_suites(tmp_path / "one", **{"冒烟": "a"}))
    assert suites.names(STORE) == []
