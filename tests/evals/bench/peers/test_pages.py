"""The chain is given all that the shop's knowledge says, cut into chunks and sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from assistant.domain.commerce import Fact, FactGroup, Faq, Product, Source
from assistant.domain.ids import EvidenceId, ProductId
from assistant.domain.packs import Prose, Refusal
from assistant.domain.text import LocalText
from evals.bench.peers.pages import OWNER, SHOP, chunks_of, pages_of, sentences_of

LAMP = ProductId("lamp")


def zh(text: str) -> LocalText:
    return LocalText.one("zh", text)


def source(file: str = "shop.json") -> Source:
    return Source("shop", file)


def fact(key: str, value: str, product_id: ProductId | None = None, file: str = "shop.json") -> Fact:
    return Fact(EvidenceId(key), zh(key), zh(value), FactGroup.ATTRIBUTE, source(file), product_id)


ITEMS = [
    Product(LAMP, zh("台灯"), source(), facts=(fact("功率", "9W", LAMP),)),
    Prose("灯臂可以折叠。", "zh", source(), ("商品介绍",), LAMP),
    Faq(EvidenceId("faq"), zh("能调光吗"), zh("能，三档。"), source(), product_id=LAMP),
    fact("满减", "满100减10", file="offers.json"),
    Prose("七天无理由退货。", "zh", source("rules.md"), ("退货",)),
    Refusal("shop.json", 3, "no title"),
]


def test_a_product_is_one_page_with_all_that_is_said_of_it() -> None:
    [page] = [page for page in pages_of(ITEMS) if page.metadata[OWNER] == LAMP]
    for text in ("台灯", "功率：9W", "商品介绍", "灯臂可以折叠。", "能调光吗", "能，三档。"):
        assert text in page.page_content


def test_what_is_said_of_the_shop_stands_on_pages_by_file() -> None:
    pages = [page.page_content for page in pages_of(ITEMS) if page.metadata[OWNER] == SHOP]
    assert pages == ["满减：满100减10", "退货\n七天无理由退货。"]


def test_chunks_end_where_sentences_do_and_keep_their_owner() -> None:
    sentences = ["底座很稳。", "灯臂可以折叠！", "晚上不刺眼吗？不会。"]
    chunks = chunks_of([Document("".join(sentences), metadata={OWNER: LAMP})], 10)
    assert [chunk.page_content for chunk in chunks] == ["底座很稳。", "灯臂可以折叠！", "晚上不刺眼吗？不会。"]
    assert {chunk.metadata[OWNER] for chunk in chunks} == {LAMP}


@given(st.text(st.sampled_from("灯臂很稳。，；！？\n a9."), max_size=80))
def test_no_character_of_a_page_is_lost_but_blanks_at_edges(text: str) -> None:
    def solid(parts: list[str]) -> str:
        return "".join("".join(parts).split())

    chunks = [chunk.page_content for chunk in chunks_of([Document(text)], 12)]
    assert solid(chunks) == solid([text])
    assert solid([sentence for chunk in chunks for sentence in sentences_of(chunk)]) == solid([text])
    assert all(len(chunk) <= 12 for chunk in chunks)


def test_numbers_are_not_cut_at_their_point() -> None:
    assert sentences_of("重1.5kg。It weighs 1.5 kg. Nice!") == ["重1.5kg。", "It weighs 1.5 kg.", "Nice!"]
