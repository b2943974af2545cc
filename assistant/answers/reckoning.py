"""What promotions leave of a price: one after the other, each number with what it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.answers.promotion_terms import Reduction, Terms
from assistant.domain.commerce import Fact
from assistant.domain.reply import Derived, Operation


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion whose terms are understood. of_shop: it is the shop's, and of no product alone."""

    fact: Fact
    terms: Terms
    of_shop: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """So many pieces at a price each, in the shop's currency; `total` is `first` where there is one piece."""

    each: Decimal
    pieces: int

    @property
    def total(self) -> Decimal:
        return self.each * self.pieces

    @property
    def derived(self) -> tuple[Derived, ...]:
        return () if self.pieces == 1 else (Derived(Operation.PRODUCT, (self.each, Decimal(self.pieces))),)


@dataclass(frozen=True, slots=True)
class Step:
    """One promotion applied: what it takes off, and what is then left. derived: how both numbers follow."""

    promotion: Promotion
    off: Decimal
    left: Decimal
    derived: tuple[Derived, ...]


def applied(promotion: Promotion, order: Order, sum_before: Decimal) -> Step | None:
    """The promotion applied to what is to be paid before it; None where the order does not reach its terms."""
    terms = promotion.terms
    if order.pieces < terms.pieces or (terms.spend is not None and sum_before < terms.spend):
        return None
    of = order.each if terms.last_only else sum_before
    how = _reduced(terms, of, order.pieces)
    off = how[-1].value if how else terms.number
    if terms.most is not None and off > terms.most:
        off, how = terms.most, ()
    if off >= sum_before:
        return None  # nothing is given away: the terms were understood wrongly
    left = Derived(Operation.DIFFERENCE, (sum_before, off))
    return Step(promotion, off, left.value, (*order.derived, *how, left))


def in_turn(promotions: Sequence[Promotion], order: Order) -> list[Step]:
    """The promotions applied one after the other, those of the product before the shop's and coupons last; those whose
    terms are not reached are passed over."""
    steps: list[Step] = []
    for promotion in sorted(promotions, key=lambda item: (item.terms.coupon, item.of_shop)):
        before = steps[-1].left if steps else order.total
        if step := applied(promotion, order, before):
            known = steps[-1].derived if steps else ()
            steps.append(Step(promotion, step.off, step.left, (*known, *step.derived)))
    return steps


def may_combine(promotions: Sequence[Promotion]) -> bool:
    """Whether the shop says of each but one that it may be used beside the others, and of none that it may not."""
    said = [promotion.terms.combines for promotion in promotions]
    return False not in said and sum(combines is None for combines in said) <= 1


def _reduced(terms: Terms, of: Decimal, pieces: int) -> tuple[Derived, ...]:
    """How the sum taken off follows, the last being that sum; nothing where it is the number of the terms itself."""
    match terms.reduction:
        case Reduction.MONEY if terms.every and terms.spend:
            times = Derived(Operation.WHOLE_TIMES, (of, terms.spend))
            return (times, Derived(Operation.PRODUCT, (times.value, terms.number)))
        case Reduction.MONEY if terms.each and pieces > 1:
            return (Derived(Operation.PRODUCT, (Decimal(pieces), terms.number)),)
        case Reduction.MONEY:
            return ()
        case Reduction.HALF:
            return (Derived(Operation.HALF_OF, (of,)),)
        case Reduction.PERCENT_OFF:
            return (Derived(Operation.PERCENT_OF, (terms.number, of)),)
        case Reduction.PERCENT_PAID:
            paid = Derived(Operation.PERCENT_OF, (terms.number, of))
        case Reduction.TENTHS_PAID:
            paid = Derived(Operation.TENTHS_OF, (terms.number, of))
    return (paid, Derived(Operation.DIFFERENCE, (of, paid.value)))
