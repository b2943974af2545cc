"""What shoppers ask of the demo shop: delivery, returns, invoices, promises, offers, service."""

from __future__ import annotations

import pytest

from tests.turn.shopper import Shop

ANSWERED = [
    # delivery
    ("什么时候发货", ("16:00",)),
    ("今天拍今天能发吗", ("16:00",)),
    ("周末发货吗", ("周六周日",)),
    ("发什么快递", ("中通",)),
    ("运费多少", ("10 元", "99 元")),
    ("多少钱包邮", ("99 元",)),
    ("寄到新疆要多少钱", ("25 元", "6-9 天")),
    ("寄北京几天到", ("2-3 天",)),
    ("几天能到？", ("1-2 天", "6-9 天")),
    ("能寄台湾吗", ("台湾", "不能")),
    ("怎么改地址", ("发货前",)),
    ("物流一直不更新怎么办", ("48 小时",)),
    ("水果能寄甘肃吗", ("暂不发",)),
    ("没按时发货赔吗", ("5%", "30 元")),
    # returns and refunds
    ("支持七天无理由退货吗", ("7 天",)),
    ("退货运费谁出", ("买家承担",)),
    ("退款多久到账", ("1-2 个工作日", "48 小时")),
    ("退款到信用卡要多久", ("3-7",)),
    ("穿过的鞋能退吗", ("没有磨损",)),
    ("吊牌剪了还能退吗", ("不能无理由退货",)),
    ("质量有问题怎么办", ("15 天",)),
    ("怎么取消订单", ("取消订单", "30 分钟")),
    # invoices
    ("怎么开发票", ("180 天", "24 小时")),
    ("能开增值税专用发票吗", ("5 个工作日",)),
    ("抬头开错了怎么办", ("30 天",)),
    # promises
    ("你们是正品吗", ("假一赔四",)),
    ("假一赔四怎么赔", ("4 倍", "90 天")),
    ("鉴定费谁出", ("500 元", "本店承担")),
    ("收到坏果怎么办", ("24 小时", "48 小时", "3 张照片")),
    ("坏果超过50%怎么赔", ("全额退款", "免费补发 1 次")),
    ("坏果要寄回去吗", ("不用寄回",)),
    ("尺码随心换是什么", ("90 天", "3 包", "店铺承担")),
    ("尺码随心换要付运费吗", ("不用",)),
    ("拆开的纸尿裤还能换码吗", ("不能换",)),
    ("一个订单最多换几包", ("3 包", "1 次")),
    # offers
    ("现在有什么活动", ("每满 300 元减 40 元", "2026-12-02")),
    ("最近有啥优惠啊亲", ("减 40 元",)),
    ("满600减多少", ("80 元",)),
    ("优惠券和满减能一起用吗", ("先算满减",)),
    ("双十一价格还有吗", ("已经结束",)),
    ("买贵了退差价吗", ("15 天",)),
    ("会员日是哪天", ("8 日", "18 日", "28 日")),
    ("积分怎么用", ("100 积分抵 1 元",)),
    # paying and service
    ("可以货到付款吗", ("不支持货到付款",)),
    ("可以用微信吗", ("微信支付",)),
    ("分期有利息吗", ("3 期免息",)),
    ("客服周末上班吗", ("10:00-20:00",)),
    ("几点下班", ("9:00-22:00",)),
    ("有实体店吗", ("没有线下门店",)),
    ("可以礼品包装吗", ("8 元",)),
    ("可以批发吗", ("95 折",)),
]


@pytest.mark.parametrize(("asked", "told"), ANSWERED, ids=[asked for asked, _ in ANSWERED])
def test_a_question_of_the_shop_is_answered_from_its_policies(demo: Shop, asked: str, told: tuple[str, ...]) -> None:
    demo.visit().asks(asked).answers(*told).is_simplified()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("運費多少", ("10 元", "99 元")),
        ("七天無理由退貨怎麼算", ("7 天",)),
        ("可以發順豐嗎", ("8 元",)),
        ("鮮果壞了怎麼賠", ("24 小時",)),
        ("怎麼開發票", ("180 天",)),
    ],
)
def test_a_question_in_traditional_script_is_answered_in_it(demo: Shop, asked: str, told: tuple[str, ...]) -> None:
    demo.visit().asks(asked).answers(*told).is_traditional()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("how much is shipping", ("¥10", "¥99")),
        ("do you ship to the US", ("mainland China only",)),
        ("can I get cash on delivery", ("online payment",)),
        ("is Double Eleven still on?", ("11 November 2026",)),
        ("who pays the return postage?", ("You do",)),
        ("how many packs can I exchange in one order?", ("3 packs",)),
        ("Can I exchange an opened pack of diapers?", ("only unopened",)),
        ("do I have to send spoiled fruit back", ("No",)),
        ("what are your service hours", ("9:00-22:00",)),
        ("do you have a physical shop", ("online only",)),
    ],
)
def test_a_question_in_english_is_answered_in_english(demo: Shop, asked: str, told: tuple[str, ...]) -> None:
    demo.visit().asks(asked).answers(*told).is_english()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("can I return worn shoes", ("If you only tried them on indoors", "no wear", "outdoors")),
        ("are your products genuine", ("Yes", "authorised distributors")),
        ("what does one fake pays four mean", ("refund what you paid", "4 times", "90 days")),
        ("can I get an invoice", ("Tick it when you pay", "180 days", "24 hours")),
        ("how long does delivery take", ("1-2 days", "4-6 days", "6-9 days")),
        ("who pays the return postage?", ("You do", "we do", "¥12")),
    ],
)
def test_an_answer_that_the_shop_has_written_is_given_with_all_its_conditions(
    demo: Shop, asked: str, told: tuple[str, ...]
) -> None:
    demo.visit().asks(asked).answers(*told).is_english()


@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("YL-RUN-01", "今天下单什么时候发货", "16:00"),
        ("YL-RUN-01", "可以退货吗", "7 天"),
        ("YL-RUN-01", "包邮吗", "99 元"),
        ("SY-CHE-01", "不好吃可以退吗", "不支持无理由退货"),
        ("SY-CHE-01", "可以寄新疆吗", "暂不发"),
        ("SY-AVO-01", "坏了要寄回去吗", "不用寄回"),
        ("YA-DIA-01", "拆开了还能换吗", "不能换"),
    ],
)
def test_a_question_of_the_shop_is_answered_on_a_products_page_too(
    demo: Shop, page: str, asked: str, told: str
) -> None:
    demo.visit(page).asks(asked).answers(told)
