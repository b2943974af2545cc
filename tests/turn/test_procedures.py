"""Conversations in which something is to be done: asked for, chosen, confirmed, done; put off, left, come back to."""

from __future__ import annotations

import pytest

from assistant.domain.folding import is_traditional
from tests.procedures.rain_system import file, procedures
from tests.turn.rain_talk import RainShop

NEW, UNPAID, OLD, SENT, TOMS = "R2611007", "R2611005", "R2611003", "R2611001", "R2600900"


def test_a_request_is_asked_about_chosen_confirmed_and_done(rain: RainShop) -> None:
    talk = rain.visit()
    asked = talk.says("我要取消订单").asks("order_id").offers(NEW, UNPAID)
    assert SENT not in " ".join(button.label for button in asked.reply.quick_replies)
    talk.says(asked.reply.quick_replies[0].text).confirms("为您取消订单", "¥").has_written()
    talk.says("确认").has_done("已取消").has_written("order.cancel", "card.refund")


def test_a_choice_may_be_made_in_words(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says("我要取消订单").asks("order_id")
    talk.says("还没付款的那个").confirms(UNPAID, "¥327")
    talk.says("先不办").has_written()


def test_several_requests_in_one_message_are_seen_to_in_order(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"取消订单{NEW}，另外帮我给订单{OLD}开发票").confirms(NEW)
    talk.says("确认").asks("title", f"订单{NEW}已取消").has_written("order.cancel", "card.refund")
    talk.says("苏州听雨科技有限公司").confirms(OLD, "苏州听雨科技有限公司", "mei@example.org")
    talk.says("好的").has_done().has_written("order.cancel", "card.refund", "order.invoice")


def test_a_question_in_between_is_answered_and_the_matter_resumed(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"取消订单{NEW}").confirms(NEW)
    between = talk.says("折叠伞可以带上飞机吗？").holds("随身带", f"为您取消订单{NEW}").has_written()
    assert between.reply.expects is not None
    talk.says("确认").has_done().has_written("order.cancel", "card.refund")


def test_a_second_matter_goes_on_top_and_the_first_comes_back(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"订单{OLD}要开发票").asks("title")
    talk.says(f"等下，先帮我取消订单{NEW}").confirms(NEW)
    talk.says("确认").holds("已取消", "发票抬头")
    talk.says("个人").confirms("抬头个人")


def test_it_means_the_order_served_before(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"订单{SENT}到哪了").holds("苏州转运中心")
    talk.says("帮我取消这单").refuses(SENT, "已发货").has_written()


def test_what_cannot_be_done_is_refused_with_a_reason_and_a_way_on(rain: RainShop) -> None:
    rain.visit().says(f"取消订单{OLD}").refuses(OLD, "已签收").offers("退货")


def test_a_wish_is_passed_on_to_the_procedure_that_serves_it(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"订单{NEW}我要退货").confirms("还没签收", f"为您取消订单{NEW}")
    talk.says("可以").has_done().has_written("order.cancel", "card.refund")


def test_a_no_a_but_and_a_question_do_nothing(rain: RainShop) -> None:
    for answer in ("先不办", "好的，不过等我问下家人", "确认吗？", "取消了多久退款？"):
        talk = rain.visit()
        talk.says(f"取消订单{NEW}").confirms()
        talk.says(answer).has_written()


@pytest.mark.parametrize(
    "text",
    [
        *("你们上次乱取消我的订单，气死我了", "取消订单要扣钱吗？", "如果我取消订单会怎么样", "我不想取消订单，就问问"),
        *("what happens if I cancel my order?", "my order was cancelled last week, terrible service"),
    ],
)
def test_complaints_questions_and_suppositions_are_never_confirmed_into_effects(rain: RainShop, text: str) -> None:
    talk = rain.visit(language="zh")
    said = talk.says(text).has_written()
    assert not said.reply.action.reason.endswith(".confirms"), str(said)


def test_who_is_not_signed_in_says_who_they_are(rain: RainShop) -> None:
    talk = rain.visit(None)
    talk.says(f"取消订单{NEW}").asks("identity", "邮箱")
    talk.says("mei@example.org").confirms(NEW)
    talk.says("确认").has_done().has_written("order.cancel", "card.refund")


def test_who_says_so_with_the_request_is_not_asked(rain: RainShop) -> None:
    rain.visit(None).says(f"帮我取消订单{NEW}，我的邮箱是mei@example.org").confirms(NEW)


def test_a_stranger_is_asked_again_and_at_last_handed_over(rain: RainShop) -> None:
    talk = rain.visit(None)
    talk.says(f"取消订单{NEW}").asks("identity")
    for _ in range(2):
        talk.says("nobody@example.org").asks("identity", "没有找到")
    talk.says("nobody@example.com").hands_over("policy_restriction").has_written()


def test_the_session_and_not_the_text_says_who_it_is(rain: RainShop) -> None:
    talk = rain.visit("tom")
    talk.says(f"我是沈梅，mei@example.org，取消订单{NEW}").holds_none_of("¥79")
    talk.says(NEW).asks("order_id", f"没有找到{NEW}")
    talk.says("确认").has_written()


def test_another_shoppers_order_cannot_be_told_from_none(rain: RainShop) -> None:
    answers = {rain.visit().says(f"取消订单{number}").text.replace(number, "X") for number in (TOMS, "R9999999")}
    assert len(answers) == 1


def test_replies_keep_to_their_evidence(rain: RainShop) -> None:
    talk = rain.visit()
    for text in (f"订单{OLD}雨靴坏了要退货", "确认", f"订单{SENT}到哪了", "礼品卡余额", f"取消订单{UNPAID}"):
        talk.says(text)
        assert "unsupported" not in talk.turns[-1].trace.notes, text
    talk.says("确认").has_written("order.return", "order.cancel", "card.refund")


def test_english_is_answered_in_english(rain: RainShop) -> None:
    talk = rain.visit(language="en")
    talk.says(f"I want to cancel order {NEW}").confirms(f"I'll cancel order {NEW}", "Shall I go ahead?")
    talk.says("yes please").has_done("is cancelled").has_written("order.cancel", "card.refund")


def test_traditional_chinese_is_answered_in_kind(rain: RainShop) -> None:
    talk = rain.visit()
    shown = talk.says(f"請幫我取消訂單{NEW}").confirms()
    assert is_traditional(shown.text), str(shown)
    done = talk.says("確認").has_written("order.cancel", "card.refund")
    assert is_traditional(done.text), str(done)


def test_a_system_that_does_not_answer_is_said_so_and_a_human_is_asked(rain: RainShop) -> None:
    talk = rain.visit()
    talk.system.down = True
    talk.says(f"取消订单{NEW}").hands_over("tool_failure").holds("系统", "没有改动")
    talk.system.down = False
    talk.says("折叠伞可以带上飞机吗？").answers("随身带")


def test_a_system_that_fails_between_question_and_yes_does_nothing(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"取消订单{NEW}").confirms()
    talk.system.down = True
    talk.says("确认").hands_over("tool_failure").has_written()


def test_who_cannot_be_looked_up_is_handed_over(rain: RainShop) -> None:
    talk = rain.visit(None)
    talk.says(f"取消订单{NEW}").asks("identity")
    talk.system.down = True
    talk.says("mei@example.org").hands_over("tool_failure").has_written()


@pytest.mark.parametrize(
    ("part", "broken"),
    [
        ("holds: order.stage in ['unpaid', 'paid']", "holds: order.fields.flag == 1"),
        ("（{{ order.items }}）", "{{ order.fields.note }}"),
        ("with: {order_id: order.id}", "with: {order_id: order.fields.number}"),
    ],
)
def test_a_procedure_that_fails_does_nothing_and_asks_a_human(rain: RainShop, part: str, broken: str) -> None:
    text = file("cancel").replace(part, broken)
    assert broken in text
    talk = rain.visit(served=procedures(cancel=text))
    answer = talk.says(f"取消订单{NEW}")
    if answer.reply.action.reason.endswith(".confirms"):
        answer = talk.says("确认")
    answer.hands_over("tool_failure").has_written().holds("没有改动").holds_none_of("fields", "{{", "order.")
    assert talk.conversation.focus.service.run is None
