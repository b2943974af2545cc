"""How much of something, in hundredths: "20%", "三成", "a third"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import regex

from assistant.nlu.quantities import Quantities
from assistant.nlu.slots.line import Line, Placed, any_of

_HAN = "[一二两三四五六七八九十百]"
_SHARE = regex.compile(
    r"(?<![\d.])(?P<digits>\d{1,3}(?:\.\d{1,2})?)\s?(?:%|percent\b|per cent\b)"
    rf"|百分之(?P<hundredths>\d{{1,3}}|{_HAN}{{1,4}})"
    rf"|(?P<below>{_HAN})分之(?P<above>{_HAN})"
    r"|(?<![\d.])(?P<tenths>[1-9一二两三四五六七八九])成(?P<half>半)?(?![人年功长熟新绩品交员套衣色本为])"
)


class ShareFinder:
    """percent: a number from 0 to 100, as digits."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._told = {str(word): str(percent) for percent, spellings in words.items() for word in spellings}
        self._words = regex.compile(rf"(?<![a-z])(?:{any_of(self._told)})(?![a-z])")

    def find(self, line: Line) -> Iterator[Placed]:
        for match in _SHARE.finditer(line.even):
            percent = _percent(match)
            if percent is not None and percent <= 100:
                yield line.place("percent", f"{percent.normalize():f}", match.start(), match.end(), 2)
        for match in self._words.finditer(line.even):
            yield line.place("percent", self._told[match.group()], match.start(), match.end())


def _percent(match: regex.Match[str]) -> Decimal | None:
    if match["digits"]:
        return Decimal(match["digits"])
    if match["hundredths"]:
        return Quantities.number(match["hundredths"])
    if match["below"]:
        below, above = Quantities.number(match["below"]), Quantities.number(match["above"])
        return (above * 100 / below).quantize(Decimal(1)) if above and below else None
    tenths = Quantities.number(match["tenths"])
    return None if tenths is None else tenths * 10 + (5 if match["half"] else 0)
