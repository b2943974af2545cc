"""What is to be paid for a product once the promotions of the day are taken off, and what promotions there are else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import regex

from assistant.answers.facts import shortened
from assistant.answers.options import option_label, option_names, skus_in
from assistant.answers.promotion_terms import terms_in
from assistant.answers.ranking import MeasureReader
from assistant.answers.reckoning import Order, Promotion, Step, applied, in_turn, may_combine
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, FactGroup, Money, Product, Sku
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Derived, Operation, Part, Reply
from assistant.domain.understanding import Slot

_LEFT_OUT = regex.compile(
    r"不参[加与](?:本店|任何|店铺)?(?:满减|活动|优惠|促销)|not (?:included )?in the [a-z ]*(?:discount|promotion|sale)"
    r"|excluded from (?:all )?(?:the )?(?:discount|promotion|sale)"
)
_WORDED_DATE = regex.compile(r"(?:19|20)\d\d\s?[年./-]\s?\d")
_TOLD = 2  # promotions beside those reckoned with that are told
_ALTERNATIVES = 2  # promotions reckoned singly, where they may not be combined
_SHOWN = {True: 40, False: 90}  # characters of a promotion that is told, in Chinese and else


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: options (all of the product's where none is named), pieces, and a day other than today."""

    skus: Sequence[Sku]
    pieces: int = 1
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Promotions:
    """Speaks of one product, called `name` in the reply; `of_shop` are the promotions of the whole shop."""

    voice: Voice
    product: Product
    name: str
    measures: MeasureReader
    of_shop: Sequence[Fact] = ()

    def reckoned(self, wanted: Wanted) -> Reply | None:
        """What is to be paid; None where no promotion is stated, or no price, or none for the day asked about."""
        stated = self._stated()
        spoken_of = [fact for fact in stated if _covers(fact, wanted.day)] if wanted.day else stated
        sku = self._basis(wanted.skus)
        price = sku.price if sku else self.product.price
        if not spoken_of or price is None:
            return None
        today = [fact for fact in stated if self.voice.holds_today(fact)]
        order = Order(price.amount, wanted.pieces)
        base = self._price_evidence(sku)
        usable = [promotion for fact in today if (promotion := self._usable(fact, sku, wanted.skus))]
        parts = [self._opening(order, price.currency, sku, base)]
        parts += self._dated(spoken_of) if wanted.day else ()
        steps = self._steps(usable, order, price.currency, base)
        parts += steps or [Part(self.voice.continuing().say("deal_none"))]
        used = {name for part in parts for name in part.evidence_ids}
        parts += self._others([fact for fact in (*today, *self._later(stated)) if fact.id not in used], usable, order)
        evidence = [base, *(self.voice.evidence(fact) for fact in stated)]
        used = {name for part in parts for name in part.evidence_ids}
        return Reply(
            self.voice.language.tag,
            Action(ActionKind.ANSWER, "deal"),
            tuple(parts),
            tuple(item for item in evidence if item.id in used),
            (self.voice.card(self.product),),
        )

    def _stated(self) -> list[Fact]:
        own = [fact for fact in self.product.facts if fact.group is FactGroup.PROMOTION]
        return [*own, *(() if self._left_out() else self.of_shop)]

    def _left_out(self) -> bool:
        """Whether the product is stated to be in no promotion of the shop's."""
        texts = (*self.product.title.texts, *(text for fact in self.product.facts for text in fact.value.texts))
        return any(_LEFT_OUT.search(fold(text)) for text in texts)

    def _basis(self, skus: Sequence[Sku]) -> Sku | None:
        """The option whose price is reckoned with: the cheapest of those meant; None where all cost the same."""
        priced = [sku for sku in skus if sku.price]
        if not priced or len({sku.price.amount for sku in self.product.skus if sku.price}) == 1:
            return None
        return min(priced, key=lambda sku: sku.price.amount if sku.price else Decimal(0))

    def _usable(self, fact: Fact, sku: Sku | None, meant: Sequence[Sku]) -> Promotion | None:
        """The promotion, where its terms are understood and it surely holds for what is meant."""
        text = fact.value.in_language(self.voice.language.tag)
        of_shop = fact.product_id is None
        if fact.begins is None and fact.ends is None and _WORDED_DATE.search(fold(text)):
            return None  # its days are told in words alone
        terms = terms_in(text)
        if terms is None or (of_shop and not terms.everywhere):
            return None
        held = {sku.id for sku in skus_in(self.product, terms.rest, self.measures)}
        wanted = [sku] if sku else meant
        return Promotion(fact, terms, of_shop) if all(one.id in held for one in wanted) else None

    def _opening(self, order: Order, currency: str, sku: Sku | None, base: Evidence) -> Part:
        option = self.voice.say("deal_option", option=self._label(sku)) if sku else ""
        values = {"product": self.name, "option": option, "price": Money(order.each, currency)}
        if order.pieces == 1:
            text = self.voice.say("deal_price", **values)
        else:
            total = Money(order.total, currency)
            text = self.voice.say("deal_pieces", **values, count=order.pieces, total=total)
        return Part(text, (base.id,), order.derived)

    def _label(self, sku: Sku) -> str:
        return option_label([sku], option_names(self.product, self.voice))

    def _steps(self, usable: Sequence[Promotion], order: Order, currency: str, base: Evidence) -> list[Part]:
        """What each promotion takes off: one after the other where they may be combined, else each by itself."""
        if may_combine(usable):
            steps = in_turn(usable, order)
            parts = [self._said(step, currency, base, steps[:index]) for index, step in enumerate(steps)]
            if len(steps) > 1:
                parts.append(self._saved(order, steps, currency, base))
            return parts
        single = sorted(
            filter(None, (applied(item, order, order.total) for item in usable)), key=lambda step: step.left
        )
        parts = [self._said(step, currency, base, ()) for step in single[:_ALTERNATIVES]]
        return [*parts, Part(self.voice.continuing().say("deal_single"))] if len(single) > 1 else parts

    def _said(self, step: Step, currency: str, base: Evidence, before: Sequence[Step]) -> Part:
        fact = step.promotion.fact
        name = "deal_coupon" if step.promotion.terms.coupon else "deal_step"
        text = self.voice.continuing().say(
            name,
            promotion=self.voice.key(fact),
            until=self._until(fact),
            off=Money(step.off, currency),
            left=Money(step.left, currency),
        )
        return Part(text, (base.id, fact.id, *(item.promotion.fact.id for item in before)), step.derived)

    def _saved(self, order: Order, steps: Sequence[Step], currency: str, base: Evidence) -> Part:
        saved = Derived(Operation.DIFFERENCE, (order.total, steps[-1].left))
        ids = (base.id, *(step.promotion.fact.id for step in steps))
        text = self.voice.continuing().say("deal_saved", off=Money(saved.value, currency))
        return Part(text, ids, (*steps[-1].derived, saved))

    def _until(self, fact: Fact) -> str:
        return self.voice.say("deal_until", date=fact.ends.isoformat()) if fact.ends else ""

    def _dated(self, spoken_of: Sequence[Fact]) -> list[Part]:
        """That what was asked about is over, or has not begun."""
        said = []
        for fact in [fact for fact in spoken_of if not self.voice.holds_today(fact)][:_TOLD]:
            over = fact.ends is not None and fact.ends < self.voice.today
            day = fact.ends if over else fact.begins
            text = self.voice.continuing().say(
                "deal_over" if over else "deal_later",
                promotion=self.voice.key(fact),
                date=day.isoformat() if day else "",
                text=self._shortly(fact),
            )
            said.append(Part(text, (fact.id,)))
        return said

    def _later(self, stated: Sequence[Fact]) -> list[Fact]:
        return [fact for fact in stated if fact.begins is not None and fact.begins > self.voice.today]

    def _others(self, facts: Sequence[Fact], usable: Sequence[Promotion], order: Order) -> list[Part]:
        """Promotions that were not taken off: what they ask for, or when they begin."""
        known = {promotion.fact.id: promotion.terms for promotion in usable}
        parts = []
        for fact in facts[:_TOLD]:
            terms = known.get(fact.id)
            voice = self.voice.continuing()
            if terms and terms.coupon and terms.spend and order.total >= terms.spend:
                continue  # it was reckoned with, or may not be
            if fact.begins is not None and fact.begins > voice.today:
                text = voice.say(
                    "deal_later", promotion=voice.key(fact), date=fact.begins.isoformat(), text=self._shortly(fact)
                )
            else:
                text = voice.say("deal_other", promotion=voice.key(fact), text=self._shortly(fact))
            parts.append(Part(text, (fact.id,)))
        return parts

    def _shortly(self, fact: Fact) -> str:
        tag = self.voice.language.tag
        return shortened(_DAYS.sub("", fact.value.in_language(tag)), _SHOWN[tag == "zh"]).rstrip("。.")

    def _price_evidence(self, sku: Sku | None) -> Evidence:
        facts = [fact for fact in self.product.facts if fact.group is FactGroup.PRICE and fact.sku_id is None]
        if sku:
            as_of = max((fact.as_of for fact in facts if fact.as_of), default=None)
            return self.voice.sku_evidence(self.product, sku, as_of)
        return self.voice.evidence(facts[0]) if facts else self.voice.product_evidence(self.product)


_DAYS = regex.compile(r"\s*[(（][^()（）]*\d{4}-\d\d-\d\d[^()（）]*[)）]")


def pieces_in(slots: Sequence[Slot]) -> int:
    """How many pieces a message names; 1 where it names none."""
    return next((int(slot.value) for slot in slots if slot.name == "quantity" and slot.value.isdigit()), 1) or 1


def day_in(slots: Sequence[Slot], today: date) -> date | None:
    """The one day other than today that a message names, such as that of a feast."""
    for slot in slots:
        try:
            day = date.fromisoformat(slot.value) if slot.name == "date" else today
        except ValueError:
            continue  # a stretch of days
        if day != today:
            return day
    return None


def _covers(fact: Fact, day: date | None) -> bool:
    """Whether a promotion is on at a day of this year or another: "双十一" said after it may mean the one just gone."""
    if day is None or (fact.begins is None and fact.ends is None):
        return False
    first, last = fact.begins or fact.ends, fact.ends or fact.begins
    assert first
    assert last
    return any(first <= same <= last for year in {first.year, last.year} if (same := _in_year(day, year)))


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None  # the 29th of February
