"""What shoppers ask on a product's page, of the demo store."""

from __future__ import annotations

import pytest

from tests.turn.shopper import Shop

RUNNING_SHOE = "YL-RUN-01"


@pytest.mark.parametrize("asked", ["多少钱", "这双什么价", "价格是多少呀", "怎么卖"])
def test_the_price_comes_with_the_day_it_was_read(demo: Shop, asked: str) -> None:
    demo.visit(RUNNING_SHOE).asks(asked).answers("¥459", "2026-11-20", reason="price").is_simplified()


def test_a_price_is_told_in_english_to_who_asks_in_english(demo: Shop) -> None:
    demo.visit(RUNNING_SHOE).asks("How much is it?").answers("¥459", "2026-11-20", reason="price").is_english()


def test_a_price_is_told_in_traditional_script_to_who_writes_it(demo: Shop) -> None:
    demo.visit(RUNNING_SHOE).asks("這雙鞋多少錢").answers("¥459", reason="price").is_traditional()


def test_a_price_that_differs_by_option_is_told_as_a_range(demo: Shop) -> None:
    demo.visit("SY-LYC-01").asks("多少钱").answers("¥88", "¥138", reason="price")


def test_the_price_of_an_option_is_its_own(demo: Shop) -> None:
    demo.visit("YA-BOT-01").asks("240ml的多少钱").answers("¥89", reason="price").holds_none_of("¥79", "¥99")


def test_the_price_of_an_option_is_found_by_either_of_its_names(demo: Shop) -> None:
    demo.visit("SY-DUR-01").asks("猫山王多少钱").answers("¥329", reason="price").holds_none_of("¥149")


def test_the_price_of_an_option_is_found_by_its_weight_in_any_unit(demo: Shop) -> None:
    demo.visit("SY-CHE-01").asks("JJ级2.5公斤的多少钱").answers("¥389", reason="price").holds_none_of("¥139", "¥169")


def test_a_product_is_called_by_its_name_not_by_its_whole_title(demo: Shop) -> None:
    demo.visit().asks("云羽多少钱").answers("云羽", "¥459").holds_none_of("…", "2026秋冬新款")


def test_a_price_reply_shows_the_product_with_its_picture(demo: Shop) -> None:
    heard = demo.visit(RUNNING_SHOE).asks("多少钱")
    (card,) = heard.reply.cards
    assert (card.product_id, card.price) == (RUNNING_SHOE, "¥459")
    assert card.image


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YL-SOC-01", "黑色40-44有货吗", "暂时没有货"),
        ("YL-SOC-01", "白色40-44有货吗", "有货"),
        ("YA-DIA-01", "L码有货吗", "有货"),
        ("YA-DIA-01", "XL码有货吗", "没有货"),
        ("SY-LYC-01", "有货吗", "没有货"),
        (RUNNING_SHOE, "有黑色42码吗", "有货"),
        (RUNNING_SHOE, "白色42码有货吗", "没有货"),
        ("YL-LEG-01", "豆沙色M码有吗", "没有货"),
    ],
)
def test_stock_is_told_of_the_option_asked_for(demo: Shop, page: str, asked: str, told: str) -> None:
    demo.visit(page).asks(asked).answers(told, "2026-11-20", reason="stock")


@pytest.mark.parametrize(("colour", "told"), [("pink", "out of stock"), ("blue", "in stock")])
def test_stock_is_told_in_english_of_the_option_asked_for(demo: Shop, colour: str, told: str) -> None:
    demo.visit("YL-BOT-01").asks(f"is the {colour} one in stock").answers(told, reason="stock").is_english()


def test_stock_is_told_of_a_colour_and_a_size_in_english(demo: Shop) -> None:
    demo.visit(RUNNING_SHOE).asks("Do you have it in black, size 42?").answers("is in stock", "42", reason="stock")


def test_stock_is_told_of_an_option_of_a_product_that_is_named(demo: Shop) -> None:
    demo.visit().asks("云羽42码黑色有货吗").answers("有货", reason="stock")


def test_stock_is_told_in_traditional_script(demo: Shop) -> None:
    demo.visit(RUNNING_SHOE).asks("有白色43碼嗎").answers("有貨", reason="stock").is_traditional()


def test_what_colours_there_are_is_asked_of_the_product_of_the_page(demo: Shop) -> None:
    demo.visit(RUNNING_SHOE).asks("有什么颜色").answers("黑色", "雾蓝", "白色")


