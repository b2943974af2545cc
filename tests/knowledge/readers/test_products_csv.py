"""Products as CSV, our own and Shopify's."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.errors import PackRefused
from assistant.domain.packs import Prose
from knowledge.readers.products_csv import ProductsCsv
from knowledge.readers.reader import Pack
from knowledge.readers.shopify_csv import ShopifyCsv
from tests.knowledge.readers.files import fact, pack_file, products, read, refusals, remarks

READER = ProductsCsv()
PATH = "products/a.csv"


def test_chinese_column_names_and_gbk_are_read() -> None:
    content = '商品ID,标题,价格,库存,状态,材质\nA1,轻云缓震跑鞋,"￥1,299.00",7,售罄,网布\n'.encode("gbk")
    (product,) = products(read(READER, PATH, content))
    assert (product.id, str(product.title), str(product.price), product.status) == (
        "A1",
        "轻云缓震跑鞋",
        "¥1,299",
        "out_of_stock",
    )
    assert str(fact(product, "材质").value) == "网布"
    assert str(fact(product, "库存").value) == "7 件"


def test_a_column_with_a_language_adds_that_language() -> None:
    content = "id,title,title.en,description.en,材质,材质.en\nA1,跑鞋,Running shoe,Light.,网布,Mesh\n"
    items = read(READER, PATH, content)
    (product,) = products(items)
    assert product.title.in_language("en") == "Running shoe"
    assert fact(product, "材质").value.in_language("en") == "Mesh"
    assert [(item.language, item.text) for item in items if isinstance(item, Prose)] == [("en", "Light.")]


def test_semicolons_and_tabs_separate_too() -> None:
    assert products(read(READER, PATH, "id;title;price\nA1;鞋;12,50 €\n"))[0].price is not None
    assert products(read(READER, "products/a.tsv", "id\ttitle\nA1\t鞋\n"))[0].id == "A1"


def test_rows_that_share_an_id_are_skus_and_what_differs_is_an_option() -> None:
    content = (
        "id,sku,title,颜色,重量,price,stock\n"
        "A1,A1-B,跑鞋,黑,245 g,399,3\n"
        "A2,A2-1,袜子,白,20 g,19,9\n"
        "A1,A1-W,,白,245 g,419,0\n"
    )
    first, second = products(read(READER, PATH, content))
    assert [(sku.id, sku.options, str(sku.price), sku.stock) for sku in first.skus] == [
        ("A1-B", (("颜色", "黑"),), "¥399", 3),
        ("A1-W", (("颜色", "白"),), "¥419", 0),
    ]
    assert str(first.price) == "¥399"
    assert str(fact(first, "重量").value) == "245 g"
    assert str(fact(second, "颜色").value) == "白"


def test_what_only_the_first_row_of_a_product_says_holds_for_all_its_skus() -> None:
    content = (
        "id,sku,title,规格,材质,材质.en,产地\n"
        "A1,A1-5,脐橙,2.5 kg,纸箱,Carton,江西\n"
        "A1,A1-10,,5 kg,纸箱,,\n"
        "A1,A1-20,,10 kg,,,\n"
    )
    (product,) = products(read(READER, PATH, content))
    assert [sku.options for sku in product.skus] == [(("规格", size),) for size in ("2.5 kg", "5 kg", "10 kg")]
    assert fact(product, "材质").value.variants == (("zh", "纸箱"), ("en", "Carton"))
    assert str(fact(product, "产地").value) == "江西"


def test_an_attribute_that_differs_in_one_language_is_an_option() -> None:
    content = "id,sku,title,材质,材质.en\nA1,S1,垫,木,Oak\nA1,S2,,木,Pine\n"
    (product,) = products(read(READER, PATH, content))
    assert [name for sku in product.skus for name, _ in sku.options] == ["材质", "材质"]


def test_a_sku_named_twice_is_refused_with_a_pointer_to_the_first() -> None:
    items = read(READER, PATH, "id,sku,title\nA1,S,鞋\nA1,S,鞋\n")
    (refused,) = refusals(items)
    assert refused.row == 3
    assert "was already read from row 2" in refused.reason


def test_a_second_row_without_a_sku_is_refused_where_skus_are_named() -> None:
    items = read(READER, PATH, "id,sku,title\nA1,,鞋\nA1,,另一双\n")
    assert len(products(items)) == 1
    assert [refused.row for refused in refusals(items)] == [3]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",没有编号,9", "has no id"),
        ("A2,,9", "has no title"),
        ("A2,鞋,9,多了,两格", "has 5 cells, the first row names 3 columns"),
        ('A2,"a"b,9', "is not valid CSV"),
    ],
)
def test_a_bad_row_is_refused_by_its_line_and_the_rest_goes_on(row: str, said: str) -> None:
    items = read(READER, PATH, f'id,title,price\nA1,"两\n行",9\n{row}\nA3,第三,9\n')
    assert [product.id for product in products(items)] == ["A1", "A3"]
    (refused,) = refusals(items)
    assert refused.row == 4
    assert said in refused.reason


def test_a_price_that_is_none_is_remarked() -> None:
    items = read(READER, PATH, "id,title,price\nA1,鞋,面议\n")
    assert products(items)[0].price is None
    assert "'面议' is not a price" in remarks(items)[0].reason


def test_blank_rows_and_a_row_shorter_than_the_header_do_no_harm() -> None:
    items = read(READER, PATH, "id,title,price\n\nA1,鞋\n,,\n")
    assert [product.id for product in products(items)] == ["A1"]
    assert not refusals(items)


@pytest.mark.parametrize("content", ['id,title,price\nA1,鞋,1\nA2,"一双很', "id,title,price\nA1,鞋,1\nA2,一双"])
def test_a_file_cut_off_in_the_middle_refuses_the_import(content: str) -> None:
    with pytest.raises(PackRefused, match="line 3: The file ends in the middle"):
        read(READER, PATH, content)


def test_a_file_without_the_columns_it_needs_refuses_the_import() -> None:
    with pytest.raises(PackRefused, match=r"needs id, title\. It has: sku, 名"):
        read(READER, PATH, "sku,名\n1,2\n")


def test_a_cell_larger_than_128_kb_is_read() -> None:
    content = f'id,title,description\nA1,鞋,"{"很轻。" * 60_000}"\n'
    items = read(READER, PATH, content)
    assert any(isinstance(item, Prose) and len(item.text) == 180_000 for item in items)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp", "Zs"]), min_size=1, max_size=9)
cells = cells.filter(lambda text: text.strip() == text)


@given(st.dictionaries(cells, st.tuples(cells, cells), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows: dict[str, tuple[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([("id", "title", "纹样"), *((key, *row) for key, row in rows.items())])
    found = products(read(READER, PATH, out.getvalue()))
    assert {product.id: (str(product.title), str(fact(product, "纹样").value)) for product in found} == rows


@given(st.text(alphabet='A1,;"\n\t 鞋', max_size=80))
def test_every_row_is_taken_or_refused_or_the_file_is(body: str) -> None:
    with suppress(PackRefused):
        content = "id,title,note\n" + body
        items = read(READER, PATH, content)
        if '"' not in body:
            filled = [line for line in body.split("\n") if line.strip(", \t")]
            assert len(products(items)) + len(refusals(items)) == len(filled)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_pack_refused(data: bytes) -> None:
    for reader, head in ((READER, b"id,title\n"), (READER, b""), (ShopifyCsv(), b"")):
        with suppress(PackRefused):
            file = pack_file(PATH, head + data)
            list(reader.read(file, Pack("p")))


SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,\
Fabric (product.metafields.shopify.fabric),Status,URL
tee,Plain tee,"<h2>Care</h2><p>Wash cold.</p><script>x()</script>",Greenstalk,Shirts,"summer, basics",\
true,Color,Black,Size,M,T-B-M,4,deny,19.90,https://shop.example/t.png,Cotton,active,https://shop.example/tee
tee,,,,,,,,White,,L,T-W-L,-2,deny,21.90,,,
tee,,,,,,,,,,,,,,,https://shop.example/t2.png,,
mug,Mug,,Greenstalk,,,false,Title,Default Title,,,,0,continue,9,,,draft
lost,,,,,,,,Red,,,L-1,1,deny,5,,,
"""


