from datetime import date

import pytest

from assistant.domain.commerce import FactGroup, Source
from assistant.domain.errors import PackRefused
from knowledge.readers.pack_yaml import Manifest, read_manifest
from knowledge.readers.shop_promotions import shop_promotions

SOURCE = Source("shop", "pack.yaml", "promotions")


def manifest(entry: str) -> Manifest:
    return read_manifest(f"name: shop\npromotions:\n  - {entry}\n".encode(), "pack.yaml")


def test_a_promotion_of_the_shop_becomes_a_fact_with_its_days() -> None:
    written = manifest(
        "{name: {zh: 年货节, en: New Year Fair}, description: 全店满200减20, from: 2027-01-10, to: 2027/1/25}"
    )
    (fact,) = shop_promotions(written, SOURCE)
    assert (fact.group, fact.product_id) == (FactGroup.PROMOTION, None)
    assert (fact.begins, fact.ends) == (date(2027, 1, 10), date(2027, 1, 25))
    assert fact.key.in_language("en") == "New Year Fair"
    assert fact.value.variants == (("zh", "全店满200减20（2027-01-10 至 2027-01-25）"),)


def test_a_promotion_without_days_is_on() -> None:
    (fact,) = shop_promotions(manifest("{name: 全场包邮}"), SOURCE)
    assert (str(fact.value), fact.begins, fact.ends) == ("全场包邮", None, None)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("{description: 满200减20}", "name"),
        ("{name: 节, from: 下周}", "promotions.0.from"),
        ("{name: 节, from: 2026-11-30, to: 2026-11-01}", "before it begins"),
        ("{name: 节, until: 2026-11-30}", "until"),
    ],
)
def test_a_promotion_that_cannot_be_read_refuses_the_pack_with_its_line(entry: str, wrong: str) -> None:
    with pytest.raises(PackRefused) as refused:
        manifest(entry)
    assert wrong in str(refused.value)
    assert "line 3" in str(refused.value)
