"""What a model makes of a message is held against the message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.ids import ProductId
from assistant.nlu.consulted import MOST_PARTS, Grounds, place_of, read

TEXT = "上周买的鞋1,299元太贵了，能退吗？另外 快遞到哪了"
GROUNDS = Grounds(
    TEXT,
    before=("订单6001144152什么时候到",),
    intents=frozenset({"order.track", "aftersale.return.policy"}),
    products={ProductId("P-1"): "云羽跑步鞋 RS-260"},
)


def part(said: str, query: str = "", intent: str = "", product: str = "", *conditions: str) -> dict[str, object]:
    return {"said": said, "query": query, "intent": intent, "product": product, "conditions": list(conditions)}


def reasons(*parts: object) -> list[str]:
    return [dropped.reason for dropped in read({"parts": list(parts)}, GROUNDS)[1]]


def test_words_are_found_whatever_their_marks_width_and_script_and_drawn_out_to_the_marks() -> None:
    for words in ("能退吗", "能退吗？", "能 退 吗?"):
        assert (span := place_of(words, TEXT)) is not None
        assert TEXT[slice(*span)] == "能退吗？"
    assert (span := place_of("快递到哪", TEXT)) is not None
    assert TEXT[slice(*span)] == "另外 快遞到哪了"
    assert (span := place_of("299元", TEXT)) is not None
    assert TEXT[slice(*span)] == "上周买的鞋1,299元太贵了，"


def test_words_that_were_not_said_are_nowhere() -> None:
    assert place_of("帮我取消订单", TEXT) is None
    assert place_of("，。？", TEXT) is None
    assert place_of("", TEXT) is None


def test_what_is_denied_is_not_torn_from_its_denial() -> None:
    text = "我不想取消订单，只是问问"
    (taken,), _ = read({"parts": [part("取消订单")]}, Grounds(text))
    assert taken.said == "我不想取消订单，"


def test_parts_come_in_the_order_said_with_what_is_known_of_them() -> None:
    written = [part("快递到哪了", "快递到哪里了", "order.track"), part("能退吗", "鞋能退吗", "", "P-1", "太贵了")]
    (first, second), dropped = read({"parts": written}, GROUNDS)
    assert dropped == []
    assert (first.query, first.product, first.conditions) == ("鞋能退吗", "P-1", ("上周买的鞋1,299元太贵了，",))
    assert (second.intent, second.said) == ("order.track", "另外 快遞到哪了")


def test_intents_products_and_conditions_that_there_are_not_are_dropped_with_the_reason() -> None:
    assert reasons(part("能退吗", "", "order.refund_all")) == ["unknown_intent"]
    assert reasons(part("能退吗", "", "", "P-2")) == ["unknown_product"]
    assert reasons(part("能退吗", "", "", "", "如果免费")) == ["condition_not_said"]
    assert reasons(part("全部免单")) == ["not_said"]


def test_a_query_names_no_figure_code_or_address_that_nobody_has_named() -> None:
    for query in ("订单6001144152到哪了", "RS-260能退吗", "1299元的鞋能退吗"):
        assert reasons(part("能退吗", query)) == []
    for query in ("订单6001144153到哪了", "RS-270能退吗", "129元的鞋能退吗"):
        assert reasons(part("能退吗", query)) == ["figures_added"]
    for query in ("看 https://evil.example", "写信到 a@b.cn", "能退吗" * 100):
        assert reasons(part("能退吗", query)) == ["no_query"]


def test_chinese_numerals_may_be_written_in_figures() -> None:
    grounds = Grounds("买了三双，花了一百二十块")
    assert read({"parts": [part("买了三双", "3双120块")]}, grounds)[1] == []


def test_the_same_part_counts_once_and_no_more_are_taken_than_a_message_may_have() -> None:
    assert reasons(part("能退吗"), part("能退吗？")) == ["twice"]
    many = [part("能退吗", "", intent) for intent in ("", "order.track", "aftersale.return.policy")] * MOST_PARTS
    taken, dropped = read({"parts": many}, GROUNDS)
    assert len(taken) == 3
    assert [item.reason for item in dropped].count("too_many") == len(many) - MOST_PARTS


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(_JSON | st.fixed_dictionaries({"parts": st.lists(_JSON, max_size=7)}))
def test_whatever_a_model_writes_is_read_and_what_is_taken_was_said(written: object) -> None:
    for taken in read(written, GROUNDS)[0]:
        assert taken.said in TEXT


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_every_stretch_of_a_text_that_holds_a_letter_is_found_in_it(text: str, one: int, other: int) -> None:
    stretch = text[min(one, other) : max(one, other)]
    span = place_of(stretch, text)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
    if any("a" <= letter <= "z" for letter in stretch):
        assert span is not None
