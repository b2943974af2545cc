"""What the demo pages show, read from the published version of a store's knowledge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from assistant.api.links import picture_url
from assistant.domain.commerce import Fact, FactGroup, Passage, Product, SizeTable
from assistant.domain.errors import NotFound
from assistant.domain.evidence import Scope
from assistant.domain.ids import ProductId
from assistant.domain.ports import Knowledge
from assistant.domain.text import LocalText

_BATCH = 200
_FEW = 10
_ROW_CELLS = re.compile("；|; ")


@dataclass(frozen=True, slots=True)
class Tile:
    """A product as a list shows it."""

    id: ProductId
    title: str
    brand: str
    price: str
    varies: bool  # SKUs differ in price; `price` is the lowest
    image: str
    url: str
    category: str
    department: str
    available: bool


@dataclass(frozen=True, slots=True)
class Department:
    """A pack that holds products; its name is the pack's."""

    name: str
    tiles: tuple[Tile, ...]

    @property
    def categories(self) -> list[str]:
        return list(dict.fromkeys(tile.category for tile in self.tiles if tile.category))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose, or a row of a table as its cells."""

    row: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Prose under one heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """Everything on a product's page."""

    tile: Tile
    status: str
    choices: tuple[tuple[str, tuple[str, ...]], ...]  # option name -> values
    skus: str  # JSON for the page's script
    attributes: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    gifts: tuple[tuple[str, str], ...]
    promotions: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    size_tables: tuple[SizeTable, ...]
    json_ld: str


class Shelves:
    """One language's view of one version of the catalogue.

    media: the URL that pictures are relative to. order: departments that come first, in this order.
    """

    def __init__(
        self, knowledge: Knowledge, scope: Scope, *, language: str, media: str, order: Sequence[str] = ()
    ) -> None:
        self._knowledge = knowledge
        self._scope = scope
        self._language = language
        self._media = media
        self._order = tuple(order)

    async def departments(self) -> list[Department]:
        """Departments, those of no given order after the others, as the packs come."""
        by_pack: dict[str, list[Tile]] = {}
        for product in await self._all():
            by_pack.setdefault(product.source.pack, []).append(self._tile(product))
        names = [name for name in self._order if name in by_pack]
        return [Department(name, tuple(by_pack[name])) for name in dict.fromkeys([*names, *by_pack])]

    async def product(self, product_id: ProductId) -> ProductSheet:
        """Raises NotFound."""
        product = await self._knowledge.product(self._scope, product_id)
        if product is None:
            raise NotFound(f"The shop has no product {product_id}.")
        facts = await self._knowledge.facts(self._scope, product_id=product_id)
        passages = await self._knowledge.passages(self._scope, product_id=product_id)
        tile = self._tile(product)
        in_language = [table for table in product.size_tables if _speaks(table.language, self._language)]
        return ProductSheet(
            tile=tile,
            status=product.status,
            choices=_choices(product),
            skus=_sku_data(product),
            attributes=self._pairs(facts, FactGroup.ATTRIBUTE),
            services=self._pairs(facts, FactGroup.SERVICE),
            gifts=self._pairs(facts, FactGroup.GIFT),
            promotions=self._pairs(facts, FactGroup.PROMOTION),
            sections=self._sections(passages),
            size_tables=tuple(in_language or product.size_tables),
            json_ld=_json_ld(product, tile),
        )

    async def pages(self) -> dict[str, tuple[Section, ...]]:
        """The shop's own pages (policies and the like) by the name of their file, without language and ending."""
        by_name: dict[str, list[Passage]] = {}
        for passage in await self._knowledge.passages(self._scope, product_id=None):
            name = PurePosixPath(passage.source.file).name.split(".")[0]
            by_name.setdefault(name, []).append(passage)
        return {name: self._sections(passages) for name, passages in by_name.items()}

    async def _all(self) -> list[Product]:
        products: list[Product] = []
        while batch := await self._knowledge.all_products(self._scope, offset=len(products), limit=_BATCH):
            products += batch
        return products

    def _tile(self, product: Product) -> Tile:
        prices = {sku.price.amount for sku in product.skus if sku.price}
        stocked = [sku.stock for sku in product.skus if sku.stock is not None]
        return Tile(
            id=product.id,
            title=self._say(product.title),
            brand=product.brand,
            price=str(product.price) if product.price else "",
            varies=len(prices) > 1,
            image=picture_url(product.image, self._media),
            url=f"/demo/products/{product.id}",
            category=self._say(product.category) if product.category else "",
            department=product.source.pack,
            available=product.status == "on_sale" and (not stocked or any(stocked)),
        )

    def _pairs(self, facts: Iterable[Fact], group: FactGroup) -> tuple[tuple[str, str], ...]:
        """Key and value of a group's facts, the first of each key; those of single SKUs stay with their SKU."""
        pairs: dict[str, str] = {}
        for fact in facts:
            if fact.group is group and fact.sku_id is None:
                pairs.setdefault(self._say(fact.key), self._say(fact.value))
        return tuple(pairs.items())

    def _sections(self, passages: Iterable[Passage]) -> tuple[Section, ...]:
        """Prose in the page's language (in any, where there is none), under the innermost headings."""
        every = list(passages)
        spoken = [passage for passage in every if _speaks(passage.language, self._language)] or every
        by_heading: dict[str, list[str]] = {}
        for passage in spoken:
            heading = passage.heading[-1] if passage.heading else ""
            by_heading.setdefault(heading, []).append(passage.text)
        return tuple(Section(heading, _lines(texts)) for heading, texts in by_heading.items())

    def _say(self, text: LocalText) -> str:
        return text.in_language(self._language)


