"""Answers that only the question makes sense of: "3" to "how many?", "310000" where a postcode was asked for."""

from __future__ import annotations

import regex

from assistant.domain.folding import fold
from assistant.domain.procedures import SlotKind

_COUNTS = {
    word: str(number)
    for number, words in enumerate(
        (
            *("一 one", "二 两 two", "三 three", "四 four", "五 five", "六 six"),
            *("七 seven", "八 eight", "九 nine", "十 ten", "十一 eleven", "十二 twelve"),
        ),
        start=1,
    )
    for word in words.split()
}
_AROUND = r"(?:要|就|就要|just|only|it's|its)?\s*{}\s*(?:please|pls|thanks|谢谢|吧|哦|啊)?[.!。！~～]*"
_LOOKS = {
    SlotKind.QUANTITY: regex.compile(_AROUND.format(rf"(?P<value>\d{{1,4}}|{'|'.join(_COUNTS)})")),
    SlotKind.AMOUNT: regex.compile(_AROUND.format(r"(?P<value>\d{1,9}(?:\.\d{1,2})?)")),
    SlotKind.POSTCODE: regex.compile(_AROUND.format(r"(?P<value>\d{4,6})")),
}


def bare(kind: SlotKind, text: str) -> str | None:
    """What an answer comes to that is nothing but the value asked for; None where it says anything else."""
    look = _LOOKS.get(kind)
    match = look.fullmatch(fold(text).strip()) if look is not None else None
    if match is None:
        return None
    return _COUNTS.get(match["value"], match["value"])
