"""The assistant's embedder, as LangChain calls one: every peer that embeds, embeds with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from langchain_core.embeddings import Embeddings

from assistant.domain.ports import Embedder, Vectors
from evals.subjects import parts
from evals.target import Target


class AssistantEmbeddings(Embeddings):
    """To be called from other threads than the one of `loop`, which must be running.

    query_milliseconds: of all queries embedded so far, together, from the call to the vector.
    """

    def __init__(self, embedder: Embedder, loop: asyncio.AbstractEventLoop) -> None:
        self._embedder = embedder
        self._loop = loop
        self.query_milliseconds = 0.0

    def embed_query(self, text: str) -> list[float]:
        started = perf_counter()
        [vector] = self._wait(self._embedder.embed_queries([text]))
        self.query_milliseconds += (perf_counter() - started) * 1000
        numbers: list[float] = vector.tolist()
        return numbers

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._wait(self._embedder.embed_passages(texts)).tolist()
        return rows

    def _wait(self, embedding: Coroutine[Any, Any, Vectors]) -> Vectors:
        return asyncio.run_coroutine_threadsafe(embedding, self._loop).result()


@asynccontextmanager
async def assistant_embeddings(target: Target) -> AsyncIterator[AssistantEmbeddings]:
    """The embedder of an application over the target's data folder, where passages embedded once are kept."""
    async with parts.opened(target) as app:
        yield AssistantEmbeddings(app.embedder, asyncio.get_running_loop())
