"""Suites that measure a part of the assistant find it in this process only."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.errors import InvalidInput
from evals.suites.intents import Intents
from evals.suites.retrieval import Retrieval
from evals.suites.snippets import Snippets
from evals.suites.suite import Suite
from evals.target import Target
from tests.evals.suites.test_formats_page import examples


def cases_of(suite: Suite, folder: Path) -> Path:
    shown = examples(suite.name)
    names = {
        "intents": ("train.csv", "test.jsonl"),
        "retrieval": ("queries.jsonl", "docs.jsonl", "qrels.tsv"),
        "snippets": ("snippets.jsonl",),
    }[suite.name]
    for name, text in zip(names, shown, strict=False):
        (folder / name).write_text(text.replace("\nq1\td7\t0", "") if name == "qrels.tsv" else text)
    return folder


@pytest.mark.parametrize("suite", [Intents(), Retrieval(), Snippets()])
async def test_a_target_at_a_url_is_refused(suite: Suite, tmp_path: Path) -> None:
    cases = suite.read(cases_of(suite, tmp_path))
    target = Target(store="shop", data_dir=tmp_path / "data", url="http://127.0.0.1:1")
    with pytest.raises(InvalidInput, match="leave out --url"):
        async with suite.open(target, cases):
            pass
    assert not (tmp_path / "data").exists()
