"""A store folder as a whole."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.commerce import FactGroup, Faq, Product
from assistant.domain.errors import PackRefused
from assistant.domain.ids import StoreId
from assistant.domain.packs import Item, Media, Prose, Refusal
from knowledge.folder import read_store
from knowledge.readers import pack_files
from tests.knowledge.readers.files import fact, group, products, refusals, remarks

Files = Mapping[str, str | bytes]
PACK = {"pack.yaml": "format: 1\nname: shoes\n"}
SHOE: Files = {**PACK, "products/a.csv": "id,title,price\nS-1,轻云跑鞋,399\n"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store.yaml").write_text("name: {zh: 青禾}\nlanguages: [zh, en]\n", "utf-8")
    (tmp_path / "knowledge").mkdir()
    return tmp_path


def put(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def put_zip(path: Path, files: Files, *, within: str = "") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(within + name, content)


def read(store: Path) -> list[Item | Refusal]:
    return [item for item in read_store(store, StoreId("s")).items if not isinstance(item, Media)]


def pictures(store: Path) -> dict[str, tuple[str, int, bytes]]:
    """By path: file, size and bytes, read as they come."""
    items = read_store(store, StoreId("s")).items
    return {item.path: (item.file, item.size, item.read()) for item in items if isinstance(item, Media)}


def read_pack(store: Path, files: Files) -> list[Item | Refusal]:
    put(store / "knowledge/shoes", files)
    return read(store)


EVERYTHING: Files = {
    **PACK,
    "products/a.json": json.dumps([{"id": "S-1", "title": "轻云跑鞋 80升", "attributes": {"材质": "网布"}}]),
    "products/b.csv": "id,title\nS-2,袜子\n",
    "pages/about.md": "# 关于\n我们做鞋。\n",
    "pages/S-2.html": "<h1>袜子</h1><p>很软。</p>",
    "faq/a.csv": "问题,答案\n包邮吗,满 99 包邮\n",
    "policies/delivery.md": "# 配送\n次日达。\n",
    "media/shoe.svg": "<svg/>",
}


@pytest.mark.parametrize("form", ["folder", "zip", "zip with a folder in it"])
def test_a_pack_is_read_whole_as_a_folder_or_a_zip(store: Path, form: str) -> None:
    if form == "folder":
        put(store / "knowledge/shoes", EVERYTHING)
    else:
        put_zip(store / "knowledge/shoes.zip", EVERYTHING, within="鞋包/" if "folder" in form else "")
    items = read(store)
    assert [product.id for product in products(items)] == ["S-1", "S-2"]
    assert [(item.text, item.product_id) for item in items if isinstance(item, Prose)] == [
        ("很软。", "S-2"),
        ("我们做鞋。", None),
        ("次日达。", None),
    ]
    assert [str(item.question) for item in items if isinstance(item, Faq)] == ["包邮吗"]
    assert not [item for item in items if isinstance(item, Refusal)]
    assert str(fact(products(items)[0], "容量").value) == "80升"


def test_the_store_is_that_of_store_yaml_and_reading_waits_until_items_are_taken(store: Path) -> None:
    put(store / "knowledge/shoes", {**PACK, "products/a.json": "[{broken"})
    imported = read_store(store, StoreId("s"))
    assert (imported.store.id, str(imported.store.name)) == ("s", "青禾")
    with pytest.raises(PackRefused):
        next(imported.items)


def test_a_product_is_handed_out_once_with_what_its_pages_add(store: Path) -> None:
    page = """<html lang="{}"><meta name="product-id" content="S-1"><h1>{}</h1>
      <table><tr><th>{}</th><td>{}</td></tr><tr><th>{}</th><td>{}</td></tr></table>
      <table><tr><th>尺码</th><th>脚长</th></tr><tr><td>42</td><td>260 mm</td></tr></table></html>"""
    items = read_pack(
        store,
        {
            **PACK,
            "products/a.json": '[{"id": "S-1", "title": "轻云 80升", "attributes": {"材质": "网布"}}]',
            "pages/en.html": page.format("en", "Cloud", "Material", "Mesh", "Sole", "Rubber"),
            "pages/zh.html": page.format("zh", "轻云", "面料", "牛皮", "容量", "60升"),
        },
    )
    (product,) = products(items)
    assert product.title.variants == (("zh", "轻云 80升"), ("en", "Cloud"))
    assert fact(product, "材质").value.variants == (("zh", "网布"), ("en", "Mesh"))
    assert str(fact(product, "Sole").value) == "Rubber"
    assert str(fact(product, "容量").value) == "60升"
    assert len(product.size_tables) == 1
    assert len(group(product, FactGroup.SIZE)) == 1


def test_a_product_that_only_a_page_describes_is_a_product(store: Path) -> None:
    data = json.dumps({"@type": "Product", "sku": "P-9", "name": "登山鞋", "offers": {"price": 99}})
    page = f'<html><body><script type="application/ld+json">{data}</script><p>很稳。</p></body></html>'
    items = read_pack(store, {**PACK, "pages/any.html": page})
    assert [(product.id, str(product.price)) for product in products(items)] == [("P-9", "¥99")]
    assert [item.product_id for item in items if isinstance(item, Prose)] == ["P-9"]


def test_a_page_whose_file_name_is_no_product_is_one_of_the_shop(store: Path) -> None:
    items = read_pack(store, {**SHOE, "pages/about.html": "<h1>关于</h1><dl><dt>电话</dt><dd>见首页</dd></dl>"})
    assert [product.id for product in products(items)] == ["S-1"]
    assert [(item.text, item.product_id) for item in items if isinstance(item, Prose)] == [("- 电话：见首页", None)]


def test_a_product_named_twice_is_refused_the_second_time_with_a_pointer_to_the_first(store: Path) -> None:
    put(store / "knowledge/a", {"pack.yaml": "name: a", "products/x.csv": "id,title\nS-1,鞋\nS-1,又一双\n"})
    again = '[\n{"id": "S-1", "title": "三", "description": "不该出现"},\n{"id": "S-2", "title": "四"}]'
    put(store / "knowledge/b", {"pack.yaml": "name: b", "products/y.json": again})
    items = read(store)
    assert [str(product.title) for product in products(items)] == ["鞋", "四"]
    assert [(refused.file, refused.row) for refused in refusals(items)] == [
        ("knowledge/a/products/x.csv", 3),
        ("knowledge/b/products/y.json", 2),
    ]
    assert all("already read from knowledge/a/products/x.csv row 2" in refused.reason for refused in refusals(items))
    assert not [item for item in items if isinstance(item, Prose)]


def test_a_question_answered_twice_in_the_same_words_is_refused_the_second_time(store: Path) -> None:
    items = read_pack(store, {**PACK, "faq/a.csv": "question,answer\n包邮吗,是\n包邮吗,是\n包邮吗,否\n"})
    assert [str(item.answer) for item in items if isinstance(item, Faq)] == ["是", "否"]
    assert [refused.row for refused in refusals(items)] == [3]


def test_a_question_about_an_unknown_product_is_taken_with_a_remark(store: Path) -> None:
    items = read_pack(store, {**SHOE, "faq/a.csv": "question,answer,product\n包邮吗,是,S-7\n"})
    assert any("names the product S-7" in remark.reason for remark in remarks(items))
    assert any(isinstance(item, Faq) for item in items)


def test_an_unknown_column_is_remarked_once_a_file(store: Path) -> None:
    rows = [{"id": str(n), "title": "鞋", "weigth": "1 kg"} for n in range(5)]
    items = read_pack(store, {**PACK, "products/a.json": json.dumps(rows)})
    assert [remark.row for remark in remarks(items)] == [1]


def test_files_that_nobody_reads_are_named(store: Path) -> None:
    items = read_pack(store, {**SHOE, "products/a.xlsx": b"PK", "notes.txt": "x", ".DS_Store": "x"})
    assert [refused.file for refused in refusals(items)] == ["knowledge/shoes/products/a.xlsx"]
    assert "products/*.csv" in refusals(items)[0].reason
    assert [remark.file for remark in remarks(items)] == ["knowledge/shoes/notes.txt"]


def test_a_packs_own_aliases_reach_its_facts(store: Path) -> None:
    files = {"pack.yaml": "name: x\naliases: {材质: [布头]}", "products/a.csv": "id,title,材质\n1,鞋,棉\n"}
    (product,) = products(read_pack(store, files))
    assert "布头" in fact(product, "材质").aliases


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pack.yaml": "name: x"}, "The pack has no entries. Put products in products/"),
        ({**PACK, "products/a.json": "[]"}, "knowledge/shoes: The pack has no entries"),
        ({**PACK, "products/a.csv": "id,title\n,x\n"}, "The pack has no entries"),
        ({"products/a.csv": "id,title\n1,x\n"}, "The pack has no pack.yaml"),
        (
            {**SHOE, "products/b.json": '[{"id": "S-2", "title": "y"}, {"id"'},
            "b.json, line 1: The file ends in the middle",
        ),
        ({**SHOE, "products/b.csv": b"\x89PNG\x00\xff\xfe" * 9}, "b.csv: Byte 0 is not text"),
        ({**SHOE, "faq/a.csv": 'question,answer\nq,"a'}, "faq/a.csv, line 2: The file ends in the middle"),
        ({**SHOE, "pages/a.html": "<html><body><p>x"}, "pages/a.html, line 1: The file ends in the middle"),
    ],
)
def test_what_refuses_the_import_as_a_whole_says_where_and_what_to_do(store: Path, files: Files, said: str) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(store, files)
    assert said in refused.value.detail
    assert refused.value.data["detail_zh"]


def test_a_folder_without_store_yaml_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match=r"There is no store\.yaml"):
        read_store(tmp_path, StoreId("s"))


def test_a_store_without_packs_is_refused(store: Path) -> None:
    with pytest.raises(PackRefused, match="There is no pack under knowledge/"):
        read_store(store, StoreId("s"))


def test_two_packs_of_one_name_are_refused(store: Path) -> None:
    put(store / "knowledge/a", SHOE)
    put(store / "knowledge/b", SHOE)
    with pytest.raises(PackRefused, match="also named shoes"):
        read_store(store, StoreId("s"))


def test_a_file_larger_than_50_mb_is_refused_before_anything_is_read(store: Path) -> None:
    put(store / "knowledge/shoes", SHOE)
    with (store / "knowledge/shoes/products/huge.csv").open("wb") as file:
        file.truncate(pack_files.MAX_FILE_BYTES + 1)
    with pytest.raises(PackRefused, match=r"huge\.csv: The file has 52,428,801 bytes; at most 52,428,800"):
        read_store(store, StoreId("s"))


def test_a_zip_that_unpacks_to_more_than_it_may_is_refused(store: Path) -> None:
    bomb = b"0" * (pack_files.MAX_FILE_BYTES + 1)
    put_zip(store / "knowledge/shoes.zip", {**SHOE, "products/bomb.csv": bomb})
    assert (store / "knowledge/shoes.zip").stat().st_size < 200_000
    with pytest.raises(PackRefused, match=r"bomb\.csv: The file has 52,428,801 bytes"):
        read_store(store, StoreId("s"))


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil", "products/../../evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_a_zip_with_a_path_out_of_the_pack_is_refused(store: Path, name: str) -> None:
    put_zip(store / "knowledge/shoes.zip", {**SHOE, name: "x"})
    with pytest.raises(PackRefused, match="leads out of the pack"):
        read_store(store, StoreId("s"))


def test_a_link_out_of_the_pack_is_refused(store: Path) -> None:
    put(store / "knowledge/shoes", SHOE)
    (store / "knowledge/shoes/products/link.csv").symlink_to(store / "store.yaml")
    with pytest.raises(PackRefused, match="leads out of the pack"):
        read_store(store, StoreId("s"))


@pytest.mark.parametrize("keep", [10, 50, 90])
def test_a_zip_cut_off_in_the_middle_is_refused(store: Path, keep: int) -> None:
    path = store / "knowledge/shoes.zip"
    put_zip(path, EVERYTHING)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * keep // 100])
    with pytest.raises(PackRefused, match=r"shoes\.zip: The \.zip cannot be opened"):
        read(store)


def test_a_zip_damaged_inside_is_refused(store: Path) -> None:
    path = store / "knowledge/shoes.zip"
    put_zip(path, {**PACK, "products/a.csv": "id,title\n" + "".join(f"{n},鞋子 {n * 7919}\n" for n in range(500))})
    data = bytearray(path.read_bytes())
    data[400:440] = b"\xff" * 40
    path.write_bytes(bytes(data))
    with pytest.raises(PackRefused, match="cannot be opened"):
        read(store)


def test_reading_twice_gives_the_same(store: Path) -> None:
    put(store / "knowledge/shoes", EVERYTHING)
    assert read(store) == read(store)


@pytest.mark.parametrize("form", ["folder", "zip", "zip with a folder in it"])
def test_the_pictures_of_a_pack_are_handed_on(store: Path, form: str) -> None:
    files: Files = {**SHOE, "media/S-1.svg": "<svg/>", "media/close up/2.png": b"png", "media/.DS_Store": "x"}
    name = "shoes" if form == "folder" else "shoes.zip"
    if form == "folder":
        put(store / "knowledge/shoes", files)
    else:
        put_zip(store / "knowledge/shoes.zip", files, within="鞋包/" if "folder" in form else "")
    assert pictures(store) == {
        "media/S-1.svg": (f"knowledge/{name}/media/S-1.svg", 6, b"<svg/>"),
        "media/close up/2.png": (f"knowledge/{name}/media/close up/2.png", 3, b"png"),
    }


def test_a_product_whose_picture_no_pack_holds_is_taken_with_a_remark(store: Path) -> None:
    rows = (
        "id,title,image\n1,甲,media/here.svg\n2,乙,media/there.svg\n3,丙,media/gone.svg\n4,丁,https://x.example/a.png\n"
    )
    put(
        store / "knowledge/other",
        {"pack.yaml": "name: other", "faq/a.csv": "question,answer\nq,a\n", "media/there.svg": "x"},
    )
    items = read_pack(store, {**PACK, "media/here.svg": "<svg/>", "products/a.csv": rows})
    assert [product.id for product in products(items)] == ["1", "2", "3", "4"]
    (missing,) = remarks(items)
    assert (missing.file, missing.row) == ("knowledge/shoes/products/a.csv", 4)
    assert "media/gone.svg" in missing.reason


def test_a_picture_of_any_size_does_not_refuse_the_pack(store: Path) -> None:
    put(store / "knowledge/shoes", SHOE)
    (store / "knowledge/shoes/media").mkdir()
    with (store / "knowledge/shoes/media/film.png").open("wb") as file:
        file.truncate(pack_files.MAX_PACK_BYTES + 1)
    (picture,) = [item for item in read_store(store, StoreId("s")).items if isinstance(item, Media)]
    assert picture.size == pack_files.MAX_PACK_BYTES + 1


def test_a_picture_damaged_in_a_zip_refuses_the_import(store: Path) -> None:
    path = store / "knowledge/shoes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**SHOE, "media/a.svg": "<svg>a picture</svg>"}.items():
            archive.writestr(name, content)
    path.write_bytes(path.read_bytes().replace(b"a picture", b"b picture"))
    with pytest.raises(PackRefused, match=r"shoes\.zip: The \.zip cannot be opened"):
        pictures(store)


sections = st.sampled_from(
    [
        "products/a.json",
        "products/a.jsonl",
        "products/a.csv",
        "pages/S-1.html",
        "pages/a.md",
        "faq/a.csv",
        "policies/a.md",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(
        sections,
        st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
        max_size=3,
    )
)
def test_whatever_the_files_hold_a_store_is_read_or_refused(store: Path, files: dict[str, bytes]) -> None:
    old = store / "knowledge/shoes"
    for path in sorted(old.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    put(old, {**SHOE, **files})
    with suppress(PackRefused):
        items = read(store)
        assert any(isinstance(item, Product | Prose | Faq) for item in items)
