"""Which variant of a product a wish in words means, in place of the one that the shopper has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

import regex

from assistant.domain.commerce import Sku
from assistant.domain.folding import fold
from assistant.domain.understanding import Extreme
from assistant.procedures.referents.meaning import How, Meaning
from assistant.procedures.referents.values import Values
from assistant.procedures.referents.wish import Comparison, Wish
from assistant.procedures.referents.wishes import Wishes

_TOKEN = regex.compile(r"[\w-]*\d[\w-]*")
_NEAREST = 3  # variants offered where none is as wished


class Lack(StrEnum):
    """Why no variant is as wished."""

    UNTOLD = "untold"  # the words wish for nothing
    NO_SUCH = "no_such"
    SOLD_OUT = "sold_out"
    SAME = "same"  # the present one is as wished


@dataclass(frozen=True, slots=True)
class Variant:
    """`of`: the variant meant, or those to choose from. Where there is none, why, and what comes nearest.

    changed: options in which the variant meant differs from the present one without having been spoken of.
    wish: the words of the wish that it fulfils, the first or one of those for want of it.
    """

    of: Meaning[Sku] = Meaning()  # noqa: RUF009  (frozen)
    lack: Lack | None = None
    nearest: tuple[Sku, ...] = ()
    changed: tuple[str, ...] = ()
    wish: Wish = Wish()  # noqa: RUF009  (frozen)


def in_stock(sku: Sku) -> bool:
    """Whether a variant can be had, as far as is known."""
    return sku.stock is None or sku.stock > 0


class Variants:
    """Built once."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._wishes = Wishes(values)

    def which(
        self,
        text: str,
        current: Sku,
        skus: Sequence[Sku],
        *,
        available: Callable[[Sku], bool] = in_stock,
        owned: Sequence[Sku] = (),
        free: bool = False,
    ) -> Variant:
        """The variant that a wish means.

        text: the words said of this item, conditions included. skus: all variants of its product. owned: other variants
        of the product that the shopper has, of which "the same as the one I have" speaks. free: what a wish says
        nothing of may be anything; else it stays as it is, as far as there is such a variant.
        """
        listed = sorted(skus, key=lambda sku: sku.id)
        if named := [sku for sku in listed if _names(text, sku) and sku.id != current.id]:
            there = tuple(sku for sku in named if available(sku))
            lack = None if there else Lack.SOLD_OUT
            return Variant(
                Meaning(there[:1] if len(there) == 1 else (), How.WORDS, there if len(there) > 1 else (), (text,)), lack
            )
        options: dict[str, set[str]] = {}
        for sku in (*listed, current):
            for option, value in sku.options:
                options.setdefault(option, set()).add(value)
        ordered = {option: tuple(sorted(values)) for option, values in options.items()}
        wishes = self._wishes.read(text, ordered, dict(current.options), free=free)
        if wishes[0].empty:
            return Variant(lack=Lack.UNTOLD, nearest=())
        if self._is_already(wishes[0], current, listed, available):
            return Variant(lack=Lack.SAME, wish=wishes[0])
        liked = next((wish.preferred for wish in reversed(wishes) if wish.preferred), ())
        for exact in (True, False):
            for wish in wishes:
                tried = wish if exact else replace(wish, preferred=wish.preferred or liked)
                if found := self._one(tried, current, listed, available, owned, exact=exact):
                    return found
        return self._none(wishes, current, listed, available)

    def _one(
        self,
        wish: Wish,
        current: Sku,
        skus: Sequence[Sku],
        available: Callable[[Sku], bool],
        owned: Sequence[Sku],
        *,
        exact: bool,
    ) -> Variant | None:
        """What a wish comes to. exact: all that it does not speak of stays as it is."""
        if wish.likened:
            liked = {sku.id for sku in owned} - {current.id}
            fitting = [sku for sku in skus if sku.id in liked and available(sku)]
        else:
            allowed = self._fitting(wish, current, skus)
            fitting = [sku for sku in allowed if available(sku)]
            if not exact and not wish.free and any(not _changed(sku, current, wish) for sku in allowed):
                return None  # there is one that keeps all else, but it is sold out
        if not fitting:
            return None
        free = wish.free or wish.extreme is not None or wish.dearer is not None or wish.likened
        kept = {sku.id: _kept(sku, current, wish) for sku in fitting}
        whole = len([option for option, _ in current.options if option not in wish.spoken_of])
        if not free:
            if exact and not any(count == whole for count in kept.values()):
                return None
            if not exact:
                fitting = self._liked(wish, fitting)
            most = max(kept[sku.id] for sku in fitting)
            fitting = [sku for sku in fitting if kept[sku.id] == most]
        chosen = self._best(wish, self._liked(wish, fitting))
        changed = _changed(chosen[0], current, wish) if len(chosen) == 1 and not free else ()
        how = How.LIKELY if changed else How.WORDS
        words = (wish.words,) if wish.words else ()
        if len(chosen) == 1:
            return Variant(Meaning(tuple(chosen), how, words=words), changed=changed, wish=wish)
        return Variant(Meaning(how=How.WORDS, among=tuple(chosen), words=words), wish=wish)

    def _fitting(self, wish: Wish, current: Sku, skus: Sequence[Sku]) -> list[Sku]:
        """The variants that a wish allows, sold out or not; the present one only where it is wished for again."""
        if wish.missing:
            return []
        near = {one.option: self._next(current, skus, one) for one in wish.comparisons if one.near}
        skus = [sku for sku in skus if all(dict(sku.options).get(option) in values for option, values in near.items())]
        if wish.again and not wish.wanted and not wish.comparisons:
            return [sku for sku in skus if sku.id == current.id]
        return [sku for sku in skus if sku.id != current.id and all(self._checks(wish, current, sku))]

    def _checks(self, wish: Wish, current: Sku, sku: Sku) -> list[bool]:
        """Each thing that is wished, and whether a variant has it."""
        has, had = dict(sku.options), dict(current.options)
        checks = [has.get(option) in values for option, values in wish.wanted]
        checks += [has.get(option) != value for option, value in wish.excluded]
        checks += [has.get(option) == had.get(option) for option in wish.kept - wish.spoken_of]
        checks += [self._bounded(has.get(option, ""), value, least) for option, value, least in wish.bounds]
        checks += [self._compares(has, had, comparison) for comparison in wish.comparisons]
        if sku.id != current.id:
            checks += [self._compares(has, had, Comparison(option, high)) for option, high in wish.ends]
        if wish.dearer is not None and sku.price and current.price:
            dearer = sku.price.amount > current.price.amount
            checks.append(sku.price.amount != current.price.amount and dearer == wish.dearer)
        if wish.most is not None and sku.price:
            checks.append(sku.price.amount <= wish.most)
        return checks

    def _bounded(self, value: str, bound: str, least: bool) -> bool:
        rank, mark = self._rank(value, bound)
        return rank is not None and mark is not None and (rank >= mark if least else rank <= mark)

    def _compares(self, has: dict[str, str], had: dict[str, str], comparison: Comparison) -> bool:
        value, before = has.get(comparison.option, ""), comparison.than or had.get(comparison.option, "")
        rank, mark = self._rank(value, before)
        if rank is None or mark is None:
            return False
        if comparison.step is not None:
            return rank - mark == (comparison.step if comparison.up else -comparison.step)
        return rank > mark if comparison.up else rank < mark

    def _rank(self, value: str, other: str) -> tuple[Decimal | None, Decimal | None]:
        """Where two values stand on a scale that has both: by their numbers, or as steps from low to high."""
        folded = fold(value), fold(other)
        for scale in self._values.scales:
            if folded[0] in scale and folded[1] in scale:
                return Decimal(scale.index(folded[0])), Decimal(scale.index(folded[1]))
        numbers = self._values.number(value), self._values.number(other)
        if numbers[0] and numbers[1]:
            return numbers[0][0], numbers[1][0]
        return None, None

    def _is_already(self, wish: Wish, current: Sku, skus: Sequence[Sku], available: Callable[[Sku], bool]) -> bool:
        """Whether the present variant is as wished."""
        asks = wish.wanted or wish.ends or wish.extreme or wish.bounds
        if (
            wish.missing
            or wish.comparisons
            or wish.likened
            or not asks
            or not all(self._checks(wish, current, current))
        ):
            return False
        if not wish.ends and not wish.extreme:
            return True
        if wish.extreme and not all(sku.price for sku in (*skus, current)):
            return False
        rivals = [sku for sku in self._fitting(wish, current, skus) if available(sku)]
        return current.id in {sku.id for sku in self._best(wish, [current, *rivals])}

    def _next(self, current: Sku, skus: Sequence[Sku], comparison: Comparison) -> tuple[str, ...]:
        """The values of an option that are the next in the direction wished for."""
        has = dict(current.options).get(comparison.option, "")
        values = {dict(sku.options).get(comparison.option, "") for sku in skus}
        further = [
            (rank, value)
            for value in values
            for rank, mark in (self._rank(value, has),)
            if _beyond(rank, mark, comparison.up)
        ]
        if not further:
            return ()
        nearest = (min if comparison.up else max)(rank for rank, _ in further if rank is not None)
        return tuple(value for rank, value in further if rank == nearest)

    @staticmethod
    def _liked(wish: Wish, skus: list[Sku]) -> list[Sku]:
        """Those that come nearest to what is only preferred, first things first."""
        for option in dict.fromkeys(option for option, _ in wish.preferred):
            order = [value for named, value in wish.preferred if named == option]
            places = {sku.id: _place(dict(sku.options).get(option), order) for sku in skus}
            skus = [sku for sku in skus if places[sku.id] == min(places.values())]
        return skus

    def _best(self, wish: Wish, skus: list[Sku]) -> list[Sku]:
        """Those at the end of a scale or of the prices that is wished for."""
        for option, high in wish.ends:
            skus = self._end(skus, option, high=high)
        if wish.extreme and all(sku.price for sku in skus):
            prices = [sku.price.amount for sku in skus if sku.price]
            best = min(prices) if wish.extreme is Extreme.CHEAPEST else max(prices)
            skus = [sku for sku in skus if sku.price and sku.price.amount == best]
        return skus

    def _end(self, skus: list[Sku], option: str, *, high: bool) -> list[Sku]:
        """Those with the highest or the lowest value of an option."""
        kept = skus[:1]
        for sku in skus[1:]:
            rank, best = self._rank(dict(sku.options).get(option, ""), dict(kept[0].options).get(option, ""))
            if rank is None or best is None or rank == best:
                kept.append(sku)
            elif (rank > best) == high:
                kept = [sku]
        return kept

    def _none(
        self, wishes: Sequence[Wish], current: Sku, skus: Sequence[Sku], available: Callable[[Sku], bool]
    ) -> Variant:
        """Why there is none, and what comes nearest to the first wish among what can be had."""
        first = wishes[0]
        sold_out = any(self._fitting(wish, current, skus) for wish in wishes)
        there = [sku for sku in skus if available(sku) and sku.id != current.id]
        near = sorted(
            there,
            key=lambda sku: (-sum(self._checks(first, current, sku)), -_kept(sku, current, first), sku.id),
        )
        missing = tuple(value for _, value in first.missing)
        return Variant(
            Meaning(words=(first.words,), missing=missing),
            Lack.SOLD_OUT if sold_out else Lack.NO_SUCH,
            tuple(near[:_NEAREST]),
            wish=first,
        )


def _names(text: str, sku: Sku) -> bool:
    return str(sku.id) in _TOKEN.findall(text)


def _beyond(rank: Decimal | None, mark: Decimal | None, up: bool) -> bool:
    return rank is not None and mark is not None and (rank > mark if up else rank < mark)


def _place(value: str | None, order: Sequence[str]) -> int:
    return order.index(value) if value in order else len(order)


def _kept(sku: Sku, current: Sku, wish: Wish) -> int:
    """How many of the options that a wish does not speak of are as they were."""
    had = dict(current.options)
    return sum(1 for option, value in sku.options if option not in wish.spoken_of and had.get(option) == value)


def _changed(sku: Sku, current: Sku, wish: Wish) -> tuple[str, ...]:
    had = dict(current.options)
    return tuple(option for option, value in sku.options if option not in wish.spoken_of and had.get(option) != value)


def options_of(skus: Collection[Sku]) -> dict[str, tuple[str, ...]]:
    """Every option with its values, sorted."""
    found: dict[str, set[str]] = {}
    for sku in skus:
        for option, value in sku.options:
            found.setdefault(option, set()).add(value)
    return {option: tuple(sorted(values)) for option, values in found.items()}
