"""What was embedded once is not embedded again, across restarts and for that embedder only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.domain.ports import Vectors
from knowledge.embedding.cached import CachedEmbedder


class CountingEmbedder:
    """Spells a text as a vector, and remembers what it was asked."""

    dimension = 8

    def __init__(self, name: str = "speller-1") -> None:
        self.name = name
        self.asked: list[str] = []

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_passages(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        spelled = [[1.0 + ord(letter) % 13 for letter in text.ljust(8)[:8]] for text in texts]
        vectors = np.asarray(spelled, dtype=np.float32).reshape(len(texts), 8)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "embeddings.db"


async def test_a_text_is_embedded_once_also_after_a_restart(path: Path) -> None:
    inner = CountingEmbedder()
    first = CachedEmbedder(inner, path)
    before = await first.embed_passages(["kettle", "teapot", "kettle"])
    first.close()
    second = CachedEmbedder(inner, path)
    after, embedded = await second.embed_counting(["teapot", "kettle", "mug"])
    second.close()
    assert inner.asked == ["kettle", "teapot", "mug"]
    assert embedded == 1
    assert np.array_equal(before[:2], after[[1, 0]])
    assert np.array_equal(before[0], before[2])


async def test_the_vectors_of_another_embedder_are_not_taken(path: Path) -> None:
    for name in ("speller-1", "speller-2"):
        inner = CountingEmbedder(name)
        cached = CachedEmbedder(inner, path)
        await cached.embed_passages(["kettle"])
        cached.close()
        assert inner.asked == ["kettle"]


async def test_queries_are_not_kept(path: Path) -> None:
    inner = CountingEmbedder()
    cached = CachedEmbedder(inner, path)
    await cached.embed_queries(["kettle"])
    await cached.embed_queries(["kettle"])
    cached.close()
    assert inner.asked == ["kettle", "kettle"]


async def test_many_texts_keep_their_order(path: Path) -> None:
    cached = CachedEmbedder(CountingEmbedder(), path)
    texts = [f"text {number % 700}" for number in range(1_500)]
    once, again = await cached.embed_passages(texts), await cached.embed_passages(texts)
    cached.close()
    assert np.array_equal(once, again)
    assert np.array_equal(once, await CountingEmbedder().embed_passages(texts))


async def test_a_vector_cut_short_is_computed_again(path: Path) -> None:
    inner = CountingEmbedder()
    cached = CachedEmbedder(inner, path)
    whole = await cached.embed_passages(["kettle"])
    cached.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE embeddings SET vector = substr(vector, 1, 12)")
    connection.close()
    cached = CachedEmbedder(inner, path)
    assert np.array_equal(await cached.embed_passages(["kettle"]), whole)
    cached.close()
    assert inner.asked == ["kettle", "kettle"]


@pytest.fixture
def spoiled(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all" * 100)
    return path


async def test_a_file_that_is_no_database_is_put_aside(spoiled: Path) -> None:
    cached = CachedEmbedder(CountingEmbedder(), spoiled)
    assert (await cached.embed_passages(["kettle"])).shape == (1, 8)
    cached.close()
    assert spoiled.with_suffix(".broken").read_bytes().startswith(b"not a database")


async def test_what_was_embedded_here_is_known_there_from_a_file(path: Path) -> None:
    here, there = CachedEmbedder(CountingEmbedder(), path), CountingEmbedder()
    vectors = await here.embed_passages(["kettle", "teapot"])
    await here.export(path.parent / "embeddings.npz")
    here.close()
    cached = CachedEmbedder(there, path.with_name("other.db"))
    await cached.take(path.parent / "embeddings.npz")
    taken, embedded = await cached.embed_counting(["teapot", "kettle"])
    cached.close()
    assert (embedded, there.asked) == (0, [])
    assert np.allclose(taken, vectors[::-1], atol=1e-3)


async def test_vectors_of_another_embedder_in_a_file_are_left_there(path: Path) -> None:
    here, there = CachedEmbedder(CountingEmbedder("speller-1"), path), CountingEmbedder("speller-2")
    await here.embed_passages(["kettle"])
    await here.export(path.parent / "embeddings.npz")
    here.close()
    cached = CachedEmbedder(there, path.with_name("other.db"))
    await cached.take(path.parent / "embeddings.npz")
    await cached.embed_passages(["kettle"])
    cached.close()
    assert there.asked == ["kettle"]


async def test_a_file_does_not_take_the_place_of_what_was_embedded_before(path: Path) -> None:
    inner = CountingEmbedder()
    cached = CachedEmbedder(inner, path)
    [exact] = await cached.embed_passages(["kettle"])
    await cached.export(path.parent / "embeddings.npz")
    await cached.take(path.parent / "embeddings.npz")
    [after] = await cached.embed_passages(["kettle"])
    cached.close()
    assert np.array_equal(exact, after)