def test_shopifys_export_gives_products_with_variants() -> None:
    items = read(ShopifyCsv(), PATH, SHOPIFY)
    tee, mug = products(items)
    assert [(sku.id, sku.options, sku.stock) for sku in tee.skus] == [
        ("T-B-M", (("Color", "Black"), ("Size", "M")), 4),
        ("T-W-L", (("Color", "White"), ("Size", "L")), None),
    ]
    assert (tee.brand, tee.image, str(tee.price)) == ("Greenstalk", "https://shop.example/t.png", "¥19.90")
    assert (tee.url, mug.url) == ("https://shop.example/tee", "")
    assert str(fact(tee, "Fabric").value) == "Cotton"
    assert (mug.status, mug.skus[0].options, mug.skus[0].stock) == ("discontinued", (), None)
    assert "'-2' is not a stock" in remarks(items)[0].reason
    assert [refused.row for refused in refusals(items)] == [6]


def test_a_description_in_html_becomes_prose_under_its_headings() -> None:
    prose = [item for item in read(ShopifyCsv(), PATH, SHOPIFY) if isinstance(item, Prose)]
    assert [(item.heading, item.text, item.language, item.product_id) for item in prose] == [
        (("Care",), "Wash cold.", "zh", "tee")
    ]


def test_each_reader_leaves_the_others_files_alone() -> None:
    assert not READER.claims(pack_file(PATH, SHOPIFY))
    assert not ShopifyCsv().claims(pack_file(PATH, "id,title\n"))