@pytest.mark.parametrize(
    ("page", "asked", "fact"),
    [
        (RUNNING_SHOE, "多重", "245 g"),
        (RUNNING_SHOE, "产地是哪里", "福建晋江"),
        (RUNNING_SHOE, "可以机洗吗", "不可机洗"),
        (RUNNING_SHOE, "什么时候上市的", "2026 年 8 月"),
        (RUNNING_SHOE, "鞋面是什么材质", "工程网布"),
        (RUNNING_SHOE, "后跟多厚", "34 mm"),
        ("YL-HIK-01", "防水吗", "8000 mm"),
        ("YL-HIK-01", "防滑吗", "防滑"),
        ("YL-JKT-01", "防水吗", "10000 mm"),
        ("YL-DWN-01", "充绒量多少", "180 g"),
        ("YL-DWN-01", "蓬松度是多少", "700"),
        ("YL-BAG-01", "多重", "980 g"),
        ("YL-MAT-01", "厚度多少", "6 mm"),
        ("YA-STE-01", "容量多大", "13 L"),
        ("YA-STE-01", "消毒要多久", "10 分钟"),
        ("YA-PUM-01", "静音吗，多少分贝", "45 dB"),
        ("YA-STR-01", "承重多少", "22 kg"),
        ("YA-STR-01", "折叠尺寸是多少", "54 × 44 × 24 cm"),
        ("YA-CAR-01", "怎么安装", "ISOFIX"),
        ("YA-BOT-01", "怎么消毒", "水煮"),
        ("SY-CHE-01", "甜吗", "16-18 °Brix"),
        ("SY-CHE-01", "怎么保存", "0-2 °C"),
        ("SY-AVO-01", "待熟的要放几天", "4-6 天"),
    ],
)
def test_an_attribute_is_answered_by_its_fact(demo: Shop, page: str, asked: str, fact: str) -> None:
    demo.visit(page).asks(asked).answers(fact)


@pytest.mark.parametrize(
    ("page", "period"),
    [("YA-STE-01", "12 个月"), ("YA-THM-01", "24 个月"), ("YL-DWN-01", "60 天"), ("YL-HIK-01", "180 天")],
)
def test_the_warranty_of_a_product_is_its_own(demo: Shop, page: str, period: str) -> None:
    demo.visit(page).asks("保修多久").answers(period).holds_none_of("童鞋")


def test_the_warranty_of_a_product_is_its_own_in_english(demo: Shop) -> None:
    demo.visit("YA-STR-01").asks("what's the warranty").answers("24 months").is_english()


def test_the_warranty_of_a_product_that_is_named_is_its_own(demo: Shop) -> None:
    demo.visit().asks("冲锋衣保修多久").answers("60 天").holds_none_of("跑鞋")


@pytest.mark.parametrize(
    ("page", "asked", "fact"),
    [
        (RUNNING_SHOE, "how heavy is it", "245 g"),
        (RUNNING_SHOE, "Where is it made?", "Jinjiang, Fujian"),
        (RUNNING_SHOE, "what colours does it come in", "mist blue"),
        ("YL-HIK-01", "is it waterproof", "8,000 mm"),
        ("YA-PUM-01", "how loud is it", "45 dB"),
        ("YA-STR-01", "how heavy is it", "6.9 kg"),
        ("YA-STR-01", "what does it weigh", "6.9 kg"),
        ("YA-STR-01", "does it come with a rain cover", "rain cover"),
    ],
)
def test_an_attribute_is_answered_in_english(demo: Shop, page: str, asked: str, fact: str) -> None:
    demo.visit(page).asks(asked).answers(fact).is_english()


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YA-STE-01", "E1是什么故障", ("缺水", "80 ml")),
        ("YA-STE-01", "E2", ("传感器", "5 分钟")),
        ("YA-PUM-01", "E2是什么意思", ("漏气", "鸭嘴阀")),
        ("YA-PUM-01", "What does E1 mean?", ("Battery too warm", "30 minutes")),
        ("YA-PUM-01", "屏幕上出现e1怎么办", ("电池", "30 分钟")),
    ],
)
def test_a_fault_code_means_what_it_means_on_this_product(
    demo: Shop, page: str, asked: str, told: tuple[str, ...]
) -> None:
    demo.visit(page).asks(asked).answers(*told, reason="fault")


@pytest.mark.parametrize("asked", ["显示E9怎么办", "E9是什么故障", "error code E7"])
def test_a_code_that_the_product_does_not_list_is_not_explained(demo: Shop, asked: str) -> None:
    demo.visit("YA-STE-01").asks(asked).admits_not_knowing()


@pytest.mark.parametrize(
    ("page", "asked", "gift"),
    [
        (RUNNING_SHOE, "有什么赠品", "运动袜 1 双"),
        ("YA-PUM-01", "送什么", "储奶袋 30 只"),
        ("YL-JKT-01", "有赠品吗", "收纳袋 1 个"),
        ("YA-STR-01", "what gifts do I get", "1 rain cover"),
        (RUNNING_SHOE, "any free gifts?", "1 pair of sports socks"),
    ],
)
def test_gifts_are_listed_from_facts(demo: Shop, page: str, asked: str, gift: str) -> None:
    demo.visit(page).asks(asked).answers(gift, reason="gift_list")


