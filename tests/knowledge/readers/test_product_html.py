"""Pages as HTML."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.commerce import FactGroup, Faq
from assistant.domain.errors import PackRefused
from assistant.domain.packs import Item, Prose, Refusal
from knowledge.readers.product_html import ProductHtml
from knowledge.readers.reader import Pack
from tests.knowledge.readers.files import fact, group, products, read, refusals, remarks

PATH = "pages/shoe.html"


def page(body: str, head: str = "", lang: str = "zh-CN") -> str:
    return f"<!doctype html><html lang='{lang}'><head><title>轻云 | 商店</title>{head}</head><body>{body}</body></html>"


def json_ld(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def html(content: str | bytes, pack: Pack | None = None) -> list[Item | Refusal]:
    return read(ProductHtml(), PATH, content, pack)


def prose(items: list[Item | Refusal]) -> list[tuple[tuple[str, ...], str]]:
    return [(item.heading, item.text) for item in items if isinstance(item, Prose)]


PRODUCT = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "BreadcrumbList"},
        {
            "@type": ["Product"],
            "sku": "S-1",
            "name": "轻云跑鞋",
            "brand": {"@type": "Brand", "name": "青禾"},
            "mpn": "RC-210",
            "image": ["https://shop.example/1.png"],
            "weight": {"@type": "QuantitativeValue", "value": 245, "unitCode": "GRM"},
            "color": "黑",
            "additionalProperty": [
                {"@type": "PropertyValue", "name": "鞋底", "value": "橡胶"},
                {"@type": "PropertyValue", "name": "适用温度", "minValue": -5, "maxValue": 30, "unitCode": "CEL"},
            ],
            "offers": {
                "@type": "Offer",
                "price": "399.00",
                "priceCurrency": "CNY",
                "availability": "https://schema.org/OutOfStock",
                "warranty": {"durationOfWarranty": {"value": 2, "unitCode": "ANN"}},
            },
        },
    ],
}


def test_a_product_in_json_ld_is_read_with_its_offer_and_properties() -> None:
    (product,) = products(html(page("<p>很轻。</p>", json_ld(PRODUCT))))
    assert (product.id, product.brand, product.model, product.status) == ("S-1", "青禾", "RC-210", "out_of_stock")
    assert product.image == "https://shop.example/1.png"
    assert str(product.price) == "¥399"
    assert str(fact(product, "重量").value) == "245 g"
    assert str(fact(product, "适用温度").value) == "-5-30 ℃"
    assert [str(stated.value) for stated in group(product, FactGroup.SERVICE)] == ["2 年"]


def test_variants_of_a_product_group_are_its_skus() -> None:
    variants = [
        {"@type": "Product", "sku": "S-B", "color": "黑", "size": "42", "offers": {"price": 399}},
        {"@type": "Product", "sku": "S-W", "color": "白", "offers": {"price": 419, "availability": "OutOfStock"}},
    ]
    group_node = {"@type": "ProductGroup", "productGroupID": "S", "name": "跑鞋", "hasVariant": variants}
    (product,) = products(html(page("", json_ld(group_node))))
    assert [(sku.id, dict(sku.options), sku.stock) for sku in product.skus] == [
        ("S-B", {"颜色": "黑", "尺码": "42"}, None),
        ("S-W", {"颜色": "白"}, 0),
    ]


def test_several_offers_with_skus_of_their_own_are_skus() -> None:
    offers = [{"sku": "a", "price": 1, "name": "小"}, {"sku": "b", "price": 2, "name": "大"}]
    (product,) = products(html(page("", json_ld({"@type": "Product", "sku": "S", "name": "x", "offers": offers}))))
    assert [(sku.id, str(sku.price)) for sku in product.skus] == [("a", "¥1"), ("b", "¥2")]


META = "<meta name='product-id' content='S-9'>"


def test_attribute_tables_definition_lists_and_lists_of_pairs_become_facts() -> None:
    body = """<h1>登山鞋</h1>
      <table><tr><th>材质</th><td>牛皮</td></tr><tr><th>产地</th><td>温州</td></tr></table>
      <table><tr><th>参数</th><th>值</th></tr><tr><td>重量</td><td>600 g</td></tr></table>
      <table><tr><th>跟高</th><td>3 cm</td><th>闭合</th><td>系带</td></tr></table>
      <dl><div><dt>帮高：</dt><dd>中帮</dd></div></dl>
      <ul><li>鞋头：圆头</li><li>鞋垫：可拆</li></ul>"""
    items = html(page(body, META))
    (product,) = products(items)
    stated = {str(fact.key): str(fact.value) for fact in product.facts}
    assert stated == {
        "材质": "牛皮", "产地": "温州", "重量": "600 g", "跟高": "3 cm", "闭合": "系带", "帮高": "中帮",
        "鞋头": "圆头", "鞋垫": "可拆",
    }  # fmt: skip
    assert (product.id, str(product.title)) == ("S-9", "登山鞋")
    assert prose(items) == []


@pytest.mark.parametrize(
    "table",
    [
        "<tr><th>尺码</th><th>胸围</th></tr><tr><td>M</td><td>96 cm</td></tr><tr><td>L</td><td>100 cm</td></tr>",
        "<tr><td>尺码</td><td>胸围</td></tr><tr><td>M</td><td>96 cm</td></tr><tr><td>L</td><td>100 cm</td></tr>",
        "<tr><th>尺码</th><th>M</th><th>L</th></tr><tr><td>胸围</td><td>96 cm</td><td>100 cm</td></tr>",
    ],
)
def test_a_size_table_is_a_table_and_facts_however_it_is_turned(table: str) -> None:
    (product,) = products(html(page(f"<h1>T恤</h1><h2>尺码表</h2><table>{table}</table>", META)))
    (sizes,) = product.size_tables
    assert (sizes.columns, sizes.rows) == (("尺码", "胸围"), (("M", "96 cm"), ("L", "100 cm")))
    assert {str(row.key): str(row.value) for row in group(product, FactGroup.SIZE)} == {
        "M": "胸围 96 cm",
        "L": "胸围 100 cm",
    }


def test_prose_keeps_its_headings_and_nothing_of_the_page_around_it() -> None:
    body = """<nav>首页</nav><div class="breadcrumb">首页 &gt; 鞋</div><main><h1>配送</h1><p>满 99
      包邮。<br>次日达。</p><h2>偏远地区</h2>
      <table><tr><th>地区</th><th>运费</th></tr><tr><td>西藏</td><td>10 元</td></tr></table>
      <h2>例外</h2><ol><li>大件</li><li>生鲜</li></ol><div hidden>x</div>
      <script>var a = "1";</script><style>p{}</style></main>
      <footer>备案号</footer>"""
    items = html(page(body))
    assert prose(items) == [
        (("配送",), "满 99 包邮。\n次日达。"),
        (("配送", "偏远地区"), "| 地区 西藏；运费 10 元 |"),
        (("配送", "例外"), "- 1. 大件\n- 2. 生鲜"),
    ]
    assert {item.source.locator for item in items if isinstance(item, Prose)} >= {"配送 > 偏远地区"}
    assert not products(items)


def test_a_page_whose_file_name_is_a_product_belongs_to_it() -> None:
    pack = replace(Pack("p"), known_products={"shoe"})
    items = html(page("<h1>轻云</h1><p>很轻。</p>"), pack)
    assert [item.product_id for item in items if isinstance(item, Prose)] == ["shoe"]
    assert [product.id for product in products(items)] == ["shoe"]


def test_the_language_is_the_pages_own() -> None:
    content = page(
        "<h1>Delivery</h1><p>Free from 99.</p>", "<link rel='canonical' href='https://shop.example/d'>", "en-US"
    )
    (item,) = html(content)
    assert isinstance(item, Prose)
    assert (item.language, item.source.url) == ("en", "https://shop.example/d")


def test_a_page_in_english_that_does_not_say_so_is_english() -> None:
    (item,) = html("<p>Orders are sent within one working day.</p>")
    assert isinstance(item, Prose)
    assert item.language == "en"


def test_questions_in_json_ld_become_faq_entries() -> None:
    node = {
        "@type": "FAQPage",
        "mainEntity": [{"@type": "Question", "name": "包邮吗", "acceptedAnswer": {"text": "<p>满 <b>99</b> 包邮</p>"}}],
    }
    (faq,) = [item for item in html(page("", json_ld(node))) if isinstance(item, Faq)]
    assert (str(faq.question), str(faq.answer)) == ("包邮吗", "满 99 包邮")


@pytest.mark.parametrize("block", ["{not json", "[" * 100_000, '{"@type": "Product", "name": '])
def test_json_ld_that_cannot_be_read_is_remarked_and_the_page_taken(block: str) -> None:
    items = html(page("<p>很轻。</p>", f'<script type="application/ld+json">{block}</script>'))
    assert len(remarks(items)) == 1
    assert prose(items) == [((), "很轻。")]


@pytest.mark.parametrize("keep", [40, 75, 95])
def test_a_page_cut_off_in_the_middle_refuses_the_import(keep: int) -> None:
    content = page("<p>很轻，很软，很透气。</p>" * 20)
    with pytest.raises(PackRefused, match="ends in the middle of an element"):
        html(content[: len(content) * keep // 100])


def test_a_page_without_text_is_refused() -> None:
    (refused,) = refusals(html(page("<nav>x</nav>")))
    assert "holds no text" in refused.reason


def test_a_page_nested_beyond_reason_is_refused_at_once() -> None:
    with pytest.raises(PackRefused, match="nested more than"):
        html("<div>" * 200_000)


def test_a_deep_page_within_reason_is_read() -> None:
    assert prose(html("<div>" * 3000 + "很轻" + "</div>" * 3000)) == [((), "很轻")]


def test_a_large_page_is_read() -> None:
    items = html(page("<p>很轻，很软，很透气。</p>" * 60_000))
    assert sum(len(text) for _, text in prose(items)) > 600_000


markup = st.text(alphabet="<>/=\"'!- abdhlpstru1鞋", max_size=120)


@given(markup | st.binary(max_size=200))
def test_no_content_raises_anything_but_pack_refused(content: str | bytes) -> None:
    with suppress(PackRefused):
        assert html(content) != []


tags = st.sampled_from(
    ["div", "p", "h1", "h3", "table", "tr", "td", "th", "ul", "li", "dl", "dt", "dd", "br", "nav", "main"]
)


@given(st.lists(st.tuples(tags, st.sampled_from(["<{}>", "</{}>", "<{}>鞋：黑"])), max_size=30), st.booleans())
def test_any_nesting_of_elements_is_read(parts: list[tuple[str, str]], of_product: bool) -> None:
    body = "".join(form.format(tag) for tag, form in parts)
    with suppress(PackRefused):
        assert html(page(body, META if of_product else "")) != []
