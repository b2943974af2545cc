"""Embeddings from any endpoint that speaks the OpenAI embeddings protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, AsyncOpenAI, omit

from assistant.domain.errors import NotReady
from assistant.domain.ports import Vectors
from knowledge.embedding.cleaning import clean, unit_length
from knowledge.embedding.endpoint import Endpoint

_CHARACTERS: Final = 8_000
_REQUESTS_AT_ONCE: Final = 4


class OpenAICompatibleEmbedder:
    """Sends texts in batches, a few requests at a time. Raises NotReady for whatever the endpoint does wrong."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            timeout=endpoint.timeout,
            max_retries=endpoint.retries,
        )
        self._slots = asyncio.Semaphore(_REQUESTS_AT_ONCE)

    @property
    def name(self) -> str:
        prefixes = [self._endpoint.query_prefix, self._endpoint.passage_prefix]
        return f"openai/{self._endpoint.model}" + (f"+{prefixes!r}" if any(prefixes) else "")

    @property
    def dimension(self) -> int:
        return self._endpoint.dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._embed([self._endpoint.query_prefix + clean(text, _CHARACTERS) for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._embed([self._endpoint.passage_prefix + clean(text, _CHARACTERS) for text in texts])

    async def close(self) -> None:
        await self._client.close()

    async def _embed(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        size = self._endpoint.batch_size
        batches = [texts[start : start + size] for start in range(0, len(texts), size)]
        try:
            async with asyncio.TaskGroup() as group:  # one refusal cancels the batches not yet sent
                tasks = [group.create_task(self._batch(batch)) for batch in batches]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return np.concatenate([task.result() for task in tasks])

    async def _batch(self, texts: list[str]) -> Vectors:
        endpoint = self._endpoint
        async with self._slots:
            try:
                answer = await self._client.embeddings.create(
                    model=endpoint.model,
                    input=texts,
                    encoding_format="float",
                    dimensions=endpoint.dimension if endpoint.shorten else omit,
                )
                rows = sorted(answer.data, key=lambda row: row.index)
                numbers = [[float(number) for number in row.embedding] for row in rows]
            except APIError as error:
                raise self._refused(_reason(error, endpoint.timeout)) from error
            except (AttributeError, TypeError, ValueError) as error:  # an answer that is not in the protocol
                raise self._refused(f"its answer is not a list of embeddings ({error})") from error
        if [row.index for row in rows] != list(range(len(texts))):
            raise self._refused(f"it was sent {len(texts)} texts and answered with {len(rows)} vectors")
        if wrong := {len(row) for row in numbers} - {endpoint.dimension}:
            raise self._refused(f"its vectors have {min(wrong)} numbers, the settings say {endpoint.dimension}")
        vectors = np.asarray(numbers, dtype=np.float32)
        if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
            raise self._refused("a vector is all zeros or holds something that is not a number")
        return unit_length(vectors)

    def _refused(self, reason: str) -> NotReady:
        endpoint = self._endpoint
        return NotReady(
            f"The embeddings endpoint {endpoint.base_url} (model {endpoint.model}) cannot be used: {reason}. "
            "Check the endpoint and the embedder's address, key, model and dimension in the settings.",
            base_url=endpoint.base_url,
            model=endpoint.model,
        )


def _reason(error: APIError, timeout: float) -> str:
    match error:
        case APITimeoutError():
            return f"no answer within {timeout:g} s"
        case APIConnectionError():
            return "the connection failed"
        case APIStatusError():
            return f"it answered with status {error.status_code}"
        case _:
            return f"its answer cannot be read ({error.message})"
