"""Which readers there are, and what they say when they refuse."""

from __future__ import annotations

import re
import string
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

import pytest

import knowledge
from assistant.domain.errors import PackRefused
from assistant.domain.packs import Refusal
from knowledge.readers import reader
from knowledge.readers.products_csv import ProductsCsv
from knowledge.readers.reader import Pack, PackFile, installed_readers
from knowledge.readers.reasons import reason, refusal, remark, texts

BUILT_IN = ("faq-csv", "markdown", "product-html", "products-csv", "products-json", "shopify-csv")


class Outsider:
    expects = "products/*.csv"

    def claims(self, file: PackFile) -> bool:
        return file.suffix == ".csv"

    def read(self, file: PackFile, pack: Pack) -> list[Refusal]:
        return []


def test_every_reader_of_this_project_is_registered_as_an_outsiders_would_be() -> None:
    found = {point.name for point in entry_points(group=reader.GROUP)}
    assert set(BUILT_IN) <= found
    assert len(installed_readers()) == len(found)


def test_every_format_has_one_reader_and_no_two_claim_a_file() -> None:
    paths = [
        "products/a.json",
        "products/a.jsonl",
        "products/a.csv",
        "pages/a.html",
        "pages/a.md",
        "faq/a.csv",
        "faq/a.md",
    ]
    for path in (*paths, "policies/a.md"):
        file = PackFile(path, path, b"id,title\n")
        assert len([taken for taken in installed_readers() if taken.claims(file)]) == 1, path


def test_an_outsiders_reader_comes_before_the_built_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = EntryPoint("products-csv", "knowledge.readers.products_csv:ProductsCsv", reader.GROUP)
    theirs = EntryPoint("zzz", f"{__name__}:Outsider", reader.GROUP)
    monkeypatch.setattr(reader, "entry_points", lambda group: EntryPoints([ours, theirs]))
    assert [type(found).__name__ for found in installed_readers()] == [Outsider.__name__, ProductsCsv.__name__]


def test_a_program_without_readers_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "entry_points", lambda group: EntryPoints([]))
    with pytest.raises(PackRefused, match="Install storebot again"):
        installed_readers()


def test_every_reason_is_said_in_chinese_and_english_with_the_same_values() -> None:
    def values(template: str) -> set[str]:
        names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        return {name.removesuffix("_zh") for name in names}

    for code, said in texts().items():
        assert set(said) == {"zh", "en"}, code
        assert values(said["zh"]) == values(said["en"]), code
        assert re.search(r"[\u4e00-\u9fff]", said["zh"]), code
        assert not re.search(r"[\u4e00-\u9fff]", said["en"]), code


def test_every_reason_is_used_and_every_used_one_is_there() -> None:
    root = Path(knowledge.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in root.rglob("*.py"))
    assert {name for name in texts() if f'"{name}"' not in code} == set()
    called = re.findall(r'(?:pack_refused|refusal|remark)\((?:[\w.()+" /{}]+, )*?"([a-z_]+)"', code)
    assert called
    assert set(called) - {"knowledge"} <= {*texts()}  # that one is a path


def test_a_page_long_value_does_not_make_a_page_long_reason() -> None:
    assert len(str(reason("blank_title", id="x" * 10_000))) < 300


def test_a_remark_is_told_from_a_refusal() -> None:
    assert remark("f", 1, "stray_file").remark
    assert not refusal("f", 1, "blank_id").remark
