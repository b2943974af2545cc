"""Chroma in this process, through LangChain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

from chromadb import EphemeralClient
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings


@asynccontextmanager
async def chroma_of(documents: Sequence[Document], embeddings: Embeddings) -> AsyncIterator[Chroma]:
    """A store of the documents, in memory: cosine, everything else as it comes. To be searched from other threads."""
    # All ephemeral clients of a process share one memory; the name keeps the collections apart.
    store = await asyncio.to_thread(_opened, f"peers-{uuid4().hex}", embeddings)
    try:
        await asyncio.to_thread(store.add_documents, list(documents))
        yield store
    finally:
        await asyncio.to_thread(store.delete_collection)


def _opened(name: str, embeddings: Embeddings) -> Chroma:
    client = EphemeralClient(Settings(anonymized_telemetry=False))
    return Chroma(name, embeddings, client=client, collection_configuration={"hnsw": {"space": "cosine"}})
