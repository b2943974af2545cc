"""A running assistant does what a shopper has confirmed, and tells what a human has approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.bootstrap import Application, application
from assistant.domain.backend import OrderId, OrderStage, ShopperRef
from assistant.domain.conversation import Conversation, Owner, Shopper
from assistant.domain.effects import EffectState, OutcomeState
from assistant.domain.events import HandoffRequested, Noted, OwnerChanged, Replied
from assistant.domain.explanation import Asked
from assistant.domain.ids import ShopperId, StoreId
from assistant.settings import Settings
from tests.conformance.examples import a_message
from tests.connectors.files.kettle_shop import LIN, PAID, write_kettle_shop
from tests.small_shop import write_small_shop

STORE = StoreId("rain")
CANCEL = """\
procedure: cancel
title: {zh: 取消订单, en: cancel an order}
intents: [order.cancel]
slots:
  - {name: order_id, kind: order, where: "it.stage in ['unpaid', 'paid']"}
rules:
  - name: not_sent_yet
    holds: "order.stage in ['unpaid', 'paid']"
    say: {zh: "订单{{ order.id }}{{ order.state }}，不能取消了。", en: "Order {{ order.id }} is {{ order.state }}."}
confirm: {zh: "取消订单{{ order.id }}，{{ order.total | money }}退回礼品卡。", en: "I'll cancel order {{ order.id }}."}
steps:
  - {name: cancel, call: cancel_order, with: {order_id: order.id}}
  - {name: refund, call: refund_to_card, with: {amount: order.total}}
done: {zh: "订单{{ order.id }}已取消。", en: "Order {{ order.id }} is cancelled."}
"""


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    folder = write_small_shop(tmp_path / "shop")
    with (folder / "store.yaml").open("a", encoding="utf-8") as settings:
        settings.write("system: {connector: files}\n")
    write_kettle_shop(folder / "system")
    (folder / "procedures").mkdir()
    (folder / "procedures" / "cancel.yaml").write_text(CANCEL, encoding="utf-8")
    async with application(Settings(data_dir=tmp_path / "data")) as app:
        await app.import_store(str(folder), STORE)
        yield app


@pytest.fixture
async def lin(app: Application) -> Conversation:
    return await app.log.open(STORE, Shopper(ShopperId(f"user:{LIN}"), identified=True), "zh", greeting=None)


async def say(app: Application, conversation: Conversation, *texts: str) -> Replied:
    for text in texts:
        await app.log.receive(conversation.id, a_message(f"m-{text}", text))
        await app.dispatcher.answer_now(conversation.id)
    return await last(app, conversation)


async def last(app: Application, conversation: Conversation) -> Replied:
    events = await app.log.events(conversation.id)
    return [event.payload for event in events if isinstance(event.payload, Replied)][-1]


async def stage(app: Application, conversation: Conversation) -> OrderStage:
    backend = await app.backends.of(conversation)
    assert backend is not None
    return (await backend.order(ShopperRef(LIN), OrderId(PAID))).stage


async def test_a_request_is_done_after_the_yes_and_goes_on_once_a_human_has_approved(
    app: Application, lin: Conversation
) -> None:
    await say(app, lin, f"帮我取消订单{PAID}")
    assert await stage(app, lin) is OrderStage.PAID
    waits = await say(app, lin, "确认")
    assert waits.reply.action.reason == "cancel.waits"
    assert await stage(app, lin) is OrderStage.CANCELLED
    [refund] = await app.effects.awaiting(STORE)
    assert (refund.state, refund.plan.yes.said, refund.plan.rules) == (
        EffectState.APPROVING,
        "确认",
        ("not_sent_yet",),
    )
    assert refund.plan.yes.shown.startswith(f"取消订单{PAID}")
    outcome = await app.effects.decide(STORE, refund.id, approve=True, by="mei")
    assert outcome.state is OutcomeState.DONE
    assert (await last(app, lin)).reply.action.reason == "cancel.done"
    assert [effect.state.value for effect in await app.effects.audit(STORE)] == ["done", "done"]


async def test_what_is_denied_after_something_was_done_is_handed_to_a_human(
    app: Application, lin: Conversation
) -> None:
    await say(app, lin, f"帮我取消订单{PAID}", "确认")
    [refund] = await app.effects.awaiting(STORE)
    outcome = await app.effects.decide(STORE, refund.id, approve=False, by="mei", reason="退款另走对公")
    assert outcome.state is OutcomeState.PARTLY
    events = [event.payload for event in await app.log.events(lin.id)]
    assert isinstance(events[-2], Replied)
    assert isinstance(events[-1], HandoffRequested)


async def test_people_who_have_taken_over_are_told_instead_of_the_shopper(app: Application, lin: Conversation) -> None:
    await say(app, lin, f"帮我取消订单{PAID}", "确认")
    epoch = (await app.log.get(lin.id)).epoch
    await app.log.append(lin.id, OwnerChanged(Owner.AGENT, epoch + 1))
    [refund] = await app.effects.awaiting(STORE)
    await app.effects.decide(STORE, refund.id, approve=True, by="mei")
    assert isinstance((await app.log.events(lin.id))[-1].payload, Noted)


async def test_a_yes_whose_turn_was_overtaken_is_told_of_and_not_done_again(
    app: Application, lin: Conversation
) -> None:
    """The reply to the yes is lost, and the shopper has changed their mind: what was done was done."""
    await say(app, lin, f"帮我取消订单{PAID}")
    await app.log.receive(lin.id, a_message("m-yes", "确认"))
    conversation, messages = await app.log.unanswered(lin.id)
    from assistant.turn import pipeline

    store = await app.stores.get(STORE)
    request = pipeline.coalesced(conversation, store, messages, [])
    await pipeline.run(request, await app.tuned.of(store))
    told = await say(app, lin, "等等，先不要取消")
    assert told.reply.action.reason == "cancel.waits"
    assert len(await app.effects.audit(STORE)) == 2


async def test_an_explanation_does_nothing_in_the_system(app: Application, lin: Conversation) -> None:
    await app.rehearsal.explain(Asked(STORE, f"帮我取消订单{PAID}"))
    assert await stage(app, lin) is OrderStage.PAID
    assert not await app.effects.audit(STORE)