def _speaks(tag: str, language: str) -> bool:
    return tag.partition("-")[0] == language.partition("-")[0]


def _lines(texts: Iterable[str]) -> tuple[Line, ...]:
    """Lines of prose. Passages keep a table's row as "column value; column value": neighbours of that form are rows."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    cells = [tuple(_ROW_CELLS.split(line.rstrip("；;"))) for line in lines]
    counts = [0, *(len(row) for row in cells), 0]
    rows = [
        count >= 3 and count in (before, after)
        for before, count, after in zip(counts, counts[1:], counts[2:], strict=False)
    ]
    return tuple(Line(row, of) if row else Line(row, (line,)) for line, of, row in zip(lines, cells, rows, strict=True))


def _choices(product: Product) -> tuple[tuple[str, tuple[str, ...]], ...]:
    choices: dict[str, dict[str, None]] = {}
    for sku in product.skus:
        for name, value in sku.options:
            choices.setdefault(name, {})[value] = None
    return tuple((name, tuple(values)) for name, values in choices.items())


def _sku_data(product: Product) -> str:
    skus = [
        {"options": dict(sku.options), "price": str(sku.price or product.price or ""), "stock": sku.stock}
        for sku in product.skus
    ]
    return _json_in_html(skus)


def _json_ld(product: Product, tile: Tile) -> str:
    """The product as search engines, and the widget, read it: schema.org/Product."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": product.id,
        "name": tile.title,
        "image": tile.image,
        "category": tile.category,
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    if product.price:
        data["offers"] = {
            "@type": "Offer",
            "price": str(product.price.amount),
            "priceCurrency": product.price.currency,
            "availability": f"https://schema.org/{'InStock' if tile.available else 'OutOfStock'}",
        }
    return _json_in_html(data)


def _json_in_html(data: list[dict[str, Any]] | Mapping[str, Any]) -> str:
    """JSON that no text in it can end the <script> element around."""
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def stock_words(words: Mapping[str, str]) -> str:
    """What the page's script says of stock, as JSON."""
    return _json_in_html({key: words[key] for key in ("stock", "few", "no_stock", "added")} | {"fewer_than": _FEW})
