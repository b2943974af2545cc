"""Messages that ask for several things, and requests that come while another waits."""

from __future__ import annotations

from assistant.domain.backend import OrderStage
from assistant.domain.procedures import Service
from tests.procedures.rain_system import BOOTS, FOLDING, RAINCOAT, file, procedures
from tests.turn.rain_talk import RainShop, Talk

NEW, UNPAID, OLD, SENT = "R2611007", "R2611005", "R2611003", "R2611001"
CANCELLED = ("order.cancel", "card.refund")


def left(talk: Talk) -> Service:
    """What is still open in a conversation."""
    return talk.conversation.focus.service


def test_what_was_asked_for_want_of_it_takes_its_place(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"把订单{NEW}的伞换成红色的，没有的话就取消这单").confirms(f"为您取消订单{NEW}")
    talk.says("确认").has_done().has_written(*CANCELLED).holds_none_of("规格")
    assert (left(talk).runs, left(talk).waiting) == ((), ())


def test_a_condition_that_ends_one_sentence_and_begins_the_next_belongs_to_the_next(rain: RainShop) -> None:
    talk = rain.visit(language="en")
    talk.says(f"Please change the umbrella in order {NEW} to red. If not, then I just want to cancel it.").confirms(
        f"I'll cancel order {NEW}"
    )
    talk.says("yes").has_done().has_written(*CANCELLED)
    assert left(talk).runs == ()


def test_who_takes_what_they_named_for_want_of_it_is_not_asked_for_the_first_again(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"订单{NEW}换规格，不行就取消订单{NEW}").asks("items")
    talk.says(f"那就取消订单{NEW}吧").confirms(f"为您取消订单{NEW}")
    talk.says("确认").has_done().has_written(*CANCELLED).holds_none_of("规格")
    assert (left(talk).runs, left(talk).waiting) == ((), ())


def test_a_threat_behind_a_request_does_not_unsay_it(rain: RainShop) -> None:
    talk = rain.visit(language="en")
    talk.says(f"If order {NEW} hasn't shipped yet, cancel it, I'll buy it somewhere else.").confirms(NEW)


def test_another_request_while_one_is_to_be_confirmed_changes_nothing_of_that(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"取消订单{NEW}").confirms(f"为您取消订单{NEW}")
    talk.says(f"等下，订单{OLD}的雨靴坏了，先帮我退货").confirms("退踏浪雨靴").has_written()
    talk.says("确认").holds(f"为您取消订单{NEW}").has_written("order.return")
    talk.says("确认").has_done().has_written("order.return", *CANCELLED)


def test_an_answer_that_tells_a_part_is_kept_and_the_rest_asked_for(rain: RainShop) -> None:
    talk = rain.visit()
    talk.system.set(NEW, lines=(FOLDING, RAINCOAT))
    talk.says(f"订单{NEW}换规格").asks("items").offers("云檐折叠伞", "行舟雨衣")
    talk.says("云檐折叠伞").asks("items").offers("米白", "墨绿")
    talk.says("要墨绿的").confirms("大号", "¥6.50")


def test_it_means_the_item_of_the_order_talked_about(rain: RainShop) -> None:
    of_any_order = file("change").replace("  - {name: order_id, kind: order, where: it.stage == 'paid'}\n", "")
    talk = rain.visit(served=procedures(change=of_any_order.replace("of: order_id", "where: it.order.stage == 'paid'")))
    talk.system.set(UNPAID, stage=OrderStage.PAID, lines=(FOLDING,))
    talk.says("把折叠伞换成墨绿的").asks("items").offers(NEW, UNPAID)
    talk.says("算了")
    talk.says(f"订单{UNPAID}到哪了")
    talk.says("把它换成墨绿的").confirms(UNPAID)


def test_what_comes_in_one_form_only_cannot_become_another(rain: RainShop) -> None:
    talk = rain.visit()
    talk.system.set(OLD, stage=OrderStage.PAID, lines=(BOOTS,))
    said = talk.says(f"把订单{OLD}的雨靴改成黑色的").has_written()
    assert said.reply.action.reason == "change.asks", str(said)


def test_what_leaves_nothing_to_change_goes_last_whatever_is_said_first(rain: RainShop) -> None:
    text = f"把订单{NEW}的伞改成墨绿的，另外订单{NEW}改地址到浙江省杭州市西湖区文三路1号"
    rain.visit().says(text).confirms("大号")
    after = file("change").replace("intents: [order.change_item]", "intents: [order.change_item]\nafter: [move]")
    talk = rain.visit(served=procedures(change=after))
    talk.says(text).confirms("文三路1号")
    talk.says("确认").holds("地址已改").confirms("大号").has_written("order.move")
    talk.says("确认").has_done().has_written("order.move", "order.change")


def test_the_order_that_the_rest_of_the_message_names_goes_before_the_one_talked_about(rain: RainShop) -> None:
    talk = rain.visit()
    talk.says(f"取消订单{UNPAID}").confirms(UNPAID)
    talk.says("先不办")
    talk.says(f"订单{NEW}的伞改成墨绿的，然后帮我改地址到浙江省杭州市西湖区文三路1号").confirms("大号")
    talk.says("确认").confirms(f"把订单{NEW}的地址")
    talk.says("确认").has_done().has_written("order.change", "order.move")
