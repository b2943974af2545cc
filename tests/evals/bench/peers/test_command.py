"""The command says what is missing before it measures anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from evals.bench.__main__ import BENCHMARKS
from evals.bench.peers.__main__ import command_line
from evals.bench.peers.data import Part, PublicData
from evals.suites.qa import Question
from evals.suites.suite import MalformedSuite
from tests.evals.bench.peers.extra import INSTALLED


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command_line(), [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data sets of all parts, as far as the command looks for them."""
    for name in ("retrieval/multicpr", "ecom_bench", "nlu/hint3_sofmattress", "nlu/clinc150"):
        (tmp_path / name).mkdir(parents=True)
    rows = [{"id": f"q{n}", "question": "多重？", "answerable": True, "answer_contains": [["1kg"]]} for n in range(8)]
    (tmp_path / "qa.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return tmp_path


def test_a_folder_without_the_data_is_refused_and_what_is_missing_is_named(tmp_path: Path) -> None:
    told = run("--data", tmp_path)
    assert told.exit_code == 2
    for name in ("retrieval/multicpr", "ecom_bench", "qa*.jsonl", "nlu/hint3_sofmattress", "nlu/clinc150"):
        assert name in told.stderr
    assert str(tmp_path) in told.stderr


def test_only_the_data_of_the_parts_that_run_is_asked_for(folder: Path) -> None:
    (folder / "nlu" / "clinc150").rmdir()
    public = PublicData(folder)
    assert public.missing([Part.RETRIEVAL, Part.QUESTIONS, Part.TURNS]) == []
    assert public.missing([Part.INTENTS]) == ["nlu/clinc150"]
    assert "nlu/clinc150" in run("--data", folder, "intents").stderr


@pytest.mark.skipif(INSTALLED, reason="the peers are installed here; what is said without them cannot be seen")
def test_without_the_libraries_the_command_says_how_to_get_them(folder: Path) -> None:
    told = run("--data", folder)
    assert told.exit_code == 2
    assert "semantic-router" in told.stderr
    assert "make bench-peers" in told.stderr


@pytest.mark.skipif(not INSTALLED, reason="the peers are not installed: pip install -e '.[dev,peers]'")
def test_malformed_data_is_told_with_file_and_reason(folder: Path) -> None:
    told = run("--data", folder, "retrieval")
    assert told.exit_code == 2
    assert "queries.jsonl" in told.stderr


def test_figures_of_some_cases_are_not_recorded(folder: Path) -> None:
    before = BENCHMARKS.read_text("utf-8")
    told = run("--data", folder, "--limit", "5", "--record")
    assert told.exit_code == 2
    assert "--limit" in told.stderr
    assert BENCHMARKS.read_text("utf-8") == before


def test_a_limit_keeps_some_of_the_same_cases(folder: Path) -> None:
    every = PublicData(folder).questions()
    some = PublicData(folder, limit=3).questions()
    assert len(every) == 8
    assert len(some) == 3
    assert {case.id for case in some} < {case.id for case in every}
    assert all(isinstance(case.content, Question) for case in some)


def test_the_data_sets_are_read_by_their_own_readers(folder: Path) -> None:
    with pytest.raises(MalformedSuite, match=r"docs\.jsonl"):
        PublicData(folder).queries()
    with pytest.raises(MalformedSuite, match="train"):
        PublicData(folder).messages()


def test_the_page_of_figures_has_a_place_for_every_part() -> None:
    page = BENCHMARKS.read_text("utf-8")
    for part in Part:
        assert f"<!-- figures: peers-{part} -->" in page
