"""Reads the benchmark's folder into an ImportedStore: products with a SKU for every variant, and the shop's rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.domain.commerce import Fact, FactGroup, Money, Product, Sku, Source
from assistant.domain.errors import PackRefused
from assistant.domain.ids import ProductId, SkuId, StoreId
from assistant.domain.packs import ImportedStore, Item, Prose, Refusal, evidence_id
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText
from evals.adapters.published_files import text_of
from evals.adapters.shop_procedures import procedures_of
from evals.adapters.tau2_retail.policy import rules_of

RECORDS, POLICY = "db.json", "policy.md"
_PACK = "tau2-retail"
_CURRENCY = "USD"


class VariantRecord(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    item_id: str = Field(min_length=1)
    options: dict[str, str]
    available: bool
    price: Decimal = Field(gt=0, allow_inf_nan=False)


class ProductRecord(BaseModel):
    """The variants are checked one by one, so that a bad one costs only itself."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    product_id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    variants: dict[str, Any]


def read(path: Path, store_id: StoreId) -> ImportedStore:
    """The shop in folder `path`, as published (`db.json`, `policy.md`).

    Raises:
        PackRefused: a file is missing or cannot be read, or holds no products.
    """
    missing = [name for name in (RECORDS, POLICY) if not (path / name).is_file()]
    if missing:
        raise PackRefused(
            f"{path} is not a tau2 retail shop: {', '.join(missing)} missing. Give the folder that holds these files.",
            missing=missing,
        )
    rules = text_of(path / POLICY)
    try:
        content = json.loads(text_of(path / RECORDS), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise PackRefused(f"{RECORDS} is not complete JSON: {error}", file=RECORDS) from error
    products = content.get("products") if isinstance(content, dict) else None
    if not isinstance(products, dict):
        raise PackRefused(f"{RECORDS} must hold an object `products` of records by id", file=RECORDS)
    return ImportedStore(_store(store_id), _items(products, rules), procedures_of(__package__))


def _store(store_id: StoreId) -> Store:
    """The data names neither shop nor bot, so both get neutral names."""
    return Store(
        id=store_id,
        name=LocalText.of({"en": "Our shop", "zh": "本店"}),
        languages=("en", "zh"),
        persona=Persona(LocalText.of({"en": "Assistant", "zh": "客服助手"}), LocalText.of({"en": "", "zh": ""})),
        origins=("http://localhost:*", "http://127.0.0.1:*"),
    )


def _items(products: Mapping[str, Any], rules: str) -> Iterator[Item | Refusal]:
    for key, raw in products.items():
        try:
            record = ProductRecord.model_validate(raw)
        except ValidationError as error:
            yield Refusal(RECORDS, 0, f"products.{key}: {_reason_of(error)}")
        else:
            yield from _product(record)
    for rule in rules_of(rules):
        yield Prose(
            rule.text, "en", Source(_PACK, POLICY, f"{' > '.join(rule.heading)} (line {rule.line})"), rule.heading
        )


def _product(record: ProductRecord) -> Iterator[Item | Refusal]:
    variants = []
    for key, raw in record.variants.items():
        try:
            variants.append(VariantRecord.model_validate(raw))
        except ValidationError as error:
            yield Refusal(RECORDS, 0, f"products.{record.product_id}.variants.{key}: {_reason_of(error)}")
    offered = [variant for variant in variants if variant.available]
    prices = [variant.price for variant in offered or variants]
    yield Product(
        id=ProductId(record.product_id),
        title=LocalText.one("en", record.name),
        source=_source(record),
        price=Money(min(prices), _CURRENCY) if prices else None,
        status="on_sale" if offered else "out_of_stock",
        skus=tuple(
            Sku(
                SkuId(variant.item_id),
                tuple(variant.options.items()),
                Money(variant.price, _CURRENCY),
                stock=None if variant.available else 0,
            )
            for variant in variants
        ),
        facts=(
            _offered(record, len(offered), len(variants)),
            *(_availability(record, variant) for variant in variants),
        ),
    )


def _offered(record: ProductRecord, offered: int, known: int) -> Fact:
    """How many of the variants can be had: the records say of each whether it can, not how many pieces there are."""
    key = LocalText.of({"en": "Available options", "zh": "在售款式"})
    value = LocalText.of({"en": f"{offered} of {known}", "zh": f"{known} 款中的 {offered} 款"})
    return _fact(record, key, value, FactGroup.ATTRIBUTE, aliases=("options available", "variants", "款式数量"))


def _availability(record: ProductRecord, variant: VariantRecord) -> Fact:
    told = {"en": "Available", "zh": "有货"} if variant.available else {"en": "Not available", "zh": "无货"}
    key = LocalText.of({"en": "Availability", "zh": "库存"})
    return _fact(record, key, LocalText.of(told), FactGroup.STOCK, sku=SkuId(variant.item_id))


def _fact(
    record: ProductRecord,
    key: LocalText,
    value: LocalText,
    group: FactGroup,
    *,
    sku: SkuId | None = None,
    aliases: tuple[str, ...] = (),
) -> Fact:
    return Fact(
        id=evidence_id(_PACK, record.product_id, sku or "", group, str(key), str(value)),
        key=key,
        value=value,
        group=group,
        source=_source(record, sku or ""),
        product_id=ProductId(record.product_id),
        sku_id=sku,
        aliases=aliases,
    )


def _source(record: ProductRecord, item_id: str = "") -> Source:
    return Source(_PACK, RECORDS, f"{record.product_id}/{item_id}" if item_id else record.product_id)


def _reason_of(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'record'}: {problem['msg']}" for problem in problems)
