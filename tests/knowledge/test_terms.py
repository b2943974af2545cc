"""Text that means the same gives the same terms, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import Analyzer, is_character, splits

ANALYZER = Analyzer()


def terms(text: str) -> list[str]:
    return ANALYZER.terms(text)


def test_chinese_is_characters_and_pairs_of_neighbours() -> None:
    assert terms("热水壶") == ["热", "水", "壶", "热水", "水壶"]


def test_pairs_do_not_cross_punctuation_or_other_scripts() -> None:
    assert "壶杯" not in terms("壶，杯")
    assert terms("T恤") == ["t", "恤"]


def test_traditional_chinese_is_simplified_chinese() -> None:
    assert terms("這件衣服有幾種顏色") == terms("这件衣服有几种颜色")


def test_full_width_and_case_are_folded() -> None:
    assert terms("ＣＫ－１７００ Kettle") == terms("ck-1700 kettle")


@pytest.mark.parametrize("written", ["80升", "80L", "80 l", "８０Ｌ", "80 Litres", "80公升", "80.0升"])
def test_a_measure_is_one_term_however_it_is_written(written: str) -> None:
    assert "80l" in terms(written)
    assert "80" in terms(written)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("1.50kg", "1.5kg"),
        ("1,000 元", "1000元"),
        ("质保两年", "2year"),
        ("three 3 years", "3year"),
        ("十五天内", "15day"),
        ("一百二十三克", "123g"),
        ("二〇二五年", "2025year"),
        ("80升/100升", "100l"),
        ("3-5天", "5day"),
        ("2 小时", "2h"),
    ],
)
def test_numbers_and_units_are_normalised(text: str, measure: str) -> None:
    assert measure in terms(text)


def test_measures_that_differ_share_no_measure() -> None:
    assert "80l" not in terms("180升")
    assert "80l" not in terms("80ml")
    assert "5kg" not in terms("1.5kg")
    assert not any(term.endswith("l") for term in terms("F80 lamp"))


def test_a_model_number_is_found_whole_without_hyphens_and_in_parts() -> None:
    whole = terms("F8033-JE6")
    assert {"f8033-je6", "f8033je6", "f8033", "je6", "8033"} <= set(whole)
    assert {"f8033je6"} <= set(terms("f8033je6")) & set(whole)


@pytest.mark.parametrize(
    ("many", "one"),
    [("shoes", "shoe"), ("warranties", "warranty"), ("boxes", "box"), ("glasses", "glass"), ("kettles", "kettle")],
)
def test_an_english_plural_is_its_singular(many: str, one: str) -> None:
    assert terms(many) == terms(one)


@pytest.mark.parametrize("word", ["glass", "bus", "gas", "us", "series"])
def test_words_that_only_end_like_plurals_keep_their_stem_apart(word: str) -> None:
    assert terms(word) != terms(word.rstrip("s"))


def test_other_scripts_are_words() -> None:
    assert terms("чайник красный") == ["чайник", "красный"]


@given(st.text())
def test_any_text_gives_terms_without_spaces_or_quotes(text: str) -> None:
    for term in terms(text):
        assert term
        assert not set(term) & set(" \t\n\"'\0")


@given(st.text(alphabet="热水壶80升.-/ Lkg年两abxs1"))
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = ANALYZER.fold(text)
    assert ANALYZER.fold(folded) == folded
    assert terms(folded) == terms(text)


@given(st.text(alphabet="abcdefgxyz", min_size=3, max_size=8), st.text(alphabet="abcdefgxyz", min_size=3, max_size=8))
def test_two_latin_words_written_together_are_among_the_ways_to_split(left: str, right: str) -> None:
    assert (left, right) in splits(left + right)


@pytest.mark.parametrize("term", ["tea", "ck-1700", "80l", "茶壶", "x" * 500])
def test_short_words_numbers_ideographs_and_overlong_words_are_not_split(term: str) -> None:
    assert splits(term) == []


def test_a_character_is_a_term_of_a_script_without_spaces() -> None:
    assert [term for term in terms("茶t壶7の") if is_character(term)] == ["茶", "壶", "の"]