def test_a_promotion_is_told_with_its_dates(demo: Shop) -> None:
    demo.visit("YA-DIA-01").asks("有什么活动").answers("60 元", "2026-11-20", "2026-11-30", reason="promotion_list")


def test_a_product_without_an_offer_has_the_shops(demo: Shop) -> None:
    demo.visit("YA-BAT-01").asks("现在有什么活动").answers("每满 300 元减 40 元")


def test_an_offer_that_is_over_is_not_told(demo: Shop) -> None:
    demo.visit("YA-WIP-01").asks("有什么活动").holds_none_of("双 11", "2026-11-18")


def test_a_product_without_gifts_is_said_to_have_none_written(demo: Shop) -> None:
    demo.visit("YL-RUN-02").asks("有什么赠品").admits_not_knowing().holds("赠品")


def test_the_size_chart_is_read_out_row_by_row(demo: Shop) -> None:
    heard = demo.visit("YA-DIA-01").asks("尺码表发我看看").answers("6-11 kg", "9-14 kg", reason="size_list")
    assert len(heard.reply.parts) == 6, heard


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YA-DIA-01", "7公斤的宝宝穿什么码", "6-11 kg"),
        ("YA-DIA-01", "Which size for a 7 kg baby?", "6-11 kg"),
        ("YL-KID-01", "小朋友脚18厘米穿几码", "28 码"),
        ("YA-SLP-01", "室温20度穿哪个", "2.5 TOG"),
        ("YL-LEG-01", "身高165体重55公斤穿什么码", "M"),
        ("YA-SHO-01", "宝宝脚 12.6 厘米穿几码", "21 码"),
    ],
)
def test_a_size_question_that_the_shop_has_answered_is_answered(demo: Shop, page: str, asked: str, told: str) -> None:
    demo.visit(page).asks(asked).answers(told)


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        (RUNNING_SHOE, "能打篮球吗", "不建议"),
        (RUNNING_SHOE, "Is it good for basketball?", "Better not"),
        ("YL-BOT-01", "能装开水吗", "96 度"),
        ("YL-BAG-01", "可以带上飞机吗", "52 x 30 x 20"),
        ("YA-CAR-01", "没有isofix能装吗", "不能"),
        ("YA-THM-01", "准吗", "0.2 °C"),
        ("YA-THM-01", "显示Lo怎么办", "34.0 °C"),
        ("YA-STE-01", "怎么除水垢", "白醋"),
        ("YA-BOT-01", "多久换奶嘴", "2-3 个月"),
        ("YA-TEE-01", "牙胶可以冷冻吗", "不能"),
        ("SY-CHE-01", "JJ和JJJ有什么区别", "30-32 mm"),
        ("SY-DUR-01", "肉少了赔吗", "28%"),
        ("SY-KIW-01", "怎么催熟", "3-5 天"),
        ("SY-POM-01", "吃降压药能吃柚子吗", "咨询医生"),
        ("YL-KID-01", "童鞋要买大多少", "10 毫米"),
    ],
)
def test_a_question_that_the_shop_has_answered_is_answered_that_way(
    demo: Shop, page: str, asked: str, told: str
) -> None:
    demo.visit(page).asks(asked).answers(told)


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("YA-STE-01", "支持米家吗"),
        ("YA-STE-01", "支持蓝牙吗"),
        (RUNNING_SHOE, "防水吗"),
        (RUNNING_SHOE, "有粉色的吗"),
        ("YL-DWN-01", "有大红色吗"),
        (RUNNING_SHOE, "Does it support wireless charging?"),
        (RUNNING_SHOE, "is it waterproof"),
        ("SY-APP-01", "是转基因的吗"),
        ("YA-STR-01", "能上高铁免票吗"),
        ("YL-BAG-01", "有没有GPS定位"),
    ],
)
def test_what_the_data_does_not_say_is_not_said(demo: Shop, page: str, asked: str) -> None:
    demo.visit(page).asks(asked).admits_not_knowing()


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ("云羽多少钱", "¥459"),
        ("RS-260多少钱", "¥459"),
        ("YL-RUN-02多少钱", "¥399"),
        ("暖屿羽绒服充绒量多少", "180 g"),
        ("儿童安全座椅多少钱", "¥1,699"),
        ("奶瓶有哪些容量", "330 ml"),
        ("how much is the stroller", "¥899"),
        ("how heavy is the Packhaul", "980 g"),
        ("Is the Ridgewalk waterproof?", "8,000 mm"),
    ],
)
def test_a_product_is_found_by_name_model_or_id_where_no_page_tells(demo: Shop, asked: str, fact: str) -> None:
    demo.visit().asks(asked).answers(fact)
