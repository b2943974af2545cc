"""BM25 gets characters and pairs of them where there are no blanks between words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evals.bench.peers.terms import characters_and_pairs

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF)


def test_chinese_becomes_characters_and_pairs_of_neighbours() -> None:
    assert characters_and_pairs("保温杯") == ["保", "温", "杯", "保温", "温杯"]


def test_words_of_other_scripts_stay_whole_and_are_folded() -> None:
    assert characters_and_pairs("Kitchen KNIFE, ２０cm") == ["kitchen", "knife", "20cm"]


def test_a_word_ends_where_chinese_begins() -> None:
    assert characters_and_pairs("USB灯3个") == ["usb", "灯", "3", "个"]


def test_traditional_and_simplified_are_the_same() -> None:
    assert characters_and_pairs("雨傘") == characters_and_pairs("雨伞")


@given(st.text(HAN, min_size=1, max_size=12))
def test_a_run_of_n_characters_has_n_characters_and_one_pair_less(text: str) -> None:
    assert len(characters_and_pairs(text)) == 2 * len(text) - 1


@given(st.text(max_size=60))
def test_no_term_has_a_blank_in_it_or_is_empty(text: str) -> None:
    assert all(term and not any(character.isspace() for character in term) for term in characters_and_pairs(text))
