"""Waiting for a human: who is asked, who comes, and what shoppers are told, over real storage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.domain.conversation import Owner
from assistant.domain.desk import PresenceState, Service, TicketState
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.events import AgentTyping, HandoffRequested, OwnerChanged, QueueMoved
from assistant.domain.hours import Hours
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import GroupName, SkillGroup
from assistant.domain.text import LocalText
from tests.conformance.examples import STORE, a_store
from tests.desk.world import MEI, OTHER, TOM, DeskWorld, desk_world, with_desk


async def test_a_shopper_who_asks_is_in_the_queue_and_an_agent_is_asked(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    assert await world.owner(conversation_id) is Owner.QUEUE
    assert await world.offered() == {conversation_id: MEI}


async def test_who_takes_it_speaks_and_the_shopper_is_told_by_whom(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    case = await world.desks.serving.take(world.at(conversation_id), MEI)
    assert (case.standing.owner, case.standing.agent) == (Owner.AGENT, MEI)
    assert (await world.told(conversation_id))[-1] == "Mei 已接入，接下来由 Mei 为您服务。"
    again = await world.desks.serving.take(world.at(conversation_id), MEI)
    assert again.standing == case.standing


async def test_words_are_in_the_language_and_script_of_the_shopper(world: DeskWorld) -> None:
    await world.come()
    for language, text in (("en", "Mei has joined"), ("zh-Hant", "接下來由 Mei 為您服務")):
        conversation_id = await world.ask(language)
        await world.desks.serving.take(world.at(conversation_id), MEI)
        assert text in (await world.told(conversation_id))[-1]


async def test_of_two_agents_who_take_it_at_once_the_second_learns_of_the_first(world: DeskWorld) -> None:
    await world.come()
    await world.come(TOM)
    conversation_id = await world.ask()
    epoch = (await world.log.get(conversation_id)).epoch
    await world.desks.serving.take(world.at(conversation_id, epoch), MEI)
    with pytest.raises(Conflict) as caught:
        await world.desks.serving.take(world.at(conversation_id, epoch), TOM)
    assert caught.value.data["agent"] == MEI


async def test_any_word_of_a_human_takes_over_from_the_bot(world: DeskWorld) -> None:
    await world.come()
    conversation = await world.open(text="多少钱")
    await world.desks.serving.say(world.at(conversation.id), MEI, "我来看看", key="k-1")
    again = await world.desks.serving.say(world.at(conversation.id), MEI, "我来看看", key="k-1")
    assert await world.owner(conversation.id) is Owner.AGENT
    assert [type(event.payload).__name__ for event in await world.log.events(conversation.id)] == [
        *("MessageReceived", "OwnerChanged", "AgentSaid")
    ]
    assert again.seq == 3
    assert world.bot.silenced_in[0] == conversation.id


async def test_an_agent_does_not_speak_in_another_s_conversation_unless_they_take_it_over(world: DeskWorld) -> None:
    await world.come()
    await world.come(TOM)
    conversation_id = await world.ask()
    await world.desks.serving.take(world.at(conversation_id), MEI)
    with pytest.raises(Conflict):
        await world.desks.serving.say(world.at(conversation_id), TOM, "我也在")
    await world.desks.serving.say(world.at(conversation_id), TOM, "我接着来", take_over=True)
    assert (await world.book.standing(conversation_id))[1].agent == TOM  # type: ignore[union-attr]


async def test_what_is_not_taken_in_time_goes_to_the_next_and_who_misses_twice_is_away(world: DeskWorld) -> None:
    await world.come()
    await world.come(TOM)
    conversation_id = await world.ask()
    assert await world.offered() == {conversation_id: MEI}
    world.clock.advance(46)
    await world.mind()
    assert await world.offered() == {conversation_id: TOM}
    await world.desks.serving.take(world.at(conversation_id), TOM)
    await world.ask()
    world.clock.advance(46)
    await world.desks.serving.seen(STORE, MEI)
    await world.mind()
    assert (await world.book.agent(STORE, MEI)).state is PresenceState.AWAY


async def test_what_an_agent_declines_is_offered_to_another(world: DeskWorld) -> None:
    await world.come()
    await world.come(TOM)
    conversation_id = await world.ask()
    await world.desks.serving.decline(world.at(conversation_id), MEI)
    assert await world.offered() == {conversation_id: TOM}
    assert (await world.book.agent(STORE, MEI)).missed == 0


async def test_those_who_wait_learn_where_they_stand(world: DeskWorld) -> None:
    await world.come(capacity=1)
    first, second, third = [await world.ask() for _ in range(3)]
    assert await world.place(third) == QueueMoved(2, None)
    async with world.live.listen(third) as heard:
        await world.desks.serving.take(world.at(first), MEI)
        signals = [await anext(heard)]
        await world.desks.queue.leave(second)
        signals.append(await anext(heard))
    assert signals == [QueueMoved(1, None), QueueMoved(0, None)]
    assert await world.place(first) is None


async def test_the_waiting_time_is_told_once_there_is_something_to_tell_it_from(world: DeskWorld) -> None:
    await world.come(capacity=9)
    for _ in range(3):
        conversation_id = await world.ask()
        world.clock.advance(100)
        await world.desks.serving.take(world.at(conversation_id), MEI)
    assert (await world.outlook(await world.open())).minutes == 2


async def test_the_urgent_are_served_before_others(world: DeskWorld) -> None:
    await world.come(capacity=1, state=PresenceState.AWAY)
    await world.come(TOM, groups=(GroupName("other"),))
    calm = await world.open()
    await world.log.change(calm.id, (OwnerChanged(Owner.QUEUE, 2, "asked", group="everybody"),), expected_epoch=1)
    hurt = await world.open()
    asked = HandoffRequested(HandoffReason.SAFETY_INJURY)
    change = OwnerChanged(Owner.QUEUE, 2, "asked", group="everybody")
    await world.log.change(hurt.id, (asked, change), expected_epoch=1)
    await world.desks.serving.set_state(STORE, MEI, PresenceState.ONLINE)
    assert await world.offered() == {hurt.id: MEI}


async def test_a_shopper_may_leave_the_queue_in_words(world: DeskWorld) -> None:
    await world.come()
    for text in ("算了不等了", "不用人工了", "Never mind, the bot is fine"):
        conversation_id = await world.ask()
        await world.write(conversation_id, text)
        await world.desks.queue.heard(*await world.log.unanswered(conversation_id))
        assert await world.owner(conversation_id) is Owner.BOT
        assert conversation_id not in await world.log.awaiting_reply(), "there is nothing left to answer"
        assert "不再排队" in (await world.told(conversation_id))[-1]


async def test_what_was_asked_while_waiting_is_answered_by_the_bot_after_leaving(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    await world.write(conversation_id, "还有红色的吗")
    await world.desks.queue.leave(conversation_id)
    assert conversation_id in await world.log.awaiting_reply()
    assert world.bot.notified[-1] == conversation_id


async def test_who_writes_something_else_stays_in_the_queue(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    for text in ("我等着呢", "在吗", "快一点"):
        await world.write(conversation_id, text)
        await world.desks.queue.heard(*await world.log.unanswered(conversation_id))
    assert await world.owner(conversation_id) is Owner.QUEUE


async def test_an_agent_hands_back_and_the_bot_answers_what_nobody_has(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    await world.desks.serving.say(world.at(conversation_id), MEI, "查好了")
    await world.write(conversation_id, "那多少钱")
    await world.desks.serving.hand_back(world.at(conversation_id), MEI)
    assert await world.owner(conversation_id) is Owner.BOT
    assert conversation_id in await world.log.awaiting_reply()
    assert "小果" in (await world.told(conversation_id))[-1]
    await world.desks.serving.hand_back(world.at(conversation_id), MEI)


async def test_an_agent_passes_on_to_another_and_to_a_group(tmp_path: Path) -> None:
    groups = (
        SkillGroup(GroupName("orders"), LocalText.of({"zh": "订单组", "en": "Orders"})),
        SkillGroup(GroupName("all"), LocalText.of({"zh": "客服", "en": "Everybody"})),
    )
    store = with_desk(replace(a_store(), hours=Hours()), groups=groups)
    async with desk_world(tmp_path, store) as world:
        await world.come(groups=(GroupName("orders"),))
        await world.come(TOM, groups=(GroupName("all"),))
        conversation_id = await world.ask()
        serving = world.desks.serving
        await serving.take(world.at(conversation_id), MEI)
        with pytest.raises(Conflict):
            await serving.pass_to_agent(world.at(conversation_id), TOM, MEI, "")
        await serving.pass_to_agent(world.at(conversation_id), MEI, TOM, "退款的事")
        assert (await world.book.standing(conversation_id))[1].agent == TOM  # type: ignore[union-attr]
        await serving.pass_to_group(world.at(conversation_id), TOM, GroupName("orders"), "")
        assert await world.owner(conversation_id) is Owner.QUEUE
        assert await world.offered() == {conversation_id: MEI}
        assert (await world.told(conversation_id))[-2:] == ["已为您转给 Tom，请稍等。", "正在为您转到订单组，请稍等。"]


async def test_who_closes_it_says_why_and_a_human_may_open_it_again(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    await world.desks.serving.take(world.at(conversation_id), MEI)
    await world.desks.serving.close(world.at(conversation_id), MEI, "solved")
    await world.desks.serving.close(world.at(conversation_id), MEI, "solved")
    assert await world.owner(conversation_id) is Owner.CLOSED
    [handoff] = await world.book.of_conversation(conversation_id)
    assert (handoff.end, handoff.closed_for) == ("closed", "solved")
    with pytest.raises(Conflict):
        await world.write(conversation_id)
    await world.desks.serving.say(world.at(conversation_id), MEI, "补充一句")
    assert await world.owner(conversation_id) is Owner.AGENT


async def test_what_an_agent_who_is_gone_left_is_given_to_others_if_the_shopper_waits(world: DeskWorld) -> None:
    await world.come()
    await world.come(TOM)
    waits, silent = await world.ask(), await world.ask()
    for conversation_id in (waits, silent):
        await world.desks.serving.take(world.at(conversation_id), MEI)
        await world.desks.serving.say(world.at(conversation_id), MEI, "稍等")
    await world.write(waits, "还在吗")
    world.clock.advance(301)
    await world.desks.serving.seen(STORE, TOM)
    await world.mind()
    assert await world.owner(waits) is Owner.QUEUE
    assert await world.offered() == {waits: TOM}
    assert await world.owner(silent) is Owner.AGENT
    assert "其他同事" in (await world.told(waits))[-1]


async def test_where_nobody_is_there_a_ticket_keeps_the_matter(world: DeskWorld) -> None:
    conversation = await world.open()
    outlook = await world.outlook(conversation)
    assert outlook.service is Service.NOBODY
    conversation_id = await world.ask()
    assert await world.owner(conversation_id) is Owner.BOT
    [ticket] = await world.book.tickets(STORE, TicketState.OPEN)
    assert (ticket.conversation_id, ticket.message) == (conversation_id, "转人工")
    assert (await world.log.get(conversation_id)).focus.ticket == ticket.id


async def test_outside_of_the_hours_a_ticket_is_all_there_is(tmp_path: Path) -> None:
    store = with_desk(replace(a_store(), hours=Hours(weekly=((0, "13:00", "18:00"),))))
    async with desk_world(tmp_path, store) as world:
        await world.come()
        assert (await world.outlook(await world.open())).service is Service.CLOSED
        world.clock.advance(3600)
        await world.desks.serving.seen(STORE, MEI)
        assert (await world.outlook(await world.open())).service is Service.QUEUE


async def test_waiting_in_vain_ends_with_a_ticket_and_the_bot(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask(reason=HandoffReason.COMPLAINT_ESCALATION)
    await world.desks.serving.set_state(STORE, MEI, PresenceState.OFFLINE)
    world.clock.advance(61)
    await world.mind()
    assert await world.owner(conversation_id) is Owner.BOT
    [ticket] = await world.book.tickets(STORE, None)
    assert ticket.reason is HandoffReason.COMPLAINT_ESCALATION
    text = (await world.told(conversation_id))[-1]
    assert "1 个工作日内" in text
    assert "邮箱" in text


async def test_a_second_request_adds_to_the_ticket_that_is_open(world: DeskWorld) -> None:
    conversation_id = await world.ask()
    conversation = await world.log.get(conversation_id)
    outlook = await world.outlook(conversation)
    await world.write(conversation_id, "再找下人工")
    await world.log.change(conversation_id, outlook.also, expected_epoch=conversation.epoch)
    [ticket] = await world.book.tickets(STORE, None)
    assert ticket.message == "转人工\n转人工"


async def test_a_contact_or_message_comes_with_the_ticket_or_opens_one(world: DeskWorld) -> None:
    conversation_id = await world.ask()
    ticket_id = await world.desks.queue.leave_contact(conversation_id, "anne@orchard.example", "发票")
    ticket = await world.book.ticket(STORE, ticket_id)
    assert (ticket.contact, ticket.message) == ("anne@orchard.example", "转人工\n发票")
    calm = await world.open()
    other = await world.desks.queue.leave_contact(calm.id, "", "想问问批发")
    assert other != ticket_id
    assert (await world.book.ticket(STORE, other)).message == "想问问批发"


async def test_the_answer_to_a_ticket_reaches_the_shopper_where_they_asked(world: DeskWorld) -> None:
    conversation_id = await world.ask()
    await world.come()
    [ticket] = await world.book.tickets(STORE, None)
    closed = await world.desks.serving.close_ticket(STORE, ticket.id, MEI, "已为您补发")
    assert (closed.state, closed.closed_by, closed.answer) == (TicketState.CLOSED, MEI, "已为您补发")
    assert "已为您补发" in await world.told(conversation_id)
    assert await world.owner(conversation_id) is Owner.BOT
    length = len(await world.log.events(conversation_id))
    await world.desks.serving.close_ticket(STORE, ticket.id, MEI, "已为您补发")
    assert len(await world.log.events(conversation_id)) == length
    with pytest.raises(NotFound):
        await world.desks.serving.close_ticket(OTHER, ticket.id, MEI, "x")


async def test_an_answered_ticket_opens_a_closed_conversation_for_the_bot(world: DeskWorld) -> None:
    conversation_id = await world.ask()
    await world.come()
    await world.desks.serving.close(world.at(conversation_id), MEI, "later")
    [ticket] = await world.book.tickets(STORE, None)
    await world.desks.serving.close_ticket(STORE, ticket.id, MEI, "好了")
    assert await world.owner(conversation_id) is Owner.BOT


async def test_a_restart_loses_nobody_and_goes_on_with_what_is_due(tmp_path: Path) -> None:
    async with desk_world(tmp_path) as world:
        await world.come()
        first, second = await world.ask(), await world.ask()
        await world.desks.serving.take(world.at(first), MEI)
        before = await world.book.open_handoffs(STORE)
        assert await world.offered() == {second: MEI}
    async with desk_world(tmp_path) as world:
        assert await world.book.open_handoffs(STORE) == before
        await world.come(TOM)
        world.clock.advance(50)
        await world.desks.serving.seen(STORE, TOM)
        await world.mind()
        assert await world.offered() == {second: TOM}
        assert await world.owner(first) is Owner.AGENT


async def test_a_test_conversation_never_reaches_the_desk(world: DeskWorld) -> None:
    await world.come()
    conversation = await world.open(test=True)
    assert await world.outlook(conversation) == replace(await world.outlook(conversation), service=Service.NONE)
    with pytest.raises(NotFound):
        await world.desks.serving.take(world.at(conversation.id), MEI)
    with pytest.raises(NotFound):
        await world.desks.queue.leave_contact(conversation.id, "x", "")


async def test_another_store_s_desk_sees_nothing(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    at = replace(world.at(conversation_id), store_id=OTHER)
    for call in (
        world.desks.serving.take(at, MEI),
        world.desks.serving.say(at, MEI, "hi"),
        world.desks.serving.note(at, MEI, "hi"),
        world.desks.serving.close(at, MEI, "x"),
        world.desks.serving.hand_back(at, MEI),
        world.desks.serving.decline(at, MEI),
    ):
        with pytest.raises(NotFound):
            await call
    assert await world.book.open_handoffs(OTHER) == []


async def test_the_shopper_sees_that_an_agent_writes(world: DeskWorld) -> None:
    await world.come()
    conversation_id = await world.ask()
    await world.desks.serving.take(world.at(conversation_id), MEI)
    async with world.live.listen(conversation_id) as heard:
        await world.desks.serving.typing(world.at(conversation_id), MEI)
        signal = await anext(heard)
    assert isinstance(signal, AgentTyping)
    assert signal.name == "Mei"


async def test_who_watches_the_desk_learns_that_something_has_changed(world: DeskWorld) -> None:
    async with world.live.watch(STORE) as watched, world.live.watch(OTHER) as elsewhere:
        await world.come()
        await world.ask()
        assert await anext(watched) > 0
        await world.live.stir(OTHER)
        assert await anext(elsewhere) > 0
