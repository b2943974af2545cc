"""Nearest neighbours in large partitions: one Chroma collection each, in process.

A collection holds one partition and is queried without a filter: a filter on metadata makes Chroma's query linear in
the size of the collection (docs/decisions/0005-vectors-in-partitions.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import numpy.typing as npt

from assistant.domain.ports import Vectors
from knowledge.index.layout import Partition

if TYPE_CHECKING:
    from chromadb.api.client import Client

GRAPH_FROM: Final = 8_192
"""Rows from which a graph is faster than looking at all of them."""
_ROWS_AN_ADD: Final = 2_000
_EF_SEARCH: Final = 100  # how many neighbours the search of the graph keeps in view
_LEAST_SYNC: Final = 100


class Graphs:
    """The collections in one folder. Blocking; searches may run in several threads."""

    def __init__(self, folder: Path) -> None:
        self._client = _client(folder)
        self._collections = {found.name: found for found in self._client.list_collections()}

    def build(self, partition: Partition, vectors: Vectors) -> None:
        """`vectors` are all rows of the version, of which those of the partition are taken."""
        # Chroma writes a graph to disk whenever `sync_threshold` vectors are waiting, and replays the rest into it at
        # every start: by reaching the threshold with the last vector, nothing is left to replay.
        sync = max(partition.rows, _LEAST_SYNC)
        collection = self._client.create_collection(
            partition.collection,
            embedding_function=None,
            configuration={
                "hnsw": {"space": "ip", "ef_search": _EF_SEARCH, "batch_size": _LEAST_SYNC, "sync_threshold": sync}
            },
        )
        for start in range(partition.row_start, partition.row_stop, _ROWS_AN_ADD):
            stop = min(start + _ROWS_AN_ADD, partition.row_stop)
            collection.add(ids=[str(row) for row in range(start, stop)], embeddings=np.asarray(vectors[start:stop]))
        self._collections[partition.collection] = collection

    def nearest(self, partition: Partition, vector: Vectors, limit: int) -> npt.NDArray[np.int64]:
        """The rows nearest to `vector`, nearest first, at most `limit`."""
        found = self._collections[partition.collection].query(
            query_embeddings=vector[np.newaxis], n_results=min(limit, partition.rows), include=[]
        )
        return np.asarray([int(row) for row in found["ids"][0]], dtype=np.int64)

    def close(self) -> None:
        self._client.close()


def _client(folder: Path) -> Client:
    import chromadb  # a second and 30 MB, which a shop without large partitions saves
    from chromadb.config import Settings

    return cast("Client", chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False)))
