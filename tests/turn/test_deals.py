"""What a product costs once the promotions of the demo store are taken off."""

import pytest

from tests.turn.shopper import Shop


@pytest.mark.parametrize("said", ["下单到手多少钱", "这双券后多少钱", "双十二之前买优惠后多少钱", "能便宜多少"])
def test_the_shop_s_promotions_are_taken_off_in_turn(demo: Shop, said: str) -> None:
    heard = demo.visit("YL-RUN-01").asks(said)
    heard.answers("¥459", "减¥40", "到手¥419", "到手¥399", "一共便宜¥60", "2026-12-02", reason="deal")


@pytest.mark.parametrize(
    "said", ["how much is it with the discount", "what's the final price?", "how much off do I get"]
)
def test_the_same_in_english(demo: Shop, said: str) -> None:
    heard = demo.visit("YL-RUN-01").asks(said)
    heard.answers("¥459", "¥40 off: ¥419 to pay", "¥60 in all", "2026-12-02", reason="deal").is_english()


def test_pieces_named_are_reckoned_with(demo: Shop) -> None:
    heard = demo.visit("YL-TEE-01").asks("买4件到手价多少")
    heard.answers("共¥396", "到手¥376", "到手¥336", reason="deal")
    heard = demo.visit("YL-TEE-01").asks("拍 2 件算下来多少钱")
    heard.answers("共¥198", "到手¥178", reason="deal")


def test_a_promotion_of_one_option_is_taken_off_that_option_only(demo: Shop) -> None:
    demo.visit("SY-APP-01").asks("5kg的到手多少").answers("¥69.90", "到手¥61.90", reason="deal")
    demo.visit("SY-APP-01").asks("2.5kg的到手多少").answers("¥39.90", reason="deal").holds_none_of("¥31.90")


def test_a_feast_that_is_over_is_said_to_be_over(demo: Shop) -> None:
    heard = demo.visit("YA-TEE-01").asks("双十一便宜多少")
    heard.answers("2026-11-11", "已经结束", reason="deal").holds_none_of("到手")


def test_what_needs_another_product_is_not_taken_off(demo: Shop) -> None:
    heard = demo.visit("YA-CAR-01").asks("优惠后多少钱")
    heard.answers("到手¥1,499", "与推车同单", reason="deal").holds_none_of("¥1,299")


def test_promotions_of_a_product_are_listed_with_the_shop_s(demo: Shop) -> None:
    demo.visit("YA-DIA-01").asks("有什么优惠").answers("减 60 元", "每满 300 元减 40 元", reason="promotion_list")
