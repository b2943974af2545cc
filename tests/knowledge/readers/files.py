"""Files of a pack as readers get them, for tests."""

from __future__ import annotations

from assistant.domain.commerce import Fact, FactGroup, Product
from assistant.domain.packs import Item, Refusal
from knowledge.readers.reader import Pack, PackFile, Reader


def pack_file(path: str, content: str | bytes) -> PackFile:
    data = content.encode() if isinstance(content, str) else content
    return PackFile(path, f"knowledge/p/{path}", data)


def read(reader: Reader, path: str, content: str | bytes, pack: Pack | None = None) -> list[Item | Refusal]:
    file = pack_file(path, content)
    assert reader.claims(file)
    return list(reader.read(file, pack or Pack("p")))


def products(items: list[Item | Refusal]) -> list[Product]:
    return [item for item in items if isinstance(item, Product)]


def refusals(items: list[Item | Refusal]) -> list[Refusal]:
    return [item for item in items if isinstance(item, Refusal) and not item.remark]


def remarks(items: list[Item | Refusal]) -> list[Refusal]:
    return [item for item in items if isinstance(item, Refusal) and item.remark]


def fact(product: Product, key: str, sku: str | None = None) -> Fact:
    """The fact with this key in any language, about the product or one of its SKUs."""
    found = [fact for fact in product.facts if key in fact.key.texts and fact.sku_id == sku]
    assert len(found) == 1, f"{len(found)} facts named {key!r}: {[str(fact.key) for fact in product.facts]}"
    return found[0]


def group(product: Product, name: FactGroup) -> list[Fact]:
    return [fact for fact in product.facts if fact.group == name]
