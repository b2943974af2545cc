"""Vectors without a model, for measuring what the model does not decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.domain.ports import Vectors

_DIRECTIONS = 4096


class SyntheticEmbedder:
    """A text's vector is the sum of random directions of its characters, of unit length.

    The same text always gets the same vector, and texts that share characters are near each other: a search has
    neighbours to find, as with a model.
    """

    def __init__(self, dimension: int = 384) -> None:
        self._dimension = dimension
        self._directions = np.random.default_rng(20261101).standard_normal((_DIRECTIONS, dimension), dtype=np.float32)

    @property
    def name(self) -> str:
        return f"synthetic-1/{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            characters = np.frombuffer((text or " ").encode("utf-32-le", "surrogatepass"), dtype="<u4")
            vectors[row] = self._directions[characters % _DIRECTIONS].sum(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
