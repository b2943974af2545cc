"""Markdown pages, policies and FAQs; FAQs as CSV."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.commerce import FactGroup, Faq
from assistant.domain.errors import PackRefused
from assistant.domain.packs import Item, Prose, Refusal
from knowledge.readers.faq_csv import FaqCsv
from knowledge.readers.markdown import Markdown
from knowledge.readers.reader import Pack
from tests.knowledge.readers.files import fact, group, products, read, refusals


def markdown(path: str, content: str, pack: Pack | None = None) -> list[Item | Refusal]:
    return read(Markdown(), path, content, pack)


def prose(items: list[Item | Refusal]) -> list[tuple[tuple[str, ...], str]]:
    return [(item.heading, item.text) for item in items if isinstance(item, Prose)]


def faqs(items: list[Item | Refusal]) -> list[Faq]:
    return [item for item in items if isinstance(item, Faq)]


def test_a_policy_keeps_headings_lists_and_table_rows() -> None:
    content = """# 配送
满 **99** 包邮，见[说明](https://shop.example)。
第二行。

## 偏远地区

| 地区 | 运费 |
|---|---|
| 西藏 | 10 元<br>起 |

不送：
- 大件
  - 家具
- 生鲜

3. 三
4. 四
"""
    assert prose(markdown("policies/delivery.md", content)) == [
        (("配送",), "满 99 包邮，见说明。第二行。"),
        (("配送", "偏远地区"), "| 地区 西藏；运费 10 元 起 |\n不送：\n- 大件 家具\n- 生鲜\n- 3. 三\n- 4. 四"),
    ]


def test_front_matter_says_language_title_and_address() -> None:
    content = "---\ntitle: Delivery\nlanguage: en\nurl: https://shop.example/d\n---\n## Remote areas\nTen yuan.\n"
    (item,) = markdown("policies/delivery.md", content)
    assert isinstance(item, Prose)
    assert (item.language, item.heading) == ("en", ("Delivery", "Remote areas"))
    assert (item.source.url, item.source.locator) == ("https://shop.example/d", "Delivery > Remote areas")


def test_a_page_of_a_product_states_its_attributes_and_sizes() -> None:
    content = """---
product: S-1
---
# 轻云跑鞋

| 属性 | 值 |
|---|---|
| 材质 | 网布 |

## 尺码表

| 尺码 | 脚长 |
|---|---|
| 42 | 260 mm |

很轻。
"""
    items = markdown("pages/any.md", content)
    (product,) = products(items)
    assert (product.id, str(product.title)) == ("S-1", "轻云跑鞋")
    assert str(fact(product, "材质").value) == "网布"
    assert [str(size.value) for size in group(product, FactGroup.SIZE)] == ["脚长 260 mm"]
    assert prose(items) == [(("轻云跑鞋", "尺码表"), "很轻。")]


def test_a_page_whose_file_name_is_a_product_belongs_to_it() -> None:
    items = markdown("pages/S-1.md", "很轻。", replace(Pack("p"), known_products={"S-1"}))
    assert [item.product_id for item in items if isinstance(item, Prose)] == ["S-1"]


def test_each_heading_of_the_deepest_level_is_a_question() -> None:
    content = "# 常见问题\n\n## 包邮吗？\n满 99 包邮。\n\n- 西藏除外\n\n## 多久到？\n\n## \n答\n"
    items = markdown("faq/a.md", content)
    assert [(str(faq.question), str(faq.answer)) for faq in faqs(items)] == [("包邮吗？", "满 99 包邮。\n- 西藏除外")]
    assert [(refused.row, refused.reason.split(".")[0]) for refused in refusals(items)] == [
        (8, "The question 多久到？ has no answer"),
        (10, "The question is empty"),
    ]


def test_lines_are_counted_from_the_top_of_the_file_also_below_front_matter() -> None:
    (faq,) = faqs(markdown("faq/a.md", "---\nlanguage: zh\n---\n\n## 包邮吗\n包邮\n"))
    assert faq.source.locator == "line 5"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert prose(markdown("pages/a.md", "---\n\n很轻。\n"))[0][1] == "很轻。"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("---\ntitle: x\n", "ends in the middle of the front matter"),
        ("---\ntitle: [x\n---\n", "line 2: Not valid YAML"),
        ("---\na: &x 1\nb: *x\n---\n", "line 2: YAML anchors"),
        ("---\n- x\n---\n", "`key: value` lines"),
        ("---\nt: " + "[" * 100 + "\n---\n", "nested too deeply"),
        ("---\nt: 2026-99-99\n---\n", "Not valid YAML"),
    ],
)
def test_front_matter_that_cannot_be_read_names_the_line(content: str, said: str) -> None:
    with pytest.raises(PackRefused, match=said):
        markdown("pages/a.md", content)


def test_an_empty_page_is_refused() -> None:
    assert "holds no text" in refusals(markdown("pages/a.md", "\n\n"))[0].reason


def test_marks_nested_beyond_reason_do_no_harm() -> None:
    with suppress(PackRefused):
        markdown("pages/a.md", "*" * 5000 + "a" + "*" * 5000)
    assert "holds no text" in refusals(markdown("pages/a.md", ">" * 5000 + " a"))[0].reason


@given(st.text(alphabet="#-*|>[]()`~:\n 1.a鞋<b&", max_size=100), st.sampled_from(["pages", "faq", "policies"]))
def test_no_markdown_raises_anything_but_pack_refused(content: str, section: str) -> None:
    with suppress(PackRefused):
        assert markdown(f"{section}/a.md", content) is not None


def test_faq_rows_carry_other_wordings_product_and_languages() -> None:
    content = "问题,答案,相似问题,商品,question.en,answer.en\n包邮吗,满 99 包邮,免运费吗|要邮费吗,S-1,Free?,From 99.\n"
    (faq,) = faqs(read(FaqCsv(), "faq/a.csv", content.encode("gbk")))
    assert (faq.similar, faq.product_id) == (("免运费吗", "要邮费吗"), "S-1")
    assert faq.question.in_language("en") == "Free?"
    assert faq.answer.in_language("zh") == "满 99 包邮"


def test_the_language_of_a_row_is_stated_or_seen() -> None:
    content = "question,answer,language\nFrei?,Ja,de\nDo you deliver to remote areas?,Yes.,\n"
    first, second = faqs(read(FaqCsv(), "faq/a.csv", content))
    assert (first.question.languages, second.question.languages) == (("de",), ("en",))


def test_rows_without_question_or_answer_are_refused() -> None:
    items = read(FaqCsv(), "faq/a.csv", "question,answer\n,a\nq,\nq,a\n")
    assert [refused.row for refused in refusals(items)] == [2, 3]
    assert len(faqs(items)) == 1


def test_a_faq_without_its_columns_refuses_the_import() -> None:
    with pytest.raises(PackRefused, match="needs question, answer"):
        read(FaqCsv(), "faq/a.csv", "frage,antwort\na,b\n")
