"""A small invented shop in domain objects, for tests that need one in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from assistant.domain.commerce import Fact, FactGroup, Faq, Money, Passage, Product, Sku, Source
from assistant.domain.hours import Hours
from assistant.domain.ids import ProductId, SkuId, StoreId
from assistant.domain.packs import evidence_id
from assistant.domain.store import Persona, Store
from assistant.domain.text import LocalText

SOURCE = Source(pack="kettles", file="products/kettles.json", locator="row 1")
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


def text(zh: str, en: str = "") -> LocalText:
    return LocalText.of({"zh": zh, "en": en} if en else {"zh": zh})


def fact(
    product_id: str | None,
    key: LocalText,
    value: LocalText,
    group: FactGroup = FactGroup.ATTRIBUTE,
    *,
    aliases: tuple[str, ...] = (),
    as_of: datetime | None = None,
) -> Fact:
    return Fact(
        id=evidence_id(str(product_id), str(key), str(value), group.value),
        key=key,
        value=value,
        group=group,
        source=SOURCE,
        product_id=ProductId(product_id) if product_id else None,
        aliases=aliases,
        as_of=as_of,
    )


def store(**changes: object) -> Store:
    values: dict[str, object] = {
        "id": StoreId("teahouse"),
        "name": text("茶舍", "Teahouse"),
        "languages": ("zh", "en"),
        "persona": Persona(name=text("阿茗", "Ming"), address=text("亲")),
        "hours": Hours("Asia/Shanghai", tuple((day, "09:00", "18:00") for day in range(5))),
    }
    return Store(**{**values, **changes})  # type: ignore[arg-type]


def kettle() -> Product:
    """An electric kettle in two colours, one of them sold out."""
    number = "KT-17"
    return Product(
        id=ProductId(number),
        title=text("云壶电热水壶 1.7升 1800W 不锈钢", "Cloud electric kettle 1.7 L 1800 W stainless steel"),
        source=SOURCE,
        category=text("电热水壶", "Electric kettles"),
        model="CK-170",
        names=("云壶", "Cloud kettle"),
        price=Money(Decimal("199"), "CNY"),
        image="media/kt-17.svg",
        skus=(
            Sku(SkuId("KT-17-W"), (("颜色", "白色"),), Money(Decimal("199"), "CNY"), 3),
            Sku(SkuId("KT-17-B"), (("颜色", "黑色"),), Money(Decimal("219"), "CNY"), 0),
        ),
        facts=(
            fact(number, text("价格", "Price"), text("¥199 – ¥219"), FactGroup.PRICE, as_of=AS_OF),
            fact(number, text("库存", "Stock"), text("白色 3，黑色 0"), FactGroup.STOCK, as_of=AS_OF),
            fact(number, text("容量", "Capacity"), text("1.7升", "1.7 L"), aliases=("容积",)),
            fact(number, text("净重", "Net weight"), text("1.1 kg"), aliases=("重量", "weight")),
            fact(number, text("内胆材质", "Liner"), text("304不锈钢", "304 stainless steel"), aliases=("材质",)),
            fact(number, text("保修期", "Warranty"), text("24个月", "24 months"), FactGroup.SERVICE),
            fact(number, text("茶叶一盒", "A box of tea"), text("随壶发出", "ships with the kettle"), FactGroup.GIFT),
            fact(
                number,
                text("E1"),
                text("干烧保护：断电冷却10分钟后加水再用", "Boil-dry: cool down 10 minutes"),
                FactGroup.FAULT,
            ),
        ),
    )


def travel_kettle() -> Product:
    """A smaller kettle without options."""
    number = "KT-05"
    return Product(
        id=ProductId(number),
        title=text("旅行折叠电热水壶 0.5升 600W", "Foldable travel kettle 0.5 L 600 W"),
        source=SOURCE,
        category=text("电热水壶", "Electric kettles"),
        names=("旅行壶",),
        price=Money(Decimal("89"), "CNY"),
        facts=(
            fact(number, text("容量", "Capacity"), text("0.5升", "0.5 L")),
            fact(number, text("净重", "Net weight"), text("0.6 kg"), aliases=("重量", "weight")),
            fact(number, text("保修期", "Warranty"), text("24个月", "24 months"), FactGroup.SERVICE),
        ),
    )


def faq(question: LocalText, answer: LocalText, *similar: str) -> Faq:
    return Faq(evidence_id(str(question)), question, answer, SOURCE, similar)


def passage(body: str, *heading: str, product_id: str | None = None, language: str = "zh") -> Passage:
    return Passage(
        evidence_id(body, *heading), body, language, SOURCE, heading, ProductId(product_id) if product_id else None
    )
