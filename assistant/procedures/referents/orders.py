"""Which of the shopper's own orders words mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

import regex

from assistant.domain.backend import Order, OrderId
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId
from assistant.domain.understanding import Clause
from assistant.nlu.phrases import Phrases
from assistant.procedures.referents import words
from assistant.procedures.referents.conditions import Conditions
from assistant.procedures.referents.meaning import How, Meaning, one_of
from assistant.procedures.referents.naming import Mention, Naming
from assistant.procedures.referents.order_facts import OrderFacts
from assistant.procedures.referents.order_ids import OrderIds, is_id
from assistant.procedures.referents.places import Places
from assistant.procedures.referents.roles import Role, Roles
from assistant.procedures.referents.searching import Left, Search, Talk
from assistant.procedures.referents.stages import StageWords
from assistant.procedures.referents.text import LIKENED, blanked

_ORDINAL = regex.compile(
    r"(?P<last>倒数)?第\s?(?P<zh>[一二三四五六七八九十\d]{1,2})\s?(?:单|笔|个订单|张单)"
    r"|^\s?(?:no\.? ?|number |#)?(?P<digit>\d)\s?[.号]?$"
)
_ENGLISH_ORDINAL = regex.compile(r"\b(first|second|third|fourth|fifth)\b(?: one| order|$)")
_NUMERALS = {
    **{c: n for n, c in enumerate("一二三四五六七八九十", 1)},
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
}
_AGES = ("newest", "newer", "oldest")
# Each of those told, or shown, is meant: "没发货的都取消"; but not where one is pointed at ("那单的地址电话都改").
_EACH = regex.compile(
    r"(?:都|全部?|统统)(?:给我|帮我|要|得)?(?:取消|退|加急|换|催|查|不要|签收)"
    r"|\b(?:everything|anything|whatever)\b(?! else)"
)
_ONE = regex.compile(r"[那这][一]?[个单笔]")
_PRICIEST = regex.compile(
    r"(?:最贵|金额最[大高]|价格最高)的?(?:那|一)?(?:单|个订单|笔|个)"
    r"|\b(?:most expensive|priciest|biggest|largest) order"
)
_CHEAPEST = regex.compile(
    r"(?:最便宜|金额最[小低]|价格最低)的?(?:那|一)?(?:单|个订单|笔|个)|\b(?:cheapest|least expensive|smallest) order"
)
_DIFFERENT = regex.compile(
    r"\b(?:different|separate|several|various|other) orders\b|不同的?订单|不同单|几个订单|分开的?订单"
)
_ALL = regex.compile(
    r"\ball(?: of)? (?:the|my|those|these)\b(?! (?:difference|details|info|same|best))|所有的?|全部的|每(?:个|件|单)"
)
# Beside a kind of thing by which an order is told.
_THAT_ORDER = regex.compile(r"(?:的)?(?:那|这)?(?:一)?(?:单|个订单|笔|订单|台|件|个(?!人))| orders?\b")
_NAMED_ORDER = regex.compile(
    r"\b(?:the|my|that) (?P<what>[a-z][a-z-]{2,}) order\b(?! (?:number|id|no|status|history|confirmation))"
)
_ORDER_OF = regex.compile(
    r"\borders? (?:with|containing|that (?:has|had|contains)) (?:the|an?|my|those|these) (?P<what>[\w'-]+)"
    r"|买(?:的|了)?(?P<what_zh>\p{Han}{2,6}?)的?那(?:个|一)?(?:单|笔|订单)"
)
_NO_THING = regex.compile(
    r"orders? with (?:the|an?|my) (?:wrong|same|problem|issue|discount|coupon|gift|number|id|free|express|credit|most)"
    r"|买(?:的|了)?(?:东西|错|贵|重|多|最)"
)
_THE_ORDER_WITH = regex.compile(
    r"\b(?:orders? (?:with|of|for|containing)|(?:cancel|return|exchange|refund|track))"
    r" (?:the|my|that|this|a|an) (?:[\w'-]+ )?$"
)


_THAT_ONE = regex.compile(
    r"\b(?:that|this|the same|same|the whole|the entire|whole|entire) order\b|(?:这|那|该|同)一?个?(?:单|订单|笔)"
)


class Orders:
    """Built once."""

    def __init__(
        self, naming: Naming, roles: Roles, places: Places, conditions: Conditions, stages: StageWords
    ) -> None:
        lists = words.sections("orders")
        self._naming, self._roles, self._conditions = naming, roles, conditions
        self._points = {name: Phrases(spellings) for name, spellings in lists["points"].items()}
        self._stages = stages
        self._of_an_order = frozenset(lists["of_an_order"]["english"])
        self._ids, self._facts = OrderIds(conditions), OrderFacts(places)

    def which(
        self,
        said: Clause,
        orders: Sequence[Order],
        *,
        today: date,
        talk: Talk | None = None,
        serves: Callable[[Order], bool] = lambda _: True,
        products: Collection[ProductId] = (),
        names: Mapping[ProductId, Sequence[str]] | None = None,
        doing: str = "",
    ) -> Meaning[Order]:
        """The orders that a clause means.

        serves: whether what is asked for can be done to an order. It decides between orders that the words leave, and
        never against the words. With "all of them" every order that the words leave is meant, served or not.
        products: those that the words name, where the catalogue tells; names: what lines' products are called, besides
        their titles. doing: as in `Roles.of`.
        """
        listed = tuple(sorted(orders, key=lambda order: order.id))
        text = blanked(LIKENED, self._conditions.without(said.folded))
        search = Search(said, text, listed, talk or Talk(), today, serves, products, names or {}, doing)
        left = self._ids.left(search) or self._by_words(search)
        if left.missing and not left.words:
            return Meaning(missing=tuple(left.missing))
        if left.told or left.several:
            return self._decided(search, left)
        return self._by_talk(search)

    def named(self, said: Clause, orders: Sequence[Order]) -> tuple[Order, ...]:
        """The orders whose ids a clause holds."""
        return self._ids.named(said, orders)

    def pointed_at(self, said: Clause, orders: Sequence[Order], talked: Sequence[OrderId]) -> tuple[Order, ...]:
        """The order that things are said to be in: "that order" of those talked about, the latest first. None where the
        clause says nothing of it."""
        by_id = {order.id: order for order in orders}
        latest = next((by_id[id_] for id_ in talked if id_ in by_id), None)
        return (latest,) if latest is not None and _THAT_ONE.search(said.folded) else ()

    def _by_words(self, search: Search) -> Left:
        left = Left(search.orders)
        self._by_thing(search, left)
        for stages, word, picks in self._stages.told(search.text):
            if picks:
                left.keep(lambda order, stages=stages: order.stage in stages, word)  # type: ignore[misc]
        self._by_state(search, left)
        self._facts.narrow(search, left)
        if not left.told and not self._says_of_itself(search.text):
            left.missing += [found["what"] or found["what_zh"] for found in _ORDER_OF.finditer(search.text)]
            called = (found["what"] for found in _NAMED_ORDER.finditer(search.text))
            left.missing += [word for word in called if word not in self._of_an_order]
        if search.products:
            chosen = tuple(
                order for order in left.orders if any(line.product_id in search.products for line in order.lines)
            )
            if chosen and not left.missing:
                left.orders = chosen
                left.words.extend(sorted(search.products))
        return left

    def _by_thing(self, search: Search, left: Left) -> None:
        """By what is in an order: all that is named, else each of them."""
        lines = [(order, line) for order in search.orders for line in order.lines]
        mentions = self._naming.mentions(
            search.text, [(line.title, *search.names.get(line.product_id, ())) for _, line in lines]
        )
        spoken = self._roles.of(search.text, mentions, doing=search.doing)
        telling = [one for one in spoken if not one.mention.weak] or list(spoken)
        holding = {one.mention: {lines[index][0].id for index in one.mention.things} for one in telling}
        for one in telling:
            if one.role is Role.LEFT_OUT:
                others = tuple(order for order in left.orders if order.id not in holding[one.mention])
                if self._points["all"].found_in(search.text) or others:
                    left.orders = others or left.orders
                    left.words.append(one.mention.words)
        meant = [one for one in telling if one.role in (Role.MEANT, Role.BESIDE)]
        if not spoken and all(line.title for _, line in lines):
            left.missing += self._absent(search.text)
        if not meant and not search.talk.focus:
            meant = [one for one in telling if one.role is Role.BECOMES]
        if not meant:
            return
        together = set.intersection(*(holding[one.mention] for one in meant))
        objects = [one for one in meant if one.role is Role.MEANT] or meant
        if self._says_all(search.text) or _DIFFERENT.search(search.text):
            together = set()
        wanted = together or set.union(*(holding[one.mention] for one in objects))
        left.keep(lambda order: order.id in wanted, *dict.fromkeys(one.mention.words for one in meant))
        left.several = left.several or (not together and len(objects) > 1)

    def _says_of_itself(self, text: str) -> bool:
        """Whether an order is told by its age, by how far it has come, or by the talk of it."""
        pointed = any(
            self._points[name].found_in(text) for name in ("newest", "oldest", "newer", "other", "all", "both")
        )
        return pointed or any(True for _ in self._stages.told(text)) or _NO_THING.search(text) is not None

    def _absent(self, text: str) -> list[str]:
        """Words by which an order is told ("冰箱那单") for a kind of thing that is in none."""
        named = []
        for word in self._naming.kinds_named(text):
            start = text.index(word)
            mention = Mention(word, start, start + len(word), frozenset())
            told = _THAT_ORDER.match(text, mention.end) or _THE_ORDER_WITH.search(text, 0, start)
            if told and self._roles.of(text, [mention])[0].role is Role.MEANT:
                named.append(word)
        return named

    def _by_state(self, search: Search, left: Left) -> None:
        """By the shop's own word for how far an order has come."""
        states = {fold(order.state) for order in search.orders if order.state}
        for state in Phrases(states).all(search.text):
            if self._stages.picks(search.text, state):
                left.keep(lambda order, state=state: fold(order.state) == state, state)  # type: ignore[misc]

    def _decided(self, search: Search, left: Left) -> Meaning[Order]:
        """What is meant of the orders that words leave."""
        told, candidates = tuple(left.words), left.orders
        missing = tuple(left.missing)
        if missing:
            return Meaning(missing=missing, words=told)
        if left.several and not left.words:
            return Meaning(candidates, How.WORDS)
        narrowed = self._by_age(search, candidates) or self._by_price(search.text, candidates)
        if narrowed:
            return Meaning((narrowed[0],), How.WORDS, words=(*told, narrowed[1]))
        if len(candidates) == 1 or self._all(search, candidates) or left.several or self._listed(candidates, told):
            return Meaning(candidates, How.WORDS, words=told)
        if self._points["other"].found_in(search.text):
            others = tuple(order for order in candidates if order.id not in search.talk.focus[:1])
            if len(others) == 1:
                return Meaning(others, How.WORDS, words=told)
        return self._likely(search, self._hinted(search, candidates), told)

    @staticmethod
    def _listed(candidates: Sequence[Order], told: Sequence[str]) -> bool:
        """Whether each of the candidates is named by an id of its own."""
        return len(told) == len(candidates) and all(any(is_id(word, order.id) for word in told) for order in candidates)

    def _all(self, search: Search, candidates: Sequence[Order]) -> bool:
        if self._points["both"].found_in(search.text) and len(candidates) == 2:
            return True
        return self._says_all(search.text) or (_EACH.search(search.text) is not None and not _ONE.search(search.text))

    def _says_all(self, text: str) -> bool:
        return self._points["all"].found_in(text) or _ALL.search(text) is not None

    def _by_age(self, search: Search, candidates: Sequence[Order]) -> tuple[Order, str] | None:
        """The newest or oldest of the candidates where the words ask for it and their days tell."""
        if len(candidates) < 2 or any(order.placed_at is None for order in candidates):
            return None
        ranked = sorted(candidates, key=lambda order: order.placed_at or 0)
        for name, order, next_one in (
            ("newest", ranked[-1], ranked[-2]),
            ("newer", ranked[-1], ranked[-2]),
            ("oldest", ranked[0], ranked[1]),
        ):
            word = self._points[name].first(search.text)
            if word and order.placed_at != next_one.placed_at:
                return order, word
        return None

    @staticmethod
    def _by_price(text: str, candidates: Sequence[Order]) -> tuple[Order, str] | None:
        """The dearest or cheapest order where the words ask for it."""
        totals = [order.total.amount for order in candidates if order.total]
        if len(totals) != len(candidates) or not totals:
            return None
        for pattern, amount in ((_PRICIEST, max(totals)), (_CHEAPEST, min(totals))):
            if (told := pattern.search(text)) and totals.count(amount) == 1:
                return candidates[totals.index(amount)], told.group()
        return None

    def _hinted(self, search: Search, candidates: tuple[Order, ...]) -> tuple[Order, ...]:
        """The candidates that fit a stage which the words only hint at, if any does."""
        for stages, _, picks in self._stages.told(search.text):
            fitting = tuple(order for order in candidates if order.stage in stages)
            if not picks and fitting:
                candidates = fitting
        return candidates

    def _likely(self, search: Search, candidates: tuple[Order, ...], told: tuple[str, ...]) -> Meaning[Order]:
        """The one talked about, or the only one that can be served; else all, to choose from."""
        if len(candidates) == 1:
            return Meaning(candidates, How.LIKELY, words=told)
        served = tuple(order for order in candidates if search.serves(order))
        focus = search.focus(served or candidates)
        if focus and not self._points["other"].found_in(search.text):
            return Meaning((focus,), How.FOCUS, words=told)
        if len(served) == 1:
            return Meaning(served, How.LIKELY, words=told)
        return one_of(served or candidates, How.LIKELY, told)

    def _by_talk(self, search: Search) -> Meaning[Order]:
        """Where no word of the orders tells: by what was shown or talked about, by age, or the likely one."""
        if chosen := self._by_place_in_list(search):
            return Meaning((chosen,), How.WORDS, words=("ordinal",))
        if not search.orders:
            return Meaning()
        return self._several_by_talk(search) or self._one_by_talk(search) or self._untold(search)

    def _several_by_talk(self, search: Search) -> Meaning[Order] | None:
        """ "all of them", "both", "都取消" of those shown."""
        if word := self._points["all"].first(search.text):
            return Meaning(search.orders, How.WORDS, words=(word,))
        if word := self._points["both"].first(search.text):
            if pair := self._pair(search):
                return Meaning(pair, How.WORDS, words=(word,))
            if len(search.orders) > 1 and not {"phone", "address"} <= {slot.name for slot in search.said.slots}:
                served = tuple(filter(search.serves, search.orders))
                return Meaning(among=served if len(served) > 1 else search.orders, how=How.WORDS, words=(word,))
        if (each := _EACH.search(search.text)) and (shown := self._shown(search)):
            return Meaning(shown, How.WORDS, words=(each.group(),))
        return None

    def _one_by_talk(self, search: Search) -> Meaning[Order] | None:
        """ "the other one", "the dearest one", "this one", "the newest one"."""
        text, orders = search.text, search.orders
        focus = search.focus(orders)
        if word := self._points["other"].first(text):
            others = tuple(order for order in orders if focus is None or order.id != focus.id)
            hinted = self._hinted(search, others)
            if focus and len(hinted) == 1:
                return Meaning(hinted, How.WORDS, words=(word,))
            return self._likely(search, hinted, (word,)) if hinted else Meaning(missing=(word,))
        if priced := self._by_price(text, orders):
            return Meaning((priced[0],), How.WORDS, words=(priced[1],))
        if focus and (word := self._points["focus"].first(text)):
            return Meaning((focus,), How.FOCUS, words=(word,))
        if newest := self._by_age(search, orders):
            return Meaning((newest[0],), How.WORDS, words=(newest[1],))
        aged = next((word for name in _AGES if (word := self._points[name].first(text))), None)
        if aged and len(orders) > 1:  # nobody knows when they were placed
            served = tuple(filter(search.serves, orders)) or orders
            return one_of(self._hinted(search, served), How.LIKELY, (aged,))
        return None

    def _untold(self, search: Search) -> Meaning[Order]:
        """Where no word tells at all: the only one, the one talked about, or what can be served."""
        if len(search.orders) == 1:
            return Meaning(search.orders, How.ONLY)
        served = tuple(filter(search.serves, search.orders))
        focus = search.focus(search.orders)
        if focus and (search.said.refers_back or focus in served or not served):
            return Meaning((focus,), How.FOCUS)
        return one_of(self._hinted(search, served or search.orders), How.LIKELY)

    @staticmethod
    def _shown(search: Search) -> tuple[Order, ...]:
        by_id = {order.id: order for order in search.orders}
        return tuple(by_id[id_] for id_ in search.talk.shown if id_ in by_id)

    def _pair(self, search: Search) -> tuple[Order, ...]:
        """The two orders of "both": those shown, the only two, or the two that can be served."""
        served = tuple(order for order in search.orders if search.serves(order))
        return next((pair for pair in (self._shown(search), search.orders, served) if len(pair) == 2), ())

    def _by_place_in_list(self, search: Search) -> Order | None:
        shown = search.talk.shown
        by_id = {order.id: order for order in search.orders}
        numbers = list(search.said.ordinals)
        for match in (*_ORDINAL.finditer(search.text), *_ENGLISH_ORDINAL.finditer(search.text)):
            groups = match.groupdict()
            stated = groups.get("zh") or groups.get("digit") or match[1]
            number = int(stated) if stated.isdigit() else _NUMERALS.get(stated, 0)
            numbers.append(-number if groups.get("last") else number)
        for number in numbers if shown else ():
            index = number - 1 if number > 0 else len(shown) + number
            if number and 0 <= index < len(shown) and shown[index] in by_id:
                return by_id[shown[index]]
        return None
