"""schema.org in JSON-LD: products as records, and questions with their answers.

Vocabulary: https://schema.org/Product, https://schema.org/Offer, https://schema.org/FAQPage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from knowledge.readers.texts import plain_text

Node = Mapping[str, object]
_UNITS = {
    "KGM": "kg", "GRM": "g", "LBR": "lb", "ONZ": "oz", "CMT": "cm", "MMT": "mm", "MTR": "m", "INH": "in", "LTR": "L",
    "MLT": "ml", "WTT": "W", "KWT": "kW", "VLT": "V", "AMP": "A", "HTZ": "Hz", "CEL": "℃", "P1": "%", "ANN": "年",
    "MON": "个月", "DAY": "天", "HUR": "小时", "C62": "",
}  # fmt: skip
_PROPERTIES = {
    "color": ("颜色", "Colour"), "material": ("材质", "Material"), "size": ("尺码", "Size"),
    "pattern": ("图案", "Pattern"),
    "weight": ("重量", "Weight"), "width": ("宽度", "Width"), "height": ("高度", "Height"), "depth": ("深度", "Depth"),
    "countryOfOrigin": ("产地", "Origin"), "manufacturer": ("生产厂家", "Manufacturer"),
    "gtin13": ("条形码", "Barcode"), "gtin": ("条形码", "Barcode"), "productionDate": ("生产日期", "Production date"),
}  # fmt: skip
_MAX_NODES = 10_000


def nodes_of(data: object, *types: str) -> list[Node]:
    """Nodes of one of `types` at the top, in a list, in `@graph` or as `mainEntity` of one of these."""
    found: list[Node] = []
    queue: list[object] = [data]
    for _ in range(_MAX_NODES):
        if not queue:
            break
        node = queue.pop(0)
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, Mapping):
            if _is_a(node, types):
                found.append(node)
            else:
                queue += [node[name] for name in ("@graph", "mainEntity") if name in node]
    return found


def product_id_of(node: Node) -> str:
    return next((text for name in ("sku", "productID", "productGroupID") if (text := plain_text(node.get(name)))), "")


def product_record(node: Node, product_id: str) -> dict[str, object]:
    """The fields of a Product or ProductGroup, as `read_product` takes them."""
    offers = _list(node.get("offers"))
    first = next((offer for offer in offers if isinstance(offer, Mapping)), {})
    price = first.get("price", first.get("lowPrice", _nested(first, "priceSpecification", "price")))
    currency = first.get("priceCurrency", _nested(first, "priceSpecification", "priceCurrency"))
    record: dict[str, object] = {
        "id": product_id,
        "title": _text(node.get("name")),
        "description": _text(node.get("description")),
        "brand": _text(node.get("brand")),
        "model": _text(node.get("model")) or plain_text(node.get("mpn")),
        "category": _text(node.get("category")),
        "image": _image(node.get("image")),
        "url": plain_text(node.get("url")),
        "price": price,
        "currency": currency,
        "status": first.get("availability"),
        "attributes": [*_named_properties(node), *_additional(node.get("additionalProperty"))],
        "services": [*_warranty(first)],
        "skus": [*_variants(node), *_offered(offers)],
    }
    stock = _nested(first, "inventoryLevel", "value")
    if not record["skus"] and stock is not None:
        record["stock"] = stock
    return {name: value for name, value in record.items() if value not in (None, "", [])}


def questions_of(node: Node) -> Iterator[tuple[str, str]]:
    """(question, answer) of a FAQPage; the answer may hold HTML."""
    for question in _list(node.get("mainEntity")):
        if isinstance(question, Mapping):
            answer = next((item for item in _list(question.get("acceptedAnswer")) if isinstance(item, Mapping)), {})
            yield _text(question.get("name")), _text(answer.get("text"))


def _variants(node: Node) -> Iterator[dict[str, object]]:
    for variant in _list(node.get("hasVariant")):
        if isinstance(variant, Mapping):
            offer = next((item for item in _list(variant.get("offers")) if isinstance(item, Mapping)), {})
            names = {"color": "颜色", "size": "尺码", "material": "材质", "pattern": "图案"}
            options = {title: text for name, title in names.items() if (text := _text(variant.get(name)))}
            yield _sku(product_id_of(variant), options, offer)


def _offered(offers: Sequence[object]) -> Iterator[dict[str, object]]:
    """Several offers, each with a SKU of its own."""
    named = [offer for offer in offers if isinstance(offer, Mapping) and plain_text(offer.get("sku"))]
    if len(named) > 1:
        for offer in named:
            title = _text(offer.get("name"))
            yield _sku(plain_text(offer["sku"]), {"规格": title} if title else {}, offer)


def _sku(sku_id: str, options: Mapping[str, str], offer: Node) -> dict[str, object]:
    stock = _nested(offer, "inventoryLevel", "value")
    if stock is None and plain_text(offer.get("availability")).endswith(("OutOfStock", "SoldOut")):
        stock = 0
    return {"id": sku_id, "options": options, "price": offer.get("price"), "stock": stock}


def _named_properties(node: Node) -> Iterator[dict[str, object]]:
    for name, (zh, en) in _PROPERTIES.items():
        value = _quantity(node[name]) if name in node else ""
        if value:
            yield {"key": {"zh": zh, "en": en}, "value": value}


def _additional(value: object) -> Iterator[dict[str, object]]:
    for item in _list(value):
        if isinstance(item, Mapping):
            key, stated = _text(item.get("name")) or plain_text(item.get("propertyID")), _quantity(item)
            if key and stated:
                yield {"key": key, "value": stated}


def _warranty(offer: Node) -> Iterator[dict[str, object]]:
    duration = _nested(offer, "warranty", "durationOfWarranty")
    stated = _quantity(duration) if duration is not None else ""
    if stated:
        yield {"key": {"zh": "保修期", "en": "Warranty"}, "value": stated}


def _quantity(value: object) -> str:
    """A text, a name, or a number with its unit (`QuantitativeValue`, `PropertyValue`; UN/CEFACT codes)."""
    if not isinstance(value, Mapping) or not value.keys() & {"value", "minValue", "maxValue"}:
        return _text(value)
    unit = plain_text(value.get("unitText")) or plain_text(value.get("unitCode"))
    unit = _UNITS.get(unit, unit)
    low, high = plain_text(value.get("minValue")), plain_text(value.get("maxValue"))
    stated = _text(value["value"]) if "value" in value else "-".join(part for part in (low, high) if part)
    return f"{stated} {unit}".strip() if stated else ""


def _text(value: object) -> str:
    """The text of a value, of its `name` or `@value`, or of several of them."""
    if isinstance(value, list):
        return "、".join(text for item in value if not isinstance(item, list) and (text := _text(item)))
    if isinstance(value, Mapping):
        return next((text for name in ("name", "@value", "value") if (text := plain_text(value.get(name)))), "")
    return plain_text(value)


def _image(value: object) -> str:
    first = next(iter(_list(value)), None)
    if isinstance(first, Mapping):
        return plain_text(first.get("url")) or plain_text(first.get("contentUrl"))
    return plain_text(first)


def _nested(node: object, outer: str, inner: str) -> object:
    inside = next(iter(_list(node.get(outer))), None) if isinstance(node, Mapping) else None
    return inside.get(inner) if isinstance(inside, Mapping) else None


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_a(node: Node, types: Sequence[str]) -> bool:
    named = (plain_text(name).rpartition("/")[2].rpartition(":")[2] for name in _list(node.get("@type")))
    return any(name in types for name in named)
