"""An import takes what it can use, says what it refused, does nothing twice, and fails without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.commerce import Fact, Faq, Passage, Product
from assistant.domain.errors import Conflict, EmbedderMismatch, NotReady, PackRefused
from assistant.domain.evidence import SearchQuery
from assistant.domain.ids import EvidenceId, ProductId
from assistant.domain.packs import ImportedStore, Item, Media, Prose, Refusal
from assistant.domain.ports import Embedder, Vectors
from assistant.domain.text import LocalText
from knowledge.chunking import Chunker
from knowledge.embedding.cached import CachedEmbedder
from knowledge.index.knowledge import EmbeddedKnowledge
from knowledge.index.layout import DATABASE
from knowledge.ingest import REFUSALS_KEPT, ImportReport, Progress, ingest
from knowledge.media import MediaStore
from knowledge.versions import Versions
from tests.conformance.examples import a_store
from tests.conformance.knowledge_suite import KETTLE, MUG, SOURCE, fact, faq, passage, text, the_teahouse
from tests.knowledge.fakes import MemoryStores, WordEmbedder

STORE = a_store("teahouse")


class Installation:
    """One data folder, as one installation has it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "knowledge"
        self.versions = Versions(self.root)
        self.media = MediaStore(root / "media")
        self.words = WordEmbedder()
        self.embedder = CachedEmbedder(self.words, root / "embeddings.db")
        self.stores = MemoryStores()
        self.steps: list[Progress] = []

    async def take(self, items: Iterable[Item | Media | Refusal], *, embedder: Embedder | None = None) -> ImportReport:
        return await ingest(
            ImportedStore(STORE, iter(items)),
            versions=self.versions,
            media=self.media,
            embedder=embedder or self.embedder,
            stores=self.stores,
            chunk=Chunker().passages,
            progress=self.steps.append,
        )

    def pictures(self) -> dict[str, bytes]:
        folder = self.root.parent / "media" / STORE.id
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def leftovers(self) -> list[str]:
        folder = self.root / STORE.id
        kept = {version.scope.version_id for version in self.versions.kept(STORE.id)}
        return [path.name for path in folder.iterdir() if path.is_dir() and path.name not in kept]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.embedder.close()
    installation.versions.close()


async def test_the_report_counts_what_was_taken_and_embedded(shop: Installation) -> None:
    report = await shop.take([*the_teahouse(), _prose("第二天送达。")])
    assert report.accepted == {"product": 2, "fact": 6, "faq": 2, "passage": 1}
    assert (report.refused, report.refusals, report.unchanged) == (0, (), False)
    assert (report.embedded, report.cached) == (len(shop.words.asked), 0)
    assert report.seconds > 0
    published = shop.versions.published(STORE.id)
    assert published is not None
    assert published.scope.version_id == report.version_id
    assert published.counts == report.accepted
    assert await shop.stores.get(STORE.id) == STORE


async def test_progress_runs_from_reading_to_the_written_index(shop: Installation) -> None:
    await shop.take(the_teahouse())
    assert [step.stage for step in shop.steps if step.done == step.total or step.stage == "read"] == [
        "read",
        "embed",
        "write",
    ]
    embedding = [step for step in shop.steps if step.stage == "embed"]
    assert embedding[0].done == 0
    assert embedding[-1].done == embedding[-1].total == len(shop.words.asked)


async def test_the_same_content_builds_and_embeds_nothing(shop: Installation) -> None:
    first = await shop.take(the_teahouse())
    asked = list(shop.words.asked)
    again = await shop.take(the_teahouse())
    assert again.unchanged
    assert again.version_id == first.version_id
    assert again.accepted == first.accepted
    assert (again.embedded, again.cached) == (0, 0)
    assert shop.words.asked == asked
    assert len(shop.versions.kept(STORE.id)) == 1
    assert shop.leftovers() == []


