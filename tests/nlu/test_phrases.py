from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.nlu.phrases import Phrases

words = st.text("退换货款能不abc1.+", min_size=1, max_size=4)
texts = st.text("退换货款能不abc1.+ ，", max_size=24)


def by_hand(known: set[str], text: str) -> list[str]:
    """From left to right the longest word at each place; Latin ones only where they stand alone."""
    found, place = [], 0
    while place < len(text):
        here = [word for word in known if text.startswith(word, place) and stands_alone(text, place, word)]
        if not here:
            place += 1
            continue
        found.append(max(here, key=len))
        place += len(found[-1])
    return found


def stands_alone(text: str, start: int, word: str) -> bool:
    before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
    return not (is_latin(word[0]) and is_latin(before)) and not (is_latin(word[-1]) and is_latin(after))


def is_latin(character: str) -> bool:
    return bool(character) and character.isascii() and character.isalnum()


@given(st.sets(words, max_size=12), texts)
def test_the_longest_word_at_a_place_is_found_and_latin_words_only_whole(known: set[str], text: str) -> None:
    phrases = Phrases(known)
    assert list(phrases.all(text)) == by_hand(known, text)
    assert phrases.found_in(text) == bool(by_hand(known, text))
    assert "".join(piece for piece, _ in phrases.tokens(text)) == text


def test_an_ellipsis_stands_for_a_few_characters_in_between() -> None:
    phrases = Phrases(["能…不"])
    assert phrases.first("这个能用热水洗不") == "能用热水洗不"
    assert phrases.first("能不能退") is None
    assert phrases.first("能在下雨的时候穿着不") is None


def test_no_words_are_found_nowhere() -> None:
    assert not Phrases([]).found_in("退货")
    assert Phrases([]).remove("退货") == "退货"
