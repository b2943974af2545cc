"""Numbers that name something: which they are is told by the words beside them, and else by their look."""

import pytest

from tests.nlu.conftest import Read, values

_NUMBERS = ("order_id", "order_tail", "product_id", "id", "phone", "phone_tail", "card_tail", "tracking_number")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("订单号：240915-882913771，帮我看看", ["240915-882913771"]),
        ("订单908172635441到哪了", ["908172635441"]),
        ("我的单号是 so2026031800017", ["SO2026031800017"]),
        ("訂單號 TW20260318001 什麼時候到", ["TW20260318001"]),
        ("把订单700012345601、700012345602和700012345603都取消", ["700012345601", "700012345602", "700012345603"]),
        ("where is #K4418203?", ["#K4418203"]),
        ("my order K4418203 never arrived", ["K4418203"]),
        ("two orders, #8821 and #8822", ["#8821", "#8822"]),
        ("order number is 240915-88291", ["240915-88291"]),
        ("cancel order A10293 please", ["A10293"]),
        ("refund for 3398?", ["3398"]),
        ("my order ORD-77812 hasn't shipped", ["ORD-77812"]),
        ("订单3012 3345 6678", ["301233456678"]),
        ("订单3天没动静", []),
        ("order 10-12 of them", []),
        ("can I order 5000 pieces", []),
        ("part #41A4166 fits?", []),
        ("we are #1", []),
    ],
)
def test_order_ids_are_read(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "order_id") == expected


@pytest.mark.parametrize(
    ("text", "name", "digits"),
    [
        ("尾号9036那单", "order_tail", "9036"),
        ("订单尾号0938", "order_tail", "0938"),
        ("后四位是 7720", "order_tail", "7720"),
        ("the order ending in 4402", "order_tail", "4402"),
        ("手机尾号8812的那个", "phone_tail", "8812"),
        ("手机号后四位1234", "phone_tail", "1234"),
        ("收货电话换一下，订单尾号9036", "order_tail", "9036"),
        ("my card ending in 4242", "card_tail", "4242"),
    ],
)
def test_the_end_of_a_number_says_of_what(read: Read, text: str, name: str, digits: str) -> None:
    assert [(slot.name, slot.value) for slot in read(text)] == [(name, digits)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13358582121，谢谢", ["13358582121"]),
        ("138 1234 5678", ["13812345678"]),
        ("联系电话：021-62345678转8012", ["02162345678"]),
        ("打400-812-3456没人接", ["4008123456"]),
        ("+86 133 5858 2121", ["13358582121"]),
        ("call me at (415) 555-2671", ["4155552671"]),
        ("+44 20 7946 0958 is my number", ["+442079460958"]),
        ("我手机换了，现在是10080895600", ["10080895600"]),
        ("phone 07911 123456", ["07911123456"]),
        ("10080895600", []),
        ("我加你微信13800138000", []),
        ("密码12345678", []),
        ("1299.00", []),
    ],
)
def test_phones_are_read(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "phone") == expected


def test_an_order_beside_a_phone_is_not_taken_for_one(read: Read) -> None:
    slots = read("订单509182736450，电话18612349876")
    assert [(slot.name, slot.value) for slot in slots] == [("order_id", "509182736450"), ("phone", "18612349876")]


def test_a_phone_after_the_word_order_stays_a_phone(read: Read) -> None:
    assert [(slot.name, slot.value) for slot in read("查一下我的订单 13800138000")] == [("phone", "13800138000")]


def test_an_order_number_that_looks_like_a_phone_is_an_order_where_it_is_called_one(read: Read) -> None:
    assert values(read("订单号13800138000"), "order_id", "phone") == ["13800138000"]
    assert values(read("订单号13800138000"), "phone") == []


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("商品ID 700134148594 怎么装", "product_id", "700134148594"),
        ("商品ID700134148594", "product_id", "700134148594"),
        ("货号 A8-2031 还有吗", "product_id", "A8-2031"),
        ("item no 99120", "product_id", "99120"),
        ("快递单号SF1234567890123到哪了", "tracking_number", "SF1234567890123"),
        ("运单号 773412345678901 一直不动", "tracking_number", "773412345678901"),
        ("tracking number 1Z999AA10123456784", "tracking_number", "1Z999AA10123456784"),
        ("之前买的700191942156", "id", "700191942156"),
        ("700191942156那单我不要了", "id", "700191942156"),
    ],
)
def test_other_numbers_are_what_they_are_called(read: Read, text: str, name: str, value: str) -> None:
    assert [(slot.name, slot.value) for slot in read(text) if slot.name in _NUMBERS] == [(name, value)]


@pytest.mark.parametrize(
    "text",
    [
        "这款100W够吗",
        "5000元的电视",
        "iPhone15 Pro 256G多少钱",
        "粉丝100万",
        "version 2.0.1",
        "I waited 26 days",
        "房间302",
    ],
)
def test_amounts_and_models_name_nothing(read: Read, text: str) -> None:
    assert values(read(text), *_NUMBERS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "之前拍的 https://item.example.com/700140212122.html?x=ehi-lL 坏了",
            [("product_link", "https://item.example.com/700140212122.html?x=ehi-lL"), ("product_id", "700140212122")],
        ),
        (
            "https://shop.example.com/products/blue-lamp，有货吗",
            [("product_link", "https://shop.example.com/products/blue-lamp"), ("product_id", "blue-lamp")],
        ),
        (
            "www.example.com/item?skuId=88123&from=a",
            [("product_link", "www.example.com/item?skuId=88123&from=a"), ("product_id", "88123")],
        ),
        ("看图 https://img.example.com/a/1.jpg!q70", [("image_link", "https://img.example.com/a/1.jpg!q70")]),
        ("see https://cdn.example.com/a.png?x=1.", [("image_link", "https://cdn.example.com/a.png?x=1")]),
        ("mail me: Foo.Bar+x@Example.co.uk", [("email", "foo.bar+x@example.co.uk")]),
        ("邮箱是lin@example.org谢谢", [("email", "lin@example.org")]),
        ("http://[", []),
    ],
)
def test_links_are_read_with_the_product_in_them(read: Read, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(slot.name, slot.value) for slot in read(text) if slot.name != "reason"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("显示E04是啥情况", ["E04"]),
        ("F021", ["F021"]),
        ("老报e4 重启三回了", ["E4"]),
        ("一直跳F-12", ["F-12"]),
        ("显示 Err5", ["ERR5"]),
        ("H3是什么意思", ["H3"]),
        ("出现E1 E2交替闪", ["E1", "E2"]),
        ("错误代码52", ["52"]),
        ("the dishwasher displays E24", ["E24"]),
        ("the washer shows code 4E", ["4E"]),
        ("E27灯泡能用吗", []),
        ("V2和V3差在哪", []),
        ("a uk 5 please", []),
        ("显示3天后到", []),
    ],
)
def test_fault_codes_are_told_from_models(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "fault_code") == expected
