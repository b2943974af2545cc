"""Suite files are read line by line, and every fault in them is told with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.suites.lines import LineFormat
from evals.suites.suite import MalformedSuite


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    words: tuple[tuple[str, ...], ...] = ()
    easy: bool = False


def _faults(row: Question) -> Iterator[str]:
    if not row.text:
        yield "text is empty"
    if row.easy and not row.words:
        yield "an easy question needs words"


FORMAT = LineFormat(Question, "questions*.jsonl", _faults)


def faults_of(data: Path) -> list[tuple[str, str]]:
    with pytest.raises(MalformedSuite) as refused:
        FORMAT.read(data)
    return [(str(fault.place), fault.reason) for fault in refused.value.faults]


def test_each_line_is_a_case_with_its_place_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "any.jsonl"
    file.write_bytes('\ufeff{"id": "a", "text": "多重"}\n\n{"id": "b", "text": "t", "other": 1}\r\n'.encode())
    cases = FORMAT.read(file)
    assert [(case.id, str(case.place)) for case in cases] == [("a", "any.jsonl:1"), ("b", "any.jsonl:3")]
    assert cases[0].content == Question("a", "多重")


def test_the_files_of_a_folder_that_have_the_formats_name_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, number in (("questions_b.jsonl", 2), ("questions_a.jsonl", 1), ("other.jsonl", 3)):
        (tmp_path / name).write_text(f'{{"id": "{number}", "text": "t"}}')
    (tmp_path / "sub" / "questions.jsonl").write_text('{"id": "4", "text": "t"}')
    assert [str(case.place) for case in FORMAT.read(tmp_path)] == [
        "questions_a.jsonl:1",
        "questions_b.jsonl:1",
        "sub/questions.jsonl:1",
    ]


def test_every_fault_of_a_file_is_told_with_line_and_reason(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "fine"}',
        b'{"id": 7, "text": "t", "words": "w"}',
        b"[1]",
        b'{"id": "b"',
        b'{"id": "a", "text": "again"}',
        b'{"id": "c", "text": "\xff"}',
        b'{"id": "d", "text": "\\ud800"}',
        b'{"id": "e", "text": "t", "easy": "yes"}',
        b'{"id": "f", "text": "", "easy": true}',
        b"[" * 5000,
    ]
    (tmp_path / "x.jsonl").write_bytes(b"\n".join(lines))
    found = faults_of(tmp_path / "x.jsonl")
    places = [place.removeprefix("x.jsonl:") for place, _ in found]
    assert places == ["2", "2", "3", "4", "5", "6", "7", "8", "9", "9", "10"]
    reasons = "\n".join(reason for _, reason in found)
    for told in ("id: Input should be a valid string", "x.jsonl:1", "easy: ", "text is empty", "needs words"):
        assert told in reasons


@pytest.mark.parametrize(("content", "told"), [("", "holds no case"), ("\n \n", "holds no case")])
def test_a_file_without_cases_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "x.jsonl").write_text(content)
    assert told in faults_of(tmp_path / "x.jsonl")[0][1]


def test_a_path_that_holds_nothing_of_the_format_is_refused_with_what_is_looked_for(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [(f"{tmp_path}:0", "no file questions*.jsonl is there")]
    assert faults_of(tmp_path / "gone")[0][1] == "there is no such file or folder"
