"""Answers that come from typed facts alone: price, stock, status, fault codes, whole groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from assistant.answers.options import option_label, option_names
from assistant.answers.plain import plain
from assistant.answers.voice import Voice, product_evidence_id
from assistant.domain.commerce import Fact, FactGroup, Product, Sku
from assistant.domain.evidence import Evidence
from assistant.domain.folding import fold
from assistant.domain.reply import Action, ActionKind, Part, ProductCard, Reply

_BREAK = regex.compile(r"[。；，;]|[,.](?!\d)")
_OPTIONS_SHOWN = 12
_LISTED = 6  # facts of a group that are read out


@dataclass(frozen=True, slots=True)
class FactAnswers:
    """Words answers for one product, called `name` in the reply ("这款", or its short title)."""

    voice: Voice
    product: Product
    name: str

    def price(self, chosen: Sequence[Sku]) -> Reply | None:
        """The price of the chosen SKUs (none chosen: of all); None where the shop states no price."""
        chosen = chosen or self.product.skus
        prices = sorted({sku.price.amount for sku in chosen if sku.price} or set())
        facts = self._facts(FactGroup.PRICE)
        evidence = self._evidence([fact for fact in facts if fact.sku_id is None])
        if len(chosen) != len(self.product.skus) and len(prices) == 1 and (price := _first_price(chosen)):
            evidence = self._options(chosen, facts)
            text = self.voice.say("price_options", product=self.name, option=self._label(chosen), price=price)
        elif len(prices) > 1:
            low, high = min(_priced(chosen), key=_amount), max(_priced(chosen), key=_amount)
            evidence = self._options((low, high), facts)
            text = self.voice.say("price_range", product=self.name, low=low.price, high=high.price)
        elif self.product.price:
            text = self.voice.say("price", product=self.name, price=self.product.price)
        else:
            return None
        return self._reply(text, evidence, "price", as_of="as_of", cards=(self.voice.card(self.product),))

    def stock(self, chosen: Sequence[Sku]) -> Reply | None:
        """What of the chosen SKUs (none chosen: of all) is in stock; None where the shop states no stock of them."""
        stated = [sku for sku in self.product.skus if sku.stock is not None]
        chosen = [sku for sku in chosen or self.product.skus if sku.stock is not None]
        if not chosen:
            return None
        available = [sku for sku in chosen if sku.stock]
        if len(chosen) != len(stated):
            key = "in_stock" if available else "out_of_stock"
            text = self.voice.say(key, product=self.name, option=self._label(available or chosen))
        elif available:
            labels = list(dict.fromkeys(self._label([sku]) for sku in available))
            text = self.voice.say("stock_options", product=self.name, options=self.voice.join(labels[:_OPTIONS_SHOWN]))
        else:
            text = self.voice.say("stock_none", product=self.name)
        evidence = self._options(chosen, self._facts(FactGroup.STOCK))
        return self._reply(text, evidence, "stock", as_of="stock_as_of")

    def stated_status(self) -> Reply | None:
        """The state of sale where the shop states one: what there is to say where it counts no stock."""
        return self.status() if self._facts(FactGroup.STATUS) else None

    def status(self) -> Reply:
        facts = self._facts(FactGroup.STATUS)
        said = facts[0].value.in_language(self.voice.language.tag) if facts else ""
        if said:
            key = self.voice.key(facts[0])
            text = self.voice.say("fact", product=self.name, key=key, value=said)
        else:
            text = self.voice.say(f"status_{self.product.status}", product=self.name)
        return self._reply(text, self._evidence(facts), "status")

    def fault(self, codes: Sequence[str]) -> Reply | None:
        """The meaning of a code the shopper names; None where none of the product's codes is named."""
        wanted = {_code(code) for code in codes}
        facts = [fact for fact in self._facts(FactGroup.FAULT) if _code(str(fact.key)) in wanted]
        if not facts:
            return None
        tag = self.voice.language.tag
        parts = tuple(
            Part(self.voice.say("named", key=self.voice.key(fact), value=fact.value.in_language(tag)), (fact.id,))
            for fact in facts[:3]
        )
        return Reply(tag, Action(ActionKind.ANSWER, "fault"), parts, self._evidence(facts[:3]))

    def group(self, group: FactGroup) -> Reply | None:
        """The facts of a group as a list; None where the shop states none that hold today."""
        facts = self._facts(group)
        if not facts:
            return None
        label = self.voice.say(f"group_{group.value}")
        return listing(self.voice, self.voice.say("list_intro", product=self.name, group=label), facts)

    def nothing_of(self, group: FactGroup) -> Reply:
        """That the shop states nothing of a group."""
        label = self.voice.say(f"group_{group.value}")
        return abstention(self.voice, self.voice.say("list_empty", product=self.name, group=label))

    def _label(self, skus: Sequence[Sku]) -> str:
        return option_label(skus, option_names(self.product, self.voice))

    def _facts(self, group: FactGroup) -> list[Fact]:
        """The facts of a group that hold today, those in the shopper's language if there are any."""
        facts = [fact for fact in self.product.facts if fact.group is group and self.voice.holds_today(fact)]
        spoken = [fact for fact in facts if self.voice.speaks(fact.value)]
        return spoken or facts

    def _evidence(self, facts: Sequence[Fact]) -> tuple[Evidence, ...]:
        return tuple(self.voice.evidence(fact) for fact in facts) or (self.voice.product_evidence(self.product),)

    def _options(self, skus: Sequence[Sku], facts: Sequence[Fact]) -> tuple[Evidence, ...]:
        """The options as the catalogue states them, dated like the facts of the same group."""
        as_of = max((fact.as_of for fact in facts if fact.as_of), default=None)
        return tuple(self.voice.sku_evidence(self.product, sku, as_of) for sku in skus[:_OPTIONS_SHOWN])

    def _reply(
        self,
        text: str,
        evidence: tuple[Evidence, ...],
        reason: str,
        *,
        as_of: str = "",
        cards: tuple[ProductCard, ...] = (),
    ) -> Reply:
        ids = tuple(item.id for item in evidence)
        dated = [item.as_of for item in evidence if item.as_of]
        if as_of and dated:
            text += self.voice.say(as_of, date=self.voice.day(max(dated)))
        parts = (Part(text, ids or (product_evidence_id(self.product),)),)
        return Reply(self.voice.language.tag, Action(ActionKind.ANSWER, reason), parts, evidence, cards)


