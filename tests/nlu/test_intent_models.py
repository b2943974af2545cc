"""The parts that intents are told by: regression, nearest examples, names, kept models and embeddings."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, random

from assistant.nlu.intents import KeptModels, KeptVectors, LinearModel, akin, branch, is_kind_of, parent
from assistant.nlu.intents.nearest import NearestExamples
from assistant.nlu.intents.regression import Inputs, fit_each, fit_one_of


def inputs(rows: int, seed: int) -> Inputs:
    rng = np.random.default_rng(seed)
    ngrams = random(rows, 50, density=0.2, rng=rng, dtype=np.float32)
    return Inputs(rng.normal(size=(rows, 8)).astype(np.float32), csr_matrix(ngrams))


def test_a_rare_class_is_told_beside_a_common_one() -> None:
    common, rare = np.full((190, 2), (1.0, 0.2)), np.full((10, 2), (0.8, 0.6))
    vectors = (np.concatenate([common, rare]) + np.random.default_rng(1).normal(0, 0.05, (200, 2))).astype(np.float32)
    known = Inputs(vectors, csr_matrix(np.zeros((200, 4), dtype=np.float32)))
    target = np.repeat([0, 1], [190, 10])
    assert (fit_one_of(known, target, 2).logits(known).argmax(axis=1) == target).mean() > 0.97


def test_what_only_the_words_tell_is_learnt_from_them() -> None:
    known = Inputs(np.zeros((4, 3), dtype=np.float32), csr_matrix(np.eye(4, dtype=np.float32)))
    assert list(fit_one_of(known, np.array([0, 0, 1, 1]), 2).logits(known).argmax(axis=1)) == [0, 0, 1, 1]


def test_labels_are_told_each_by_itself() -> None:
    known = Inputs(np.eye(4, dtype=np.float32), csr_matrix(np.zeros((4, 2), dtype=np.float32)))
    wanted = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=np.bool_)
    assert ((fit_each(known, wanted).logits(known) > 0) == wanted).all()


@given(st.integers(1, 90), st.integers(1, 5), st.integers(0, 100))
def test_similarity_is_the_mean_of_the_three_nearest(count: int, classes: int, seed: int) -> None:
    examples, asked = inputs(count, seed), inputs(3, seed + 1)
    target = np.random.default_rng(seed).integers(0, classes, count)
    found = NearestExamples.of(examples, target, classes).similarity(asked)
    alike = asked.vectors @ examples.vectors.T + (asked.ngrams @ examples.ngrams.T).toarray()
    for number in range(classes):
        own = np.sort(alike[:, target == number], axis=1)[:, -3:]
        expected = own.mean(axis=1) if own.size else np.zeros(3)
        assert found[:, number] == pytest.approx(expected, abs=1e-4)


def test_names_tell_what_is_a_kind_of_what() -> None:
    assert parent("aftersale.return.policy") == "aftersale.return"
    assert parent("human") is None
    assert is_kind_of("order.track", "order")
    assert is_kind_of("order", "order")
    assert not is_kind_of("orders.track", "order")
    assert akin("aftersale.return.policy", "aftersale.return")
    assert not akin("aftersale.return", "aftersale.exchange")


def test_a_branch_is_as_likely_as_all_that_hangs_on_it() -> None:
    likely = {"order": 0.1, "order.track": 0.3, "order.track.not_received": 0.2, "orderly": 0.4}
    assert branch(likely, "order") == pytest.approx(0.6)
    assert branch(likely, "order.track") == pytest.approx(0.5)


def model(words: Mapping[str, str]) -> LinearModel:
    vectors = np.eye(len(words), 6, dtype=np.float32)
    return LinearModel.fit(list(words), list(words.values()), vectors, "test")


WORDS = {"红茶": "tea", "绿茶": "tea", "咖啡": "coffee", "拿铁": "coffee"}


def test_a_kept_model_is_found_by_what_it_was_fitted_on(tmp_path: Path) -> None:
    kept, pairs = KeptModels(tmp_path / "models"), list(WORDS.items())
    assert kept.find(pairs, "test") is None
    kept.keep(pairs, model(WORDS))
    found = kept.find(pairs, "test")
    assert found is not None
    assert found.names == ("coffee", "tea")
    assert kept.find(pairs[1:], "test") is None
    assert kept.find(pairs, "another/embedder") is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", None])
def test_a_damaged_model_counts_as_lost(tmp_path: Path, damage: bytes | None) -> None:
    kept, pairs = KeptModels(tmp_path), list(WORDS.items())
    kept.keep(pairs, model(WORDS))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-200] if damage is None else damage)
    assert kept.find(pairs, "test") is None


def test_embeddings_are_kept_closely_and_found_by_their_text(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(300, 64)).astype(np.float32)
    texts = [f"text {number}" for number in range(300)]
    KeptVectors.of(texts, vectors, "test").save(tmp_path / "vectors.npz")
    found = KeptVectors.load(tmp_path / "vectors.npz").find([*texts, "another text"])
    assert found.keys() == set(texts)
    for text, vector in zip(texts, vectors, strict=True):
        cosine = found[text] @ vector / np.linalg.norm(found[text]) / np.linalg.norm(vector)
        assert cosine > 0.98


def test_embeddings_of_an_odd_length_are_refused() -> None:
    with pytest.raises(ValueError, match="of 3 numbers"):
        KeptVectors.of(["a"], np.ones((1, 3), dtype=np.float32), "test")
