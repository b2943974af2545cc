"""A product as a record of fields, whatever file it came from, made into a Product with its facts and prose.

What stands in which field is in `docs/formats/store-folder.md`; the lists under a product (gifts, faults, ...) are read
in `product_sections`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.domain.commerce import Fact, FactGroup, Money, Product, Sku
from assistant.domain.ids import ProductId, SkuId
from assistant.domain.packs import Item, Prose, Refusal
from assistant.domain.text import LocalText
from knowledge.catalogue import complete, make_fact, status_fact, stock_fact
from knowledge.readers.numbers import parse_date, parse_price, parse_stock
from knowledge.readers.product_sections import SECTIONS, read_size_tables, section_facts
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import refusal, remark
from knowledge.readers.texts import local_text, plain_text

KNOWN_FIELDS = frozenset(
    (
        *("id", "title", "category", "brand", "model", "names", "url", "image", "description"),
        *("price", "currency", "status", "stock", "as_of", "attributes", "skus", "size_tables"),
        *SECTIONS,
    )
)
_STATUS_WORDS = {
    "on_sale": "on_sale|on sale|active|instock|in stock|limitedavailability|preorder|在售|上架|已上架|有货|销售中",
    "out_of_stock": "out_of_stock|out of stock|outofstock|backorder|soldout|sold out|缺货|售罄|无货|暂时缺货|已售完",
    "discontinued": "discontinued|archived|draft|inactive|下架|已下架|停产|停售",
}
_STATUS = {word: status for status, words in _STATUS_WORDS.items() for word in words.split("|")}
_MAX_ID = 200


@dataclass(slots=True)
class Row:
    """Where a record stands, and what was remarked on it while it was read."""

    file: PackFile
    pack: Pack
    number: int
    product_id: str = ""
    remarks: list[Refusal] = field(default_factory=list)

    def remark(self, code: str, **values: object) -> None:
        self.remarks.append(remark(self.file.shown, self.number, code, id=self.product_id, **values))

    def refusal(self, code: str, **values: object) -> Refusal:
        return refusal(self.file.shown, self.number, code, **values)

    def text(self, value: object) -> LocalText | None:
        return local_text(value, self.pack.language)


def read_product(
    record: object, file: PackFile, pack: Pack, row: int, *, locator: str = ""
) -> Iterator[Item | Refusal]:
    """The product of a record with its description and remarks, or the Refusal that says why it is none."""
    place = Row(file, pack, row)
    if not isinstance(record, Mapping):
        yield place.refusal("not_an_object", found=type(record).__name__)
        return
    fields = {plain_text(name): value for name, value in record.items()}
    product_id, title = plain_text(fields.get("id")), place.text(fields.get("title"))
    if not product_id:
        yield place.refusal("blank_id")
    elif not _usable(product_id, fields["id"]):
        yield place.refusal("bad_id", id=str(fields["id"])[:80])
    elif title is None:
        yield place.refusal("blank_title", id=product_id)
    else:
        place.product_id = product_id
        product, as_of = _product(fields, ProductId(product_id), title, place, locator or f"row {row}")
        yield complete(product, pack.vocabulary, as_of=as_of)
        yield from _description(fields.get("description"), product, place)
        yield from place.remarks


def read_status(value: object) -> str | None:
    """on_sale, out_of_stock or discontinued, from the words that shops and schema.org use; None for other words."""
    return _STATUS.get(plain_text(value).rpartition("/")[2].casefold())


def _usable(product_id: str, written: object) -> bool:
    return len(product_id) <= _MAX_ID and (not isinstance(written, str) or product_id == written.strip())


def _product(
    fields: Mapping[str, object], product_id: ProductId, title: LocalText, row: Row, locator: str
) -> tuple[Product, datetime | None]:
    url = plain_text(fields.get("url"))
    currency = _currency(fields.get("currency"), row)
    as_of = _date(fields.get("as_of"), row)
    names = fields.get("names") or ()
    bare = Product(
        id=product_id,
        title=title,
        source=row.pack.source(row.file, locator, url),
        category=row.text(fields.get("category")),
        brand=_one(fields.get("brand"), row),
        model=_one(fields.get("model"), row),
        url=url,
        image=plain_text(fields.get("image")),
        names=tuple(
            text for name in (names if isinstance(names, list | tuple) else [names]) if (text := plain_text(name))
        ),
    )
    skus, sku_facts = _skus(fields.get("skus"), bare, row, currency)
    lowest = min((sku.price for sku in skus if sku.price), key=lambda price: price.amount, default=None)
    stated = _price(fields.get("price"), row, currency)
    price = lowest if lowest and (stated is None or lowest.amount < stated.amount) else stated
    facts = [*_attributes(fields, bare, row), *sku_facts]
    for name in SECTIONS:
        facts += section_facts(name, fields.get(name), bare, row, as_of)
    stock = fields.get("stock")
    if not _absent(stock):
        amount = parse_stock(stock)
        if amount is None:
            row.remark("bad_stock", value=plain_text(stock) or repr(stock))
        else:
            facts.append(stock_fact(bare, amount, as_of))
    status = _status(fields.get("status"), row, skus)
    tables = read_size_tables(fields.get("size_tables"), row)
    product = replace(bare, price=price, status=status, skus=skus, size_tables=tables)
    if not _absent(fields.get("status")):
        facts.append(status_fact(product, as_of))
    return replace(product, facts=tuple(facts)), as_of


def _one(value: object, row: Row) -> str:
    text = row.text(value)
    return text.in_language(row.pack.language) if text else ""


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _currency(value: object, row: Row) -> str:
    text = plain_text(value).upper()
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        row.remark("bad_currency", value=text, used=row.pack.currency)
        return row.pack.currency
    return text or row.pack.currency


def _price(value: object, row: Row, currency: str) -> Money | None:
    if _absent(value):
        return None
    price = parse_price(value, currency)
    if price is None:
        row.remark("bad_price", value=plain_text(value) or repr(value))
    return price


def _date(value: object, row: Row) -> datetime | None:
    if _absent(value):
        return None
    moment = parse_date(value)
    if moment is None:
        row.remark("bad_date", value=plain_text(value) or repr(value))
    return moment


def _status(value: object, row: Row, skus: tuple[Sku, ...]) -> str:
    if _absent(value):
        return "out_of_stock" if skus and all(sku.stock == 0 for sku in skus) else "on_sale"
    status = read_status(value)
    if status is None:
        row.remark("bad_status", value=plain_text(value) or repr(value))
    return status or "on_sale"


def _skus(value: object, product: Product, row: Row, currency: str) -> tuple[tuple[Sku, ...], list[Fact]]:
    if value is None:
        return (), []
    if not isinstance(value, list):
        row.remark("bad_value", field="skus")
        return (), []
    skus: dict[str, Sku] = {}
    facts: list[Fact] = []
    for index, entry in enumerate(value, start=1):
        sku_id = plain_text(entry.get("id")) if isinstance(entry, Mapping) else ""
        if not sku_id or sku_id in skus:
            row.remark("bad_entry", field="skus", index=index, needed="id" if not sku_id else "its own id")
            continue
        price, stock = _price(entry.get("price"), row, currency), parse_stock(entry.get("stock"))
        if stock is None and not _absent(entry.get("stock")):
            row.remark("bad_stock", value=plain_text(entry["stock"]) or repr(entry["stock"]))
        skus[sku_id] = Sku(SkuId(sku_id), _options(entry.get("options"), row), price, stock)
        own = section_facts("attributes", entry.get("attributes"), product, row, None)
        facts += [replace_scope(fact, product, SkuId(sku_id)) for fact in own]
    return tuple(skus.values()), facts


def replace_scope(fact: Fact, product: Product, sku_id: SkuId) -> Fact:
    """The same statement, made of one SKU only."""
    scoped = make_fact(product, fact.key, fact.value, fact.group, sku_id=sku_id, quantity=fact.quantity)
    return replace(scoped, aliases=fact.aliases)


def _options(value: object, row: Row) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    read = ((plain_text(name), _one(option, row)) for name, option in pairs)
    return tuple((name, option) for name, option in read if name and option)


def _attributes(fields: Mapping[str, object], product: Product, row: Row) -> list[Fact]:
    facts = section_facts("attributes", fields.get("attributes"), product, row, None)
    for name, value in fields.items():
        if name in KNOWN_FIELDS or not name or _absent(value):
            continue
        text = row.text(value)
        if text is None:
            row.remark("bad_value", field=name)
            continue
        row.remark("unknown_field", field=name)
        facts.append(make_fact(product, LocalText.one(row.pack.language, name), text, FactGroup.ATTRIBUTE))
    return facts


def _description(value: object, product: Product, row: Row) -> Iterator[Prose | Refusal]:
    if _absent(value):
        return
    text = row.text("\n".join(map(plain_text, value)) if isinstance(value, list) else value)
    if text is None:
        row.remark("bad_value", field="description")
        return
    source = replace(product.source, locator=f"{product.source.locator} > description")
    for language, words in text.variants:
        yield Prose(words, language, source, product_id=product.id)
