"""A text that comes in pieces is cut into sentences, and never within a number or an abbreviation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.sentences import Sentences


def _cut(*pieces: str) -> list[str]:
    sentences = Sentences()
    cut = [sentence for piece in pieces for sentence in sentences.feed(piece)]
    return [*cut, *filter(None, [sentences.rest()])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("整机保修2年。电池保修6个月。", ["整机保修2年。", "电池保修6个月。"]),
        ("重 3.5 公斤。可以上飞机吗？可以！", ["重 3.5 公斤。", "可以上飞机吗？", "可以！"]),
        ("长 3.5米\n宽 2米", ["长 3.5米", "宽 2米"]),
        ("“可以水洗。”但不能机洗。", ["“可以水洗。", "但不能机洗。"]),
        ("可以的！！不过要预约。", ["可以的！", "不过要预约。"]),
        ("It weighs 3.5 kg. It folds flat.", ["It weighs 3.5 kg.", "It folds flat."]),
        ("See No. 5 on the list. Press it.", ["See No. 5 on the list.", "Press it."]),
        ("Some parts, e.g. Blades, are spare. Ask.", ["Some parts, e.g. Blades, are spare.", "Ask."]),
        ("Made in the U.S. Army style. Yes.", ["Made in the U.S. Army style.", "Yes."]),
        ("It takes approx. two days. Then it ships.", ["It takes approx. two days.", "Then it ships."]),
        ("1. Charge it. 2. Press it.", ["1. Charge it.", "2. Press it."]),
        ("It is $1,299.00. Delivery is free [2].", ["It is $1,299.00.", "Delivery is free [2]."]),
        ("Yes! It is. 保修 2 年。", ["Yes!", "It is.", "保修 2 年。"]),
        ("Version 2.0.1 is out.", ["Version 2.0.1 is out."]),
        ("without an end", ["without an end"]),
        ("。。\n ！", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert _cut(text) == expected


def test_a_chinese_sentence_is_there_with_its_stop_and_does_not_wait_for_the_next() -> None:
    assert Sentences().feed("整机保修2年。") == ["整机保修2年。"]


def test_a_latin_stop_waits_until_it_is_known_what_follows() -> None:
    sentences = Sentences()
    assert sentences.feed("It weighs 3.") == []
    assert sentences.feed("5 kg.") == []
    assert sentences.feed(" ") == []
    assert sentences.feed("It") == ["It weighs 3.5 kg."]


_TEXTS = st.lists(
    st.sampled_from(
        ["保修", "2", ".", " ", "5", "年", "。", "No", "It", "is", "！", "?", "\n", "e.g", "kg", "[1]", "”"]
    ),
    max_size=30,
).map("".join)


@given(_TEXTS, st.lists(st.integers(0, 60), max_size=8))
def test_where_the_pieces_end_makes_no_difference(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert _cut(*pieces) == _cut(text)


@given(_TEXTS)
def test_no_letter_or_digit_is_lost(text: str) -> None:
    def kept(of: str) -> list[str]:
        return [character for character in of if character.isalnum()]

    assert kept("".join(_cut(text))) == kept(text)
