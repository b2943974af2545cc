"""Compares two products on one figure: their prices, or a property that both state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from assistant.answers.figures import Figure, Figures, Property, size_of, surest
from assistant.answers.voice import Voice, product_evidence_id
from assistant.domain.commerce import FactGroup, Money, Product
from assistant.domain.evidence import Entry
from assistant.domain.ids import EvidenceId
from assistant.domain.reply import Action, ActionKind, Derived, Operation, Part, Reply
from assistant.domain.understanding import Question

_BETWEEN = regex.compile(r"[和跟与同比]|还是|(?<![a-z])(?:vs|versus|and|or|than)(?![a-z])")
_PRICES = regex.compile(r"贵|便宜|差多少钱|差价|cheaper|expensive|costs? (?:more|less)|price difference")
_CHEAPER = ("便宜", "cheaper", "less")


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weighs two products against each other, in `voice`."""

    figures: Figures
    voice: Voice

    def prices(self, pair: tuple[Product, Product], question: Question) -> Reply | None:
        """Both prices and what is between them; None where prices are not asked for, or one has not one price."""
        if FactGroup.PRICE not in question.groups and question.kind != "money" and not _PRICES.search(question.message):
            return None
        if any(product.price is None or _several_prices(product) for product in pair):
            return None
        first, second = pair
        assert first.price
        assert second.price
        if first.price.currency != second.price.currency:
            return None
        names = [self.voice.name(product) for product in pair]
        ids = tuple(product_evidence_id(product) for product in pair)
        said = self.voice.say(
            "compare_price", first=names[0], second=names[1], first_price=first.price, second_price=second.price
        )
        parts = [Part(said, ids), self._difference(names, first.price, second.price, ids)]
        evidence = tuple(self.voice.product_evidence(product) for product in pair)
        cards = tuple(self.voice.card(product) for product in pair)
        return Reply(self.voice.language.tag, Action(ActionKind.ANSWER, "comparison"), tuple(parts), evidence, cards)

    def _difference(self, names: Sequence[str], first: Money, second: Money, ids: tuple[EvidenceId, ...]) -> Part:
        if first.amount == second.amount:
            return Part(self.voice.say("compare_same_price"), ids)
        derived = Derived(Operation.DIFFERENCE, (first.amount, second.amount))
        more, less = (names[0], names[1]) if first.amount > second.amount else (names[1], names[0])
        text = self.voice.say(
            "compare_difference", more=more, less=less, difference=Money(derived.value, first.currency)
        )
        return Part(text, ids, (derived,))

    def property(
        self, pair: tuple[Product, Product], asked: str, entries: tuple[Sequence[Entry], Sequence[Entry]]
    ) -> Reply | None:
        """What each states of the property that the folded question names, and which has more; None where one states
        none, or several that differ."""
        item = self.figures.asked_for(asked)
        if item is None:
            return None
        states = self.figures.states(asked)
        found = [surest(item, self.figures.of(item, own, states)) for own in entries]
        if found[0] is None or found[1] is None:
            return None
        names = [self.voice.name(product) for product in pair]
        evidence = [self.voice.evidence(figure.entry) for figure in found if figure]
        parts = [
            Part(self.voice.say("named", key=name, value=figure.written), (item.id,))
            for name, figure, item in zip(names, found, evidence, strict=True)
            if figure
        ]
        ids = tuple(item.id for item in evidence)
        wants_less = self.figures.wants_less(asked)
        parts.append(Part(self._verdict(item, names, found[0], found[1], wants_less=wants_less), ids))
        tag = self.voice.language.tag
        return Reply(tag, Action(ActionKind.ANSWER, "comparison"), tuple(parts), tuple(evidence))

    def _verdict(self, item: Property, names: Sequence[str], first: Figure, second: Figure, *, wants_less: bool) -> str:
        values = [size_of(item, figure) for figure in (first, second)]
        if values[0] == values[1]:
            return self.voice.say("compare_equal_figure")
        tag = self.voice.language.tag
        if not _all_larger(values[0], values[1]) and not _all_larger(values[1], values[0]):
            return self.voice.say("compare_differ_figure")
        larger, smaller = names if values[0] > values[1] else reversed(names)
        if wants_less:
            return self.voice.say("compare_greater", product=smaller, more=item.less[tag])
        return self.voice.say("compare_greater", product=larger, more=item.more[tag])


def names_two(question: Question) -> bool:
    """Whether what is left of a question without the names of products sets them side by side ("A和B多重")."""
    return _BETWEEN.search(question.text) is not None


def _all_larger(first: tuple[Decimal, ...], second: tuple[Decimal, ...]) -> bool:
    return all(a >= b for a, b in zip(first, second, strict=True))


def _several_prices(product: Product) -> bool:
    return len({sku.price.amount for sku in product.skus if sku.price}) > 1
