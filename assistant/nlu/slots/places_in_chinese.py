"""Addresses in Chinese, where no blank says where an address begins and ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed, any_of

_RUN = regex.compile(r"[\p{Han}a-z0-9#()（）·\-]+(?: [\p{Han}a-z0-9#()（）·\-]+)*")
_NUMERAL = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4}|[a-z]\d{0,3})"
_ROOM = rf"{_NUMERAL}\s?(?:号楼|号院|号|栋|幢|座|单元|室|层|楼|户|门|期|区|弄|排|组)"
_WITHIN = (
    rf"(?:{_NUMERAL}|[东南西北])\s?(?:号楼|号院|栋|幢|座|单元|室|层|楼|弄|组|村|区(?={_NUMERAL}))"
    r"|\d{1,5}号(?![到发送收前后下之左])"
)
_LATIN_UNIT = r"(?:room|rm|apt|flat|unit|suite|floor)\.?\s*#?\d[\w-]*|\d{1,3}/f\b"
_FURTHER = r"[\p{Han}--[我你您他她它要想请帮的了谢到把和吗呢不是在能可会就还再也今明后周前这那]]"
_REGION = regex.compile(r"\p{Han}{2,7}?(?P<kind>省|自治区|特别行政区|市|自治州|地区|盟|区|县|旗|镇|乡|街道)")
_LEAST = 4  # characters of an address


class ChineseAddressFinder:
    """address."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._labels = Phrases(words["labels"])
        leads, roads, estates = (any_of(words[name]) for name in ("leads", "roads", "estates"))
        no_road = "".join(f"(?<!{word})" for word in words["not_roads"])
        self._leads = regex.compile(rf"(?:{leads})[了:：\s]*")
        self._label_end = regex.compile(rf"(?:{leads}|[了:：\s])*")
        self._province = regex.compile(any_of(words["provinces"]))
        self._road = regex.compile(
            rf"\p{{Han}}{{1,8}}?(?P<kind>{roads}){no_road}\s?{_NUMERAL}\s?(?:号[院楼]?|弄|巷|-\d)"
        )
        self._estate = regex.compile(rf"\p{{Han}}{{2,8}}?(?P<kind>{estates})\s?(?:\d{{1,4}}-\d|{_ROOM})")
        building = rf"[\p{{Han}}a-z0-9]{{0,10}}?(?:{estates})(?!的)"
        room = r"\d{1,4}(?:-\d{1,4}){1,3}|\d{3,4}(?!\d)"
        on = rf"(?:{_ROOM}|{building}|{_FURTHER}{{1,8}}?(?:{_WITHIN})|{room}|旁边?|对面|门口|楼下)"
        # After a comma, a building or a room goes on with the address; a number alone may be a day.
        cut = rf"\s?[,、]\s?{_FURTHER}{{0,8}}?[a-z]?(?:{_WITHIN}){on}*|[,\s]+(?:{_LATIN_UNIT})"
        self._tail = regex.compile(rf"(?:\s?{on})*(?:{cut})*", regex.VERSION1)
        self._before = regex.compile(rf"(?<![a-z])(?:{_LATIN_UNIT})[,\s]+$")
        self._room = regex.compile(_WITHIN)

    def find(self, line: Line) -> Iterator[Placed]:
        if line.even.isascii():
            return
        label = next((end for _, _, end in self._labels.spans(line.even)), None)
        for run in _RUN.finditer(line.even):
            anchor = self._anchor(line.even, run, label)
            if anchor is None:
                continue
            start = self._start(line.even, run.start(), anchor.start("kind"), label)
            if before := self._before.search(line.even, 0, start):
                start = before.start()
            tail = self._tail.match(line.even, anchor.end())
            end = tail.end() if tail else anchor.end()
            if end - start >= _LEAST:
                text = " ".join(line.typed[start:end].split())
                yield line.place("address", text, start, end, 2 if label is None else 3)

    def _anchor(self, even: str, run: regex.Match[str], label: int | None) -> regex.Match[str] | None:
        """What makes an address: a road with a number, a building with a room, or two places one in the other."""
        start, end = run.span()
        if found := self._road.search(even, start, end) or self._estate.search(even, start, end):
            return found
        regions = list(_REGION.finditer(even, start, end))
        for first, second in pairwise(regions):
            told = self._province.search(first.group()) or (label is not None and label <= first.start())
            adjacent = first.end() == second.start()
            if adjacent and (told or self._room.search(even, second.end(), end)):
                return regions[-1]
        return None

    def _start(self, even: str, run: int, named: int, label: int | None) -> int:
        """Where an address begins that lies after `run` and has a road or the like at `named`.

        That is after its label, at its province, or after the last word that leads it in.
        """
        if label is not None and run <= label <= named:
            after = self._label_end.match(even, label)
            return after.end() if after else label
        if province := self._province.search(even, run, named):
            return int(province.start())
        leads = list(self._leads.finditer(even, run, named))
        return leads[-1].end() if leads else run
