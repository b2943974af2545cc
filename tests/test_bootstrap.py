"""The application opens clean, imports what others read, and closes what it opened."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from assistant.bootstrap import IMPORTERS, application, locations, opening, read_location
from assistant.domain.commerce import Product, Source
from assistant.domain.errors import InvalidInput, ProcedureRefused
from assistant.domain.evidence import EvidenceKind
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.packs import ImportedStore
from assistant.domain.text import LocalText
from assistant.settings import Settings
from tests.conformance.examples import a_store
from tests.knowledge.fakes import WordEmbedder
from tests.procedures.shop import TRACK
from tests.small_shop import write_small_shop

STORE = StoreId("lamps")


def foreign(path: Path, store_id: StoreId) -> ImportedStore:
    """An importer as somebody else would write it: a title, and nothing made of it."""
    title = LocalText.of({"zh": "水壶 2升"})
    return ImportedStore(a_store(store_id), iter([Product(ProductId("P-1"), title, Source("p", path.name))]))


class Closing(WordEmbedder):
    closed = False

    def close(self) -> None:
        self.closed = True


class ClosingLater(WordEmbedder):
    closed = False

    async def close(self) -> None:
        self.closed = True


def test_what_a_foreign_importer_read_is_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    importers: Sequence[EntryPoint] = [EntryPoint("foreign", f"{__name__}:foreign", IMPORTERS)]
    monkeypatch.setattr(locations, "entry_points", lambda group: importers)
    (product,) = read_location("foreign:somewhere", STORE).items
    assert isinstance(product, Product)
    assert "2升" in [str(fact.value) for fact in product.facts]


async def test_what_a_crashed_build_left_behind_is_gone_at_the_next_start(tmp_path: Path) -> None:
    leftover = tmp_path / "knowledge" / STORE / "building-kv_1"
    leftover.mkdir(parents=True)
    async with application(Settings(data_dir=tmp_path), embedder=WordEmbedder()):
        assert not leftover.exists()


async def test_the_suites_of_a_store_folder_are_kept_with_the_store(tmp_path: Path) -> None:
    shop = write_small_shop(tmp_path / "shop")
    (shop / "evaluations" / "smoke").mkdir(parents=True)
    async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
        await app.import_store(str(shop), STORE)
        assert app.suites.names(STORE) == ["smoke"]


async def test_the_procedures_of_a_store_folder_come_into_force(tmp_path: Path) -> None:
    shop = write_small_shop(tmp_path / "shop")
    (shop / "procedures").mkdir()
    (shop / "procedures" / "track.yaml").write_text(TRACK, encoding="utf-8")
    async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
        report = await app.import_store(str(shop), STORE)
        assert report.accepted["procedure"] == 1
        assert [*await app.procedures.of(STORE)] == ["track"]


async def test_a_faulty_procedure_refuses_the_import_before_anything_is_published(tmp_path: Path) -> None:
    shop = write_small_shop(tmp_path / "shop")
    (shop / "procedures").mkdir()
    (shop / "procedures" / "track.yaml").write_text(TRACK.replace("order.track", "order.trakc"), encoding="utf-8")
    async with application(Settings(data_dir=tmp_path / "data"), embedder=WordEmbedder()) as app:
        with pytest.raises(ProcedureRefused, match=r"procedures/track.yaml, line 3: .* Did you mean `order.track`"):
            await app.import_store(str(shop), STORE)
        assert await app.stores.all() == []


async def test_an_id_that_no_store_can_have_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    async with application(Settings(data_dir=tmp_path), embedder=WordEmbedder()) as app:
        with pytest.raises(InvalidInput, match="cannot be a store's id"):
            await app.import_store("nowhere", StoreId("my/lamps"))


@pytest.mark.parametrize("made", [Closing, ClosingLater])
async def test_the_embedder_of_the_settings_is_closed_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: type[Closing] | type[ClosingLater]
) -> None:
    embedder = made()
    monkeypatch.setattr(opening, "make_embedder", lambda *_, **__: embedder)
    async with application(Settings(data_dir=tmp_path)):
        assert not embedder.closed
    assert embedder.closed


async def test_what_was_read_elsewhere_is_imported_and_found_by_a_search(tmp_path: Path) -> None:
    async with application(Settings(data_dir=tmp_path), embedder=WordEmbedder()) as app:
        report = await app.import_read(foreign(Path("shelf"), STORE))
        found = await app.search(STORE, "水壶", kinds=frozenset({EvidenceKind.PRODUCT}), limit=5)
    assert report.accepted["product"] == 1
    assert [candidate.entry.id for candidate in found] == ["P-1"]
