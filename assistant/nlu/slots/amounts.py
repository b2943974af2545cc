"""How many are wanted, and for how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import regex

from assistant.domain.understanding import Measure, Relation
from assistant.nlu.phrases import Phrases
from assistant.nlu.quantities import Quantities
from assistant.nlu.slots.line import Line, Placed, any_of

_NUMBER = r"(?:\d{1,4}|[一二两俩三四五六七八九十百]{1,4})"
_TIMES = regex.compile(
    r"(?<![a-z0-9.\"'丸片粒])(?<![a-z0-9.\"'] )[x×*]\s?(?P<after>\d{1,3})(?![a-z0-9.*×])"
    r"|(?<![a-z0-9.*×])(?P<before>\d{1,3})\s?[x×](?![a-z0-9*×]|\s?\d)"
)
_WANTED_REACH = 3  # characters before "一双" in which it is wanted
_A_PIECE = regex.compile(r"(?![钱五八九])\p{Han}")  # after "一块", which else is money
_TO = regex.compile(r"\s*(-|~|到|至|to|and)\s*")
_BARE_RANGE = regex.compile(r"(?<![\d.])(?P<low>\d{3,6})(?:到|至|-|~)(?P<high>\d{3,6})(?=之间|的?价位)")
_LEAST_PRICE = 50  # "不超过两千" bounds a price, "不超过3" may bound anything


class QuantityFinder:
    """quantity: "2台", "来一双", "a pair", "x3"."""

    def __init__(self, counts: Mapping[str, Any]) -> None:
        self._counted = regex.compile(
            rf"(?<![\d.a-z{''.join(counts['not_after'])}])(?P<number>{_NUMBER})\s?(?:{any_of(counts['classifiers'])})"
            rf"(?!{any_of(counts['not_before'])})"
        )
        self._wants = Phrases(counts["wants"])
        self._english = {word: int(number) for word, number in counts["english"].items()}
        number = rf"(?P<number>\d{{1,3}}|{any_of(self._english)})"
        self._packed = regex.compile(rf"\b{number} (?:{any_of(counts['packs'])})\b")
        self._wanted = regex.compile(
            rf"\b(?:{any_of(counts['wants_en'])})(?: me)?:? (?:to (?:buy|order|get) )?{number}"
            rf"(?! (?:{any_of(counts['not_before_en'])})\b)(?=[.,!?]|$| [a-z])"
        )

    def find(self, line: Line) -> Iterator[Placed]:
        for match in self._counted.finditer(line.even):
            number = Quantities.number(match["number"].replace("俩", "两"))
            if number and (number != 1 or self._is_wanted(line.even, match.start())):
                yield line.place("quantity", str(int(number)), match.start(), match.end())
        for match in _TIMES.finditer(line.even):
            yield line.place("quantity", match["after"] or match["before"], match.start(), match.end())
        if not line.chinese:
            yield from self._in_english(line)

    def _in_english(self, line: Line) -> Iterator[Placed]:
        for match in self._packed.finditer(line.even):
            yield line.place("quantity", self._number(match["number"]), match.start(), match.end())
        for match in self._wanted.finditer(line.even):
            if (number := self._number(match["number"])) != "1":  # "I want a refund" counts nothing
                yield line.place("quantity", number, match.start("number"), match.end("number"))

    def _number(self, text: str) -> str:
        return str(self._english[text] if text in self._english else int(text))

    def _is_wanted(self, even: str, start: int) -> bool:
        """ "来一双" wants one pair; "有一个问题" wants none."""
        before = even[max(0, start - _WANTED_REACH) : start]
        return any(end == len(before) for _, _, end in self._wants.spans(before))


class MoneyFinder:
    """money: amounts as `Quantities` finds them, and prices that a word tells ("预算3000", "不超过两千")."""

    def __init__(self, quantities: Quantities, budget: Iterable[str], at_most: Iterable[str]) -> None:
        self._quantities = quantities
        self._told = regex.compile(
            rf"(?:{any_of(budget)}|(?P<most>{any_of(at_most)}))[:：\s]*"
            r"(?P<number>\d[\d,.]*\d|[一二两三四五六七八九十百千万]{2,6})(?=的|以内|吧|就|[,，。.!！?？ ]|$)"
        )

    def find(self, line: Line) -> Iterator[Placed]:
        amounts = list(_located(line.even, self._quantities.in_text(line.even)))
        index = 0
        while index < len(amounts):
            first, start, end = amounts[index]
            second = amounts[index + 1] if index + 1 < len(amounts) else None
            index += 1
            if second and (_is_range(first, second[0]) or _is_between(line.even, start, end, second[1])):
                yield line.place("money", f"{_plain(first.number)}..{_plain(second[0].number)}", start, second[2], 2)
                index += 1
            elif first.text != "一块" or not _A_PIECE.match(line.even, end):
                yield line.place("money", _bound(first), start, end, 2)
        if (match := _BARE_RANGE.search(line.even)) and not amounts:
            yield line.place("money", f"{match['low']}..{match['high']}", match.start(), match.end("high"))
        if match := self._told.search(line.even):
            number = self._quantities.number(match["number"].rstrip("."))
            if number and number >= _LEAST_PRICE and all(amount.number != number for amount, *_ in amounts):
                value = f"..{_plain(number)}" if match["most"] else _plain(number)
                yield line.place("money", value, match.start("number"), match.end("number"))


def _located(even: str, measures: Iterable[Measure]) -> Iterator[tuple[Measure, int, int]]:
    """The amounts of money with their places."""
    at = 0
    for measure in measures:
        start = even.find(measure.text, at)
        if measure.kind == "money" and start >= 0:
            at = start + len(measure.text)
            yield measure, start, at


def _is_range(first: Measure, second: Measure) -> bool:
    """Whether two amounts are the ends of a range whose unit is written once ("300-500元")."""
    return (
        first.relation is Relation.AT_LEAST
        and second.relation is Relation.AT_MOST
        and (first.text == "两" or first.text.replace(",", "").replace(".", "").isnumeric())
    )


def _is_between(even: str, start: int, end: int, second: int) -> bool:
    """Whether two amounts are the ends of a range, each with its unit ("between $30 and $50")."""
    word = _TO.fullmatch(even, end, second)
    return word is not None and (word[1] != "and" or even[:start].endswith("between "))


def _bound(measure: Measure) -> str:
    number = _plain(measure.number)
    forms = {Relation.AT_MOST: f"..{number}", Relation.AT_LEAST: f"{number}..", Relation.ABOUT: f"~{number}"}
    return forms.get(measure.relation, number)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
