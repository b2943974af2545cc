"""Reads the benchmark's folder into an ImportedStore: one product with its facts and prose at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from assistant.domain.commerce import Fact, FactGroup, Money, Product, Quantity, Source
from assistant.domain.errors import PackRefused
from assistant.domain.ids import ProductId, StoreId
from assistant.domain.packs import ImportedStore, Item, Prose, Refusal, evidence_id
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from evals.adapters.ecom_bench import policy, records
from evals.adapters.ecom_bench.titles import parse_title
from evals.adapters.published_files import text_of
from evals.adapters.shop_procedures import procedures_of

PRODUCTS, PROMOTIONS, POLICY = "products.json", "discount.json", "agent_policy.md"
_PACK = "ecom-bench"
_ZONE = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_STATUS = {
    "已上架": ("on_sale", "On sale"),
    "缺货": ("out_of_stock", "Out of stock"),
    "已下架": ("discontinued", "No longer sold"),
}
_Record = TypeVar("_Record", bound=records.Record)


def read(path: Path, store_id: StoreId) -> ImportedStore:
    """The shop in folder `path`, as published (`products.json`, `discount.json`, `agent_policy.md`).

    Raises:
        PackRefused: a file is missing, cannot be read, or does not hold exactly one shop.
    """
    missing = [name for name in (PRODUCTS, PROMOTIONS, POLICY) if not (path / name).is_file()]
    if missing:
        raise PackRefused(
            f"{path} is not an ECom-Bench shop: {', '.join(missing)} missing. Give the folder that holds these files.",
            missing=missing,
        )
    rules = text_of(path / POLICY)
    products = _ShopFile(path / PRODUCTS)
    promotions = _ShopFile(path / PROMOTIONS)
    if not isinstance(products.shop, dict):
        raise PackRefused(f"{PRODUCTS}: the shop's products must be an object of records by id", file=PRODUCTS)
    items = _items(products, promotions, rules)
    return ImportedStore(_store(store_id, rules), items, procedures_of(__package__))


def _store(store_id: StoreId, rules: str) -> Store:
    """The data names neither shop nor bot, so both get neutral names; the form of address is in the rules."""
    address = policy.address_of(rules)
    persona = Persona(name=LocalText.of({"zh": "客服助手", "en": "Assistant"}))
    if address:
        persona = Persona(name=persona.name, address=LocalText.of({"zh": address, "en": ""}))
    return Store(
        id=store_id,
        name=LocalText.of({"zh": "本店", "en": "Our shop"}),
        languages=("zh", "en"),
        persona=persona,
        origins=("http://localhost:*", "http://127.0.0.1:*"),
    )


class _ShopFile:
    """A JSON file of the form {platform: {shop id: content}} with exactly one shop in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.repeated: list[str] = []  # keys that stand twice in one object: the first was kept
        self._text = text_of(path)
        try:
            data: object = json.loads(self._text, object_pairs_hook=self._object, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise PackRefused(f"{self.name} is not complete JSON: {error}", file=self.name) from error
        shops = [shop for platform in _values(data) for shop in _values(platform)]
        if len(shops) != 1:
            raise PackRefused(
                f"{self.name} must hold one shop, as {{platform: {{shop: ...}}}}; it holds {len(shops)}", file=self.name
            )
        self.shop = shops[0]

    def line_of(self, key: str) -> int:
        """The line on which the record with this key begins; 0 where it cannot be told."""
        found = re.search(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:\s*[{{\[]", self._text)
        return self._text.count("\n", 0, found.start()) + 1 if found else 0

    def refusal(self, key: str, reason: str) -> Refusal:
        return Refusal(self.name, self.line_of(key), f"{key}: {reason}")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                self.repeated.append(key)
            result.setdefault(key, value)
        return result


def _values(data: object) -> list[Any]:
    return list(data.values()) if isinstance(data, dict) else []


def _items(products: _ShopFile, promotions: _ShopFile, rules: str) -> Iterator[Item | Refusal]:
    seen: set[str] = set()
    for key, raw in products.shop.items():
        record = _checked(records.ProductRecord, raw, products, key)
        if isinstance(record, Refusal):
            yield record
        elif record.id in seen:
            yield products.refusal(key, f"商品ID {record.id} is used by an earlier record; the first is kept")
        else:
            seen.add(record.id)
            yield from _product(record, products, key)
    for repeated in products.repeated:
        yield products.refusal(repeated, "the key stands more than once; the first is kept")
    yield from _promotions(promotions)
    for rule in policy.rules_of(rules):
        source = Source(_PACK, POLICY, f"{' > '.join(rule.heading)} (line {rule.line})")
        yield Prose(rule.text, "zh", source, rule.heading)


def _checked(kind: type[_Record], raw: object, file: _ShopFile, key: str, place: str = "") -> _Record | Refusal:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        return file.refusal(key, f"{place}: {records.reason_of(error)}" if place else records.reason_of(error))


def _product(record: records.ProductRecord, file: _ShopFile, key: str) -> Iterator[Item | Refusal]:
    facts = [_price(record), _status(record)]
    for kind, label, entries in (
        (records.NamedRecord, "赠品信息", record.gifts),
        (records.NamedRecord, "辅材材料", record.materials),
        (records.FaultRecord, "常见故障", record.faults),
        (records.ExchangeRecord, "可换货商品", record.exchanges),
    ):
        for number, raw in enumerate(entries, start=1):
            entry = _checked(kind, raw, file, key, f"{label} {number}")
            if isinstance(entry, Refusal):
                yield entry
            else:
                facts.append(_listed(record, label, number, entry))
    title = parse_title(record.title)
    yield Product(
        id=ProductId(record.id),
        title=LocalText.one("zh", record.title),
        source=_source(record),
        brand=title.brand,
        model=title.model,
        price=Money(record.price, "CNY"),
        status=_STATUS[record.status][0],
        names=title.names,
        facts=tuple({fact.id: fact for fact in facts}.values()),
    )
    for label, text in (
        ("商品描述", record.description),
        ("安装说明", record.installation),
        ("维修说明", record.repair),
    ):
        if text:
            yield Prose(text, "zh", _source(record, label), (label,), ProductId(record.id))


def _source(record: records.ProductRecord, place: str = "") -> Source:
    return Source(_PACK, PRODUCTS, f"{record.id}/{place}" if place else record.id)


def _price(record: records.ProductRecord) -> Fact:
    price = Money(record.price, "CNY")
    value = LocalText.of({"zh": str(price), "en": str(price)})
    quantity = Quantity(price.amount, price.currency)
    return _fact(
        record, FactGroup.PRICE, LocalText.of({"zh": "价格", "en": "Price"}), value, "商品价格", quantity=quantity
    )


def _status(record: records.ProductRecord) -> Fact:
    value = LocalText.of({"zh": record.status, "en": _STATUS[record.status][1]})
    return _fact(record, FactGroup.STATUS, LocalText.of({"zh": "状态", "en": "Status"}), value, "商品状态")


def _listed(record: records.ProductRecord, label: str, number: int, entry: records.Record) -> Fact:
    """The fact that one entry of a record's lists states."""
    aliases: tuple[str, ...] = ()
    match entry:
        case records.FaultRecord():
            group, name, aliases = FactGroup.FAULT, entry.code, (entry.name,)
            value = f"{entry.name}：{entry.remedy}" if entry.remedy else entry.name
        case records.ExchangeRecord():
            group, name = FactGroup.EXCHANGE, entry.description
            value = "，".join(part for part in (f"商品ID {entry.id}", entry.status) if part)
        case records.NamedRecord():
            group = FactGroup.GIFT if label == "赠品信息" else FactGroup.MATERIAL
            name, value = entry.name, entry.description or entry.name
        case _:
            raise TypeError(f"{type(entry).__name__} is no list entry of a product")
    key, text = LocalText.one("zh", name), LocalText.one("zh", value)
    return _fact(record, group, key, text, f"{label} {number}", aliases=aliases)


def _fact(
    record: records.ProductRecord,
    group: FactGroup,
    key: LocalText,
    value: LocalText,
    place: str,
    *,
    aliases: tuple[str, ...] = (),
    quantity: Quantity | None = None,
) -> Fact:
    return Fact(
        id=evidence_id(_PACK, record.id, group, str(key), str(value)),
        key=key,
        value=value,
        group=group,
        source=_source(record, place),
        product_id=ProductId(record.id),
        aliases=aliases,
        quantity=quantity,
    )


def _promotions(file: _ShopFile) -> Iterator[Item | Refusal]:
    """Each offer of the promotion as a fact of the shop; the validity goes with every one, word for word."""
    promotion = _checked(records.PromotionRecord, file.shop, file, "详情")
    if isinstance(promotion, Refusal):
        yield promotion
        return
    validity = f"有效期：{promotion.validity}" if promotion.validity else ""
    for number, raw in enumerate(promotion.offers, start=1):
        offer = _checked(records.OfferRecord, raw, file, "详情", f"{promotion.name} {number}")
        if isinstance(offer, Refusal):
            yield offer
            continue
        sentences = (offer.description, offer.example and f"示例：{offer.example}", offer.remark, validity)
        yield Fact(
            id=evidence_id(_PACK, "", FactGroup.PROMOTION, offer.kind, offer.description, promotion.validity),
            key=LocalText.one("zh", offer.kind),
            value=LocalText.one("zh", "。".join(sentence.rstrip("。") for sentence in sentences if sentence) + "。"),
            group=FactGroup.PROMOTION,
            source=Source(_PACK, file.name, f"{promotion.name} > {offer.kind}"),
            aliases=(promotion.name,),
            as_of=_first_day(promotion.validity),
        )


def _first_day(validity: str) -> datetime | None:
    if found := _DATE.search(validity):
        try:
            return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=_ZONE)
        except ValueError:
            return None
    return None
