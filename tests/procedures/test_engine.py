"""The course of a procedure: what is asked, refused, shown and done, and on which yes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.domain.backend import OrderStage, Risk
from assistant.domain.effects import Outcome, OutcomeState
from assistant.domain.procedures import Stage
from assistant.domain.reply import HandoffReason
from assistant.procedures.expressions import EvaluationFailed, MissingValue
from assistant.procedures.progress import Way
from assistant.procedures.wording import WordingFailed
from tests.procedures.rain_system import MEI, RainSystem, cny, file, procedures
from tests.procedures.window import Window, said

NEW, UNPAID, OLD, SENT, TOMS = "R2611007", "R2611005", "R2611003", "R2611001", "R2600900"


async def test_a_request_is_confirmed_before_anything_is_done() -> None:
    window = Window()
    shown = await window.asks("cancel", f"取消订单{NEW}")
    assert shown.way is Way.CONFIRMS
    assert f"为您取消订单{NEW}（云檐折叠伞），¥79退回银行卡尾号4417。" in shown.texts
    assert not window.effects.plans
    done = await window.says("确认")
    assert (done.way, done.run, said(done)) == (Way.DONE, None, f"订单{NEW}已取消。")
    assert [write.operation for write in window.system.writes] == ["order.cancel", "card.refund"]


async def test_a_plan_holds_the_arguments_the_rules_and_the_recorded_yes() -> None:
    window = Window()
    shown = await window.asks("cancel", f"取消订单{NEW}")
    await window.says("好的，确认")
    [plan] = window.effects.plans
    assert (plan.shopper, plan.procedure, plan.version) == (MEI, "cancel", window.procedures["cancel"].version)
    assert (plan.yes.seq, plan.yes.said, plan.yes.shown) == (4, "好的，确认", shown.texts[0])
    assert plan.rules == ("not_sent_yet",)
    assert any(NEW in each and each.startswith("order:") for each in plan.evidence)
    cancelled, refunded = plan.calls
    assert (cancelled.operation, cancelled.risk, cancelled.arguments) == (
        "order.cancel",
        Risk.WRITE,
        {"order_id": NEW},
    )
    assert refunded.arguments == {"card": "card-1"}
    assert refunded.later == {"amount": "results.cancelled.owed"}
    assert refunded.when == "results.cancelled.owed > 0"


async def test_a_no_ends_it_and_nothing_is_done() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    dropped = await window.says("先不办")
    assert (dropped.way, dropped.run) == (Way.DROPPED, None)
    assert not window.effects.plans


@pytest.mark.parametrize("answer", ["好的，不过先等等", "确认吗？", "可以的话再便宜点", "取消后多久到账？", "唔"])
async def test_what_is_not_plainly_a_yes_does_nothing(answer: str) -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    await window.heard(answer)
    assert not window.effects.plans


async def test_a_rule_refuses_before_anything_more_is_asked_for() -> None:
    window = Window()
    refused = await window.asks("move", f"订单{SENT}改地址")
    assert (refused.way, refused.slot, refused.run) == (Way.REFUSED, "", None)
    assert said(refused) == f"订单{SENT}已发货，改不了地址了。"


async def test_a_rule_offers_what_can_be_done_instead() -> None:
    refused = await Window().asks("cancel", f"取消订单{OLD}")
    assert (refused.way, list(refused.suggest)) == (Way.REFUSED, ["return"])


async def test_a_rule_passes_the_wish_on_with_what_is_known() -> None:
    passed = await Window().asks("return", f"订单{NEW}退货")
    assert (passed.way, passed.instead) == (Way.REFUSED, "cancel")
    assert passed.values["order_id"] == [NEW]


async def test_a_rule_hands_over_for_its_reason() -> None:
    handed = await Window().asks("invoice", f"订单{UNPAID}开发票")
    assert (handed.way, handed.handoff) == (Way.FAILED, HandoffReason.POLICY_RESTRICTION)


async def test_of_many_orders_those_allowed_are_done_and_the_others_told() -> None:
    window = Window()
    shown = await window.asks("cancel", f"订单{NEW}、{UNPAID}和{SENT}都取消")
    assert shown.way is Way.CONFIRMS
    assert f"订单{SENT}已发货，不能取消了。" in shown.texts
    assert sum("为您取消订单" in each for each in shown.texts) == 2
    done = await window.says("确认")
    assert {str(write.arguments.get("order_id")) for write in window.system.writes} - {"None"} == {NEW, UNPAID}
    names = [call.name for call in window.effects.plans[0].calls]
    assert set(names) == {f"{step}:{number}" for step in ("cancelled", "refunded") for number in (NEW, UNPAID)}
    assert [name.partition(":")[0] for name in names] == ["cancelled", "refunded"] * 2
    assert f"订单{NEW}已取消。" in done.texts
    assert f"订单{UNPAID}已取消。" in done.texts


async def test_a_condition_that_records_tell_is_met_or_stops_it() -> None:
    window = Window()
    assert (await window.asks("cancel", f"订单{NEW}如果还没发货就取消")).way is Way.CONFIRMS
    stopped = await window.asks("cancel", f"订单{NEW}如果已经发货就取消")
    assert (stopped.way, stopped.run) == (Way.REFUSED, None)
    assert "已经发货" in said(stopped)


async def test_a_condition_that_no_record_tells_is_put_to_the_shopper() -> None:
    window = Window()
    shown = await window.asks("cancel", f"如果我邻居也不要就取消订单{NEW}")
    assert shown.way is Way.CONFIRMS
    assert "邻居" in said(shown)


async def test_a_yes_to_what_has_changed_since_is_asked_again() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    window.system.set(NEW, total=cny(70))
    again = await window.says("确认")
    assert again.way is Way.CONFIRMS
    assert "¥70" in said(again)
    assert not window.effects.plans
    assert (await window.says("确认")).way is Way.DONE


async def test_a_yes_to_what_is_not_allowed_any_more_does_nothing() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    window.system.set(NEW, stage=OrderStage.SENT, state="已发货")
    refused = await window.says("确认")
    assert refused.way is Way.REFUSED
    assert not window.effects.plans


async def test_a_correction_during_the_confirmation_is_shown_anew() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    corrected = await window.says(f"不是这单，是{UNPAID}")
    assert corrected.way is Way.CONFIRMS
    assert UNPAID in said(corrected)
    assert NEW not in said(corrected)


async def test_a_shopper_may_give_up_whatever_is_asked() -> None:
    window = Window()
    asked = await window.asks("invoice", f"订单{NEW}开发票")
    assert (asked.way, asked.slot) == (Way.ASKS, "title")
    assert (await window.says("算了不办了")).way is Way.DROPPED


async def test_after_three_times_of_asking_a_human_is_asked() -> None:
    window = Window()
    await window.asks("invoice", f"订单{NEW}开发票")
    assert (await window.asked_again()).way is Way.ASKS
    assert (await window.asked_again()).way is Way.ASKS
    stuck = await window.asked_again()
    assert (stuck.way, stuck.handoff) == (Way.FAILED, HandoffReason.REPEATED_FAILURE)


async def test_a_confirmation_is_repeated_as_often_as_it_takes() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    for _ in range(5):
        assert (await window.asked_again()).way is Way.CONFIRMS


async def test_what_only_reads_is_told_at_once() -> None:
    window = Window()
    told = await window.asks("track", f"订单{SENT}到哪了")
    assert (told.way, said(told)) == (Way.DONE, f"订单{SENT}已发货，已到达苏州转运中心。")
    assert not window.effects.plans


async def test_amounts_are_sent_as_they_are_shown() -> None:
    window = Window()
    shown = await window.asks("return", f"订单{OLD}的雨靴坏了要退货")
    assert "¥158.21" in said(shown)  # 159 × 0.995 = 158.205
    await window.says("确认")
    assert window.effects.plans[0].calls[0].arguments["amount"] == Decimal("158.21")


async def test_an_option_that_changes_unasked_stands_in_the_confirmation() -> None:
    window = Window()
    shown = await window.asks("change", f"订单{NEW}换成大号的")
    assert shown.way is Way.CONFIRMS
    assert "颜色" in said(shown)
    assert "藏青" in said(shown)
    assert "墨绿" in said(shown)
    assert "¥6.50" in said(shown)


async def test_another_shoppers_order_is_not_found() -> None:
    window = Window()
    asked = await window.asks("cancel", f"取消订单{TOMS}")
    assert (asked.way, asked.slot) == (Way.ASKS, "order_id")
    assert TOMS not in str(asked.choices)


@pytest.mark.parametrize(
    ("state", "way", "handoff"),
    [
        (OutcomeState.APPROVING, Way.WAITS, None),
        (OutcomeState.UNAVAILABLE, Way.WAITS, None),
        (OutcomeState.REFUSED, Way.FAILED, None),
        (OutcomeState.PARTLY, Way.FAILED, HandoffReason.TOOL_FAILURE),
        (OutcomeState.UNKNOWN, Way.FAILED, HandoffReason.TOOL_FAILURE),
    ],
)
async def test_what_became_of_it_is_told(state: OutcomeState, way: Way, handoff: HandoffReason | None) -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    assert window.run is not None
    window.effects.outcomes[window.run.id] = Outcome(state)
    ended = await window.says("确认")
    assert (ended.way, ended.handoff, ended.run) == (way, handoff, None)
    assert "{" not in said(ended)


async def test_a_run_that_was_carried_out_before_a_crash_is_told_not_judged_anew() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    before = window.run
    await window.says("确认")
    window.run = before  # the reply was lost with the process
    told = await window.says("确认")
    assert (told.way, said(told)) == (Way.DONE, f"订单{NEW}已取消。")
    assert len(window.system.writes) == 2


async def test_a_run_that_acts_or_waits_for_approval_hears_nothing() -> None:
    window = Window()
    await window.asks("cancel", f"取消订单{NEW}")
    assert window.run is not None
    window.run = replace(window.run, stage=Stage.APPROVING)
    assert await window.heard("确认") is None


async def test_what_has_no_value_is_an_error_that_names_the_expression() -> None:
    broken = file("cancel").replace("order.stage in ['unpaid', 'paid']\n    say", "order.fields.flag == 1\n    say")
    window = Window(procedures(cancel=broken))
    with pytest.raises(MissingValue) as failed:
        await window.asks("cancel", f"取消订单{NEW}")
    assert failed.value.expression == "order.fields.flag == 1"
    assert isinstance(failed.value, EvaluationFailed)


async def test_a_confirmation_with_a_hole_is_not_shown() -> None:
    broken = file("cancel").replace("（{{ order.items }}）", "{{ order.fields.note }}")
    with pytest.raises(WordingFailed):
        await Window(procedures(cancel=broken)).asks("cancel", f"取消订单{NEW}")


async def test_what_was_done_is_told_also_where_its_text_cannot_be() -> None:
    window = Window(
        procedures(cancel=file("cancel").replace("{{ results.cancelled.state }}", "{{ results.cancelled.when }}"))
    )
    await window.asks("cancel", f"取消订单{NEW}")
    done = await window.says("确认")
    assert done.way is Way.DONE
    assert "取消订单" in said(done)
    assert window.system.writes


async def test_a_rule_over_an_order_that_nobody_named_is_judged_by_null() -> None:
    optional = file("move").replace("{name: order_id, kind: order,", "{name: order_id, kind: order, optional: true,")
    nullable = optional.replace("holds: order.stage in", "holds: order == null || order.stage in")
    for text, problem in ((optional, MissingValue), (nullable, None)):
        plain = text.replace("order_id: order.id, ", "order_id: \"'-'\", ")
        for hole in ("订单{{ order.id }}的", " order {{ order.id }}"):
            plain = plain.replace(hole, "")
        window = Window(procedures(move=plain), RainSystem(records={}))
        if problem is not None:
            with pytest.raises(problem):
                await window.asks("move", "改地址，浙江省杭州市西湖区文三路1号")
        else:
            assert (await window.asks("move", "改地址，浙江省杭州市西湖区文三路1号")).way is Way.CONFIRMS


async def test_english_is_served_in_english() -> None:
    window = Window(tag="en")
    shown = await window.asks("cancel", f"please cancel order {NEW}")
    assert f"I'll cancel order {NEW}; ¥79 goes back to" in said(shown)
    assert (await window.says("yes please")).way is Way.DONE
