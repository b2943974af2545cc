from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.answers.options import skus_named
from assistant.domain.commerce import Money, Product, Sku
from assistant.domain.folding import fold
from assistant.domain.ids import SkuId
from assistant.nlu.quantities import Quantities
from assistant.nlu.questions import QuestionReader
from tests import shop

QUANTITIES = Quantities()
READER = QuestionReader(QUANTITIES)


def product(*options: dict[str, str]) -> Product:
    price = Money(Decimal(1), "CNY")
    skus = tuple(Sku(SkuId(str(n)), tuple(pairs.items()), price, 1) for n, pairs in enumerate(options))
    return replace(shop.kettle(), skus=skus)


SHOE = product(*({"颜色": colour, "尺码": size} for colour in ("黑色", "雾蓝 Mist blue") for size in ("42", "43")))
BERRIES = product({"规格": "JJ级 2.5kg"}, {"规格": "JJ级 5kg"}, {"规格": "JJJ级 2.5kg"})
FLESH = product(*({"规格": value} for value in ("红心 × 2", "白心 × 2", "红心 × 1 + 白心 × 1", "白心 × 4")))
BOTTLE = product({"容量": "240 ml"}, {"容量": "330 ml"})


@pytest.mark.parametrize(
    ("offered", "asked", "expected"),
    [
        (SHOE, "黑色42码有货吗", ["0"]),
        (SHOE, "43的还有吗", ["1", "3"]),
        (SHOE, "雾蓝的有吗", ["2", "3"]),
        (SHOE, "is mist blue in stock", ["2", "3"]),
        (SHOE, "do you have black", ["0", "1"]),
        (BERRIES, "jj级2.5公斤多少钱", ["0"]),
        (BOTTLE, "240ml的多少钱", ["0"]),
        (BOTTLE, "那330的呢", ["1"]),
        (FLESH, "白心的现在能买吗", ["1", "3"]),
        (FLESH, "红心白心各一个的有吗", ["2"]),
    ],
)
def test_options_are_known_however_they_are_written(offered: Product, asked: str, expected: list[str]) -> None:
    assert [sku.id for sku in skus_named(offered, READER.read(fold(asked)), QUANTITIES)] == expected


@pytest.mark.parametrize("asked", ["有货吗", "420多少钱", "红色有吗"])
def test_a_question_without_an_option_of_the_product_names_none(asked: str) -> None:
    assert skus_named(SHOE, READER.read(fold(asked)), QUANTITIES) == SHOE.skus


def test_a_new_colour_replaces_the_one_said_before_and_keeps_the_size() -> None:
    asked = replace(READER.read("那雾蓝呢"), carried="黑色42码有货吗")
    assert [sku.id for sku in skus_named(SHOE, asked, QUANTITIES)] == ["2"]
