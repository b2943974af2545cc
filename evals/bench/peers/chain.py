"""A plain chain: it retrieves chunks of the shop's texts and says the sentence in them nearest the question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_chroma import Chroma
from langchain_core.documents import Document

from assistant.bootstrap import read_location
from assistant.domain.ids import StoreId
from assistant.domain.reply import ActionKind
from evals.bench.peers.embedding import AssistantEmbeddings, assistant_embeddings
from evals.bench.peers.pages import OWNER, SHOP, chunks_of, pages_of, sentences_of
from evals.bench.peers.vectors import chroma_of
from evals.cases import Exchange
from evals.door import Door, Opening
from evals.target import Target

CHUNK = 100  # characters
CHUNKS = 4  # retrieved: LangChain's default


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence of the shop's texts and its cosine with the question."""

    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class RetrieveThenExtract:
    """sentences: the vectors of all of them, embedded beforehand as the chunks are."""

    store: Chroma
    embeddings: AssistantEmbeddings
    sentences: Mapping[str, npt.NDArray[np.float32]]

    def answer(self, question: str, product_id: str | None) -> Extract:
        """From the texts of one product and the shop's own, or from all. Blocks; not on the event loop's thread."""
        vector = self.embeddings.embed_query(question)
        owners: dict[str, Any] | None = {OWNER: {"$in": [product_id, SHOP]}} if product_id else None
        chunks = self.store.similarity_search_by_vector(vector, k=CHUNKS, filter=owners)
        texts = list(dict.fromkeys(text for chunk in chunks for text in sentences_of(chunk.page_content)))
        similarities = np.stack([self.sentences[text] for text in texts]) @ np.asarray(vector, dtype=np.float32)
        best = int(similarities.argmax())
        return Extract(texts[best], float(similarities[best]))


@asynccontextmanager
async def chain_over(pages: Sequence[Document], embeddings: AssistantEmbeddings) -> AsyncIterator[RetrieveThenExtract]:
    chunks = chunks_of(pages, CHUNK)
    texts = list(dict.fromkeys(text for chunk in chunks for text in sentences_of(chunk.page_content)))
    vectors = np.array(await asyncio.to_thread(embeddings.embed_documents, texts), dtype=np.float32)
    async with chroma_of(chunks, embeddings) as store:
        yield RetrieveThenExtract(store, embeddings, dict(zip(texts, vectors, strict=True)))


@asynccontextmanager
async def chain_door(target: Target) -> AsyncIterator[Door]:
    """The chain over the target's store, in the place of the assistant: it answers every question."""
    pages = pages_of(read_location(str(target.store), StoreId("peers")).items)
    async with assistant_embeddings(target) as embeddings, chain_over(pages, embeddings) as chain:
        yield _ChainDoor(chain)


def asked(opening: Opening, message: str) -> str:
    """What the chain is given: the shopper's earlier messages and the last. It keeps no context of its own."""
    return " ".join([*(said.text for said in opening.history if said.role == "user"), message])


@dataclass(frozen=True, slots=True)
class _ChainDoor:
    chain: RetrieveThenExtract

    async def open(self, opening: Opening) -> _ChainTalk:
        return _ChainTalk(self.chain, opening)


@dataclass(frozen=True, slots=True)
class _ChainTalk:
    chain: RetrieveThenExtract
    opening: Opening
    conversation_id: str = "chain"

    async def say(self, *messages: str) -> Exchange:
        started = perf_counter()
        question = asked(self.opening, " ".join(messages))
        extract = await asyncio.to_thread(self.chain.answer, question, self.opening.product_id)
        milliseconds = (perf_counter() - started) * 1000
        trace = {"notes": {"confidence": min(max(extract.similarity, 0.0), 1.0)}}
        reply = {"text": extract.text, "action": {"kind": ActionKind.ANSWER.value, "reason": "extract"}}
        return Exchange(messages, reply, trace, milliseconds)
