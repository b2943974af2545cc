import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.folding import fold, to_simplified, to_traditional
from assistant.domain.understanding import Language, Script
from assistant.nlu.language import detect, of_tag

CHINESE = Language("zh", Script.SIMPLIFIED)
TRADITIONAL = Language("zh", Script.TRADITIONAL)
ENGLISH = Language("en", Script.LATIN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这双鞋多重", CHINESE),
        ("這雙鞋防水嗎", TRADITIONAL),
        ("how heavy are these shoes", ENGLISH),
        ("noise大概几dB", CHINESE),
        ("Is the 青禾 jacket waterproof and warm enough", ENGLISH),
    ],
)
def test_the_language_is_that_of_the_words(text: str, expected: Language) -> None:
    assert detect(text, ENGLISH if expected is CHINESE else CHINESE) == expected


@pytest.mark.parametrize("text", ["F001", "?", "👍", "", "E-21 42"])
def test_a_message_without_words_keeps_the_language_of_the_conversation(text: str) -> None:
    assert detect(text, TRADITIONAL) == TRADITIONAL
    assert detect(text, ENGLISH) == ENGLISH


def test_a_short_message_in_shared_characters_keeps_traditional_script() -> None:
    assert detect("多少", TRADITIONAL) == TRADITIONAL


@pytest.mark.parametrize("tag", ["zh-TW", "zh-HK", "zh-Hant", "zh-Hant-TW"])
def test_tags_of_traditional_chinese_are_known(tag: str) -> None:
    assert of_tag(tag) == TRADITIONAL


def test_folding_brings_width_case_script_and_blanks_together() -> None:
    assert fold("  ＡＢＣ　熱水器\n８０升 ") == "abc 热水器 80升"


def test_script_conversion_goes_both_ways() -> None:
    assert to_simplified("熱水器") == "热水器"
    assert to_traditional("热水器") == "熱水器"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
