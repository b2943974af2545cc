"""An embedder that counts words, and stores in memory: real enough to search by, and instant."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from assistant.domain.errors import NotFound
from assistant.domain.ids import StoreId
from assistant.domain.ports import Vectors
from assistant.domain.store import Store
from knowledge.terms import Analyzer


class WordEmbedder:
    """Texts that share words are close. Remembers the passages it was asked for."""

    def __init__(self, name: str = "words-1", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.asked: list[str] = []
        self._analyzer = Analyzer()

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        rows = [self._vector(text) for text in texts]
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return await self.embed_queries(texts)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for term in self._analyzer.terms(text):
            digest = hashlib.sha256(term.encode()).digest()
            vector[digest[0] % self.dimension] += 1
            vector[digest[1] % self.dimension] -= 0.5
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class MemoryStores:
    def __init__(self) -> None:
        self.stores: dict[StoreId, Store] = {}

    async def get(self, store_id: StoreId) -> Store:
        if store_id not in self.stores:
            raise NotFound(f"no store {store_id}")
        return self.stores[store_id]

    async def put(self, store: Store) -> None:
        self.stores[store.id] = store

    async def all(self) -> list[Store]:
        return list(self.stores.values())
