"""Conversations of several turns with the demo store: what a follow-up means, lists, comparisons, languages."""

from __future__ import annotations

import pytest

from tests.turn.shopper import Shop


def test_it_means_the_product_of_the_page_turn_after_turn(demo: Shop) -> None:
    shopper = demo.visit("YA-STR-01")
    shopper.asks("承重多少").answers("22 kg")
    shopper.asks("它的车架是什么材质").answers("铝合金")
    shopper.asks("能带上飞机吗").answers("54 × 44 × 24 cm")
    shopper.asks("谢谢").makes_small_talk("thanks")
    shopper.asks("送什么").answers("雨罩", reason="gift_list")


def test_each_line_of_a_conversation_is_embedded_once(demo: Shop) -> None:
    shopper = demo.visit("YA-STR-01")
    demo.app.queries.forget()
    before = demo.app.queries.embedded
    shopper.asks("遮阳篷能拆吗")
    shopper.asks("轮子怎么清洗")
    assert demo.app.queries.embedded - before == 2


def test_it_means_the_product_named_before(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("云羽多少钱").answers("¥459")
    shopper.asks("它有什么赠品").answers("运动袜", reason="gift_list")
    shopper.asks("多重").answers("245 g")


def test_an_elliptic_question_asks_the_last_one_of_another_product(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("云羽多少钱").answers("¥459")
    shopper.asks("轻汐呢").answers("¥399", reason="price")
    shopper.asks("那破风呢").answers("¥899", reason="price")


def test_what_about_asks_the_last_question_of_another_product_in_english(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("how much is Cloudfeather").answers("¥459", reason="price")
    shopper.asks("what about Lightide?").answers("¥399", reason="price").is_english()
    other = demo.visit()
    other.asks("how heavy is Cloudfeather").answers("245 g")
    other.asks("what about Lightide?").answers("198 g").is_english()


def test_an_elliptic_question_asks_for_the_stock_of_another_size(demo: Shop) -> None:
    shopper = demo.visit("YA-DIA-01")
    shopper.asks("L码有货吗").answers("有货", reason="stock")
    shopper.asks("那XL呢").answers("没有货", reason="stock")


@pytest.mark.parametrize(
    ("page", "first", "then", "told"),
    [
        ("YL-RUN-01", "黑色42码有货吗", "那白色呢", "没有货"),
        ("YL-SOC-01", "黑色40-44有货吗", "白色40-44呢", "有货"),
    ],
)
def test_an_elliptic_question_asks_for_the_stock_of_another_colour(
    demo: Shop, page: str, first: str, then: str, told: str
) -> None:
    shopper = demo.visit(page)
    shopper.asks(first).answers(reason="stock")
    shopper.asks(then).answers(told, reason="stock")


def test_an_elliptic_question_asks_for_the_price_of_another_option(demo: Shop) -> None:
    shopper = demo.visit("YA-BOT-01")
    shopper.asks("240ml的多少钱").answers("¥89", reason="price")
    shopper.asks("那330的呢").answers("¥99", reason="price")


def test_a_question_of_its_own_is_not_taken_for_an_elliptic_one(demo: Shop) -> None:
    shopper = demo.visit("YA-STR-01")
    shopper.asks("承重多少").answers("22 kg")
    shopper.asks("那它多重").answers("6.9 kg")


def test_a_question_of_the_shop_in_between_does_not_lose_the_product(demo: Shop) -> None:
    shopper = demo.visit("YL-HIK-01")
    shopper.asks("防水吗").answers("8000 mm")
    shopper.asks("怎么开发票").answers("180 天")
    shopper.asks("多少钱").answers("¥629", reason="price")


def test_another_page_changes_what_is_talked_about(demo: Shop) -> None:
    shopper = demo.visit("YL-HIK-01")
    shopper.asks("多少钱").answers("¥629")
    shopper.page = "YL-BAG-01"  # type: ignore[assignment]
    shopper.asks("多少钱").answers("¥329")


def test_a_product_named_on_the_page_of_another_is_the_one_meant(demo: Shop) -> None:
    demo.visit("YL-HIK-01").asks("云羽多少钱").answers("¥459", reason="price")


def test_a_list_names_products_with_their_prices(demo: Shop) -> None:
    heard = demo.visit().asks("有哪些进口水果").lists("SY-AVO-01", "SY-CHE-01", "SY-DUR-01")
    heard.holds("¥42", "¥139", "¥149")
    assert len(heard.shown) == 3, heard


def test_a_list_stands_though_names_hold_numbers(demo: Shop) -> None:
    demo.visit().asks("有哪些跑鞋").lists("YL-RUN-01", "YL-RUN-02", "YL-RUN-03").holds("¥459", "¥399", "¥899")


def test_a_list_of_t_shirts_is_a_list_and_not_a_question_back(demo: Shop) -> None:
    demo.visit().asks("有哪些T恤").lists("YL-TEE-01", "YL-TEE-02").holds("¥99", "¥119")


def test_an_ordinal_beyond_the_list_is_asked_about(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("do you have hiking shoes")
    shopper.asks("the second one, how much").asks_back()


def test_a_list_of_diapers_holds_all_three(demo: Shop) -> None:
    demo.visit().asks("有哪些纸尿裤").lists("YA-DIA-01", "YA-DIA-02", "YA-DIA-03")


def test_a_list_loses_no_line(demo: Shop) -> None:
    heard = demo.visit().asks("有哪些洗护用品")
    heard.lists().holds(*(f"{number}. " for number in range(1, len(heard.shown) + 1)))


def test_a_list_stays_a_list_after_one_of_it_was_asked_about(demo: Shop) -> None:
    shopper = demo.visit()
    third = shopper.asks("有哪些跑鞋").reply.cards[2]
    shopper.asks("第二个多少钱").answers(reason="price")
    shopper.asks("那第三个呢").answers(third.price, reason="price")


def test_whether_the_shop_has_something_is_answered_with_it(demo: Shop) -> None:
    demo.visit().asks("有没有冲锋衣").lists("YL-JKT-01").holds("¥799")


def test_a_wish_for_advice_shows_products(demo: Shop) -> None:
    demo.visit().asks("推荐一款跑鞋").holds("云羽")


def test_a_long_list_says_how_much_of_it_is_shown(demo: Shop) -> None:
    heard = demo.visit().asks("有什么水果").lists()
    assert len(heard.shown) == 5, heard
    heard.holds("这里先列5款，一共")


def test_the_second_one_is_the_second_of_the_list(demo: Shop) -> None:
    shopper = demo.visit()
    second = shopper.asks("有哪些进口水果").reply.cards[1]
    assert shopper.asks("第二个多少钱").answers(second.price, reason="price").shown == [second.product_id]


def test_the_last_one_is_the_last_of_the_list(demo: Shop) -> None:
    shopper = demo.visit()
    last = shopper.asks("有哪些进口水果").reply.cards[-1]
    assert shopper.asks("最后一个多少钱").answers(last.price, reason="price").shown == [last.product_id]


def test_a_list_keeps_to_what_fits_in_english(demo: Shop) -> None:
    heard = demo.visit().asks("Do you have running shoes for women?").lists("YL-RUN-02").is_english()
    assert heard.shown == ["YL-RUN-02"]


def test_a_category_with_one_product_leads_to_that_product(demo: Shop) -> None:
    shopper = demo.visit()
    assert shopper.asks("do you have hiking shoes").shown == ["YL-HIK-01"]
    shopper.asks("how much are they").answers("¥629", reason="price").is_english()
    shopper.asks("are they waterproof").answers("8,000 mm").is_english()


def test_two_products_are_compared_on_what_is_asked(demo: Shop) -> None:
    demo.visit().asks("云羽和轻汐哪个更重").compares("245 g", "198 g")


def test_two_products_are_compared_in_english(demo: Shop) -> None:
    demo.visit().asks("Which is heavier, Cloudfeather or Lightide?").compares("245 g", "198 g").is_english()


def test_two_products_are_compared_on_what_they_state_where_nothing_is_asked(demo: Shop) -> None:
    demo.visit().asks("compare Farridge and Warmisle").compares("¥799", "¥899")


def test_two_products_of_different_categories_are_compared_too(demo: Shop) -> None:
    demo.visit().asks("远岭冲锋衣和暖屿羽绒服价格有什么区别").compares("¥799", "¥899")


def test_a_product_of_the_page_is_compared_with_a_named_one(demo: Shop) -> None:
    demo.visit("YL-RUN-01").asks("和轻汐比哪个更重").compares("245 g", "198 g")


def test_a_comparison_goes_on_with_a_third_product(demo: Shop) -> None:
    shopper = demo.visit()
    shopper.asks("云羽和轻汐哪个更重").compares("245 g", "198 g")
    shopper.asks("和破风比呢").compares("208 g")


def test_an_ambiguous_name_is_asked_about_with_the_products_as_buttons(demo: Shop) -> None:
    demo.visit().asks("纸尿裤多少片一包").asks_back(among=("云薄", "夜安"))


def test_the_choice_made_leads_to_that_product(demo: Shop) -> None:
    shopper = demo.visit()
    button = shopper.asks("纸尿裤多少片一包").asks_back().reply.quick_replies[0]
    shopper.asks(button.text)
    shopper.asks("多少钱").answers("¥99", reason="price")


def test_the_reply_follows_the_language_of_each_message(demo: Shop) -> None:
    shopper = demo.visit("YA-STE-01")
    shopper.asks("容量多大").answers("13 L").is_simplified()
    shopper.asks("how loud is it").answers("50 dB").is_english()
    shopper.asks("額定電壓是多少").answers("220 V").is_traditional()


def test_the_script_of_the_conversation_is_kept_where_a_message_does_not_tell(demo: Shop) -> None:
    shopper = demo.visit("YL-RUN-01")
    shopper.asks("這雙鞋多少錢").is_traditional()
    shopper.asks("重量").answers("245 g").is_traditional()


def test_a_code_alone_is_answered_in_the_language_of_the_conversation(demo: Shop) -> None:
    demo.visit("YA-STE-01", language="en").asks("E1").answers("Unplug", reason="fault")
    demo.visit("YA-STE-01", language="zh").asks("E1").answers("断电", reason="fault")


@pytest.mark.parametrize("asked", ["第三个多少钱", "the second one, how much"])
def test_an_ordinal_without_a_list_names_no_product(demo: Shop, asked: str) -> None:
    heard = demo.visit().asks(asked)
    assert not heard.reply.cards, heard


def test_a_claim_of_fresh_fruit_is_followed_to_its_end(demo: Shop) -> None:
    shopper = demo.visit("SY-CHE-01")
    shopper.asks("收到坏果怎么办").answers("24 小时", "3 张照片")
    shopper.asks("赔多少").answers("10%", "50%")
    shopper.asks("要寄回去吗").answers("不用寄回")


def test_a_size_exchange_is_followed_to_its_end(demo: Shop) -> None:
    shopper = demo.visit("YA-DIA-01")
    shopper.asks("尺码随心换是什么").answers("90 天", "3 包")
    shopper.asks("怎么申请").answers("我的订单")
    shopper.asks("拆开了还能换吗").answers("不能换")
    shopper.asks("换大一码要补差价吗").answers("不用")
