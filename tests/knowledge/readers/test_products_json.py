"""Products as JSON and JSON Lines."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.commerce import FactGroup, Money, Quantity
from assistant.domain.errors import PackRefused
from assistant.domain.packs import Prose
from assistant.domain.text import LocalText
from knowledge.readers.product_record import KNOWN_FIELDS
from knowledge.readers.products_json import ProductsJson
from tests.knowledge.readers.files import fact, group, products, read, refusals, remarks

SHOE = {
    "id": "S-1",
    "title": {"en": "Cloud shoe", "zh": "轻云跑鞋"},
    "brand": "青禾",
    "price": "¥1,299.00",
    "as_of": "2026-11-20",
    "status": "on_sale",
    "attributes": [
        {"key": {"zh": "鞋面材质", "en": "Upper"}, "value": {"zh": "网布", "en": "Mesh"}, "aliases": ["鞋面"]},
        {"key": "重量", "value": 245, "unit": "g"},
    ],
    "skus": [
        {"id": "S-1-42", "options": {"颜色": "黑", "尺码": "42"}, "price": 399, "stock": 12},
        {"id": "S-1-43", "options": {"颜色": "白", "尺码": "43"}, "price": 459, "stock": 0},
    ],
    "gifts": [{"name": "袜子", "description": "随鞋发出"}],
    "materials": ["鞋垫"],
    "faults": [{"code": "E1", "name": "气垫漏气", "remedy": "联系客服"}],
    "services": {"质保期": "90 天"},
    "exchanges": [{"product": "S-2", "description": "同系列"}],
    "promotions": [{"name": "满减", "description": "满 300 减 30", "from": "2026-11-01", "to": "2026-11-30"}],
    "size_tables": [
        {
            "caption": "男鞋",
            "language": "zh",
            "columns": ["尺码", "脚长", "脚宽"],
            "rows": [["42", "260 mm", "100 mm"]],
        },
        {
            "caption": "Men",
            "language": "en",
            "columns": ["Size", "Foot length", "Width"],
            "rows": [["42", "260 mm", "100 mm"]],
        },
    ],
    "description": {"zh": "很轻。", "en": "Very light."},
}


def shoe(**changes: object) -> str:
    return json.dumps([SHOE | changes], ensure_ascii=False)


def read_list(content: str | bytes) -> list[object]:
    return list(read(ProductsJson(), "products/a.json", content))


def test_a_product_keeps_everything_that_it_states() -> None:
    items = read(ProductsJson(), "products/a.json", shoe())
    (product,) = products(items)
    assert not refusals(items)
    assert not remarks(items)
    assert product.title == LocalText.of({"zh": "轻云跑鞋", "en": "Cloud shoe"})
    assert product.price == Money(Decimal(399), "CNY")
    assert [sku.id for sku in product.skus] == ["S-1-42", "S-1-43"]
    assert fact(product, "Upper").value.in_language("en") == "Mesh"
    assert "鞋面" in fact(product, "Upper").aliases
    assert "鞋面面料" in fact(product, "Upper").aliases
    assert fact(product, "重量").quantity == Quantity(Decimal(245), "g")
    assert str(fact(product, "颜色").value) == "黑、白"


def test_prices_and_stock_are_facts_of_the_product_and_of_each_sku_with_their_date() -> None:
    (product,) = products(read(ProductsJson(), "products/a.json", shoe()))
    assert str(fact(product, "价格").value) == "¥399-¥459"
    assert fact(product, "价格").quantity == Quantity(Decimal(399), "CNY", Decimal(459))
    assert str(fact(product, "价格", "S-1-43").value) == "¥459"
    assert fact(product, "库存", "S-1-43").value.in_language("en") == "Out of stock"
    assert fact(product, "库存").quantity == Quantity(Decimal(12), "件")
    dated = [*group(product, FactGroup.PRICE), *group(product, FactGroup.STOCK), *group(product, FactGroup.PROMOTION)]
    assert {str(fact.as_of) for fact in dated} == {"2026-11-20 00:00:00+00:00"}


def test_each_list_becomes_facts_of_its_group() -> None:
    (product,) = products(read(ProductsJson(), "products/a.json", shoe()))
    stated = {
        name: [(str(fact.key), str(fact.value)) for fact in group(product, name)]
        for name in FactGroup
        if name not in (FactGroup.ATTRIBUTE, FactGroup.PRICE, FactGroup.STOCK)
    }
    assert stated == {
        FactGroup.GIFT: [("袜子", "随鞋发出")],
        FactGroup.MATERIAL: [("鞋垫", "鞋垫")],
        FactGroup.FAULT: [("E1", "气垫漏气：联系客服")],
        FactGroup.SERVICE: [("质保期", "90 天")],
        FactGroup.EXCHANGE: [("S-2", "同系列")],
        FactGroup.PROMOTION: [("满减", "满 300 减 30（2026-11-01 至 2026-11-30）")],
        FactGroup.STATUS: [("状态", "在售")],
        FactGroup.SIZE: [("42", "脚长 260 mm，脚宽 100 mm")],
    }


def test_size_tables_of_two_languages_are_tables_and_one_fact_a_size() -> None:
    (product,) = products(read(ProductsJson(), "products/a.json", shoe()))
    assert [table.language for table in product.size_tables] == ["zh", "en"]
    (size,) = group(product, FactGroup.SIZE)
    assert size.value.in_language("en") == "Foot length 260 mm, Width 100 mm"
    assert "42码" in size.aliases


def test_a_description_becomes_prose_in_each_language() -> None:
    prose = [item for item in read(ProductsJson(), "products/a.json", shoe()) if isinstance(item, Prose)]
    assert [(item.language, item.text, item.product_id) for item in prose] == [
        ("zh", "很轻。", "S-1"),
        ("en", "Very light.", "S-1"),
    ]


def test_a_status_that_nobody_stated_is_no_fact() -> None:
    (product,) = products(read(ProductsJson(), "products/a.json", '[{"id": "1", "title": "鞋"}]'))
    assert product.status == "on_sale"
    assert not group(product, FactGroup.STATUS)


def test_a_product_whose_skus_are_all_gone_is_out_of_stock() -> None:
    content = '[{"id": "1", "title": "鞋", "skus": [{"id": "a", "stock": 0}]}]'
    (product,) = products(read(ProductsJson(), "products/a.json", content))
    assert product.status == "out_of_stock"


def test_an_attribute_of_a_sku_is_a_fact_of_that_sku_only() -> None:
    content = '[{"id": "1", "title": "箱", "skus": [{"id": "a", "attributes": {"重量": "2 kg"}}, {"id": "b"}]}]'
    (product,) = products(read(ProductsJson(), "products/a.json", content))
    assert str(fact(product, "重量", "a").value) == "2 kg"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": "面议"}, "'面议' is not a price"),
        ({"stock": -3}, "'-3' is not a stock"),
        ({"as_of": "soon"}, "'soon' is not a date"),
        ({"status": "maybe"}, "'maybe' is no status"),
        ({"currency": "yuan"}, "'YUAN' is no currency"),
        ({"weigth": "1 kg"}, "weigth is not a known field; it was taken as an attribute"),
        ({"odd": {"a": {"b": 1}}}, "odd cannot be read"),
        ({"attributes": 5}, "attributes cannot be read"),
        ({"attributes": [{"key": "x"}]}, "entry 1 of attributes was left out; it needs key, value"),
        ({"faults": [{"code": "E1"}]}, "entry 1 of faults"),
        ({"skus": [{"price": 1}]}, "entry 1 of skus was left out; it needs id"),
        ({"skus": [{"id": "a"}, {"id": "a"}]}, "entry 2 of skus was left out; it needs its own id"),
        ({"skus": [{"id": "a", "stock": -1}]}, "'-1' is not a stock"),
        ({"size_tables": [{"rows": []}]}, "entry 1 of size_tables"),
        ({"size_tables": [{"columns": ["a", "b"], "rows": [["1"], ["1", "2"]]}]}, "as many cells in each row"),
    ],
)
def test_a_part_that_cannot_be_used_is_remarked_and_the_product_taken(change: dict[str, object], said: str) -> None:
    items = read(ProductsJson(), "products/a.json", shoe(**change))
    assert len(products(items)) == 1
    assert not refusals(items)
    assert any(said in remark.reason for remark in remarks(items)), [remark.reason for remark in remarks(items)]


def test_a_negative_stock_is_unknown_not_zero() -> None:
    (product,) = products(read(ProductsJson(), "products/a.json", '[{"id": "1", "title": "鞋", "stock": -3}]'))
    assert not group(product, FactGroup.STOCK)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999999999999999999999999", "9" * 5000])
def test_a_number_that_is_none_is_remarked(number: str) -> None:
    items = read(ProductsJson(), "products/a.json", f'[{{"id": "1", "title": "鞋", "price": {number}}}]')
    assert products(items)[0].price is None
    assert len(remarks(items)) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"title": "x"}', "has no id"),
        ('{"id": "  ", "title": "x"}', "has no id"),
        ('{"id": "a\\u0000b", "title": "x"}', "cannot be used"),
        ('{"id": "a", "title": " "}', "has no title"),
        ("17", "is int, not an object"),
        ("null", "is NoneType, not an object"),
    ],
)
def test_a_row_that_is_no_product_is_refused_with_its_line_in_both_languages(row: str, said: str) -> None:
    items = read(ProductsJson(), "products/a.json", f'[\n{{"id": "1", "title": "鞋"}},\n{row}\n]')
    (refused,) = refusals(items)
    assert (refused.file, refused.row) == ("knowledge/p/products/a.json", 3)
    assert said in refused.reason
    assert refused.text is not None
    assert refused.text.in_language("zh") != refused.reason
    assert [product.id for product in products(items)] == ["1"]


def test_control_characters_do_not_reach_a_text() -> None:
    content = '[{"id": "1", "title": "a\\u0000b\\ud800c", "attributes": {"k\\u0007": "v\\u001b"}}]'
    (product,) = products(read(ProductsJson(), "products/a.json", content))
    assert str(product.title) == "abc"
    assert str(fact(product, "k").value) == "v"


@pytest.mark.parametrize("keep", [5, 30, 60, 95])
def test_a_file_cut_off_in_the_middle_refuses_the_import(keep: int) -> None:
    content = shoe()
    with pytest.raises(PackRefused, match="ends in the middle of a product"):
        read(ProductsJson(), "products/a.json", content[: len(content) * keep // 100])


def test_malformed_json_names_line_and_column() -> None:
    with pytest.raises(PackRefused, match=r"a\.json, line 2: Not valid JSON at column 13"):
        read(ProductsJson(), "products/a.json", '[{"id": "1", "title": "x"},\n {"id": "2" "title": "y"}]')


def test_something_after_the_list_refuses_the_file() -> None:
    with pytest.raises(PackRefused, match="Extra data"):
        read(ProductsJson(), "products/a.json", '[{"id": "1", "title": "x"}] oops {}')


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_nested_without_end_is_refused(opening: str) -> None:
    with pytest.raises(PackRefused, match=r"nested too deeply|holds"):
        read(ProductsJson(), "products/a.json", "[" + opening * 100_000)


def test_an_object_that_is_a_product_is_read() -> None:
    assert len(products(read(ProductsJson(), "products/a.json", '{"id": "1", "title": "x"}'))) == 1


def test_an_empty_file_and_an_empty_list_hold_nothing() -> None:
    assert read_list("") == []
    assert read_list(" [ ] ") == []


def test_a_malformed_line_of_json_lines_is_refused_and_the_rest_goes_on() -> None:
    content = '{"id": "1", "title": "x"}\n{"id": \n\n{"id": "2", "title": "y"}\n' + "[" * 100_000 + "\n"
    items = read(ProductsJson(), "products/a.jsonl", content)
    assert [product.id for product in products(items)] == ["1", "2"]
    assert [refused.row for refused in refusals(items)] == [2, 5]


def test_json_lines_cut_off_in_the_last_line_refuse_the_import() -> None:
    with pytest.raises(PackRefused, match="line 2: The file ends in the middle"):
        read(ProductsJson(), "products/a.jsonl", '{"id": "1", "title": "x"}\n{"id": "2", "tit')


def test_gbk_files_are_read() -> None:
    content = json.dumps([{"id": "1", "title": "轻云缓震跑鞋"}], ensure_ascii=False).encode("gbk")
    assert str(products(read(ProductsJson(), "products/a.json", content))[0].title) == "轻云缓震跑鞋"


def test_unchanged_content_keeps_the_ids_of_its_facts() -> None:
    first, second = (products(read(ProductsJson(), f"products/{name}.json", shoe()))[0] for name in ("a", "b"))
    assert [fact.id for fact in first.facts] == [fact.id for fact in second.facts]
    assert len({fact.id for fact in first.facts}) == len(first.facts)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)
names = st.sampled_from([*sorted(KNOWN_FIELDS), "材质"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(names, values, max_size=6) | values, max_size=4))
def test_every_row_is_taken_or_refused_whatever_it_holds(rows: list[object]) -> None:
    items = read(ProductsJson(), "products/a.json", json.dumps(rows))
    assert len(products(items)) + len(refusals(items)) == len(rows)


@given(st.binary(max_size=300) | st.text(alphabet='[]{}":,\\ntrue0159-.eNaid title', max_size=120).map(str.encode))
@pytest.mark.parametrize("path", ["products/a.json", "products/a.jsonl"])
def test_no_bytes_raise_anything_but_pack_refused(path: str, data: bytes) -> None:
    with suppress(PackRefused):
        read(ProductsJson(), path, data)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
)


@given(st.dictionaries(words, st.tuples(words, st.integers(0, 10**6)), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows: dict[str, tuple[str, int]]) -> None:
    content = "\n".join(json.dumps({"id": key, "title": title, "price": price}) for key, (title, price) in rows.items())
    items = read(ProductsJson(), "products/a.jsonl", content)
    assert {product.id: (str(product.title), product.price) for product in products(items)} == {
        key: (title, Money(Decimal(price), "CNY")) for key, (title, price) in rows.items()
    }


def test_a_day_of_a_promotion_that_is_no_date_is_remarked() -> None:
    items = read(
        ProductsJson(), "products/a.json", shoe(promotions=[{"name": "满减", "from": "下周", "to": "2026-11-30"}])
    )
    (remark,) = remarks(items)
    assert "下周" in remark.reason
    (promotion,) = group(products(items)[0], FactGroup.PROMOTION)
    assert str(promotion.value) == "满减（ 至 2026-11-30）"
