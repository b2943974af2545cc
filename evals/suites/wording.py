"""Whether a text holds a word, as the suites that read replies compare them."""

from __future__ import annotations

import re

from assistant.domain.folding import fold

_CLOSING_ZEROS = re.compile(r"(?P<whole>\d)\.0+(?!\d|\.\d)|(?P<kept>\d\.\d*?[1-9])0+(?!\d|\.\d)")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def says(text: str, word: str) -> bool:
    """Whether `text` holds `word`, width and case folded, thousands separators and closing decimal zeros aside.

    A number counts only whole: neither "8分钟" is in "18分钟", nor "24" in "24.5".
    """
    folded, sought = (_without_zeros(fold(words)) for words in (text, word))
    if not sought:
        return False
    pattern = re.compile(f"{_not_within_number(sought)}{re.escape(sought)}{_not_before_number(sought)}")
    return any(pattern.search(form) is not None for form in dict.fromkeys((folded, _SEPARATOR.sub("", folded))))


def _without_zeros(text: str) -> str:
    """1088.10 is 1088.1, 299.00 is 299."""
    return _CLOSING_ZEROS.sub(lambda match: match["whole"] or match["kept"], text)


def _not_within_number(word: str) -> str:
    return r"(?<!\d)(?<!\d[.,])" if word[0].isdigit() else ""


def _not_before_number(word: str) -> str:
    return r"(?!\d)(?![.,]\d)" if word[-1].isdigit() else ""
