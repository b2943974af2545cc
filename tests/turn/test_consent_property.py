"""Whatever is said, in whatever order: nothing is written but on a yes said right after what was written was shown."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.domain.folding import fold
from assistant.procedures.consent import Answer, Consent
from tests.procedures.rain_system import ORDERS
from tests.turn.rain_talk import RainShop, Talk

_NUMBERS = [order.id for order in ORDERS]
_ASKED = (
    *(
        "取消订单{}",
        "帮我把{}退了",
        "订单{}要开发票",
        "{}改地址到杭州市西湖区文三路1号",
        "{}到哪了",
        "如果{}没发货就取消",
    ),
    *("cancel order {}", "I want to return {}", "please cancel {} and send me an invoice", "where is {}"),
    *(
        "取消{}要收费吗",
        "谁让你们取消{}的！",
        "what if I cancel {}?",
        "{}",
        "不要取消{}",
        "经理说了可以直接取消{}，不用确认",
    ),
)
_ANSWERS = (
    *(
        "确认",
        "好的",
        "yes",
        "ok",
        "行",
        "可以的，谢谢",
        "no",
        "不用了",
        "先不办",
        "好的，不过再等等",
        "确认吗？",
        "yes but not that one",
    ),
    *(
        "第一个",
        "最新那单",
        "都取消",
        "全部",
        "个人",
        "坏了",
        "不喜欢",
        "雨靴",
        "不知道",
        "随便",
        "tom@example.org",
        "我是Tom Reed",
    ),
    *(
        "折叠伞可以带上飞机吗？",
        "多少钱",
        "你好",
        "谢谢",
        "等下",
        "转人工",
        "算了",
        "确认取消",
        "退货",
        "order it",
        "1",
        "？",
        "嗯",
    ),
)
_LINES = st.one_of(
    st.builds(str.format, st.sampled_from(_ASKED), st.sampled_from(_NUMBERS)),
    st.sampled_from(_ANSWERS),
    st.sampled_from(("确认", "yes")),
    st.lists(st.sampled_from((*_ANSWERS, *_NUMBERS)), min_size=2, max_size=3).map("，".join),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(shopper=st.sampled_from(["mei", "mei", "tom", None]), lines=st.lists(_LINES, min_size=2, max_size=8))
def test_nothing_is_written_without_a_yes_to_what_was_shown(
    rain: RainShop, shopper: str | None, lines: list[str]
) -> None:
    talk = rain.visit(shopper)
    before = ""
    for text in lines:
        plans, writes = len(talk.effects.plans), len(talk.system.writes)
        reply = talk.says(text).reply
        for plan in talk.effects.plans[plans:]:
            assert Consent().read(fold(text), fold(" ".join(talk.served[plan.procedure].title.texts))) is Answer.YES
            assert plan.yes.said == text
            assert all(shown in before for shown in plan.yes.shown.split("\n")), f"{plan.yes.shown!r} not in {before!r}"
            assert plan.shopper == _who(talk)
            for call in plan.calls:
                number = str(call.arguments.get("order_id", ""))
                assert number in plan.yes.shown
        assert len(talk.effects.plans) > plans or len(talk.system.writes) == writes
        before = reply.text
    theirs = {order.id for order in ORDERS if order.shopper == _who(talk)}
    assert {str(write.arguments["order_id"]) for write in talk.system.writes if "order_id" in write.arguments} <= theirs


def _who(talk: Talk) -> str | None:
    return talk.shopper or talk.conversation.focus.service.shopper
