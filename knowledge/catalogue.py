"""The typed side of a product: what its attributes are also called, and the facts that its fields state.

`Vocabulary` knows the names of attributes; `complete` makes a product's fields, tables and title into facts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from assistant.domain.commerce import Fact, FactGroup, Money, Product, Quantity, SizeTable
from assistant.domain.ids import SkuId
from assistant.domain.packs import ImportedStore, evidence_id
from assistant.domain.text import LocalText
from knowledge.readers.quantity import parse_quantity
from knowledge.titles import TitleWords

STATUS_TEXTS: Mapping[str, LocalText] = {
    "on_sale": LocalText.of({"zh": "在售", "en": "On sale"}),
    "out_of_stock": LocalText.of({"zh": "暂时缺货", "en": "Out of stock"}),
    "discontinued": LocalText.of({"zh": "已下架", "en": "Discontinued"}),
}
_PREFIXED_ALIASES = 8


@dataclass(frozen=True, slots=True)
class AttributeName:
    """One attribute and everything it is called."""

    name: str
    title: LocalText
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.title.texts, *self.aliases)


class Vocabulary:
    """What attributes are called: the names that ship with the program, and a pack's own on top."""

    def __init__(self, attributes: Iterable[AttributeName]) -> None:
        self._attributes = {attribute.name: attribute for attribute in attributes}
        self._by_word = {
            normal(word): attribute.name for attribute in self._attributes.values() for word in attribute.names
        }
        self._aliases = lru_cache(maxsize=8192)(self._find_aliases)

    @classmethod
    def shipped(cls) -> Vocabulary:
        """The names in `knowledge/data/attribute_aliases.yaml`."""
        return cls(_shipped_attributes())

    def extended(self, aliases: Mapping[str, Sequence[str]]) -> Vocabulary:
        """With other names for keys, as a pack's `aliases` give them. A known key keeps the names it has."""
        attributes = dict(self._attributes)
        for key, words in aliases.items():
            known = next((self._by_word[normal(word)] for word in (key, *words) if normal(word) in self._by_word), None)
            if known is None:
                attributes[normal(key)] = AttributeName(normal(key), LocalText.one("und", key), tuple(words))
            else:
                old = attributes[known]
                attributes[known] = replace(old, aliases=_unique((*old.aliases, key, *words)))
        return Vocabulary(attributes.values())

    def canonical(self, key: LocalText | str) -> str:
        """One name for all spellings of an attribute: equal for keys that mean the same."""
        words = key.texts if isinstance(key, LocalText) else (key,)
        return next((self._by_word[normal(word)] for word in words if normal(word) in self._by_word), normal(words[0]))

    def title(self, canonical: str) -> LocalText | None:
        """What a known attribute is called, in each language."""
        known = self._attributes.get(canonical)
        return known.title if known else None

    def aliases(self, key: LocalText, own: Sequence[str] = ()) -> tuple[str, ...]:
        """Every other name of `key`: `own` first, then the vocabulary's, without those that `key` says itself."""
        return self._aliases(key, tuple(own))

    def _find_aliases(self, key: LocalText, own: tuple[str, ...]) -> tuple[str, ...]:
        known = self._attributes.get(self.canonical(key))
        words = known.names if known else tuple(word for text in key.texts for word in self._prefixed(text))
        said = {normal(text) for text in key.texts}
        return tuple(word for word in _unique((*own, *words)) if normal(word) not in said)

    def _prefixed(self, key: str) -> Iterator[str]:
        """ "鞋面材质" ends in a known name, so "鞋面面料" is another name for it."""
        for start in range(1, len(key) - 1):
            known = self._by_word.get(normal(key[start:]))
            if known is None or key[start:].isascii():
                continue
            words = [word for word in self._attributes[known].names if not word.isascii() and word != key[start:]]
            yield from (key[:start] + word for word in words[:_PREFIXED_ALIASES])
            return