async def test_content_that_came_before_is_published_again_without_building(shop: Installation) -> None:
    first = await shop.take([faq("几天到货", "三天。")])
    await shop.take([faq("几天到货", "两天。")])
    again = await shop.take([faq("几天到货", "三天。")])
    assert again.unchanged
    published = shop.versions.published(STORE.id)
    assert published is not None
    assert published.scope.version_id == again.version_id == first.version_id


async def test_a_change_embeds_only_what_is_new(shop: Installation) -> None:
    await shop.take([faq("几天到货", "三天。"), faq("能开发票吗", "能。")])
    shop.words.asked.clear()
    report = await shop.take([faq("几天到货", "两天。"), faq("能开发票吗", "能。"), faq("支持退货吗", "支持。")])
    assert shop.words.asked == ["支持退货吗"]
    assert (report.embedded, report.cached, report.unchanged) == (1, 2, False)


async def test_facts_of_one_name_share_one_vector_across_products(shop: Installation) -> None:
    facts = [fact(ProductId(f"P{number}"), "保修期", f"{number}年") for number in range(50)]
    report = await shop.take(facts)
    assert report.embedded == 1
    assert report.accepted == {"fact": 50}


async def test_a_second_row_of_an_id_is_refused_with_its_place(shop: Installation) -> None:
    one, other = faq("几天到货", "三天。"), replace(faq("几天到货", "两天。"), source=replace(SOURCE, locator="row 7"))
    report = await shop.take([one, other, _product(MUG, "杯子"), _product(MUG, "另一个杯子")])
    assert [(refusal.file, refusal.row) for refusal in report.refusals] == [(SOURCE.file, 7), (SOURCE.file, 1)]
    assert all("is taken by an earlier row" in refusal.reason for refusal in report.refusals)
    assert report.accepted == {"faq": 1, "product": 1}


async def test_the_same_prose_on_two_pages_is_taken_once_and_is_no_mistake(shop: Installation) -> None:
    report = await shop.take([_prose("第二天送达。"), _prose("第二天送达。")])
    assert report.accepted == {"passage": 1}
    assert report.refused == 0


async def test_refusals_of_readers_are_passed_on_and_the_rest_is_taken(shop: Installation) -> None:
    refusal = Refusal("faq/all.csv", 3, "no answer")
    report = await shop.take([refusal, faq("几天到货", "三天。")])
    assert report.refusals == (refusal,)
    assert report.accepted == {"faq": 1}


async def test_entries_that_cannot_be_kept_are_refused_and_the_rest_is_taken(shop: Installation) -> None:
    report = await shop.take(
        [faq("half \ud83c", "of a pair"), faq(" ", "no question"), passage("  \n"), faq("几天到货", "三天。")]
    )
    assert report.accepted == {"faq": 1}
    assert ["not valid Unicode" in refusal.reason for refusal in report.refusals] == [True, False, False]


async def test_passages_that_share_an_id_are_taken_once_and_are_no_mistake(shop: Installation) -> None:
    same = passage("第二天送达。")
    report = await shop.take([same, replace(same, source=replace(SOURCE, file="other.md"))])
    assert report.accepted == {"passage": 1}
    assert (report.refused, report.remarked) == (0, 0)


async def test_remarks_are_told_apart_from_refusals(shop: Installation) -> None:
    remark = Refusal("products.csv", 2, "no price", remark=True)
    refusal = Refusal("products.csv", 3, "no title")
    report = await shop.take([remark, refusal, faq("几天到货", "三天。")])
    assert (report.refused, report.refusals) == (1, (refusal,))
    assert (report.remarked, report.remarks) == (1, (remark,))


