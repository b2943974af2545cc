"""Products as CSV: one row a product, or one row a SKU where there is a column for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.domain.packs import Item, Refusal
from knowledge.readers.csv_rows import CsvRow, header_of, read_rows
from knowledge.readers.product_record import read_product
from knowledge.readers.reader import Pack, PackFile
from knowledge.readers.reasons import pack_refused, refusal
from knowledge.readers.shopify_csv import is_shopify

_COLUMNS = {
    "id": "id|product id|product_id|商品id|商品编号|产品id",
    "title": "title|name|标题|商品名称|商品标题|名称",
    "category": "category|类目|分类|商品分类",
    "brand": "brand|品牌",
    "model": "model|型号",
    "price": "price|价格|售价",
    "currency": "currency|货币|币种",
    "stock": "stock|inventory|库存",
    "status": "status|状态|商品状态",
    "image": "image|image url|图片|主图",
    "url": "url|link|链接|商品链接",
    "description": "description|描述|商品描述|详情",
    "names": "names|别名|俗称",
    "as_of": "as_of|as of|更新时间|数据日期",
    "sku": "sku|sku id|sku_id|skuid|规格编号|sku编号",
}
_FIELD_OF = {column: field for field, columns in _COLUMNS.items() for column in columns.split("|")}
_TRANSLATED = frozenset({"title", "category", "brand", "description"})
_OF_SKU = frozenset({"sku", "price", "stock"})
_CHOSEN = frozenset({"color", "size"})


class ProductsCsv:
    expects = "products/*.csv"

    def claims(self, file: PackFile) -> bool:
        return file.section == "products" and file.suffix in (".csv", ".tsv") and not is_shopify(file)

    def read(self, file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
        """Raises PackRefused when a column for id or title is missing, or the file is cut off."""
        columns = {name: split_column(name) for name in header_of(file)}
        fields = {field for field, _ in columns.values()}
        if not {"id", "title"} <= fields:
            raise pack_refused(file.shown, "no_columns", row=1, needed="id, title", found=", ".join(columns))
        rows = (row if isinstance(row, Refusal) else _Record(row, columns, pack.language) for row in read_rows(file))
        if "sku" in fields:
            yield from _grouped(rows, file, pack)
            return
        for row in rows:
            yield from [row] if isinstance(row, Refusal) else read_product(row.fields, file, pack, row.number)


def split_column(name: str) -> tuple[str, str]:
    """(field or attribute, language) of a column name: "title.en" -> ("title", "en"), "标题" -> ("title", "")."""
    base, _, language = name.rpartition(".")
    if not base or not (2 <= len(language) <= 7 and language.replace("-", "").isalpha() and language.isascii()):
        base, language = name, ""
    return _FIELD_OF.get(base.strip().casefold(), base.strip()), language


class _Record:
    """A row as the fields that `read_product` takes."""

    def __init__(self, row: CsvRow, columns: Mapping[str, tuple[str, str]], language: str) -> None:
        self.number = row.number
        self.fields: dict[str, object] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        texts: dict[str, dict[str, str]] = {}
        for column, cell in row.cells.items():
            field, tag = columns[column]
            if field in _TRANSLATED:
                texts.setdefault(field, {})[tag or language] = cell
            elif field in _COLUMNS:
                self.fields[field] = cell.split("|") if field == "names" else cell
            else:
                self.attributes.setdefault(field, {})[tag or language] = cell
        self.fields |= texts
        self.fields["attributes"] = [{"key": key, "value": value} for key, value in self.attributes.items()]

    @property
    def product_id(self) -> str:
        return str(self.fields.get("id", ""))

    @property
    def sku(self) -> str:
        return str(self.fields.get("sku", ""))


def _grouped(rows: Iterator[_Record | Refusal], file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
    groups: dict[str, list[_Record]] = {}
    skus: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        elif row.sku and row.sku in skus:
            first = skus[row.sku]
            yield refusal(file.shown, row.number, "duplicate_sku", sku=row.sku, id=row.product_id, first=first)
        elif row.product_id and not row.sku and any(not known.sku for known in groups.get(row.product_id, ())):
            place = f"row {groups[row.product_id][0].number}"
            yield refusal(file.shown, row.number, "duplicate_product", id=row.product_id, first=place)
        elif row.product_id:
            skus[row.sku] = row.number
            groups.setdefault(row.product_id, []).append(row)
        else:
            yield refusal(file.shown, row.number, "blank_id")
    for group in groups.values():
        yield from _product_of(group, file, pack)


def _product_of(group: Sequence[_Record], file: PackFile, pack: Pack) -> Iterator[Item | Refusal]:
    """One product of rows that share an id: what differs between them are the options of its SKUs.

    A blank cell says nothing: shops fill in what all SKUs share on the first row only.
    """
    fields: dict[str, object] = {}
    attributes: dict[str, dict[str, str]] = {}
    values: dict[tuple[str, str], set[str]] = {}  # of an attribute in a language
    for row in reversed(group):  # the first row that fills a field decides
        fields |= row.fields
        for key, texts in row.attributes.items():
            attributes[key] = attributes.get(key, {}) | texts
            for language, text in texts.items():
                values.setdefault((key, language), set()).add(text)
    options = {key for (key, _), seen in values.items() if len(seen) > 1}
    options |= {key for key in attributes if pack.vocabulary.canonical(key) in _CHOSEN}
    skus = [_sku(row, options, pack.language) for row in group if row.sku]
    if skus:
        fields = {name: value for name, value in fields.items() if name not in _OF_SKU} | {"skus": skus}
    shared = ((key, value) for key, value in attributes.items() if key not in options)
    fields["attributes"] = [{"key": key, "value": value} for key, value in shared]
    yield from read_product(fields, file, pack, group[0].number)


def _sku(row: _Record, options: set[str], language: str) -> dict[str, object]:
    chosen = {
        key: value.get(language) or next(iter(value.values()))
        for key, value in row.attributes.items()
        if key in options
    }
    stated: dict[str, object] = {name: row.fields[name] for name in ("price", "stock") if name in row.fields}
    return {"id": row.sku, "options": chosen, **stated}
