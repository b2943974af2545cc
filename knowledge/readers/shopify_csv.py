"""Shopify's product export: rows that share a Handle are one product; rows without options only add pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.domain.commerce import Product
from assistant.domain.packs import Item, Refusal
from knowledge.readers.csv_rows import CsvRow, read_rows
from knowledge.readers.html_blocks import html_prose
from knowledge.readers.product_record import read_product
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import refusal

_MARKS = {"handle", "title", "option1 name", "option1 value", "variant price"}


class ShopifyCsv:
    expects = "products/*.csv (Shopify)"

    def claims(self, file: PackFile) -> bool:
        return file.section == "products" and file.suffix == ".csv" and is_shopify(file)

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Raises PackRefused when the file is cut off."""
        groups: dict[str, list[CsvRow]] = {}
        for row in read_rows(file):
            if isinstance(row, Refusal):
                yield row
            elif handle := row.cells.get("Handle", ""):
                groups.setdefault(handle, []).append(row)
            else:
                yield refusal(file.shown, row.number, "blank_id")
        for handle, rows in groups.items():
            if not any("Title" in row.cells for row in rows):
                for row in rows:
                    yield refusal(file.shown, row.number, "orphan_row", id=handle)
            else:
                yield from _product(handle, rows, file, pack)


def is_shopify(file: PackFile) -> bool:
    """Whether the columns are those of Shopify's export. Reads the start of the file only."""
    start = file.data[:8192].decode("utf-8-sig", "ignore").split("\n", 1)[0]
    return (
        len(_MARKS & {name.strip(' "\r').casefold() for name in start.split(",")}) >= 3 and "handle" in start.casefold()
    )


def _product(handle: str, rows: Sequence[CsvRow], file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
    first: dict[str, str] = {}
    for row in reversed(rows):
        first |= row.cells
    names = {number: first.get(f"Option{number} Name", "") for number in (1, 2, 3)}
    names = {number: name for number, name in names.items() if name and name != "Title"}
    skus = [sku for row in rows if (sku := _sku(row, names, handle))]
    record: dict[str, object] = {
        "id": handle,
        "title": first.get("Title"),
        "brand": first.get("Vendor"),
        "category": first.get("Product Category") or first.get("Type"),
        "url": first.get("URL"),  # not of Shopify itself, but of apps that export the same columns
        "image": first.get("Image Src"),
        "names": first.get("Tags", "").split(", ") if first.get("Tags") else None,
        "status": _status(first),
        "skus": skus,
        "attributes": [{"key": key, "value": value} for key, value in _metafields(first).items()],
    }
    for item in read_product(record, file, pack, rows[0].number):
        yield item
        if isinstance(item, Product) and first.get("Body (HTML)"):
            source = replace(item.source, locator=f"{item.source.locator} > Body (HTML)")
            yield from html_prose(first["Body (HTML)"], pack.language, source, item.id)


def _sku(row: CsvRow, names: dict[int, str], handle: str) -> dict[str, object] | None:
    cells = row.cells
    options = {name: value for number, name in names.items() if (value := cells.get(f"Option{number} Value"))}
    if not options and not cells.get("Variant Price") and not cells.get("Variant SKU"):
        return None  # a row that only carries another picture
    made = "-".join([handle, *options.values()])
    stock = cells.get("Variant Inventory Qty")
    return {
        "id": cells.get("Variant SKU", "").lstrip("'") or made,
        "options": options,
        "price": cells.get("Variant Price"),
        "stock": stock if cells.get("Variant Inventory Policy") != "continue" else None,
    }


def _status(cells: dict[str, str]) -> str | None:
    if cells.get("Published", "").casefold() == "false":
        return "discontinued"
    return cells.get("Status")


def _metafields(cells: dict[str, str]) -> dict[str, str]:
    """Columns such as "Fabric (product.metafields.shopify.fabric)" are attributes."""
    return {
        name.partition(" (product.metafields.")[0]: value
        for name, value in cells.items()
        if " (product.metafields." in name
    }
