"""The open files of one version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

import numpy as np
import numpy.typing as npt

from assistant.domain.errors import NotReady
from assistant.domain.ports import Vectors
from knowledge.index.graph import Graphs
from knowledge.index.layout import (
    ARRAYS,
    CHROMA,
    DATABASE,
    VECTORS,
    Kind,
    Manifest,
    Partition,
    read_manifest,
)

_INT32 = npt.NDArray[np.int32]


class IndexFiles:
    """Opens the index in `folder`, which nobody changes any more. Raises NotReady if it is missing or damaged.

    lengths: of each entry in terms. rows, entry_ends: the rows of entry i are rows[entry_ends[i]:entry_ends[i + 1]];
    entries, row_ends: the entries of a row, in the same way.
    """

    def __init__(self, folder: Path) -> None:
        self._uri = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro&immutable=1"
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        try:
            with self.connection() as connection:
                self.manifest: Manifest = read_manifest(connection, folder)
                self.partitions: list[Partition] = [
                    Partition(Kind(row[0]), bool(row[1]), row[2], row[3], row[4], row[5], bool(row[6]))
                    for row in connection.execute("SELECT * FROM partitions ORDER BY entry_start")
                ]
            with np.load(folder / ARRAYS) as arrays:
                self.lengths: _INT32 = arrays["lengths"]
                self.rows: _INT32 = arrays["rows"]
                self.entry_ends: _INT32 = arrays["entry_ends"]
                self.entries: _INT32 = arrays["entries"]
                self.row_ends: _INT32 = arrays["row_ends"]
            self.vectors: Vectors = np.load(folder / VECTORS, mmap_mode="r")
            large = any(partition.graph for partition in self.partitions)
            self.graphs: Graphs | None = Graphs(folder / CHROMA) if large else None
        except (OSError, ValueError, KeyError, sqlite3.Error) as error:
            self._close_connections()
            raise NotReady(f"The index in {folder} cannot be opened ({error}). Import the store again.") from error

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile; there are as many as threads ever were here at once."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False, isolation_level=None)
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def close(self) -> None:
        """To be called when nobody reads any more."""
        self._close_connections()
        if self.graphs:
            self.graphs.close()

    def _close_connections(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait().close()
