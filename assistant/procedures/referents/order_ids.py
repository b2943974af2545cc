"""Orders told by numbers: their ids, the last digits of one, the ids of things in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import regex

from assistant.domain.backend import Order, OrderId
from assistant.domain.folding import fold
from assistant.domain.understanding import Clause
from assistant.procedures.referents.conditions import Conditions
from assistant.procedures.referents.searching import Left, Search

_ID_TOKEN = regex.compile(r"(?<![\p{Latin}\d])#?[a-z]{0,4}[-_]?\d[a-z\d]*(?:[-_][a-z\d]+)*", regex.IGNORECASE)
_DIGIT, _LETTER = regex.compile(r"\d"), regex.compile(r"\p{Latin}")
_SENTENCE_END = regex.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_LEAST_DIGITS = 5  # from which digits alone are an order's whose id has letters too
_LEAST_OF_AN_ID = 4  # digits
_CALLED = r"(?:订单|单号|编号|\border|\border (?:no\.?|number|id)|#)\s*[:：号]?\s*"


class OrderIds:
    """Built once."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def left(self, search: Search) -> Left | None:
        """Orders by their id, its last digits, or the id of something in them."""
        if not search.orders:
            return None
        found: dict[OrderId, str] = {}
        named = _tokens(search.said.text, search.orders)
        named += [
            slot.value for slot in search.said.slots if slot.name in ("order_id", "id") and slot.value not in named
        ]
        for token in named:
            found |= {order.id: token for order in search.orders if is_id(token, order.id)}
        left = Left(search.orders)
        if len(found) > 1:
            found = self._asked_of(search, found)
        if found:
            left.orders = tuple(order for order in search.orders if order.id in found)
            left.words = list(dict.fromkeys(found.values()))
        tails = [slot for slot in search.said.slots if slot.name == "order_tail"]
        for slot in tails:
            tail = slot.value.upper()
            left.keep(lambda order, tail=tail: order.id.upper().endswith(tail), slot.text)  # type: ignore[misc]
        things = [] if found or tails else [token for token in named if self._holds(search.orders, token)]
        if things:
            left.keep(lambda order: any(self._holds((order,), token) for token in things), *things)
        told = {fold(token).strip("#") for token in (*left.words, *left.missing)}
        for slot in search.said.slots:
            if (
                slot.name == "order_id"
                and fold(slot.value).strip("#") not in told
                and not self._holds(search.orders, slot.value)
                and not any(is_id(slot.value, order.id) for order in search.orders)
            ):
                left.missing.append(slot.text)
        left.missing += self._strange(search, [token for token in named if token not in found.values()])
        return left if left.told else None

    def _strange(self, search: Search, tokens: Sequence[str]) -> list[str]:
        """Tokens that look like the shopper's order ids, are nothing else, and are none of them."""
        shapes = {_shape(order.id) for order in search.orders}
        read = {fold(slot.text) for slot in search.said.slots}
        return [
            token
            for token in tokens
            if _shape(token) in shapes and not self._holds(search.orders, token) and fold(token) not in read
        ]

    def _asked_of(self, search: Search, found: Mapping[OrderId, str]) -> dict[OrderId, str]:
        """Of several orders named by id those in a sentence that asks for something, if there are any."""
        sentences = [
            sentence for sentence in _SENTENCE_END.split(search.said.folded) if self._conditions.asks_for(sentence)
        ]
        asked = {id_: token for id_, token in found.items() if any(fold(token) in sentence for sentence in sentences)}
        return asked or dict(found)

    @staticmethod
    def named(said: Clause, orders: Sequence[Order]) -> tuple[Order, ...]:
        """The orders whose ids a clause holds."""
        tokens = _tokens(said.text, orders)
        return tuple(order for order in orders if any(is_id(token, order.id) for token in tokens))

    @staticmethod
    def _holds(orders: Sequence[Order], token: str) -> bool:
        return any(token in (line.product_id, line.sku_id) for order in orders for line in order.lines)


def _tokens(text: str, orders: Sequence[Order]) -> list[str]:
    """What may be an id: by its digits, or since it is the id of one of the orders, whatever that looks like.

    An own id that is a mere number or a mere word ("12", "blue") counts only where it is said to be an order's.
    """
    tokens = [token for token in _ID_TOKEN.findall(text) if sum(c.isdigit() for c in token) >= _LEAST_OF_AN_ID]
    for order in orders:
        bare = order.id.strip().lstrip("#")
        mixed = any(map(str.isdigit, bare)) and any(map(str.isalpha, bare))
        before = r"(?<![\p{Latin}\d])" if mixed else _CALLED
        own = regex.search(rf"{before}#?{regex.escape(bare)}(?![\p{{Latin}}\d]|[-_][\p{{Latin}}\d])", text, regex.I)
        if bare and own and not any(is_id(token, order.id) for token in tokens):
            tokens.append(bare)
    return tokens


def _shape(token: str) -> str:
    return _DIGIT.sub("9", _LETTER.sub("a", token.upper().lstrip("#")))


def is_id(token: str, order_id: str) -> bool:
    """Whether a token is the order's id: as written, without its mark, or all its digits without its letters."""
    told, written = (text.upper().lstrip("#").strip() for text in (token, order_id))
    if told == written:
        return True
    digits = "".join(character for character in written if character.isdigit())
    return told.isdigit() and told == digits and len(digits) >= _LEAST_DIGITS
