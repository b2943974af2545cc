"""Works out which product a message is about: named in it, referred back to, or the one on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from assistant.answers.listing import description_of
from assistant.answers.ranking import MeasureReader
from assistant.domain.commerce import Product
from assistant.domain.conversation import Focus
from assistant.domain.evidence import Candidate, Scope
from assistant.domain.folding import fold, holds
from assistant.domain.ids import ProductId
from assistant.domain.ports import Knowledge
from assistant.domain.understanding import Clause, Measure

_HAN_RUN = regex.compile(r"\p{Han}{3,}")
_ALL_HAN = regex.compile(r"\p{Han}+")
_MODEL = regex.compile(r"(?<![a-z0-9-])[a-z]+[a-z0-9]*(?:-[a-z0-9]+)*(?![a-z0-9-])")
_TOKEN = regex.compile(r"[\p{Latin}\d][\p{Latin}\d_-]{2,}")
_LOOKED_AT = 30  # products that lexical search offers for a mention
_SHORTEST_HAN_NAME = 2
_SHORTEST_TITLE_WORD = 3
_BARE_NUMBER = regex.compile(r"(?<![\d.a-z-])(\d+(?:\.\d+)?)(?=\s*(?:的|那[款台个])?\s*[呢捏嘞咧]?\W*$)")
_SHORTEST_CHOICE = 4  # characters of a title that choose it from a list just shown


@dataclass(frozen=True, slots=True)
class Mention:
    """Products that one stretch of the message names equally well; `words` is what names them."""

    products: tuple[Product, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Referents:
    """products: what the message is about. words: what names them. ambiguous: products it may equally mean.

    named: whether the message itself says which, by a name, a place in a list or another measure ("那80升的呢").
    """

    products: tuple[Product, ...] = ()
    words: tuple[str, ...] = ()
    ambiguous: tuple[Product, ...] = ()
    named: bool = False


class ContextResolver:
    """Finds what a message is about, from the message, the conversation and the page."""

    def __init__(self, knowledge: Knowledge, measures: MeasureReader) -> None:
        self._knowledge = knowledge
        self._measures = measures

    async def resolve(
        self,
        scope: Scope,
        understood: Clause,
        focus: Focus,
        page: ProductId | None,
        label: Callable[[Product], str],
    ) -> Referents:
        """`focus` is what the conversation was about; `page` the product of the page, if it is new to the conversation;
        `label` how replies call a product, as on the buttons of a choice."""
        chosen = await self._by_label(scope, understood.folded, focus, label)
        if chosen:
            return chosen
        by_id = await self._by_id(scope, understood.text)
        if by_id:
            return Referents(by_id[0], by_id[1], named=True)
        current = await self._knowledge.products(scope, [page] if page else focus.product_ids[:2])
        by_place = await self._by_place(scope, understood.ordinals, focus)
        if by_place:
            other = [product for product in current[:1] if understood.compares and product not in by_place]
            return Referents((*by_place, *other), named=True)
        if understood.ordinals and focus.shown:
            return Referents(ambiguous=tuple(await self._knowledge.products(scope, focus.shown)))
        return await self._named(scope, understood, current)

    async def _named(self, scope: Scope, understood: Clause, current: Sequence[Product]) -> Referents:
        found = await self._knowledge.find_products(scope, understood.folded, limit=_LOOKED_AT)
        here = current[0] if current else None
        mentions = _mentions(understood.folded, found, by_title=here is None)
        if mentions and here and not understood.compares and _own_words(mentions[0], here):
            mentions = []
        if mentions:
            first = mentions[0]
            if understood.compares and (pair := self._told_apart(first.products, understood.measures)):
                return Referents(pair, first.words, named=True)
            if here and any(product.id == here.id for product in first.products):
                return self._with_second(Referents((here,), first.words), mentions, here, understood.measures)
            if len(first.products) == 1:
                found_one = Referents(first.products, first.words, named=True)
                return self._with_second(found_one, mentions, here, understood.measures)
            narrowed = self._narrowed(first.products, understood.measures)
            if len(narrowed) == 1:
                found_one = Referents(narrowed, first.words, named=True)
                return self._with_second(found_one, mentions, here, understood.measures)
            if not here:
                return Referents(words=first.words, ambiguous=narrowed or first.products)
        measures = understood.measures or (self._meant(understood.folded, here) if here else ())
        if here and measures and (variants := self._variants(here, found, measures)):
            return variants
        return Referents(tuple(current))

    def _with_second(
        self, first: Referents, mentions: Sequence[Mention], here: Product | None, measures: Sequence[Measure]
    ) -> Referents:
        """Adds the product that the rest of the message names, for comparisons."""
        known = {product.id for product in first.products}
        for mention in mentions[1:]:
            others = tuple(product for product in mention.products if product.id not in known)
            others = others if len(others) < 2 else self._narrowed(others, measures)
            if len(others) == 1:
                return Referents((*first.products, *others), (*first.words, *mention.words), named=True)
        if first.named and here and here.id not in known:
            return Referents((*first.products, here), first.words, named=True)
        return first

    def _told_apart(self, products: Sequence[Product], measures: Sequence[Measure]) -> tuple[Product, ...]:
        """Products of one name that a measure each picks out ("UDpro 60升比80升"); none where they do not."""
        picked = [self._narrowed(products, [measure]) for measure in measures]
        chosen = tuple(dict.fromkeys(found[0] for found in picked if len(found) == 1))
        return chosen if len(chosen) > 1 else ()

    def _meant(self, folded: str, here: Product) -> tuple[Measure, ...]:
        """The measure that a bare number stands for: "80的呢" beside a product of 60升 is 80升."""
        bare = _BARE_NUMBER.search(folded)
        if bare is None or bare[1] in (value for sku in here.skus for _, value in sku.options):
            return ()
        units = (measure.text.lstrip("0123456789., ") for measure in self._measures.in_text(fold(str(here.title))))
        unit = next(units, "")
        return self._measures.in_text(f"{bare[1]}{unit}") if unit else ()

    def _narrowed(self, products: Sequence[Product], measures: Sequence[Measure]) -> tuple[Product, ...]:
        return tuple(product for product in products if self._has(product, measures)) if measures else ()

    def _variants(self, here: Product, found: Sequence[Candidate], measures: Sequence[Measure]) -> Referents | None:
        """Products like the one in focus that have the measure named instead ("那80升的呢")."""
        stated = {measure.kind for measure in self._measures.in_text(description_of(here))}
        changed = [measure for measure in measures if measure.kind in stated]
        if not changed or self._has(here, changed):
            return None
        others = [c.entry for c in found if isinstance(c.entry, Product) and c.entry.id != here.id]
        ranked = sorted(
            (product for product in others if _same_category(product, here) and self._has(product, changed)),
            key=lambda product: -_likeness(product, here),
        )
        words = tuple(measure.text for measure in changed)
        if not ranked:
            return Referents((here,), words)
        leading = [product for product in ranked if _likeness(product, here) >= 0.98 * _likeness(ranked[0], here)]
        if len(leading) == 1:
            return Referents((leading[0],), words, named=True)
        return Referents(words=words, ambiguous=tuple(leading))

    def _has(self, product: Product, measures: Iterable[Measure]) -> bool:
        stated = {(measure.kind, measure.number) for measure in self._measures.in_text(description_of(product))}
        return all((measure.kind, measure.number) in stated for measure in measures)

    async def _by_id(self, scope: Scope, text: str) -> tuple[tuple[Product, ...], tuple[str, ...]] | None:
        tokens = list(dict.fromkeys(_TOKEN.findall(text)))[:12]
        candidates = [ProductId(token) for token in tokens if any(char.isdigit() for char in token)]
        if not candidates:
            return None
        products = await self._knowledge.products(scope, candidates)
        return (tuple(products), tuple(fold(product.id) for product in products)) if products else None

    async def _by_label(
        self, scope: Scope, folded: str, focus: Focus, label: Callable[[Product], str]
    ) -> Referents | None:
        for product in await self._knowledge.products(scope, focus.shown):
            words = fold(label(product))
            if words and words in folded:
                return Referents((product,), (words,), named=True)
            if len(folded) >= _SHORTEST_CHOICE and any(folded in fold(text) for text in product.title.texts):
                return Referents((product,), (folded,), named=True)
        return None

    async def _by_place(self, scope: Scope, ordinals: Sequence[int], focus: Focus) -> tuple[Product, ...]:
        ids = []
        for ordinal in ordinals:
            index = ordinal - 1 if ordinal > 0 else len(focus.shown) + ordinal
            if 0 <= index < len(focus.shown):
                ids.append(focus.shown[index])
        return tuple(await self._knowledge.products(scope, ids)) if ids else ()


def _own_words(mention: Mention, here: Product) -> bool:
    """Whether Chinese words that name another product describe the one in focus: bottles fit into a steriliser."""
    if any(product.id == here.id for product in mention.products):
        return False
    described = description_of(here)
    return all(_ALL_HAN.fullmatch(word) and word in described for word in mention.words)


def _mentions(folded: str, found: Sequence[Candidate], *, by_title: bool) -> list[Mention]:
    """Groups of products by the stretch of the message that names them, the most telling stretch first.

    With `by_title`, words of a title name a product too; with a product in focus they may be what is asked about it.
    """
    products = [candidate.entry for candidate in found if isinstance(candidate.entry, Product)]
    naming: dict[tuple[str, ...], list[Product]] = {}
    for product in products:
        words = _words_naming(folded, product) or (_title_words(folded, product) if by_title else ())
        if words:
            naming.setdefault(words, []).append(product)
    groups = sorted(naming.items(), key=lambda item: -_telling(item[0]))
    mentions: list[Mention] = []
    rest = folded
    for words, named in groups:
        fresh = tuple(word for word in words if holds(rest, word))
        if fresh and _telling(fresh) >= _SHORTEST_HAN_NAME:
            mentions.append(Mention(tuple(named), words))
            for word in words:
                rest = rest.replace(word, " ")
    return mentions


def _words_naming(folded: str, product: Product) -> tuple[str, ...]:
    """Stretches of the message that are a name, model or code of the product."""
    category = product.category.texts if product.category else ()
    names = {fold(name) for name in (*product.names, product.model, *category) if name}
    names |= {code for text in product.title.texts for code in _codes(fold(text))}
    words = [name for name in names if len(name) >= 2 and holds(folded, name)]
    longest = [word for word in words if not any(word != other and word in other for other in words)]
    return tuple(sorted(longest, key=lambda word: (-len(word), word)))


def _title_words(folded: str, product: Product) -> tuple[str, ...]:
    """The longest stretch of Chinese characters that the message shares with the title."""
    titles = [fold(text) for text in product.title.texts]
    best = ""
    for run in _HAN_RUN.findall(folded):
        for start in range(len(run)):
            end = start + max(len(best) + 1, _SHORTEST_TITLE_WORD)
            while end <= len(run) and any(run[start:end] in title for title in titles):
                best, end = run[start:end], end + 1
    return (best,) if best else ()


@lru_cache(maxsize=20_000)  # of the same titles, turn after turn
def _codes(folded: str) -> frozenset[str]:
    """Model numbers in a title: letters with digits, at least three characters, not a measure such as 3300w."""
    return frozenset(
        token for token in _MODEL.findall(folded) if len(token) >= 3 and any(char.isdigit() for char in token)
    )


def _telling(words: Sequence[str]) -> int:
    return sum(len(word) for word in words)


def _same_category(one: Product, other: Product) -> bool:
    if one.category and other.category:
        return str(one.category) == str(other.category)
    return _likeness(one, other) > 0.3


def _likeness(one: Product, other: Product) -> float:
    """Jaccard similarity of the character pairs of two titles, digits aside."""
    first, second = (_pairs(fold(str(product.title))) for product in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0


def _pairs(text: str) -> set[str]:
    plain = regex.sub(r"[\d\s\p{P}]", "", text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}
