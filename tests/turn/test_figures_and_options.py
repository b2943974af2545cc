"""Options, figures and comparisons, as shoppers ask for them."""

from __future__ import annotations

import pytest

from tests.turn.shopper import Shop


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YA-BOT-01", "240毫升的多少", "¥89"),
        ("SY-FAM-01", "订四周总共好多钱", "¥372"),
        ("YL-RUN-01", "这双啥价位", "¥459"),
        ("YL-RUN-01", "跑步穿的这双几钱", "¥459"),
    ],
)
def test_a_price_is_told_however_it_is_asked_for(demo: Shop, page: str, asked: str, told: str) -> None:
    demo.visit(page).asks(asked).answers(told, reason="price")


def test_an_option_that_is_sold_out_is_not_mistaken_for_one_that_holds_it_too(demo: Shop) -> None:
    demo.visit("SY-POM-01").asks("白心的现在能买吗").answers("暂时没有货", reason="stock")


def test_a_number_with_the_name_of_its_option_names_it(demo: Shop) -> None:
    demo.visit("YA-SLP-01").asks("2.5TOG M码有货吗").answers("有货", reason="stock")


def test_another_option_takes_the_place_of_the_one_before(demo: Shop) -> None:
    shopper = demo.visit("YL-RUN-01")
    shopper.asks("is black in 42 available").answers("black", reason="stock").is_english()
    shopper.asks("what about white").answers("out of stock", "white", reason="stock")


def test_another_pack_is_asked_the_price_of_like_the_one_before(demo: Shop) -> None:
    shopper = demo.visit("SY-AVO-01")
    shopper.asks("待熟的6个多少钱").answers("¥42", reason="price")
    shopper.asks("12个的呢").answers("¥79", reason="price")


def test_an_option_and_a_key_are_called_in_the_language_of_the_reply(demo: Shop) -> None:
    demo.visit("YL-RUN-01").asks("Do you have it in black, size 42?").answers("black", reason="stock").is_english()
    demo.visit("YL-BOT-01").asks("多大容量").answers("容量", "750 ml").holds_none_of("Capacity")


def test_a_correction_keeps_the_question_and_changes_the_product(demo: Shop) -> None:
    shopper = demo.visit("YL-RUN-01")
    shopper.asks("单只多重").answers("245 g")
    shopper.asks("问错了，我想看轻汐的").answers("198 g")


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YA-HIG-01", "孩子26公斤坐得住吗", "不可以"),
        ("YA-BAT-01", "20斤的宝宝能撑住吗", "可以"),
        ("YL-BAG-01", "will it fit in a 60 cm wide locker", "Yes, it fits"),
    ],
)
def test_what_the_shopper_measured_is_held_against_the_figures(demo: Shop, page: str, asked: str, told: str) -> None:
    demo.visit(page).asks(asked).answers(told, reason="fit")


def test_no_is_said_where_the_fact_says_no(demo: Shop) -> None:
    demo.visit("YL-RUN-01").asks("能机洗吗").answers("不可以。", "不可机洗")
    demo.visit("YL-RUN-01").asks("不能机洗吗").answers("不可以。", "不可机洗")


def test_the_one_that_weighs_less_is_named(demo: Shop) -> None:
    heard = demo.visit().asks("云羽和轻汐哪个更轻").compares("245 g", "198 g")
    assert "轻汐跑步鞋更轻" in heard.text


def test_two_products_are_compared_on_what_differs_where_nothing_is_asked(demo: Shop) -> None:
    demo.visit("YL-RUN-01").asks("这双鞋和轻汐有什么区别").compares("245 g", "198 g")


def test_which_costs_more_is_said_with_what_is_between_them(lamps: Shop) -> None:
    heard = lamps.visit().asks("ZL40-S2和TL10-T1哪个贵").compares("¥368.50", "¥159")
    assert "¥209.50" in heard.text


def test_two_requests_in_one_message_are_both_answered(demo: Shop) -> None:
    demo.visit("YL-HIK-01").asks("多少钱，包邮吗").holds("629", "99 元")


def test_a_foot_length_finds_its_size(demo: Shop) -> None:
    demo.visit("YL-RUN-01").asks("我脚长26厘米穿多大码").answers("42")


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("有什么帽子", ["YL-BEN-01", "YL-CAP-01"]),
        ("有什么鞋子", ["YL-RUN-01"]),
        ("有没有女款跑鞋", ["YL-RUN-02"]),
        ("有没有300元以内的鞋", ["YL-CAS-01"]),
    ],
)
def test_what_is_sought_is_listed(demo: Shop, asked: str, listed: list[str]) -> None:
    demo.visit().asks(asked).lists(*listed)


def test_the_cheapest_is_found_by_price(demo: Shop) -> None:
    demo.visit().asks("最便宜的跑鞋是哪双").holds("¥399")


def test_an_apple_phone_is_not_an_apple(demo: Shop) -> None:
    demo.visit().asks("有苹果手机吗").admits_not_knowing()


def test_a_question_in_english_finds_an_answer_written_in_chinese(lamps: Shop) -> None:
    lamps.visit("800001").asks("how long is the warranty").answers("2年")


def test_rules_written_for_the_staff_are_told_as_to_the_shopper(lamps: Shop) -> None:
    lamps.visit().asks("价保怎么申请").holds_none_of("用户明确提出")
