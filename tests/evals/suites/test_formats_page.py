"""The page that describes the formats tells the truth: its examples can be read, and it leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evals.adapters.datasets import dataset_names
from evals.suites.intents import Intents
from evals.suites.retrieval import Retrieval
from evals.suites.snippets import Snippets
from evals.suites.suite import Suite

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "evaluation.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def examples(title: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", section(title), flags=re.MULTILINE | re.DOTALL)


def test_the_intents_of_the_page_can_be_read(tmp_path: Path) -> None:
    train, test, options = examples("intents")
    (tmp_path / "train.csv").write_text(train)
    (tmp_path / "test.jsonl").write_text(test)
    assert len(Intents().read(tmp_path)) == 3
    (tmp_path / "test.jsonl").write_text(test.replace("none", "OTHER"))
    (tmp_path / "intents.yaml").write_text(options)
    assert len(Intents().read(tmp_path)) == 3


def test_the_documents_of_the_page_can_be_read(tmp_path: Path) -> None:
    query, document, judged = examples("retrieval")
    (tmp_path / "queries.jsonl").write_text(query)
    (tmp_path / "docs.jsonl").write_text(document + document.replace('"d1"', '"d7"'))
    (tmp_path / "qrels.tsv").write_text(judged)
    assert len(Retrieval().read(tmp_path)) == 1


def test_the_snippets_of_the_page_can_be_read(tmp_path: Path) -> None:
    (rows,) = examples("snippets")
    (tmp_path / "snippets.jsonl").write_text(rows)
    assert len(Snippets().read(tmp_path)) == 1


@pytest.mark.parametrize("suite", [Intents(), Retrieval(), Snippets()])
def test_every_figure_is_explained(suite: Suite) -> None:
    told = section(suite.name)
    assert [figure.name for figure in suite.figures if f"`{figure.name}`" not in told] == []


def test_every_data_set_is_listed() -> None:
    assert [name for name in dataset_names() if f"| `{name}` |" not in section("Published data sets")] == []
