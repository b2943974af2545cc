"""Embeddings of queries kept in memory for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from assistant.domain.ports import Embedder, Vectors

_KEPT: Final = 2_000  # 3 MB with 384 numbers a vector


class RecentQueries:
    """An embedder that knows the last queries again: a line is read once more as the line before the next one, and
    many shoppers ask the same. To be used from one event loop.

    embedded: how many queries were not known.
    """

    def __init__(self, embedder: Embedder, *, keep: int = _KEPT) -> None:
        self._embedder = embedder
        self._keep = keep
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self.embedded = 0

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        known = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known |= zip(missing, await self._embedder.embed_queries(missing), strict=True)
            self.embedded += len(missing)
        for text, vector in known.items():
            self._known[text] = vector
            self._known.move_to_end(text)
        while len(self._known) > self._keep:
            self._known.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dimension), np.float32)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._embedder.embed_passages(texts)

    def forget(self) -> None:
        """For measurements, which ask the same again."""
        self._known.clear()
