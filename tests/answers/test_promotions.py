from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.promotion_terms import Reduction, Terms
from assistant.answers.promotions import Promotions, Wanted
from assistant.answers.reckoning import Order, Promotion, applied
from assistant.answers.texts import Texts
from assistant.answers.verification.replies import faults
from assistant.answers.voice import Voice
from assistant.domain.commerce import Fact, FactGroup, Money, Product
from assistant.domain.reply import Reply
from assistant.domain.understanding import Language, Script
from assistant.nlu.quantities import Quantities
from tests import shop

TODAY = date(2026, 11, 22)
QUANTITIES = Quantities()


def offer(name: str, text: str, begins: str = "2026-11-15", ends: str = "2026-11-30", *, own: bool = False) -> Fact:
    stated = shop.fact("KT-17" if own else None, shop.text(name), shop.text(f"{text}（{begins} 至 {ends}）"))
    group = FactGroup.PROMOTION
    return replace(stated, group=group, begins=date.fromisoformat(begins), ends=date.fromisoformat(ends))


def priced(amount: str, *own: Fact) -> Product:
    item = replace(shop.kettle(), price=Money(Decimal(amount), "CNY"), skus=())
    return replace(item, facts=tuple(fact for fact in item.facts if fact.group is FactGroup.ATTRIBUTE) + own)


def asked(product: Product, *of_shop: Fact, pieces: int = 1, day: date | None = None) -> Reply | None:
    voice = Voice(Texts.load(), shop.store(), Language("zh", Script.SIMPLIFIED), TODAY)
    return Promotions(voice, product, "这款", QUANTITIES, of_shop).reckoned(Wanted(product.skus, pieces, day))


def said(product: Product, *of_shop: Fact, pieces: int = 1, day: date | None = None) -> str:
    reply = asked(product, *of_shop, pieces=pieces, day=day)
    assert reply is not None
    assert faults(reply, said=str(pieces)) == []
    return reply.text


def test_a_sum_off_a_sum_leaves_the_rest() -> None:
    assert "到手¥459" in said(priced("499"), offer("节", "全店满300减40"))


def test_each_multiple_counts_up_to_the_limit() -> None:
    festival = offer("节", "全店每满300元减40元，每单最多减100元")
    assert "减¥80，到手¥819" in said(priced("899"), festival)
    assert "减¥100，到手¥1,199" in said(priced("1299"), festival)


@pytest.mark.parametrize(
    ("text", "pieces", "left"),
    [
        ("全场9折", 1, "¥359.10"),
        ("全场85折", 1, "¥339.15"),
        ("第2件半价", 2, "¥598.50"),
        ("2件及以上，每件减20元", 3, "¥1,137"),
        ("任选2件，总价减60元", 2, "¥738"),
    ],
)
def test_shares_and_pieces_are_reckoned_to_the_cent(text: str, pieces: int, left: str) -> None:
    assert f"到手{left}。" in said(priced("399"), offer("节", text), pieces=pieces)


def test_a_sum_that_is_not_reached_takes_nothing_off() -> None:
    text = said(priced("199"), offer("节", "全店满300减40"))
    assert "到手" not in text
    assert "满300减40" in text


def test_too_few_pieces_take_nothing_off_but_are_told() -> None:
    text = said(priced("199"), offer("节", "第2件半价"))
    assert "到手" not in text
    assert "第2件半价" in text


def test_promotions_that_say_so_are_combined_and_the_coupon_comes_last() -> None:
    coupon = offer("节日券", "全店满399减20的优惠券，可以和满减叠加")
    text = said(priced("499"), coupon, offer("节", "全店满300减40"))
    assert text.index("到手¥459") < text.index("到手¥439")
    assert "一共便宜¥60" in text


def test_a_coupon_has_to_be_reached_after_what_comes_before_it() -> None:
    coupon = offer("节日券", "全店满399减20的优惠券，可以和满减叠加")
    text = said(priced("419"), coupon, offer("节", "全店满300减40"))
    assert "到手¥379" in text
    assert "¥359" not in text


def test_promotions_of_which_nothing_is_said_are_reckoned_each_by_itself() -> None:
    text = said(priced("499", offer("周", "减30元", own=True)), offer("节", "全店满300减40"))
    assert "到手¥459" in text
    assert "到手¥469" in text
    assert "¥429" not in text


def test_a_promotion_that_is_over_or_to_come_is_not_applied() -> None:
    later = offer("年货节", "全店满300减60", "2027-01-10", "2027-01-25")
    over = offer("双十一", "全店满200减50", "2026-11-01", "2026-11-11")
    text = said(priced("499"), later, over)
    assert "到手" not in text
    assert "从2027-01-10开始" in text
    assert "双十一" not in text


def test_a_feast_that_is_over_is_said_to_be_over() -> None:
    over = offer("双十一", "全店满200减50", "2026-11-01", "2026-11-11")
    text = said(priced("499"), over, day=date(2027, 11, 11))
    assert "在2026-11-11已经结束了" in text
    assert "到手" not in text


def test_what_needs_another_product_is_told_and_not_taken_off() -> None:
    text = said(priced("499", offer("搭配", "与茶杯同单立减40元", own=True)))
    assert "到手" not in text
    assert "与茶杯同单立减40元" in text


def test_a_promotion_for_other_goods_is_not_taken_off() -> None:
    assert "到手" not in said(priced("499"), offer("鞋", "跑鞋满300减40"))


def test_a_product_that_is_left_out_of_promotions_gets_none_of_the_shop_s() -> None:
    out = shop.fact("KT-17", shop.text("活动说明"), shop.text("本品不参加满减"))
    assert asked(priced("499", out), offer("节", "全店满300减40")) is None


def test_without_promotions_there_is_nothing_to_reckon() -> None:
    assert asked(priced("499")) is None


@given(
    st.decimals(min_value="0.01", max_value=99999, places=2),
    st.integers(1, 20),
    st.sampled_from(Reduction),
    st.decimals(min_value=1, max_value=100, places=1),
    st.one_of(st.none(), st.integers(1, 2000).map(Decimal)),
    st.booleans(),
)
def test_what_is_left_is_never_more_than_the_sum_nor_less_than_nothing(
    price: Decimal,
    pieces: int,
    reduction: Reduction,
    number: Decimal,
    spend: Decimal | None,
    every: bool,
) -> None:
    if reduction is Reduction.TENTHS_PAID:
        number /= 10
    order = Order(price, pieces)
    terms = Terms(reduction, number, spend=spend, every=every)
    step = applied(Promotion(offer("节", "x"), terms), order, order.total)
    if step is not None:
        assert Decimal(0) < step.left <= order.total
        assert step.off + step.left == order.total
