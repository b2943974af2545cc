"""Orders told by what is recorded of them: when they were placed, for how much, where they go, how they were paid."""

from __future__ import annotations

from datetime import date, timedelta

import regex

from assistant.domain.backend import Order
from assistant.domain.folding import fold
from assistant.domain.understanding import Relation
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.places import Places
from assistant.procedures.referents.searching import Left, Search

_AMOUNT = regex.compile(
    r"(?:那个|那单|那笔|这单)?\s?[¥￥]?(?P<zh>\d[\d,]*(?:\.\d+)?)\s?(?:元|块|块钱)?(?:的那|那单|那个|那笔|的订单|的单)"
    r"|(?:那个|那单)\s?[¥￥]?(?P<zh2>\d[\d,]*(?:\.\d+)?)\s?(?:元|块|块钱)?的"
    r"|[$£€](?P<en>\d[\d,]*(?:\.\d+)?) (?:one|order|purchase)|\border for [$£€](?P<en2>\d[\d,]*(?:\.\d+)?)"
    r"|\b(?P<en3>\d[\d,]*(?:\.\d+)?) (?:dollar|usd|yuan) (?:one|order)"
)
_LEAST_AMOUNT = 10
_BESIDE = 16  # characters around a day in which a word says that it is when an order was placed
_BOUND_REACH = 48  # characters between an order and the place it goes to


class OrderFacts:
    """Built once."""

    def __init__(self, places: Places) -> None:
        lists = words.sections("orders")
        self._places = places
        beside = lists["beside"]
        self._placed, self._wanted = Phrases(beside["placed"]), Phrases(beside["wanted"])
        self._redirects = regex.compile(rf"\b(?:{'|'.join(beside['redirects'])})\b[^.;,]{{0,25}}\borders?\b")
        self._bound = regex.compile(
            r"\b(?:orders?|one|ones|it|package|parcel|things?|stuff)\b"
            rf"[^.?!;]{{0,{_BOUND_REACH}}}?\b(?:{'|'.join(beside['bound'])})\b[^.?!;,]{{0,24}}$"
        )
        self._paid_with = Phrases(lists["paid_with"]["words"])

    def narrow(self, search: Search, left: Left) -> None:
        """Leaves the orders that fit every fact by which the text tells them."""
        self._by_day(search, left)
        self._by_amount(search, left)
        self._by_place(search, left)
        self._by_payment(search, left)

    def _by_day(self, search: Search, left: Left) -> None:
        if not any(order.placed_at for order in left.orders):
            return
        for slot in search.said.slots:
            place = search.text.find(fold(slot.text)) if slot.name == "date" else -1
            if place < 0:
                continue
            around = search.text[max(0, place - _BESIDE) : place + len(slot.text) + _BESIDE]
            first, last = _stretch(slot.value)
            if not self._placed.found_in(around) or self._wanted.found_in(around) or first > search.today:
                continue
            left.keep(
                lambda order, first=first, last=last: (
                    order.placed_at is not None  # type: ignore[misc]
                    and first <= order.placed_at.date() <= last
                ),
                slot.text,
            )

    def _by_amount(self, search: Search, left: Left) -> None:
        """By what an order or a piece in it cost."""
        for match in _AMOUNT.finditer(search.text):
            stated = next(group for group in match.groups() if group)
            amount = float(stated.replace(",", "").rstrip("."))
            if amount >= _LEAST_AMOUNT:
                left.keep(lambda order, amount=amount: _costs(order, amount), match.group().strip())  # type: ignore[misc]
        for measure in search.said.measures:
            if measure.kind == "money" and measure.relation is Relation.ABOUT and self._placed.found_in(search.text):
                about = float(measure.number)
                fitting = [order for order in left.orders if _costs(order, about, within=0.1)]
                if fitting:
                    left.keep(lambda order, about=about: _costs(order, about, within=0.1), measure.text)  # type: ignore[misc]

    def _by_place(self, search: Search, left: Left) -> None:
        addressed = [order for order in search.orders if order.address]
        named = self._places.named(search.text, [order.address for order in addressed if order.address])
        for word, start, end, indexes in named:
            if self._goes_there(search.text, start, end):
                ids = {addressed[index].id for index in indexes}
                left.keep(lambda order, ids=ids: order.id in ids, word)  # type: ignore[misc]
                return
        for word in self._places.elsewhere(search.text, [order.address for order in addressed if order.address]):
            start = search.text.index(word)
            if addressed and self._goes_there(search.text, start, start + len(word)):
                left.missing.append(word)

    def _goes_there(self, text: str, start: int, end: int) -> bool:
        """Whether a place is where an order goes, and not where it shall go or where the shopper lives."""
        before, after = text[max(0, start - 80) : start], text[end : end + 16]
        if regex.match(r"(?:的|那边的?)?(?:那个|那|这)?(?:单|订单|包裹)|的那个", after):
            return True
        if regex.search(r"(?:寄到|送到|发到|发往|寄往|送往|寄去|发去|送去)$", before) and "的" in after[:4]:
            return True
        if regex.match(r" (?:orders?|ones?)\b", after):
            return True
        if regex.match(r" (?:address|place|home|house)\b", after) or "address" in before[-30:]:
            return False
        if self._redirects.search(before):
            return False
        return self._bound.search(before) is not None

    def _by_payment(self, search: Search, left: Left) -> None:
        if not self._paid_with.found_in(search.text):
            return
        for slot in search.said.slots:
            if slot.name == "payment_method" and slot.value != "original":
                stated = fold(slot.text)
                fitting = [order for order in left.orders if order.payment and _is_way(stated, slot.value, order)]
                if fitting and self._paid_beside(search.text, stated):
                    ids = {order.id for order in fitting}
                    left.keep(lambda order, ids=ids: order.id in ids, slot.text)  # type: ignore[misc]

    def _paid_beside(self, text: str, stated: str) -> bool:
        place = text.find(stated)
        around = text[max(0, place - 14) : place + len(stated) + 6]
        return (
            place >= 0
            and regex.search(r"(?:付|支付|付款|买)的|那单|paid (?:with|by)|bought with|charged to", around) is not None
        )


def _stretch(value: str) -> tuple[date, date]:
    """The first and last day that a date slot names."""
    first, _, last = value.partition("/")
    start = date.min if first == ".." else date.fromisoformat(first)
    end = start if not last else date.max - timedelta(days=1) if last == ".." else date.fromisoformat(last)
    return start, end


def _costs(order: Order, amount: float, *, within: float = 0.0) -> bool:
    """Whether an order or a piece in it costs so much; cents may be left out."""
    prices = [line.price for line in order.lines if line.price]
    prices += [order.total] if order.total else []
    margin = amount * within if within else 1.0 if amount == int(amount) else 0.005
    return any(abs(float(price.amount) - amount) < margin for price in prices)


def _is_way(stated: str, value: str, order: Order) -> bool:
    kind = fold(f"{order.payment.kind} {order.payment.label}") if order.payment else ""
    return stated in kind or value.replace("_", " ") in kind.replace("_", " ")
