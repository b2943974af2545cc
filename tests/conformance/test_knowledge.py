"""The knowledge suite on the embedded implementation: looking at every vector, and through graphs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from assistant.domain.evidence import Scope
from assistant.domain.ids import StoreId
from assistant.domain.packs import ImportedStore, Item
from knowledge.chunking import Chunker
from knowledge.index.graph import GRAPH_FROM
from knowledge.index.knowledge import EmbeddedKnowledge
from knowledge.ingest import ingest
from knowledge.media import MediaStore
from knowledge.versions import Versions
from tests.conformance.examples import a_store
from tests.conformance.knowledge_suite import KnowledgeSuite
from tests.knowledge.fakes import MemoryStores, WordEmbedder


class EmbeddedShops:
    def __init__(self, root: Path) -> None:
        self.graph_from = GRAPH_FROM
        self.root = root
        self.versions = Versions(root / "knowledge")
        self.embedder = WordEmbedder()
        self.knowledge = EmbeddedKnowledge(
            self.versions, embedder=self.embedder.name, dimension=self.embedder.dimension, threads=2, keep=3
        )

    async def publish(self, store_id: StoreId, items: Sequence[Item]) -> Scope:
        await ingest(
            ImportedStore(a_store(store_id), iter(items)),
            versions=self.versions,
            media=MediaStore(self.root / "media"),
            embedder=self.embedder,
            stores=MemoryStores(),
            chunk=Chunker().passages,
            graph_from=self.graph_from,
        )
        return await self.knowledge.published(store_id)

    async def roll_back(self, store_id: StoreId) -> Scope:
        return self.versions.roll_back(store_id).scope


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[EmbeddedShops]:
    shops = EmbeddedShops(tmp_path)
    yield shops
    await shops.knowledge.close()
    shops.versions.close()


class TestEmbeddedKnowledge(KnowledgeSuite):
    @pytest.fixture
    def shops(self, embedded: EmbeddedShops) -> EmbeddedShops:
        return embedded


class TestEmbeddedKnowledgeWithGraphs(KnowledgeSuite):
    @pytest.fixture
    def shops(self, embedded: EmbeddedShops) -> EmbeddedShops:
        embedded.graph_from = 1
        return embedded
