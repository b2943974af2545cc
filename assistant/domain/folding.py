"""Folding: one spelling for texts that mean the same to a reader."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc


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
    visible = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(to_simplified(unicodedata.normalize("NFKC", visible)).casefold().split())
