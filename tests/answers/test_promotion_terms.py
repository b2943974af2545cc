from decimal import Decimal

import pytest

from assistant.answers.promotion_terms import Reduction, Terms, terms_in


def read(text: str) -> Terms:
    terms = terms_in(text)
    assert terms is not None, text
    return terms


@pytest.mark.parametrize(
    "text",
    [
        "全店每满 200 元减 30 元，每单最多减 120 元（2026-11-01 至 2026-11-30）",
        "全场每满200减30，120元封顶",
        "¥30 off for every ¥200 across the shop, at most ¥120 per order",
    ],
)
def test_so_much_off_each_multiple_of_a_sum_up_to_a_limit(text: str) -> None:
    terms = read(text)
    assert (terms.reduction, terms.number, terms.spend, terms.most) == (Reduction.MONEY, 30, 200, 120)
    assert terms.every
    assert terms.everywhere


@pytest.mark.parametrize(
    "text",
    ["满399减20", "满 399 元立减 20 元", "399减20", "¥20 off ¥399", "$20 off orders over $399", "spend $399, save $20"],
)
def test_so_much_off_from_a_sum_on(text: str) -> None:
    terms = read(text)
    assert (terms.number, terms.spend, terms.every) == (20, 399, False)


@pytest.mark.parametrize(
    ("text", "reduction", "number"),
    [
        ("全场 8.5 折", Reduction.TENTHS_PAID, Decimal("8.5")),
        ("打95折", Reduction.PERCENT_PAID, Decimal(95)),
        ("20% off everything", Reduction.PERCENT_OFF, Decimal(20)),
        ("新品半价", Reduction.HALF, Decimal(2)),
    ],
)
def test_a_share_of_the_price(text: str, reduction: Reduction, number: Decimal) -> None:
    assert (read(text).reduction, read(text).number) == (reduction, number)


@pytest.mark.parametrize("text", ["第 2 件半价", "第二件半价", "2nd kettle at half price", "second one half price"])
def test_the_last_of_several_at_half_price(text: str) -> None:
    terms = read(text)
    assert (terms.pieces, terms.last_only, terms.reduction) == (2, True, Reduction.HALF)


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("任选 3 件，总价减 60 元", False),
        ("3件及以上每件减60元", True),
        ("¥60 off each when you order 3 or more", True),
    ],
)
def test_so_much_off_from_a_number_of_pieces_on(text: str, each: bool) -> None:
    terms = read(text)
    assert (terms.pieces, terms.number, terms.each) == (3, 60, each)


@pytest.mark.parametrize(
    "text",
    [
        "与茶杯同单立减 40 元",
        "¥40 off when ordered with any cup",
        "会员满300减40",
        "新人首单减 15 元",
        "羽绒服直降 100 元",
        "¥100 off already included in the price",
        "满300减40，满600减100",
        "买一送一",
        "加 29 元换购袜子",
    ],
)
def test_what_sets_conditions_or_states_several_terms_is_not_reckoned_with(text: str) -> None:
    assert terms_in(text) is None


@pytest.mark.parametrize(
    ("text", "combines"),
    [
        ("减 20 元，可与满减叠加", True),
        ("减20元，不可与其他优惠叠加", False),
        ("减20元", None),
        ("¥20 off, on top of the sale", True),
    ],
)
def test_whether_it_may_be_combined_is_what_the_shop_says(text: str, combines: bool | None) -> None:
    assert read(text).combines is combines


def test_a_promotion_that_names_some_goods_is_not_for_all() -> None:
    assert not read("跑鞋满300减40").everywhere
    assert read("满300减40").everywhere
