"""Peers that find documents: vectors alone, words alone, and both in LangChain's ensemble."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from evals.bench.peers.embedding import assistant_embeddings
from evals.bench.peers.terms import characters_and_pairs
from evals.bench.peers.vectors import chroma_of
from evals.subjects.retrieval import Searcher
from evals.suites.retrieval_files import Collection
from evals.target import Target

with warnings.catch_warnings():
    # It warns that it is no longer kept. It is still what LangChain has for BM25.
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_community.retrievers import BM25Retriever

K1, B = 1.2, 0.75  # of BM25 over characters; a little better for it here than what it comes with, 1.5 and 0.75
Subject = Callable[[Target, Collection], AbstractAsyncContextManager[Searcher]]
_ID = "did"
_EQUAL = [0.5, 0.5]  # what the ensemble takes where it is given none


def chroma(*, places: int) -> Subject:
    """The nearest `places` documents by cosine."""

    @asynccontextmanager
    async def opened(target: Target, collection: Collection) -> AsyncIterator[Searcher]:
        async with _chroma(target, collection) as store:
            yield _Retriever(store.as_retriever(search_kwargs={"k": places}))

    return opened


def bm25(*, places: int, whitespace: bool = False) -> Subject:
    """The best `places` documents by BM25. whitespace: as it comes, with what stands between blanks for terms."""

    @asynccontextmanager
    async def opened(target: Target, collection: Collection) -> AsyncIterator[Searcher]:  # noqa: ARG001
        yield _Retriever(await asyncio.to_thread(_bm25, collection, places, whitespace=whitespace))

    return opened


def ensemble(*, depth: int) -> Subject:
    """Chroma and BM25 over characters and pairs, `depth` documents of each, with equal weights: the default."""

    @asynccontextmanager
    async def opened(target: Target, collection: Collection) -> AsyncIterator[Searcher]:
        async with _chroma(target, collection) as store:
            lexical = await asyncio.to_thread(_bm25, collection, depth)
            near = store.as_retriever(search_kwargs={"k": depth})
            yield _Retriever(EnsembleRetriever(retrievers=[near, lexical], weights=_EQUAL, id_key=_ID))

    return opened


@dataclass(frozen=True, slots=True)
class _Retriever:
    """Any retriever of LangChain's."""

    retriever: BaseRetriever

    async def search(self, text: str, limit: int) -> Sequence[str]:
        found = await asyncio.to_thread(self.retriever.invoke, text)
        return list(dict.fromkeys(str(document.metadata[_ID]) for document in found))[:limit]


@asynccontextmanager
async def _chroma(target: Target, collection: Collection) -> AsyncIterator[Chroma]:
    async with (
        assistant_embeddings(target) as embeddings,
        chroma_of(_documents(collection), embeddings) as store,
    ):
        yield store


def _bm25(collection: Collection, places: int, *, whitespace: bool = False) -> BM25Retriever:
    documents = _documents(collection)
    if whitespace:
        return BM25Retriever.from_documents(documents, k=places)
    parameters = {"k1": K1, "b": B}
    return BM25Retriever.from_documents(
        documents, preprocess_func=characters_and_pairs, bm25_params=parameters, k=places
    )


def _documents(collection: Collection) -> list[Document]:
    return [
        Document(f"{document.title}\n{document.text}".strip(), metadata={_ID: document.did})
        for document in collection.documents
    ]
