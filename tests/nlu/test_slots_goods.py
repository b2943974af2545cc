import pytest

from tests.nlu.conftest import Read, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要2台", ["2"]),
        ("来两双42码的", ["2"]),
        ("来一双", ["1"]),
        ("下单1个", ["1"]),
        ("要3个，不是2个", ["3", "2"]),
        ("x2", ["2"]),
        ("a pair of socks", ["1"]),
        ("two pairs", ["2"]),
        ("I'd like to buy three desk lamps", ["3"]),
        ("qty: 2", ["2"]),
        ("第二个多少钱", []),
        ("这两件一样吗", []),
        ("两个订单都没到", []),
        ("三个颜色有什么区别", []),
        ("有一个问题", []),
        ("2个月了", []),
        ("24片/包的", []),
        ("买了一台", []),
        ("I want a refund", []),
        ("I need 5 minutes", []),
        ("18 x 7", []),
    ],
)
def test_quantities_are_those_of_goods(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "quantity") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000块以内", ["..1000"]),
        ("500以上的有吗", ["500.."]),
        ("300到500元的", ["300..500"]),
        ("两千左右", ["~2000"]),
        ("预算3000", ["3000"]),
        ("不超过两千", ["..2000"]),
        ("1500到2000之间", ["1500..2000"]),
        ("¥1,299.00", ["1299"]),
        ("under $40", ["..40"]),
        ("between $30 and $50", ["30..50"]),
        ("200 bucks or £30", ["200", "30"]),
        ("my budget is 500", ["500"]),
        ("里面有一块玻璃", []),
        ("不超过3", []),
    ],
)
def test_money_keeps_what_bounds_it(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "money") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有42.5码吗", ["42.5"]),
        ("拿三件XL，一件M", ["XL", "M"]),
        ("要黑色L码", ["L"]),
        ("酒红色xxl", ["XXL"]),
        ("175/92A还有吗", ["175/92A"]),
        ("均码还是大码", ["均码", "L"]),
        ("穿28号的裤子", ["28"]),
        ("鞋码38", ["38"]),
        ("black shoes in a uk 5", ["UK 5"]),
        ("US size 8", ["US 8"]),
        ("size medium", ["M"]),
        ("do you have it in L?", ["L"]),
        ("in a medium", ["M"]),
        ("我用小号领券", []),
        ("密码1234", []),
        ("条码690123", []),
        ("a large pizza oven", []),
        ("different sizes", []),
        ("size 5*6 feet", []),
        ("I'm in the US", []),
        ("80l的", []),
    ],
)
def test_sizes_are_read(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "size") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黑色的有吗", ["black"]),
        ("那红的呢", ["red"]),
        ("深灰色和浅灰", ["dark grey", "light grey"]),
        ("换成天蓝", ["blue"]),
        ("藏青色", ["navy"]),
        ("light grey or dark green", ["light grey", "dark green"]),
        ("in cream please", ["beige"]),
        ("我明白的", []),
        ("领红包", []),
        ("面粉的保质期", []),
        ("红茶多少钱", []),
        ("ice cream maker", []),
        ("black friday deals", []),
        ("green tea", []),
    ],
)
def test_colours_have_one_name_in_all_languages(read: Read, text: str, expected: list[str]) -> None:
    assert values(read(text), "colour") == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("用支付宝付", "payment_method", ["alipay"]),
        ("礼品卡不够的话用微信支付", "payment_method", ["gift_card", "wechat_pay"]),
        ("refund to my amex credit card", "payment_method", ["credit_card"]),
        ("原路退回吧", "payment_method", ["original"]),
        ("付款方式换成微信", "payment_method", ["wechat_pay"]),
        ("加我微信吧", "payment_method", []),
        ("能不能用花呗", "reason", []),
        ("put it on my GC", "payment_method", ["gift_card"]),
        ("约个上门维修", "service_type", ["repair"]),
        ("I'd like to book installation", "service_type", ["installation"]),
        ("拍错了想退", "reason", ["ordered_by_mistake"]),
        ("it's no longer needed", "reason", ["no_longer_needed"]),
        ("别家更便宜，退了吧", "reason", ["price"]),
        ("等不及了", "reason", ["too_late"]),
        ("鞋子顶脚", "reason", ["size"]),
        ("it arrived broken", "reason", ["quality"]),
        ("发错货了", "reason", ["wrong_item"]),
        ("多少钱", "reason", []),
    ],
)
def test_choices_have_one_name_in_all_languages(read: Read, text: str, name: str, expected: list[str]) -> None:
    assert values(read(text), name) == expected
