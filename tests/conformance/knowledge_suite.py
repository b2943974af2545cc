"""What every implementation of the `Knowledge` port does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import pytest

from assistant.domain.commerce import Fact, FactGroup, Faq, Passage, Product, Source
from assistant.domain.errors import NotFound, NotReady
from assistant.domain.evidence import EvidenceKind, Scope, SearchQuery
from assistant.domain.ids import EvidenceId, ProductId, StoreId
from assistant.domain.packs import Item, evidence_id
from assistant.domain.ports import Embedder, Knowledge
from assistant.domain.text import LocalText

TEAHOUSE, BAKERY = StoreId("teahouse"), StoreId("bakery")
KETTLE, MUG = ProductId("KT-17"), ProductId("MUG-3")
SOURCE = Source("kettles", "products/kettles.json", "row 1")


class Publishing(Protocol):
    """What a test needs besides the port: an empty installation that things can be published in."""

    knowledge: Knowledge
    embedder: Embedder

    async def publish(self, store_id: StoreId, items: Sequence[Item]) -> Scope: ...

    async def roll_back(self, store_id: StoreId) -> Scope: ...


def text(zh: str, en: str = "") -> LocalText:
    return LocalText.of({"zh": zh, "en": en} if en else {"zh": zh})


def fact(product_id: ProductId | None, key: str, value: str, group: FactGroup = FactGroup.ATTRIBUTE) -> Fact:
    identity = evidence_id(product_id or "", key, value)
    return Fact(identity, text(key), text(value), group, SOURCE, product_id, aliases=(f"{key}参数",))


def faq(question: str, answer: str, *similar: str, product_id: ProductId | None = None) -> Faq:
    return Faq(evidence_id("faq", question), text(question), text(answer), SOURCE, similar, product_id)


def passage(body: str, *heading: str, product_id: ProductId | None = None) -> Passage:
    return Passage(evidence_id("passage", body), body, "zh", SOURCE, heading, product_id)


def the_teahouse() -> list[Item]:
    kettle_facts = (
        fact(KETTLE, "容量", "1.7升"),
        fact(KETTLE, "保修期", "两年", FactGroup.SERVICE),
        fact(KETTLE, "材质", "不锈钢"),
    )
    kettle = Product(
        KETTLE,
        text("云壶电热水壶 1.7升", "Cloud electric kettle 1.7 L"),
        SOURCE,
        category=text("热水壶", "Kettles"),
        brand="云壶",
        model="CK-1700-B",
        names=("小云",),
        facts=kettle_facts,
    )
    mug = Product(MUG, text("陶瓷马克杯", "Ceramic mug"), SOURCE, category=text("杯子", "Mugs"), brand="青瓦")
    return [
        mug,
        kettle,
        fact(MUG, "材质", "陶瓷"),
        fact(MUG, "容量", "350ml"),
        fact(None, "客服时间", "每天九点到十八点", FactGroup.SERVICE),
        faq("可以开发票吗", "可以，下单时填写抬头即可。", "怎么开票", "Can I get an invoice?"),
        faq("热水壶怎么除垢", "用白醋煮一次。", product_id=KETTLE),
    ]


class KnowledgeSuite:
    """Needs a fixture `shops`: a `Publishing` with nothing in it yet."""

    async def test_nothing_is_ready_before_something_is_published(self, shops: Publishing) -> None:
        with pytest.raises(NotReady, match=TEAHOUSE):
            await shops.knowledge.published(TEAHOUSE)

    async def test_what_was_published_can_be_read(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        assert await shops.knowledge.published(TEAHOUSE) == scope
        kettle = await shops.knowledge.product(scope, KETTLE)
        assert kettle is not None
        assert kettle == next(item for item in the_teahouse() if isinstance(item, Product) and item.id == KETTLE)

    async def test_a_product_has_all_its_facts_wherever_they_were_read(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        mug = await shops.knowledge.product(scope, MUG)
        assert mug is not None
        assert [str(found.value) for found in mug.facts] == ["陶瓷", "350ml"]
        assert list(mug.facts) == await shops.knowledge.facts(scope, product_id=MUG)

    async def test_products_come_in_the_order_asked_for_and_unknown_ones_not_at_all(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        found = await shops.knowledge.products(scope, [MUG, ProductId("none"), KETTLE])
        assert [product.id for product in found] == [MUG, KETTLE]
        assert await shops.knowledge.products(scope, []) == []
        assert await shops.knowledge.product(scope, ProductId("none")) is None

    async def test_the_catalogue_is_listed_page_by_page_as_the_pack_gives_it(self, shops: Publishing) -> None:
        products = [Product(ProductId(f"P{number % 7}{number}"), text(f"杯子{number}"), SOURCE) for number in range(9)]
        scope = await shops.publish(TEAHOUSE, products)
        pages = [await shops.knowledge.all_products(scope, offset=offset, limit=4) for offset in (0, 4, 8, 12)]
        assert [product for page in pages for product in page] == products
        assert [len(page) for page in pages] == [4, 4, 1, 0]

    async def test_facts_are_listed_by_product_and_group_as_the_pack_gives_them(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        keys = [str(found.key) for found in await shops.knowledge.facts(scope, product_id=KETTLE)]
        assert keys == ["容量", "保修期", "材质"]
        service = frozenset({FactGroup.SERVICE})
        found = await shops.knowledge.facts(scope, product_id=KETTLE, groups=service)
        assert [str(one.key) for one in found] == ["保修期"]
        assert [str(one.key) for one in await shops.knowledge.facts(scope, product_id=None)] == ["客服时间"]
        assert await shops.knowledge.facts(scope, product_id=ProductId("none")) == []

    async def test_prose_is_listed_by_product_as_the_pack_gives_it(self, shops: Publishing) -> None:
        prose = [
            passage("第二天送达。", "配送"),
            passage("壶身双层防烫。", "细节", product_id=KETTLE),
            passage("偏远地区三天送达。", "配送"),
            passage("壶盖一键开启。", "细节", product_id=KETTLE),
        ]
        scope = await shops.publish(TEAHOUSE, prose)
        assert await shops.knowledge.passages(scope, product_id=KETTLE) == [prose[1], prose[3]]
        assert await shops.knowledge.passages(scope, product_id=None) == [prose[0], prose[2]]

    async def test_the_question_that_was_answered_before_is_found_first(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        for question, matched in (("怎么开票呀", "怎么开票"), ("can i get an invoice", "Can I get an invoice?")):
            best = (await shops.knowledge.search(scope, await _query(shops, question)))[0]
            assert best.kind is EvidenceKind.FAQ
            assert best.matched == matched
            assert best.signals.dense > 0.5
            assert best.signals.lexical > 0

    async def test_results_are_ranked_distinct_and_not_more_than_asked_for(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = await _query(shops, "热水壶的材质和容量")
        for limit in (1, 3, 50):
            found = await shops.knowledge.search(scope, replace(query, limit=limit))
            assert len(found) <= limit
            fused = [candidate.signals.fused for candidate in found]
            assert fused == sorted(fused, reverse=True)
            assert len({(candidate.kind, candidate.entry.id) for candidate in found}) == len(found)
        assert len(found) == 10

    async def test_the_same_search_gives_the_same_ranking(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = await _query(shops, "材质")
        once, again = [await shops.knowledge.search(scope, query) for _ in range(2)]
        assert once == again

    @pytest.mark.parametrize("kind", [EvidenceKind.FACT, EvidenceKind.FAQ, EvidenceKind.PRODUCT])
    async def test_only_the_kinds_asked_for_are_found(self, shops: Publishing, kind: EvidenceKind) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = replace(await _query(shops, "热水壶的容量"), kinds=frozenset({kind}))
        for restricted in (query, replace(query, product_ids=(KETTLE,))):
            found = await shops.knowledge.search(scope, restricted)
            assert {candidate.kind for candidate in found} == {kind}

    async def test_a_kind_that_the_index_does_not_hold_finds_nothing(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = await _query(shops, "热水壶")
        assert await shops.knowledge.search(scope, replace(query, kinds=frozenset({EvidenceKind.STORE}))) == []
        assert await shops.knowledge.search(scope, replace(query, kinds=frozenset())) == []

    async def test_a_search_for_products_finds_theirs_and_if_wished_what_belongs_to_none(
        self, shops: Publishing
    ) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = replace(await _query(shops, "材质 发票 客服时间"), limit=50)

        async def owners(product_ids: tuple[ProductId, ...] | None, store_wide: bool) -> set[ProductId | None]:
            wanted = replace(query, product_ids=product_ids, store_wide=store_wide)
            found = [candidate.entry for candidate in await shops.knowledge.search(scope, wanted)]
            return {entry.id if isinstance(entry, Product) else entry.product_id for entry in found}

        assert await owners((KETTLE,), store_wide=False) == {KETTLE}
        assert await owners((KETTLE,), store_wide=True) == {KETTLE, None}
        assert await owners((KETTLE, MUG), store_wide=False) == {KETTLE, MUG}
        assert await owners((ProductId("none"),), store_wide=False) == set()
        assert await owners((ProductId("none"),), store_wide=True) == {None}
        assert await owners((), store_wide=True) == {None}
        assert await owners((), store_wide=False) == set()
        assert await owners(None, store_wide=False) == {KETTLE, MUG, None}

    async def test_a_restricted_search_scores_as_an_unrestricted_one(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        query = replace(await _query(shops, "热水壶的保修期是多久"), limit=50)
        everywhere = {one.entry.id: one.signals for one in await shops.knowledge.search(scope, query)}
        restricted = await shops.knowledge.search(scope, replace(query, product_ids=(KETTLE,), store_wide=False))
        assert restricted
        for candidate in restricted:
            assert candidate.signals.lexical == pytest.approx(everywhere[candidate.entry.id].lexical)
            assert candidate.signals.dense == pytest.approx(everywhere[candidate.entry.id].dense, abs=1e-5)

    async def test_without_a_vector_words_alone_decide(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        found = await shops.knowledge.search(scope, SearchQuery("怎么开票"))
        assert found[0].matched == "怎么开票"
        assert all(candidate.signals.lexical > 0 and candidate.signals.dense == 0 for candidate in found)
        assert await shops.knowledge.search(scope, SearchQuery("zebra")) == []
        assert await shops.knowledge.search(scope, SearchQuery("zebra", product_ids=(KETTLE,))) == []

    @pytest.mark.parametrize("empty", ["", "  \n", "？！", "\0"])
    async def test_an_empty_query_finds_nothing(self, shops: Publishing, empty: str) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        assert await shops.knowledge.search(scope, SearchQuery(empty)) == []
        assert await shops.knowledge.search(scope, SearchQuery(empty, product_ids=(KETTLE,))) == []
        assert await shops.knowledge.find_products(scope, empty) == []

    @pytest.mark.parametrize(
        "hostile", ['"', "a OR b", "NEAR(", "terms:x*", "'; DROP TABLE entries; --", "a AND NOT 壶"]
    )
    async def test_the_words_of_a_query_are_never_an_expression(self, shops: Publishing, hostile: str) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        await shops.knowledge.search(scope, SearchQuery(hostile))
        found = await shops.knowledge.search(scope, SearchQuery(f"{hostile} 陶瓷马克杯"))
        assert any(candidate.entry.id == MUG for candidate in found)

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("云壶电热水壶", KETTLE),
            ("ck-1700-b", KETTLE),
            ("CK1700B 多少钱", KETTLE),
            ("小云", KETTLE),
            ("electric kettles", KETTLE),
            ("1.7L 的壶", KETTLE),
            ("雲壺電熱水壺", KETTLE),
            ("mug-3", MUG),
            ("青瓦的杯子", MUG),
        ],
    )
    async def test_products_are_found_by_title_model_name_category_and_id(
        self, shops: Publishing, words: str, expected: ProductId
    ) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        found = await shops.knowledge.find_products(scope, words)
        assert found[0].entry.id == expected
        assert all(candidate.kind is EvidenceKind.PRODUCT for candidate in found)

    async def test_products_that_share_no_word_are_not_found(self, shops: Publishing) -> None:
        scope = await shops.publish(TEAHOUSE, the_teahouse())
        assert await shops.knowledge.find_products(scope, "帐篷") == []
        assert len(await shops.knowledge.find_products(scope, "壶 杯", limit=1)) == 1

    async def test_stores_do_not_see_each_other(self, shops: Publishing) -> None:
        tea = await shops.publish(TEAHOUSE, the_teahouse())
        bread = await shops.publish(BAKERY, [faq("可以开发票吗", "不开发票。"), fact(KETTLE, "容量", "9升")])
        query = await _query(shops, "可以开发票吗")
        answers = {
            scope.store_id: str(entry.answer)
            for scope in (tea, bread)
            if isinstance(entry := (await shops.knowledge.search(scope, query))[0].entry, Faq)
        }
        assert answers == {TEAHOUSE: "可以，下单时填写抬头即可。", BAKERY: "不开发票。"}
        assert await shops.knowledge.product(bread, KETTLE) is None
        assert [str(one.value) for one in await shops.knowledge.facts(bread, product_id=KETTLE)] == ["9升"]
        assert await shops.knowledge.find_products(bread, "热水壶") == []
        assert await shops.knowledge.passages(bread, product_id=None) == []
        assert await shops.knowledge.all_products(bread) == []

    async def test_a_scope_that_mixes_two_stores_reads_nothing(self, shops: Publishing) -> None:
        tea = await shops.publish(TEAHOUSE, the_teahouse())
        await shops.publish(BAKERY, [faq("有面包吗", "有。")])
        with pytest.raises((NotReady, NotFound)):
            await shops.knowledge.all_products(Scope(BAKERY, tea.version_id))

    async def test_versions_do_not_see_each_other_and_an_old_one_stays_readable(self, shops: Publishing) -> None:
        old = await shops.publish(TEAHOUSE, [faq("几天到货", "三天。")])
        new = await shops.publish(TEAHOUSE, [faq("几天到货", "两天。")])
        query = await _query(shops, "几天到货")
        found = {scope: (await shops.knowledge.search(scope, query))[0].entry for scope in (old, new)}
        assert [str(entry.answer) for entry in found.values() if isinstance(entry, Faq)] == ["三天。", "两天。"]
        assert await shops.knowledge.published(TEAHOUSE) == new
        assert await shops.roll_back(TEAHOUSE) == old
        assert await shops.knowledge.published(TEAHOUSE) == old

    async def test_searches_see_one_whole_version_while_others_are_published(self, shops: Publishing) -> None:
        """Every version says its number in every entry; no search may mix two."""
        await shops.publish(TEAHOUSE, _numbered(0))
        query = await _query(shops, "第几版")
        done = False

        async def search() -> set[int]:
            seen: set[int] = set()
            while not done:
                scope = await shops.knowledge.published(TEAHOUSE)
                found = await shops.knowledge.search(scope, query)
                versions = {str(one.entry.answer) for one in found if isinstance(one.entry, Faq)}
                assert len(versions) == 1
                assert len(found) == 6
                seen |= {int(version) for version in versions}
            return seen

        searching = [asyncio.create_task(search()) for _ in range(3)]
        for number in range(1, 4):
            await shops.publish(TEAHOUSE, _numbered(number))
            await asyncio.sleep(0.02)
        await shops.roll_back(TEAHOUSE)
        await asyncio.sleep(0.02)
        done = True
        seen = set().union(*await asyncio.gather(*searching))
        assert {0, 3} <= seen <= {0, 1, 2, 3}

    async def test_equal_names_of_facts_do_not_hide_each_other_within_a_product(self, shops: Publishing) -> None:
        products = [ProductId(f"P{number}") for number in range(30)]
        facts = [fact(product_id, "保修期", f"{place + 1}年") for place, product_id in enumerate(products)]
        scope = await shops.publish(TEAHOUSE, facts)
        query = await _query(shops, "保修期")
        for place in (0, 17, 29):
            wanted = replace(query, product_ids=(products[place],))
            found = await shops.knowledge.search(scope, wanted)
            assert [candidate.entry.id for candidate in found] == [facts[place].id]

    async def test_long_and_odd_entries_survive(self, shops: Publishing) -> None:
        odd = [
            Passage(EvidenceId("ev_long"), "很长的说明，" * 2_000, "zh", SOURCE),
            Passage(EvidenceId("ev_odd"), 'emoji 👟 "quotes" \0 nul\n换行', "zh", SOURCE),
            Passage(EvidenceId("ev_marks"), "？！…", "zh", SOURCE),
        ]
        scope = await shops.publish(TEAHOUSE, odd)
        assert await shops.knowledge.passages(scope, product_id=None) == odd
        assert (await shops.knowledge.search(scope, SearchQuery("quotes")))[0].entry == odd[1]


async def _query(shops: Publishing, question: str) -> SearchQuery:
    vector = (await shops.embedder.embed_queries([question]))[0]
    return SearchQuery(question, vector=tuple(vector.tolist()))


def _numbered(version: int) -> list[Item]:
    return [replace(faq(f"第几版？问法{place}", str(version)), id=EvidenceId(f"ev_{place}")) for place in range(6)]
