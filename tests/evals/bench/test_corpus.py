from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from assistant.bootstrap import Application, application
from assistant.domain.commerce import Product
from assistant.domain.evidence import SearchQuery
from assistant.domain.ids import ProductId, StoreId
from assistant.settings import Settings
from evals.bench.__main__ import BENCHMARKS, Part
from evals.bench.corpus import Corpus
from evals.bench.synthetic import SyntheticEmbedder
from evals.bench.turns import load_scripts
from knowledge.folder import read_store

GOODS = StoreId("goods")


async def imported(app: Application, corpus: Corpus, folder: Path) -> dict[str, int]:
    corpus.write(folder)
    report = await app.import_store(str(folder), GOODS)
    assert not report.refused
    return report.accepted


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


async def test_a_made_up_store_has_as_many_passages_as_it_says(settings: Settings, tmp_path: Path) -> None:
    corpus = Corpus(400)
    async with application(settings, embedder=SyntheticEmbedder()) as app:
        accepted = await imported(app, corpus, tmp_path / "store")
    assert accepted["product"] == corpus.products
    assert 400 <= accepted["passage"] <= 420


async def test_searching_a_made_up_store_finds_the_passage_whose_words_are_asked(
    settings: Settings, tmp_path: Path
) -> None:
    corpus, embedder = Corpus(200), SyntheticEmbedder()
    async with application(settings, embedder=embedder) as app:
        await imported(app, corpus, tmp_path / "store")
        scope = await app.knowledge.published(GOODS)
        passages = await app.knowledge.passages(scope, product_id=ProductId(corpus.product_id(3)))
        for passage in passages[:5]:
            [vector] = await embedder.embed_queries([passage.text])
            found = await app.knowledge.search(scope, SearchQuery(passage.text, tuple(vector.tolist())))
            assert found[0].entry == passage


def test_a_corpus_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Corpus(100).write(tmp_path / name)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")
    assert Corpus(100).questions(20) == Corpus(100).questions(20)


async def test_synthetic_vectors_have_unit_length_and_follow_from_the_text_alone() -> None:
    texts = ["雨伞", "雨伞的伞骨", "kettle", ""]
    vectors = await SyntheticEmbedder().embed_passages(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(vectors, await SyntheticEmbedder().embed_queries(texts))
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_the_questions_of_the_bench_are_many_in_both_languages() -> None:
    scripts = load_scripts()
    assert sum(len(script.messages) for script in scripts) >= 60
    assert {script.language for script in scripts} >= {"zh", "en"}
    assert all(isinstance(text, str) and text for script in scripts for text in script.messages)


def test_the_questions_are_asked_on_pages_that_the_demo_store_has() -> None:
    with as_file(files("knowledge") / "packs" / "demo") as folder:
        read = read_store(folder, StoreId("demo"))
        products = {item.id for item in read.items if isinstance(item, Product)}
    assert {script.page for script in load_scripts() if script.page} <= products


def test_the_page_of_figures_has_a_place_for_every_part() -> None:
    page = BENCHMARKS.read_text("utf-8")
    for part in Part:
        assert f"<!-- figures: {part} -->" in page


def _contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}
