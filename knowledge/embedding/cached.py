"""Embeddings kept on disk, so that text which was embedded once is never embedded again."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from assistant.domain.ports import Embedder, Vectors

_ROLE: Final = "passage"
_KEYS_A_QUERY: Final = 500
_TEXTS_A_WRITE: Final = 64  # what a crash in the middle of a long import may lose
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS embeddings (
  embedder TEXT NOT NULL, role TEXT NOT NULL, sha256 BLOB NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (embedder, role, sha256)
) WITHOUT ROWID
"""


class EmbeddingCache:
    """Vectors by (embedder's name, role, SHA-256 of the text), as little-endian float32 in one SQLite file.

    Blocking; used from one thread at a time. A file that is no database is put aside: it holds nothing that cannot be
    computed again.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _connect(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            path.replace(path.with_suffix(".broken"))
            self._connection = _connect(path)

    def get(self, embedder: str, texts: Iterable[str], dimension: int) -> dict[str, Vectors]:
        """The vectors that are there, by text."""
        by_key = {_key(text): text for text in texts}
        keys, found = iter(by_key), {}
        while part := list(islice(keys, _KEYS_A_QUERY)):
            rows = self._connection.execute(
                "SELECT sha256, vector FROM embeddings WHERE embedder = ? AND role = ? "  # noqa: S608 - only marks
                f"AND sha256 IN ({','.join('?' * len(part))})",
                (embedder, _ROLE, *part),
            )
            for key, blob in rows:
                if len(blob) == dimension * 4:
                    found[by_key[key]] = np.frombuffer(blob, dtype="<f4")
        return found

    def put(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        rows = [(embedder, _ROLE, _key(text), vector.astype("<f4").tobytes()) for text, vector in vectors.items()]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)", rows)

    def export(self, embedder: str, path: Path) -> None:
        """Write all vectors of an embedder to a file, in half precision."""
        rows = self._connection.execute(
            "SELECT sha256, vector FROM embeddings WHERE embedder = ? AND role = ? ORDER BY sha256", (embedder, _ROLE)
        ).fetchall()
        keys = np.frombuffer(b"".join(key for key, _ in rows), dtype=np.uint8).reshape(len(rows), -1)
        vectors = np.stack([np.frombuffer(blob, dtype="<f4") for _, blob in rows]).astype("<f2")
        np.savez(path, embedder=np.array(embedder), keys=keys, vectors=vectors)

    def take(self, embedder: str, path: Path) -> None:
        """Take over what `export` wrote, if it is of that embedder. Raises ValueError or KeyError for another file."""
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            if str(file["embedder"]) != embedder:
                return
            pairs = zip(file["keys"], file["vectors"].astype("<f4"), strict=True)
            rows = [(embedder, _ROLE, key.tobytes(), vector.tobytes()) for key, vector in pairs]
        with self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        self._connection.close()


class CachedEmbedder:
    """An embedder that looks passages up first. Queries pass through: shoppers seldom ask in the same words."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._cache = EmbeddingCache(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedding-cache")

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._embedder.embed_queries(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors, _ = await self.embed_counting(texts)
        return vectors

    async def embed_counting(self, texts: Sequence[str]) -> tuple[Vectors, int]:
        """The vectors, and how many different texts had to be embedded for them."""
        loop = asyncio.get_running_loop()
        distinct = dict.fromkeys(texts)
        known = await loop.run_in_executor(self._thread, self._cache.get, self.name, distinct, self.dimension)
        missing = [text for text in distinct if text not in known]
        for start in range(0, len(missing), _TEXTS_A_WRITE):
            part = missing[start : start + _TEXTS_A_WRITE]
            fresh = dict(zip(part, await self._embedder.embed_passages(part), strict=True))
            await loop.run_in_executor(self._thread, self._cache.put, self.name, fresh)
            known |= fresh
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = known[text]
        return vectors, len(missing)

    async def export(self, path: Path) -> None:
        """Write the vectors of all passages embedded so far to a file, for `take`."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._cache.export, self.name, path)

    async def take(self, path: Path) -> None:
        """Know the vectors in a file that `export` wrote, if they are this embedder's.

        What stands for a text here stands for it in every store: the file must come with the program. Raises
        ValueError or KeyError for another file.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._cache.take, self.name, path)

    def close(self) -> None:
        """Close the cache; the embedder inside belongs to whoever made it."""
        self._thread.submit(self._cache.close).result()
        self._thread.shutdown()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