async def test_what_the_build_refuses_is_told_in_chinese_too(shop: Installation) -> None:
    report = await shop.take([faq("几天到货", "三天。"), faq("几天到货", "两天。"), faq(" ", "空")])
    said = [refusal.text.in_language("zh") for refusal in report.refusals if refusal.text]
    assert ["已被前面的行使用" in said[0], "没有文字" in said[1]] == [True, True]
    with pytest.raises(PackRefused) as refused:
        await shop.take([faq(" ", "空")])
    assert str(refused.value.data["detail_zh"]).startswith("没有任何可用的内容")
    assert "没有文字" in str(refused.value.data["detail_zh"])


async def test_pictures_come_with_the_version_and_are_counted(shop: Installation) -> None:
    report = await shop.take([faq("几天到货", "三天。"), _picture("media/a.svg", b"one"), _picture("media/b.mp4", b"")])
    assert report.accepted == {"faq": 1, "media": 1}
    assert [refusal.file for refusal in report.refusals] == ["knowledge/a/media/b.mp4"]
    assert shop.pictures() == {"a.svg": b"one"}
    published = shop.versions.published(STORE.id)
    assert published is not None
    assert published.counts == {"faq": 1}


async def test_a_changed_picture_alone_is_brought_up_to_date_without_a_new_version(shop: Installation) -> None:
    before = await shop.take([faq("几天到货", "三天。"), _picture("media/a.svg", b"one")])
    after = await shop.take([faq("几天到货", "三天。"), _picture("media/a.svg", b"two")])
    assert after.unchanged
    assert after.version_id == before.version_id
    assert shop.pictures() == {"a.svg": b"two"}


async def test_an_import_that_fails_leaves_the_pictures_as_they_were(shop: Installation) -> None:
    class Failing(WordEmbedder):
        async def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise NotReady("the endpoint is down")

    await shop.take([faq("几天到货", "三天。"), _picture("media/a.svg", b"one")])
    changed: list[Item | Media] = [_picture("media/a.svg", b"two"), _picture("media/b.svg", b"new")]
    with pytest.raises(NotReady):
        await shop.take([faq("几天到货", "两天。"), *changed], embedder=Failing())
    with pytest.raises(PackRefused):
        await shop.take(changed)
    assert shop.pictures() == {"a.svg": b"one"}
    assert [path.name for path in (shop.root.parent / "media").rglob("*") if path.is_file()] == ["a.svg"]


async def test_refusals_beyond_measure_are_counted_only(shop: Installation) -> None:
    many = (Refusal("products.csv", number, "no title") for number in range(REFUSALS_KEPT + 200))
    report = await shop.take([*many, faq("几天到货", "三天。")])
    assert report.refused == REFUSALS_KEPT + 200
    assert len(report.refusals) == REFUSALS_KEPT


@pytest.mark.parametrize("items", [[], [Refusal("faq.csv", 2, "no answer")], [passage(" ")]])
async def test_a_pack_without_anything_usable_is_refused(shop: Installation, items: list[Item | Refusal]) -> None:
    before = await shop.take(the_teahouse())
    with pytest.raises(PackRefused, match="nothing in it"):
        await shop.take(items)
    _assert_unchanged(shop, before)


async def test_a_pack_that_breaks_off_while_it_is_read_changes_nothing(shop: Installation) -> None:
    before = await shop.take(the_teahouse())
    shop.stores.stores.clear()

    def cut_off() -> Iterator[Item]:
        yield faq("几天到货", "三天。")
        raise PackRefused("knowledge/a.zip is cut off in the middle")

    with pytest.raises(PackRefused, match="cut off"):
        await shop.take(cut_off())
    _assert_unchanged(shop, before)
    assert shop.stores.stores == {}


async def test_an_embedder_that_fails_changes_nothing(shop: Installation) -> None:
    class Failing(WordEmbedder):
        async def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise NotReady("the endpoint is down")

    before = await shop.take(the_teahouse())
    with pytest.raises(NotReady, match="down"):
        await shop.take([faq("几天到货", "三天。")], embedder=Failing())
    _assert_unchanged(shop, before)