def listing(voice: Voice, intro: str, facts: Sequence[Fact]) -> Reply:
    """Facts as a numbered list under an introduction."""
    tag = voice.language.tag
    shown = facts[:_LISTED]
    parts = [Part(intro)]
    for number, fact in enumerate(shown, start=1):
        value = shortened(fact.value.in_language(tag))
        text = voice.say("list_item", number=number, key=voice.key(fact), value=value)
        parts.append(Part(text, (fact.id,)))
    if len(facts) > len(shown):
        parts.append(Part(voice.say("list_more", count=len(facts), shown=len(shown))))
    evidence = tuple(voice.evidence(fact) for fact in shown)
    return Reply(tag, Action(ActionKind.ANSWER, f"{facts[0].group.value}_list"), tuple(parts), evidence)


def abstention(voice: Voice, text: str, reason: str = "no_evidence") -> Reply:
    """An honest "I don't know", with what can be done instead."""
    return plain(voice, ActionKind.ABSTAIN, reason, text, voice.say("abstain_help"), human=True)


def shortened(text: str, limit: int = 60) -> str:
    """The text, cut at a mark before `limit` characters where it is longer, and never within a number."""
    if len(text) <= limit:
        return text
    cut = max((match.start() for match in _BREAK.finditer(text, endpos=limit)), default=0)
    return f"{text[:cut] if cut > limit // 3 else text[:limit].rstrip('0123456789.,:')}…"


def _code(text: str) -> str:
    return fold(text).replace("-", "").replace("_", "").replace(" ", "")


def _priced(skus: Sequence[Sku]) -> list[Sku]:
    return [sku for sku in skus if sku.price]


def _amount(sku: Sku) -> float:
    return float(sku.price.amount) if sku.price else 0.0


def _first_price(skus: Sequence[Sku]) -> str:
    return next((str(sku.price) for sku in skus if sku.price), "")
