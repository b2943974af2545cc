"""Peers embed with the assistant's embedder, from other threads than that of the event loop."""

from __future__ import annotations

import asyncio

import numpy as np

from evals.bench.peers.embedding import AssistantEmbeddings
from evals.bench.synthetic import SyntheticEmbedder


async def test_queries_and_passages_have_the_vectors_of_the_embedder() -> None:
    embedder = SyntheticEmbedder(16)
    embeddings = AssistantEmbeddings(embedder, asyncio.get_running_loop())
    query = await asyncio.to_thread(embeddings.embed_query, "雨伞")
    passages = await asyncio.to_thread(embeddings.embed_documents, ["雨伞", "雨衣"])
    assert np.allclose([query], await embedder.embed_queries(["雨伞"]))
    assert np.allclose(passages, await embedder.embed_passages(["雨伞", "雨衣"]))


async def test_the_time_of_queries_is_kept_and_that_of_passages_is_not() -> None:
    embeddings = AssistantEmbeddings(SyntheticEmbedder(16), asyncio.get_running_loop())
    await asyncio.to_thread(embeddings.embed_documents, ["雨衣"])
    assert embeddings.query_milliseconds == 0
    await asyncio.to_thread(embeddings.embed_query, "雨伞")
    once = embeddings.query_milliseconds
    await asyncio.to_thread(embeddings.embed_query, "雨伞")
    assert 0 < once < embeddings.query_milliseconds
