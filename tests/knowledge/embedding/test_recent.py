"""What was asked a moment ago is not embedded again."""

from __future__ import annotations

import numpy as np

from knowledge.embedding.recent import RecentQueries
from tests.knowledge.fakes import WordEmbedder


async def test_only_queries_not_heard_of_late_are_embedded() -> None:
    queries, words = RecentQueries(WordEmbedder()), WordEmbedder()
    await queries.embed_queries(["kettle", "teapot"])
    vectors = await queries.embed_queries(["mug", "kettle", "mug"])
    assert queries.embedded == 3
    assert np.array_equal(vectors, await words.embed_queries(["mug", "kettle", "mug"]))


async def test_what_was_not_asked_for_longest_goes_first() -> None:
    queries = RecentQueries(WordEmbedder(), keep=2)
    for text in ("kettle", "teapot", "kettle", "mug"):
        await queries.embed_queries([text])
    await queries.embed_queries(["kettle", "mug"])
    assert queries.embedded == 3
    await queries.embed_queries(["teapot"])
    assert queries.embedded == 4


async def test_more_queries_at_once_than_are_kept_are_all_embedded() -> None:
    queries = RecentQueries(WordEmbedder(), keep=2)
    texts = ["kettle", "teapot", "mug", "pan"]
    assert np.array_equal(await queries.embed_queries(texts), await WordEmbedder().embed_queries(texts))


async def test_what_is_forgotten_is_embedded_again() -> None:
    queries = RecentQueries(WordEmbedder())
    await queries.embed_queries(["kettle"])
    queries.forget()
    await queries.embed_queries(["kettle"])
    assert queries.embedded == 2


async def test_a_query_is_not_taken_for_a_passage() -> None:
    inner = WordEmbedder()
    queries = RecentQueries(inner)
    await queries.embed_queries(["kettle"])
    await queries.embed_passages(["kettle"])
    assert inner.asked == ["kettle"]
