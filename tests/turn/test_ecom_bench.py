"""The questions that a shop of the ECom-Bench format must answer, on an invented one."""

from __future__ import annotations

import pytest

from tests.turn.shopper import Shop

FLOOR_LAMP = "800001"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("保修多久", ("2年",)),
        ("安装要多少钱", ("35元",)),
        ("L001 是什么故障", ("灯光闪烁", "插头")),
        ("有什么赠品", ("备用灯罩", "香薰精油")),
        ("要换灯珠吗", ("免换灯珠",)),
        ("多重", ("6.8千克",)),
        ("功率多少", ("18W",)),
        ("多少钱", ("¥368.50",)),
        ("有哪些辅材", ("防滑底垫",)),
        ("不出香雾怎么办", ("最低水位线",)),
        ("上门检修怎么收费", ("60元",)),
    ],
)
def test_a_question_on_a_products_page_is_answered_with_evidence(
    lamps: Shop, asked: str, told: tuple[str, ...]
) -> None:
    lamps.visit(FLOOR_LAMP).asks(asked).answers(*told).is_simplified()


@pytest.mark.parametrize("asked", ["支持米家吗", "有粉色的吗", "L777是什么故障", "能连蓝牙音箱吗"])
def test_what_the_data_has_nothing_on_is_not_answered(lamps: Shop, asked: str) -> None:
    lamps.visit(FLOOR_LAMP).asks(asked).admits_not_knowing()


@pytest.mark.parametrize("asked", ["支持米家吗", "有粉色的吗"])
def test_what_no_product_has_is_not_answered_without_a_page(lamps: Shop, asked: str) -> None:
    lamps.visit().asks(asked).admits_not_knowing()


def test_products_are_listed_by_a_measure(lamps: Shop) -> None:
    assert lamps.visit().asks("20升的落地灯有哪些").lists("800002").holds("¥498").shown == ["800002"]
    assert lamps.visit().asks("9W的台灯有哪些").lists("800003").holds("¥159").shown == ["800003"]


def test_a_category_is_listed(lamps: Shop) -> None:
    lamps.visit().asks("有哪些落地灯").lists("800001", "800002")


def test_another_measure_leads_to_the_sibling_with_the_same_question(lamps: Shop) -> None:
    shopper = lamps.visit(FLOOR_LAMP)
    shopper.asks("保修多久").answers("2年")
    shopper.asks("那20升的呢").answers("3年")
    shopper.asks("多少钱").answers("¥498", reason="price")
    shopper.asks("它安装要多少钱").answers("45元")


def test_a_code_of_another_product_is_not_explained(lamps: Shop) -> None:
    lamps.visit("800002").asks("L001是什么故障").admits_not_knowing()


@pytest.mark.parametrize("named", ["ZL40-S2", "ZL40-S2(CN)", "800001"])
def test_a_product_is_found_by_its_model_and_id(lamps: Shop, named: str) -> None:
    lamps.visit().asks(f"{named}多少钱").answers("¥368.50", reason="price")


def test_two_products_are_compared_by_price(lamps: Shop) -> None:
    lamps.visit().asks("ZL40-S2和TL10-T1价格有什么区别").compares("¥368.50", "¥159")


def test_the_offers_of_the_shop_are_told_with_their_dates(lamps: Shop) -> None:
    lamps.visit().asks("满减怎么算").answers("满500减40", "12月31日")


def test_the_form_of_address_is_the_one_of_the_rules(lamps: Shop) -> None:
    assert lamps.visit(FLOOR_LAMP).asks("多少钱").text.startswith("贵客，")


def test_gifts_are_listed_for_who_asks_in_english(lamps: Shop) -> None:
    heard = lamps.visit(FLOOR_LAMP).asks("what gifts do I get").answers("香薰精油", reason="gift_list")
    assert heard.reply.language == "en"
