"""Whether what somebody says of themselves is what a record says."""

from __future__ import annotations

import re

from assistant.domain.folding import fold

_CHINESE_MOBILE = re.compile(r"(?:0086|86)(1\d{10})")


def same(name: str, one: str, other: str) -> bool:
    """Whether two values of a particular ("phone", "name", "postcode"...) are the same and not blank.

    Phones are compared by their digits, +86 or not; all else as a reader compares it, whatever the case and the blanks.
    """
    return _plain(name, one) == _plain(name, other) != ""


def _plain(name: str, value: str) -> str:
    if name != "phone":
        return "".join(fold(value).split())
    digits = "".join(character for character in value if character.isdecimal())
    mobile = _CHINESE_MOBILE.fullmatch(digits)
    return mobile[1] if mobile else digits
