"""Which other product a wish in words means, of those that a product may be exchanged for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain.commerce import FactGroup, Money, Product, Sku
from assistant.domain.folding import fold
from assistant.domain.ids import ProductId, SkuId
from assistant.nlu import grammar
from assistant.procedures.referents.conditions import MeasureReader
from assistant.procedures.referents.meaning import How, Meaning
from assistant.procedures.referents.naming import Naming
from assistant.procedures.referents.roles import Role, Roles
from assistant.procedures.referents.variants import Lack, Variants

_LEFT_OUT = frozenset({"money", "percent", "discount", "count", "duration"})  # kinds that tell no product from another


@dataclass(frozen=True, slots=True)
class Offered:
    """A product that another may be exchanged for, or the present one. text: what the shop says of it.

    names: what else it is called.
    """

    id: ProductId
    text: str
    available: bool = True
    price: Money | None = None
    names: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, product: Product) -> Offered:
        """A product of the catalogue, with its typed facts as figures: the key and the quantity as written."""
        category = product.category.texts if product.category else ()
        return cls(
            product.id,
            " ".join(product.title.texts),
            product.status == "on_sale",
            product.price,
            tuple(filter(None, (*product.title.texts, *category, *product.names, product.model))),
            tuple(
                (name, f"{fact.quantity.number.normalize():f}{fact.quantity.unit}")
                for fact in product.facts
                if fact.group is FactGroup.ATTRIBUTE and fact.quantity and not fact.quantity.high
                for name in (*fact.key.texts, *fact.aliases)
            ),
        )


@dataclass(frozen=True, slots=True)
class Replacement:
    """`of`: the product meant, or those to choose from. Where there is none, why, and what comes nearest."""

    of: Meaning[Offered] = Meaning()  # noqa: RUF009  (frozen)
    lack: Lack | None = None
    nearest: tuple[Offered, ...] = ()


class Exchanges:
    """Built once."""

    def __init__(self, variants: Variants, measures: MeasureReader, naming: Naming, roles: Roles) -> None:
        self._variants, self._measures, self._naming, self._roles = variants, measures, naming, roles
        self._names: Mapping[str, str] = {
            kind: entry["words"][0] for kind, entry in grammar.load("quantities").items() if entry["words"]
        }

    def which(self, text: str, current: Offered, allowed: Sequence[Offered]) -> Replacement:
        """The product that a wish means, by id or name, by its figures ("4800W的"), or beside the present one's.

        text: the words said of this item. allowed: what the shop lets it be exchanged for.
        """
        folded = fold(text)
        by_id = {offered.id: offered for offered in allowed if offered.id != current.id}
        others = [by_id[id_] for id_ in sorted(by_id)]
        if named := [offered for offered in others if str(offered.id) in folded]:
            return _told(named, folded)
        spaces = {offered.id: self._as_sku(offered) for offered in (*others, current)}
        found = self._variants.which(folded, spaces[current.id], [spaces[offered.id] for offered in others], free=True)
        if found.lack in (Lack.UNTOLD, Lack.SAME) and found.wish.extreme is None:
            return self._by_name(folded, others)
        meant, among, nearest = (
            tuple(by_id[ProductId(sku.id)] for sku in skus) for skus in (found.of.meant, found.of.among, found.nearest)
        )
        return Replacement(Meaning(meant, found.of.how, among, (folded,), found.of.missing), found.lack, nearest)

    def _by_name(self, folded: str, others: Sequence[Offered]) -> Replacement:
        """The product whose name what it shall become holds; where no words tell, the choice is the shopper's."""
        mentions = self._naming.mentions(folded, [(offered.text, *offered.names) for offered in others])
        spoken = self._roles.of(folded, mentions)
        becoming = [one for one in spoken if one.role is Role.BECOMES]
        telling = [one.mention for one in becoming or spoken if len(one.mention.things) < len(others)]
        if telling:
            places = frozenset.intersection(*(mention.things for mention in telling)) or telling[-1].things
            return _told([others[place] for place in sorted(places)], *(mention.words for mention in telling))
        there = tuple(offered for offered in others if offered.available)
        if len(there) == 1:
            return Replacement(Meaning(there, How.ONLY))
        if there:
            return Replacement(Meaning(among=there), Lack.UNTOLD)
        return Replacement(lack=Lack.SOLD_OUT if others else Lack.NO_SUCH)

    def _as_sku(self, offered: Offered) -> Sku:
        """A product with its figures as options, so that products are told apart as variants are."""
        options: dict[str, str] = {}
        for kind, text in self._figures(offered):
            options.setdefault(self._names[kind], text)
        stock = None if offered.available else 0
        return Sku(SkuId(offered.id), tuple(options.items()), offered.price, stock)

    def _figures(self, offered: Offered) -> Iterator[tuple[str, str]]:
        """The quantities stated of a product, as kind and text: its typed figures before what its text says."""
        for name, text in offered.figures:
            measures = self._measures.in_text(fold(text))
            if len(measures) == 1 and self._names.get(measures[0].kind) == name:
                yield measures[0].kind, text
        for measure in self._measures.in_text(fold(offered.text)):
            if measure.kind in self._names and measure.kind not in _LEFT_OUT:
                yield measure.kind, measure.text


def _told(named: Sequence[Offered], *told: str) -> Replacement:
    there = tuple(offered for offered in named if offered.available)
    if not there:
        return Replacement(Meaning(words=told), Lack.SOLD_OUT)
    if len(there) == 1:
        return Replacement(Meaning(there, How.WORDS, words=told))
    return Replacement(Meaning(how=How.WORDS, among=there, words=told))
