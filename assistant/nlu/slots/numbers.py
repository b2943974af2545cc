"""Numbers of orders, products, phones and parcels, told apart by the words beside them and by their look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import regex

from assistant.nlu.phrases import Phrases
from assistant.nlu.slots.line import Line, Placed
from assistant.nlu.slots.phones import Phones

_GROUPED = r"\d{4}(?: \d{4}){2,4}(?! ?\d)"
_MIXED = r"#?\s?(?=[a-z_-]{0,12}\d)[a-z]{0,6}[-_]?\d[a-z\d]*(?:[-_][a-z\d]+){0,5}"
_TOKEN = regex.compile(rf"(?<![\p{{Latin}}\d.#_-])(?:{_GROUPED}|{_MIXED})(?![\p{{Latin}}\d_]|\.\d)")
_UNIT_AFTER = regex.compile(
    r"\s*(?:元|块|rmb|万|千|百|个|件|天|年|月|号|日|点|分|秒|小时|升|l\b|w\b|kw|ml|瓦|克|g\b|kg|斤|公斤|寸|英寸|厘米|cm|mm|米|m\b|%|折|度|粉丝|字|位|人|倍|"
    r"bucks|dollars|usd|piece|pcs|days?|hours?|min|pm|am|inch|lbs?|stars?)"
)
_SENTENCE_END = regex.compile(r"[。！？!?\n]")
_LIST_BETWEEN = regex.compile(r"\s*(?:[、,，/&和跟与及或]|and|or|以及|还有)?\s*")
_LABEL_AFTER_CUE = regex.compile(r"[\s:：#是为=()（）\[\]【】-]*(?:is|was|number|no\.?)?[\s:：#]*")
_LABELS = ("id", "no", "sku", "qq", "tel", "zip", "order", "item", "pin", "asin")  # written right before the number
_OF_A_TAIL = 4  # characters between "手机" and "尾号"
_REACH = 24  # characters before a number in which a word says what it is
_REACH_WEAK = 12  # for words that name the thing, not its number
_WEAK = frozenset({"order", "product", "card", "other"})
_LEAST_DIGITS = {"order_number": 3, "order": 4, "product": 4, "tracking": 6, "tax": 8}
_SLOTS = {
    "order_number": "order_id",
    "order": "order_id",
    "product": "product_id",
    "tracking": "tracking_number",
    "tax": "tax_number",
}
_TAILS = {"phone": "phone_tail", "card": "card_tail"}
_PARCEL = regex.compile(r"(?:sf|yt|zto|jt|jd|jdv|jdx|ems|dpk|1z)\d{10,18}|[a-z]{2}\d{9}[a-z]{2}|1z[a-z0-9]{16}")
_SURE_DIGITS = 6  # from which "订单 我的 123456" names an order
_LONG, _LONGEST = 8, 20  # digits of a number that is an id by its look
_ID = regex.compile(r"[a-z]{0,4}\d+[a-z]?")
_SPAN = regex.compile(r"\d+-")  # "order 10-12 of them"
_DATE = regex.compile(r"20[2-4]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class _Token:
    """A number with the kind that the words beside it tell; `near`: the word stands right before it."""

    text: str
    start: int
    end: int
    kind: str = ""
    near: bool = False
    tail: bool = False

    @property
    def digits(self) -> int:
        return sum(character.isdigit() for character in self.text)


class NumberFinder:
    """order_id, order_tail, product_id, tracking_number, tax_number, phone, phone_tail, card_tail, id."""

    def __init__(self, words: Mapping[str, Any], phones: Phones) -> None:
        self._phones = phones
        cues = {kind: spellings for kind, spellings in words["numbers"].items() if kind != "postcode"}
        self._kinds = {word.casefold(): kind for kind, spellings in cues.items() for word in spellings}
        self._cues = Phrases(self._kinds)
        self._phone_after = tuple(words["phone_after"])

    def find(self, line: Line) -> Iterator[Placed]:
        if not any(character.isdigit() for character in line.even):
            return
        phones = list(self._phones.written_out(line))
        yield from phones
        before: _Token | None = None
        for token in _tokens(line.without(phones)):
            token = self._told(line, token, before)
            placed = self._tail(line, token) or self._named(line, token) or self._by_look(line, token)
            if placed:
                yield placed
            before = token

    def _told(self, line: Line, token: _Token, before: _Token | None) -> _Token:
        """The kind by the nearest word before the number, else that of the number it is listed with."""
        reach = max(token.start - _REACH, before.end if before else 0)
        between = line.even[reach : token.start]
        found, tail = None, False
        for word, start, end in self._cues.spans(between):
            kind = self._kinds[word]
            tail = kind in {"tail", "order_tail"}
            if kind == "tail" and found and found[0] in _TAILS and start - found[2] <= _OF_A_TAIL:
                kind = found[0]
            found = (kind, start, end)
        if found and not _SENTENCE_END.search(between[found[2] :]):
            near = _LABEL_AFTER_CUE.fullmatch(between[found[2] :]) is not None
            if near or found[0] not in _WEAK or len(between) - found[2] <= _REACH_WEAK:
                return replace(token, kind=found[0], near=near, tail=tail)
        if before and before.kind and before.end == reach and _LIST_BETWEEN.fullmatch(between):
            return replace(token, kind=before.kind, near=before.near, tail=before.tail)
        return token

    def _tail(self, line: Line, token: _Token) -> Placed | None:
        if not token.tail or not token.text.isdigit() or not 3 <= token.digits <= 8:
            return None
        return line.place(_TAILS.get(token.kind, "order_tail"), token.text, token.start, token.end, 3)

    def _named(self, line: Line, token: _Token) -> Placed | None:
        if token.kind == "other":
            # "微信13800000000" names an account, not what a shop could call or look up
            return None
        if token.kind == "phone" or (token.digits == 11 and line.even[token.end :].startswith(self._phone_after)):
            return self._phones.told(line, token.start, token.end, near=token.near)
        name = _SLOTS.get(token.kind)
        if name is None or token.digits < _LEAST_DIGITS[token.kind] or _measures(line, token):
            return None
        if token.kind == "order" and self._phones.mobile(token.text):
            return None  # "我的订单 138…": what the order was placed with
        short = token.digits < _SURE_DIGITS and not token.text.startswith("#")
        if short and token.kind in _WEAK and (not token.near or (token.kind == "order" and _SPAN.match(token.text))):
            return None
        return line.place(name, _as_id(token.text), token.start, token.end, 3 if token.near else 2)

    def _by_look(self, line: Line, token: _Token) -> Placed | None:
        """Where no word tells: a mobile phone, a parcel, "#W123", a long number."""
        text = token.text
        if token.kind in {"other", "card", "tax"} or (token.digits < _LONG and _measures(line, token)):
            return None
        if text.isdigit() and self._phones.mobile(text):
            return line.place("phone", text, token.start, token.end, 2)
        if text.startswith("#"):
            return line.place("order_id", _as_id(text), token.start, token.end, 2) if token.digits >= 4 else None
        if _PARCEL.fullmatch(text):
            return line.place("tracking_number", text.upper(), token.start, token.end, 2)
        if not _ID.fullmatch(text) or _DATE.fullmatch(text) or not _LONG <= token.digits <= _LONGEST:
            return None
        return line.place("id", _as_id(text), token.start, token.end)


def _tokens(line: Line) -> Iterator[_Token]:
    for match in _TOKEN.finditer(line.even):
        text = match.group()
        start = match.start()
        if label := next((label for label in _LABELS if text.startswith(label) and text[len(label)].isdigit()), None):
            text, start = text[len(label) :], start + len(label)
        if sum(character.isdigit() for character in text) >= 3:
            yield _Token("".join(text.split()), start, match.end())


def _measures(line: Line, token: _Token) -> bool:
    """Whether the number counts or measures ("2000元")."""
    return token.digits <= 7 and _UNIT_AFTER.match(line.even, token.end) is not None


def _as_id(text: str) -> str:
    return text.upper()
