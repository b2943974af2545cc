"""The catalogue: products, SKUs, typed facts, FAQ entries and prose.

Facts answer; prose is quoted. Price, stock and size are answered from facts only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from assistant.domain.ids import EvidenceId, ProductId, SkuId
from assistant.domain.text import LocalText


@dataclass(frozen=True, slots=True)
class Source:
    """Where a piece of knowledge was read: pack, file in the pack, place in the file, and a page a shopper can open."""

    pack: str
    file: str
    locator: str = ""  # "row 12", "Delivery > Remote areas"
    url: str = ""

    @property
    def place(self) -> str:
        """File and place in it, for people."""
        return f"{self.file} {self.locator}".strip()


class FactGroup(StrEnum):
    """What a fact is about. A question about a whole group ("有什么赠品") is answered with the list."""

    ATTRIBUTE = "attribute"
    PRICE = "price"
    STOCK = "stock"
    STATUS = "status"  # on sale, out of stock, discontinued
    SIZE = "size"  # a row of a size table
    GIFT = "gift"
    MATERIAL = "material"  # parts and accessories for installation
    FAULT = "fault"  # key: the code the device shows; value: meaning and remedy
    SERVICE = "service"  # warranty, installation, repair fees
    EXCHANGE = "exchange"  # what the product may be exchanged for
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as written ("80", "L"); `high` is set for a range, `number` being its low end."""

    number: Decimal
    unit: str
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One typed statement about a product, or about the shop where `product_id` is None.

    `key` is the attribute's name, `aliases` other names it goes by in any language. `as_of` says when a value
    that changes (price, stock, promotion) was true; `begins` and `ends` are its first and last day.
    """

    id: EvidenceId
    key: LocalText
    value: LocalText
    group: FactGroup
    source: Source
    product_id: ProductId | None = None
    sku_id: SkuId | None = None
    aliases: tuple[str, ...] = ()
    quantity: Quantity | None = None
    as_of: datetime | None = None
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Faq:
    """A question the shop has answered; `similar` holds other ways to ask it."""

    id: EvidenceId
    question: LocalText
    answer: LocalText
    source: Source
    similar: tuple[str, ...] = ()
    product_id: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A short piece of prose, one to three sentences, under the headings it stood beneath."""

    id: EvidenceId
    text: str
    language: str
    source: Source
    heading: tuple[str, ...] = ()
    product_id: ProductId | None = None


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str  # ISO 4217

    def __str__(self) -> str:
        symbol = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}.get(self.currency)
        amount = f"{self.amount:,.2f}".removesuffix(".00")
        return f"{symbol}{amount}" if symbol else f"{amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Sku:
    """One thing that can be put in a basket: a product in a colour, a size."""

    id: SkuId
    options: tuple[tuple[str, str], ...] = ()  # (("颜色", "黑"), ("尺码", "M"))
    price: Money | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class SizeTable:
    """A size table as printed; the first column names the size."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Product:
    """A product with everything the shop states of it in typed form; its prose are passages of the same id."""

    id: ProductId
    title: LocalText
    source: Source
    category: LocalText | None = None
    brand: str = ""
    model: str = ""
    url: str = ""
    image: str = ""  # a URL, or a path relative to the store folder
    price: Money | None = None  # the lowest price of its SKUs where they differ
    status: str = "on_sale"  # on_sale | out_of_stock | discontinued
    names: tuple[str, ...] = ()  # series, nicknames, codes a shopper may use
    skus: tuple[Sku, ...] = ()
    facts: tuple[Fact, ...] = ()
    size_tables: tuple[SizeTable, ...] = ()
