"""Which cases a limit picks, and what tells that data are the same."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.running import sample
from evals.running.fingerprints import fingerprint
from tests.evals.scripted_suite import question

CASES = [question(str(number)) for number in range(50)]


def ids(limit: int | None, seed: int = 0) -> list[str]:
    return [case.id for case in sample(CASES, limit, seed)]


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 1000))
def test_a_larger_limit_picks_the_same_cases_and_more(small: int, large: int, seed: int) -> None:
    small, large = sorted((small, large))
    assert set(ids(small, seed)) <= set(ids(large, seed))
    assert len(ids(small, seed)) == min(small, 50)


def test_picked_cases_keep_their_order_and_without_a_limit_all_are_picked() -> None:
    assert ids(20) == sorted(ids(20), key=int)
    assert ids(None) == ids(50) == [case.id for case in CASES]


def test_what_is_picked_depends_on_the_seed_and_not_on_the_order_of_the_cases() -> None:
    assert set(ids(10, seed=1)) != set(ids(10, seed=2))
    shuffled = random.Random(3).sample(CASES, 50)
    assert {case.id for case in sample(shuffled, 10, seed=1)} == set(ids(10, seed=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.jsonl").write_text("a", "utf-8")
    (folder / "inner" / "b.jsonl").write_text("b", "utf-8")
    return folder


def test_a_copy_of_a_folder_is_the_same_data(folder: Path, tmp_path: Path) -> None:
    assert fingerprint(str(folder)) == fingerprint(str(shutil.copytree(folder, tmp_path / "copy")))


@pytest.mark.parametrize("change", ["content", "name", "file"])
def test_any_change_makes_other_data(folder: Path, change: str) -> None:
    before = fingerprint(str(folder))
    if change == "content":
        (folder / "inner" / "b.jsonl").write_text("c", "utf-8")
    elif change == "name":
        (folder / "inner" / "b.jsonl").rename(folder / "b.jsonl")
    else:
        (folder / "c.jsonl").write_text("", "utf-8")
    assert fingerprint(str(folder)) != before


def test_what_an_adapter_reads_is_hashed_with_the_adapters_name(folder: Path) -> None:
    read = {fingerprint(f"{adapter}{folder}") for adapter in ("", "clinc150:", "hint3:")}
    assert len(read) == 3


def test_what_is_not_on_this_machine_has_no_hash() -> None:
    assert [fingerprint(named) for named in (None, "", "demo", "importer:gone")] == [""] * 4