async def test_an_import_that_is_cancelled_changes_nothing(shop: Installation) -> None:
    class Waiting(WordEmbedder):
        async def embed_passages(self, texts: Sequence[str]) -> Vectors:
            waiting.set()
            await asyncio.sleep(60)
            return await super().embed_passages(texts)

    before = await shop.take(the_teahouse())
    waiting = asyncio.Event()
    importing = asyncio.create_task(shop.take([faq("几天到货", "三天。")], embedder=Waiting()))
    await waiting.wait()
    with pytest.raises(Conflict, match="running"):
        await shop.take(the_teahouse())
    importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    _assert_unchanged(shop, before)


async def test_another_embedder_builds_anew_and_the_old_index_is_refused_with_advice(shop: Installation) -> None:
    await shop.take(the_teahouse())
    other = WordEmbedder("words-2")
    knowledge = EmbeddedKnowledge(shop.versions, embedder=other.name, dimension=other.dimension)
    with pytest.raises(EmbedderMismatch) as refusal:
        await knowledge.published(STORE.id)
    assert "words-1" in refusal.value.detail
    assert "words-2" in refusal.value.detail
    assert "Import the store again" in refusal.value.detail
    published = shop.versions.published(STORE.id)
    assert published is not None
    with pytest.raises(EmbedderMismatch):
        await knowledge.search(published.scope, SearchQuery("热水壶"))
    report = await shop.take(the_teahouse(), embedder=other)
    assert not report.unchanged
    assert (await knowledge.published(STORE.id)).version_id == report.version_id
    await knowledge.close()


async def test_a_damaged_index_is_named_and_what_to_do(shop: Installation) -> None:
    report = await shop.take(the_teahouse())
    index = shop.root / STORE.id / report.version_id / DATABASE
    index.write_bytes(index.read_bytes()[:5_000])
    knowledge = EmbeddedKnowledge(shop.versions, embedder=shop.embedder.name, dimension=shop.embedder.dimension)
    scope = await knowledge.published(STORE.id)
    with pytest.raises(NotReady, match="Import the store again"):
        await knowledge.search(scope, SearchQuery("热水壶"))
    await knowledge.close()


async def test_entries_come_back_as_they_went_in(shop: Installation) -> None:
    entries: list[Item] = [
        Product(
            KETTLE,
            LocalText.of({"zh": "电热水壶", "en": "Kettle", "zh-Hant": "電熱水壺"}),
            SOURCE,
            facts=(replace(fact(KETTLE, "容量", "1.7升")), fact(KETTLE, "功率", "1800W")),
        ),
        Faq(EvidenceId("ev_1"), text("问"), text("答"), SOURCE, ("再问",), KETTLE),
        Passage(EvidenceId("ev_2"), "一段话。", "zh", SOURCE, ("甲", "乙"), KETTLE),
    ]
    await shop.take(entries)
    knowledge = EmbeddedKnowledge(shop.versions, embedder=shop.embedder.name, dimension=shop.embedder.dimension)
    scope = await knowledge.published(STORE.id)
    product = entries[0]
    assert isinstance(product, Product)
    assert await knowledge.product(scope, KETTLE) == product
    assert await knowledge.facts(scope, product_id=KETTLE) == list(product.facts)
    assert all(isinstance(one, Fact) for one in product.facts)
    assert await knowledge.passages(scope, product_id=KETTLE) == [entries[2]]
    await knowledge.close()


def _assert_unchanged(shop: Installation, before: ImportReport) -> None:
    published = shop.versions.published(STORE.id)
    assert published is not None
    assert published.scope.version_id == before.version_id
    assert shop.leftovers() == []


def _prose(body: str) -> Prose:
    return Prose(body, "zh", SOURCE, ("配送",))


def _picture(path: str, data: bytes) -> Media:
    return Media(path, f"knowledge/a/{path}", len(data), lambda: data)


def _product(product_id: ProductId, title: str) -> Product:
    return Product(product_id, text(title), SOURCE)
