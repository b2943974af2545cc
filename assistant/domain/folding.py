"""Folding: one spelling for texts that mean the same to a reader."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc
import regex

_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cs}]")
_KEPT_UP_TO = 400  # characters of a text whose folded form is kept
_WHOLE_WORD_UP_TO = 3  # letters; longer words may be inflected ("ship" in "shipping")


@lru_cache(maxsize=4)
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def to_simplified(text: str) -> str:
    """Traditional characters become simplified ones; everything else stays."""
    return str(_converter("t2s").convert(text))


def to_traditional(text: str) -> str:
    """Simplified characters become traditional ones as written in Taiwan."""
    return str(_converter("s2tw").convert(text))


def is_traditional(text: str) -> bool:
    """True where the text holds characters that only traditional Chinese uses."""
    return to_simplified(text) != text


def fold(text: str) -> str:
    """Compatibility forms and full width folded (NFKC), traditional to simplified, case folded, blanks collapsed.

    Control characters and lone surrogates, which no reader sees, become blanks.
    """
    return _fold(text) if len(text) > _KEPT_UP_TO else _fold_once(text)


def _fold(text: str) -> str:
    visible = _INVISIBLE.sub(" ", text)
    return " ".join(to_simplified(unicodedata.normalize("NFKC", visible)).casefold().split())


# The same titles and sentences are folded in turn after turn.
_fold_once = lru_cache(maxsize=30_000)(_fold)


def holds(folded: str, word: str) -> bool:
    """Whether the folded text holds the word: Chinese anywhere; Latin and digits from a word's beginning on, and short
    ones only as whole words, so that neither "ro" is found in "pro" nor "42" in "420"."""
    if word not in folded:
        return False
    first, last = _is_word_character(word[0]), _is_word_character(word[-1])
    if not first and not last:
        return True
    return _pattern_of(word, first, last).search(folded) is not None


@lru_cache(maxsize=20_000)
def _pattern_of(word: str, first: bool, last: bool) -> regex.Pattern[str]:
    start = "(?<![a-z0-9])" if first else ""
    if not last:
        end = ""
    elif word[-1].isdigit():
        end = "(?![a-z0-9])"
    else:
        end = "(?:s|es)?(?![a-z0-9])" if len(word) <= _WHOLE_WORD_UP_TO else ""
    return regex.compile(f"{start}{regex.escape(word)}{end}")


def _is_word_character(character: str) -> bool:
    return character.isascii() and character.isalnum()
