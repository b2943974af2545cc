"""Rows come from CSV, JSON and JSON Lines alike, and every fault is told with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.cases import Place
from evals.suites.rows import Faults, RowFormat
from evals.suites.suite import MalformedSuite


@dataclass(frozen=True, slots=True)
class Order:
    text: str
    amount: int = 0


def _faults(row: Order) -> Iterator[str]:
    if not row.text.strip():
        yield "text is empty"


FORMAT = RowFormat(Order, ("text",), faults=_faults)


def read(path: Path, *, how: RowFormat[Order] = FORMAT) -> tuple[list[tuple[int, Order]], list[tuple[int, str]]]:
    faults = Faults()
    rows = [(place.line, row) for place, row in how.read(path, faults)]
    assert all(fault.place.file == path.name for fault in faults.found)
    return rows, [(fault.place.line, fault.reason) for fault in faults.found]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_same_rows_in_every_format_are_read_alike(tmp_path: Path) -> None:
    rows = [{"text": "多少钱, “便宜”", "amount": 3, "other": "x"}, {"text": "two\nlines"}]
    files = [
        written(tmp_path, "a.json", json.dumps(rows)),
        written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows))),
        written(tmp_path, "a.csv", '\ufefftext,amount\r\n"多少钱, “便宜”",3\r\n"two\nlines"\r\n'),
        written(tmp_path, "a.tsv", 'text\tamount\n多少钱, “便宜”\t3\n"two\nlines"\n'),
    ]
    for file in files:
        found, faults = read(file)
        assert [row for _, row in found] == [Order("多少钱, “便宜”", 3), Order("two\nlines")]
        assert not faults


def test_a_row_over_several_lines_stands_where_it_begins(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", 'text\n"one\ntwo"\n\nthree\n""\n')
    assert read(file) == ([(2, Order("one\ntwo")), (5, Order("three"))], [(6, "text is empty")])


def test_the_elements_of_a_list_have_their_own_lines(tmp_path: Path) -> None:
    file = written(
        tmp_path, "a.json", ' [\n {"text": "a"}, {"text": "b"},\n\n {"text":\n "c"},\n 7,\n {"text": " "}\n]'
    )
    found, faults = read(file)
    assert [line for line, _ in found] == [2, 2, 4]
    assert [line for line, _ in faults] == [6, 7]


def test_a_bad_line_does_not_hide_the_next(tmp_path: Path) -> None:
    lines = ['{"text": 1}', '{"text": "a", "amount": "many"}', "nonsense", '{"text": "good"}', "[" * 9000, "[]"]
    found, faults = read(written(tmp_path, "a.jsonl", "\n".join(lines)))
    assert found == [(4, Order("good"))]
    assert [line for line, _ in faults] == [1, 2, 3, 5, 6]
    assert faults[0][1].startswith("text: ")
    assert faults[1][1].startswith("amount: ")


def test_text_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    lines = '{"text": "\\ud83d\\ude00"}\n{"text": "\\ud800"}'
    assert read(written(tmp_path, "a.jsonl", lines)) == (
        [(1, Order("😀"))],
        [(2, "an escape stands for half a character: '\\ud800'")],
    )
    assert [line for line, _ in read(written(tmp_path, "a.json", '[{"text": "\\uDC00"}]'))[1]] == [1]
    assert [line for line, _ in read(written(tmp_path, "a.csv", b"text\na\n\xff\n"))[1]] == [3]


@pytest.mark.parametrize(
    ("name", "content", "line", "told"),
    [
        ("a.csv", "sentence,amount\na,1\n", 1, "missing: text"),
        ("a.csv", "", 1, "missing: text"),
        ("a.csv", "\ntext\n7\n", 1, "missing: text"),
        ("a.csv", "text\na\nb,c\n", 3, "more cells"),
        ("a.csv", 'text\na\n"b\n', 3, "as CSV"),
        ("a.json", '{"text": "a"}', 1, "a list"),
        ("a.json", '[{"text": "a"}\n{"text": "b"}]', 2, "comma"),
        ("a.json", '[{"text": "a"},\n', 2, "not JSON"),
        ("a.json", '[{"text": "a"},\n{"text" "b"}]', 2, "not JSON"),
    ],
)
def test_a_file_that_breaks_off_or_is_of_another_kind_is_told(
    tmp_path: Path, name: str, content: str, line: int, told: str
) -> None:
    _, faults = read(written(tmp_path, name, content))
    assert len(faults) == 1
    assert faults[0][0] == line
    assert told in faults[0][1]


def test_a_file_that_is_not_there_is_a_fault_of_the_whole_file(tmp_path: Path) -> None:
    assert read(tmp_path / "gone.csv") == ([], [(0, "it cannot be read: No such file or directory")])


def test_all_faults_are_refused_at_once() -> None:
    faults = Faults()
    faults.refuse()
    for line in (1, 2):
        faults.add(Place("a.csv", line), "wrong")
    with pytest.raises(MalformedSuite) as refused:
        faults.refuse()
    assert [str(fault.place) for fault in refused.value.faults] == ["a.csv:1", "a.csv:2"]


def test_a_file_may_do_without_a_header_where_the_format_says_so(tmp_path: Path) -> None:
    bare = RowFormat(Order, ("text", "amount"), bare=True)
    without, headed = "a\t1\nb\t2\n", "amount\ttext\n1\ta\n2\tb\n"
    assert read(written(tmp_path, "a.tsv", without), how=bare) == ([(1, Order("a", 1)), (2, Order("b", 2))], [])
    assert read(written(tmp_path, "a.tsv", headed), how=bare) == ([(2, Order("a", 1)), (3, Order("b", 2))], [])
    assert read(written(tmp_path, "a.tsv", ""), how=bare) == ([], [])