@lru_cache(maxsize=8192)  # a catalogue says the same few names on every row
def normal(word: str) -> str:
    """Folded for comparison: width, case, white space, and the colon after a label."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", word)).strip(" :").casefold()


def make_fact(
    product: Product,
    key: LocalText,
    value: LocalText,
    group: FactGroup,
    *,
    locator: str = "",
    sku_id: SkuId | None = None,
    quantity: Quantity | None = None,
    as_of: datetime | None = None,
) -> Fact:
    """A fact of `product`; its id follows from what it says, so that unchanged content keeps it."""
    source = replace(product.source, locator=locator) if locator else product.source
    identity = (product.id, sku_id or "", group.value, *_flat(key), "=", *_flat(value))
    return Fact(
        id=evidence_id("fact", *identity),
        key=key,
        value=value,
        group=group,
        source=source,
        product_id=product.id,
        sku_id=sku_id,
        quantity=quantity,
        as_of=as_of,
    )


def complete(
    product: Product, vocabulary: Vocabulary, titles: TitleWords | None = None, *, as_of: datetime | None = None
) -> Product:
    """The product with a fact for everything it states: fields, prices, stock, size tables and, with `titles`, title.

    Facts that are there already win over those made here, and explicit ones over those of the title; doing it twice
    changes nothing.
    """
    stated = [*product.facts]
    have = {_slot(fact, vocabulary) for fact in stated}
    groups = {fact.group for fact in stated}
    made = [*_field_facts(product), *_option_facts(product)]
    if FactGroup.PRICE not in groups:
        made += _price_facts(product, as_of)
    if FactGroup.STOCK not in groups:
        made += _stock_facts(product, as_of)
    if FactGroup.STATUS not in groups and product.status != "on_sale":  # which is also what nobody said
        made.append(status_fact(product, as_of))
    if FactGroup.SIZE not in groups:
        made += _size_facts(product)
    for batch in (made, _title_facts(product, vocabulary, titles) if titles else []):
        fresh = [fact for fact in batch if fact.group == FactGroup.SIZE or _slot(fact, vocabulary) not in have]
        have |= {_slot(fact, vocabulary) for fact in fresh}
        stated += fresh
    unique = {fact.id: fact for fact in reversed(stated)}
    return replace(product, facts=tuple(_named(fact, vocabulary) for fact in reversed(unique.values())))


def completed(imported: ImportedStore) -> ImportedStore:
    """What a foreign importer read, each product with the facts, aliases and quantities that `complete` gives it."""
    vocabulary, titles = Vocabulary.shipped(), TitleWords.shipped()
    items = (complete(item, vocabulary, titles) if isinstance(item, Product) else item for item in imported.items)
    return replace(imported, items=items)


def merged(product: Product, page: Product, vocabulary: Vocabulary) -> Product:
    """`product` with what `page` adds to it: facts, fields and languages that it lacks.

    Where both speak of the same thing in the same language, the word of `product` stands.
    """
    have = {_slot(fact, vocabulary): fact for fact in product.facts if fact.group != FactGroup.SIZE}
    sizes = {str(fact.key) for fact in product.facts if fact.group == FactGroup.SIZE}
    fresh = []
    for fact in page.facts:
        known = have.get(_slot(fact, vocabulary))
        if fact.group == FactGroup.SIZE:
            fresh += [] if sizes else [fact]
        elif known is None:
            fresh.append(fact)
        else:
            have[_slot(fact, vocabulary)] = _translated(product, known, fact)
    stated = [have.get(_slot(fact, vocabulary), fact) for fact in product.facts]
    return replace(
        product,
        title=_with_languages(product.title, page.title),
        category=product.category or page.category,
        brand=product.brand or page.brand,
        model=product.model or page.model,
        url=product.url or page.url,
        image=product.image or page.image,
        price=product.price or page.price,
        names=tuple(dict.fromkeys((*product.names, *page.names))),
        skus=product.skus or page.skus,
        facts=(*stated, *fresh),
        size_tables=product.size_tables or page.size_tables,
    )


def status_fact(product: Product, as_of: datetime | None) -> Fact:
    """Whether the product is on sale."""
    key = LocalText.of({"zh": "状态", "en": "Status"})
    return make_fact(product, key, STATUS_TEXTS[product.status], FactGroup.STATUS, as_of=as_of)


def _translated(product: Product, fact: Fact, other: Fact) -> Fact:
    """`fact` with the languages that only `other` has, where the two do not contradict each other."""
    numbers = [known.quantity and (known.quantity.number, known.quantity.high) for known in (fact, other)]
    value = _with_languages(fact.value, other.value)
    if value == fact.value or numbers[0] != numbers[1] or fact.group != other.group:
        return fact
    key = _with_languages(fact.key, other.key)
    made = make_fact(product, key, value, fact.group, sku_id=fact.sku_id, quantity=fact.quantity, as_of=fact.as_of)
    return replace(made, source=fact.source, aliases=fact.aliases)


def _with_languages(text: LocalText, other: LocalText) -> LocalText:
    have = {tag.partition("-")[0] for tag in text.languages}
    return LocalText((*text.variants, *(pair for pair in other.variants if pair[0].partition("-")[0] not in have)))


def _slot(fact: Fact, vocabulary: Vocabulary) -> tuple[str, str]:
    """What a fact speaks of: two facts in one slot would answer the same question."""
    return (fact.sku_id or "", vocabulary.canonical(fact.key))


def _named(fact: Fact, vocabulary: Vocabulary) -> Fact:
    quantity = fact.quantity
    if quantity is None and fact.group in (FactGroup.ATTRIBUTE, FactGroup.SERVICE):
        quantity = parse_quantity(str(fact.value))
    named = fact.group in (FactGroup.ATTRIBUTE, FactGroup.SERVICE, FactGroup.PRICE, FactGroup.STOCK, FactGroup.STATUS)
    aliases = vocabulary.aliases(fact.key, fact.aliases) if named else fact.aliases
    if aliases == fact.aliases and quantity == fact.quantity:
        return fact
    return replace(fact, aliases=aliases, quantity=quantity)


def _field_facts(product: Product) -> Iterator[Fact]:
    language = product.title.languages[0]
    for value, zh, en in ((product.brand, "品牌", "Brand"), (product.model, "型号", "Model")):
        if value:
            key = LocalText.of({"zh": zh, "en": en})
            yield make_fact(product, key, LocalText.one(language, value), FactGroup.ATTRIBUTE)


def _option_facts(product: Product) -> Iterator[Fact]:
    """What there is to choose from ("颜色": 黑、白), so that "有粉色的吗" has a fact to rest on."""
    choices: dict[str, list[str]] = {}
    for sku in product.skus:
        for name, value in sku.options:
            if value not in choices.setdefault(name, []):
                choices[name].append(value)
    language = product.title.languages[0]
    for name, values in choices.items():
        joined = (", " if all(value.isascii() for value in (name, *values)) else "、").join(values)
        stated = LocalText.one(language, joined)
        yield make_fact(product, LocalText.one(language, name), stated, FactGroup.ATTRIBUTE, locator="skus")


def _price_facts(product: Product, as_of: datetime | None) -> Iterator[Fact]:
    key = LocalText.of({"zh": "价格", "en": "Price"})
    prices = [sku.price for sku in product.skus if sku.price and (product.price is None or _same(sku.price, product))]
    low = min((price for price in prices), key=lambda price: price.amount, default=product.price)
    high = max((price for price in prices), key=lambda price: price.amount, default=product.price)
    if low and high:
        several = low.amount != high.amount
        text = f"{low}-{high}" if several else str(low)
        amount = Quantity(low.amount, low.currency, high.amount if several else None)
        yield make_fact(product, key, _plain(text), FactGroup.PRICE, quantity=amount, as_of=as_of)
    for sku in product.skus:
        if sku.price:
            amount = Quantity(sku.price.amount, sku.price.currency)
            value = _plain(str(sku.price))
            yield make_fact(product, key, value, FactGroup.PRICE, sku_id=sku.id, quantity=amount, as_of=as_of)


def _same(price: Money, product: Product) -> bool:
    return product.price is not None and price.currency == product.price.currency


def _stock_facts(product: Product, as_of: datetime | None) -> Iterator[Fact]:
    known = [(sku.id, sku.stock) for sku in product.skus if sku.stock is not None]
    if known and len(known) == len(product.skus):
        yield stock_fact(product, sum(stock for _, stock in known), as_of)
    for sku_id, stock in known:
        yield stock_fact(product, stock, as_of, sku_id)


def stock_fact(product: Product, stock: int, as_of: datetime | None, sku_id: SkuId | None = None) -> Fact:
    """How many there are of a product, or of one of its SKUs."""
    value = {"zh": f"{stock} 件", "en": str(stock)} if stock else {"zh": "无货", "en": "Out of stock"}
    return make_fact(
        product,
        LocalText.of({"zh": "库存", "en": "Stock"}),
        LocalText.of(value),
        FactGroup.STOCK,
        sku_id=sku_id,
        quantity=Quantity(Decimal(stock), "件"),
        as_of=as_of,
    )


def _size_facts(product: Product) -> Iterator[Fact]:
    """One fact a row. Tables of the same sizes in several languages become one fact in several languages."""
    twins: dict[tuple[str, ...], dict[str, SizeTable]] = {}
    for table in product.size_tables:
        labels = (str(len(table.columns)), *(row[0] for row in table.rows if row))
        same = twins.setdefault(labels, {})
        if table.language in same:
            same = twins.setdefault((table.caption, *labels), {})
        same.setdefault(table.language, table)
    for tables in twins.values():
        first = next(iter(tables.values()))
        for index, row in enumerate(first.rows):
            values = {tag: text for tag, table in tables.items() if (text := _row_text(table, index))}
            if not row or not row[0] or not values:
                continue
            key = LocalText.one(first.language, row[0])
            aliases = (f"{row[0]}码", f"{row[0]}号", f"size {row[0]}")
            locator = f"{first.caption} {row[0]}".strip()
            fact = make_fact(product, key, LocalText.of(values), FactGroup.SIZE, locator=locator)
            yield replace(fact, aliases=aliases)


def _row_text(table: SizeTable, index: int) -> str:
    cells = zip(table.columns[1:], table.rows[index][1:], strict=False)
    return ("，" if table.language.startswith("zh") else ", ").join(f"{name} {cell}" for name, cell in cells if cell)


def _title_facts(product: Product, vocabulary: Vocabulary, titles: TitleWords) -> Iterator[Fact]:
    found: dict[str, dict[str, str]] = {}
    for language, title in product.title.variants:
        for attribute, value in titles.read(title, but=(product.brand, product.model)).items():
            found.setdefault(attribute, {})[language] = value
    for attribute, values in found.items():
        key = vocabulary.title(attribute)
        if key is not None:
            yield make_fact(product, key, LocalText.of(values), FactGroup.ATTRIBUTE, locator="title")


def _plain(text: str) -> LocalText:
    return LocalText.of({"zh": text, "en": text})


def _flat(text: LocalText) -> tuple[str, ...]:
    return tuple(part for variant in text.variants for part in variant)


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({normal(word): word for word in reversed([*words]) if word.strip()}.values())[::-1]


@cache
def _shipped_attributes() -> tuple[AttributeName, ...]:
    path = files("knowledge").joinpath("data/attribute_aliases.yaml")
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        AttributeName(row["name"], LocalText.of(row["title"]), tuple(str(word) for word in row["aliases"]))
        for row in rows
    )
