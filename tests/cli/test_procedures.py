"""Procedures from the command line: a newcomer's file is checked in one go, a store's are changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Storebot
from tests.procedures.shop import CANCEL, TRACK

STORE = ("--store", "mugs")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with two sound procedures."""
    folder = tmp_path / "written"
    folder.mkdir()
    (folder / "cancel.yaml").write_text(CANCEL, encoding="utf-8")
    (folder / "track.yaml").write_text(TRACK, encoding="utf-8")
    return folder


def test_sound_procedures_are_told_to_be_so_without_a_store(storebot: Storebot, written: Path) -> None:
    for path in (written, written / "cancel.yaml"):  # which suggests the other
        run = storebot("procedure", "check", str(path))
        assert (run.code, "nothing is wrong" in run.out) == (0, True), run


def test_every_fault_is_listed_with_its_line_in_the_readers_language(storebot: Storebot, written: Path) -> None:
    (written / "track.yaml").write_text(TRACK.replace("kind: order", "kind: ordr").replace("done:", "doen:"), "utf-8")
    run = storebot("procedure", "check", str(written))
    assert run.code == 1
    assert "Did you mean `order`" in run.out
    assert "Did you mean `done`" in run.out
    chinese = storebot("procedure", "check", str(written / "track.yaml"), language="zh")
    assert (chinese.code, "是想写 `order` 吗" in chinese.out) == (1, True)
    told = storebot("procedure", "check", str(written / "track.yaml"), "--json").data
    assert [(fault["file"], fault["line"]) for fault in told["faults"]] == [("track.yaml", 4), ("track.yaml", 5)]


def test_a_path_without_procedures_is_told_in_one_line(storebot: Storebot, tmp_path: Path) -> None:
    assert "There is nothing at" in storebot("procedure", "check", str(tmp_path / "nowhere")).err
    assert "no .yaml file" in storebot("procedure", "check", str(tmp_path)).err


def test_a_stores_procedures_are_put_switched_rolled_back_and_deleted(
    storebot: Storebot, mugs: Path, written: Path
) -> None:
    assert storebot("import", str(mugs), *STORE).code == 0
    assert "no procedure yet" in storebot("procedure", "list", *STORE).out
    file = written / "track.yaml"
    first = storebot("procedure", "put", str(file), *STORE, "--json").data
    file.write_text(TRACK.replace("It is", "It's"), encoding="utf-8")
    assert "in force" in storebot("procedure", "put", str(file), *STORE).out
    assert "It's" in storebot("procedure", "show", "track", *STORE).out
    assert "It is" in storebot("procedure", "show", "track", *STORE, "--version", first["version"]).out
    assert storebot("procedure", "rollback", "track", *STORE, "--json").data["version"] == first["version"]
    assert storebot("procedure", "disable", "track", *STORE, "--json").data["enabled"] is False
    assert "off" in storebot("procedure", "list", *STORE).out
    refused = storebot("procedure", "put", str(written / "cancel.yaml"), *STORE)
    assert (refused.code, refused.err) == (0, "")
    refused = storebot("procedure", "delete", "track", *STORE)
    assert (refused.code, "suggest" in refused.err, "Nothing was changed" in refused.err) == (1, True, True)
    assert storebot("procedure", "delete", "cancel", *STORE).code == 0
    assert storebot("procedure", "delete", "track", *STORE).code == 0


def test_a_store_folder_brings_its_procedures(storebot: Storebot, mugs: Path) -> None:
    (mugs / "procedures").mkdir()
    (mugs / "procedures" / "track.yaml").write_text(TRACK, encoding="utf-8")
    assert storebot("procedure", "check", str(mugs)).code == 0
    assert storebot("import", str(mugs), *STORE).code == 0
    (listed,) = storebot("procedure", "list", *STORE, "--json").data
    assert (listed["name"], listed["changed_by"]) == ("track", "import")
    assert "nothing is wrong" in storebot("procedure", "check", str(mugs), *STORE).out
