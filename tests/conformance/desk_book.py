"""What every implementation of the `DeskBook` port does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.desk.ownership import Speaker, Standing
from assistant.domain.conversation import Owner, Shopper
from assistant.domain.desk import Agent, DeskBook, Handoff, PresenceState, TicketState
from assistant.domain.errors import NotFound
from assistant.domain.events import (
    ContactLeft,
    HandoffRequested,
    OwnerChanged,
    Payload,
    TicketClosed,
    TicketOpened,
)
from assistant.domain.ids import AgentId, ConversationId, ShopperId, StoreId, TicketId
from assistant.domain.ports import ConversationLog
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import GroupName
from tests.conformance.examples import STORE

AFTERSALES, EVERYBODY = GroupName("aftersales"), GroupName("everybody")
MEI = Speaker(AgentId("mei"), "小美")
NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
TICKET = TicketId("ticket_1")


def an_agent(agent_id: str = "mei", at: datetime = NOON) -> Agent:
    return Agent(
        AgentId(agent_id), STORE, "小美", PresenceState.ONLINE, 3, (AFTERSALES,), ("zh",), seen_at=at, idle_since=at
    )


class DeskBookSuite:
    """Needs fixtures `log` and `book` over the same data, with the store STORE, whose log goes by a TickingClock."""

    async def queue(
        self,
        log: ConversationLog,
        reason: HandoffReason = HandoffReason.CUSTOMER_REQUEST,
        group: GroupName = EVERYBODY,
        *,
        test: bool = False,
    ) -> ConversationId:
        opened = await log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None, test=test)
        asked = HandoffRequested(reason, "转人工", 0.9)
        await self.change(log, opened.id, [asked, Standing(Owner.BOT, 1).queued(group)], 1)
        return opened.id

    async def change(
        self, log: ConversationLog, conversation_id: ConversationId, payloads: list[Payload], epoch: int
    ) -> None:
        await log.change(conversation_id, payloads, expected_epoch=epoch)

    async def taken(self, log: ConversationLog, conversation_id: ConversationId) -> None:
        await self.change(log, conversation_id, [Standing(Owner.QUEUE, 2).taken_by(MEI, "")], 2)

    async def one(self, book: DeskBook, conversation_id: ConversationId) -> Handoff:
        handoff = (await book.standing(conversation_id))[1]
        assert handoff is not None
        return handoff

    async def test_a_handoff_goes_from_waiting_to_served_to_its_end(self, log: ConversationLog, book: DeskBook) -> None:
        conversation_id = await self.queue(log, HandoffReason.TOOL_FAILURE, AFTERSALES)
        waiting = await self.one(book, conversation_id)
        assert (waiting.reason, waiting.confidence, waiting.note) == (HandoffReason.TOOL_FAILURE, 0.9, "转人工")
        assert (waiting.group, waiting.language, waiting.waits, waiting.agent) == (AFTERSALES, "zh", True, None)
        await self.taken(log, conversation_id)
        served = await self.one(book, conversation_id)
        assert (served.id, served.waits, served.agent, served.agent_name) == (waiting.id, False, MEI.id, "小美")
        assert served.taken_at is not None
        closed = Standing(Owner.AGENT, 3, MEI.id).closed("再见", "solved")
        await self.change(log, conversation_id, [closed], 3)
        [ended] = await book.of_conversation(conversation_id)
        assert (ended.end, ended.closed_for, ended.ended_at is not None) == ("closed", "solved", True)
        assert (await book.standing(conversation_id))[1] is None
        assert await book.open_handoffs(STORE) == []

    async def test_an_agent_who_steps_in_begins_a_passage_without_a_reason(
        self, log: ConversationLog, book: DeskBook
    ) -> None:
        opened = await log.open(STORE, Shopper(ShopperId("anne")), "en", greeting=None)
        await self.change(log, opened.id, [Standing(Owner.BOT, 1).taken_by(MEI, "")], 1)
        handoff = await self.one(book, opened.id)
        assert (handoff.reason, handoff.agent, handoff.waits, handoff.language) == (None, MEI.id, False, "en")
        assert await book.waits(STORE, EVERYBODY, last=9) == []

    async def test_the_urgent_go_first_and_then_who_asked_first(self, log: ConversationLog, book: DeskBook) -> None:
        first, hurt, last = [
            await self.queue(log),
            await self.queue(log, HandoffReason.SAFETY_INJURY),
            await self.queue(log),
        ]
        served = await self.queue(log)
        await self.taken(log, served)
        found = await book.open_handoffs(STORE)
        assert [handoff.conversation_id for handoff in found] == [hurt, first, last, served]

    async def test_who_is_passed_on_to_a_group_keeps_their_place(self, log: ConversationLog, book: DeskBook) -> None:
        first, second = await self.queue(log), await self.queue(log, group=AFTERSALES)
        await self.taken(log, first)
        await self.change(log, first, [Standing(Owner.AGENT, 3, MEI.id).passed_to_group(AFTERSALES, "")], 3)
        found = await book.open_handoffs(STORE)
        assert [(each.conversation_id, each.group, each.agent) for each in found] == [
            (first, AFTERSALES, None),
            (second, AFTERSALES, None),
        ]

    async def test_no_test_conversation_comes_to_the_desk(self, log: ConversationLog, book: DeskBook) -> None:
        conversation_id = await self.queue(log, test=True)
        opened = TicketOpened(TICKET, HandoffReason.CUSTOMER_REQUEST, EVERYBODY, "在吗")
        await self.change(log, conversation_id, [opened], 2)
        assert (await book.standing(conversation_id))[1] is None
        assert await book.open_handoffs(STORE) == []
        assert await book.tickets(STORE, None) == []
        assert await book.stores_with_handoffs() == []

    async def test_what_waits_is_offered_to_one_agent_at_a_time(self, log: ConversationLog, book: DeskBook) -> None:
        conversation_id = await self.queue(log)
        await book.put_agent(an_agent())
        handoff = await self.one(book, conversation_id)
        tom = AgentId("tom")
        assert await book.offer(handoff.id, MEI.id, NOON)
        assert not await book.offer(handoff.id, tom, NOON)
        assert not await book.pass_by(handoff.id, tom, missed=True)
        offered = await self.one(book, conversation_id)
        assert (offered.offered_to, offered.offered_until) == (MEI.id, NOON)
        assert await book.pass_by(handoff.id, MEI.id, missed=True)
        assert await book.offer(handoff.id, tom, NOON)
        assert (await self.one(book, conversation_id)).passed_by == (MEI.id,)
        assert (await book.agent(STORE, MEI.id)).missed == 1
        await self.taken(log, conversation_id)
        served = await self.one(book, conversation_id)
        assert (served.offered_to, served.passed_by) == (None, ())
        assert not await book.offer(handoff.id, tom, NOON)

    async def test_it_is_known_how_long_the_last_ones_waited(self, log: ConversationLog, book: DeskBook) -> None:
        for _ in range(3):
            await self.taken(log, await self.queue(log))
        await self.queue(log)
        waited = await book.waits(STORE, EVERYBODY, last=2)
        assert len(waited) == 2
        assert all(0 < seconds < 1 for seconds in waited)
        assert await book.waits(STORE, AFTERSALES, last=2) == []

    async def test_it_is_known_how_long_the_last_ones_were_served(self, log: ConversationLog, book: DeskBook) -> None:
        ended, served = await self.queue(log), await self.queue(log)
        for conversation_id in (ended, served):
            await self.taken(log, conversation_id)
        await self.change(log, ended, [Standing(Owner.AGENT, 3, MEI.id).handed_back("")], 3)
        [seconds] = await book.handled(STORE, EVERYBODY, last=9)
        assert 0 < seconds < 1

    async def test_an_agent_is_as_they_say_and_what_the_desk_knows_stays(
        self, log: ConversationLog, book: DeskBook
    ) -> None:
        with pytest.raises(NotFound):
            await book.agent(STORE, MEI.id)
        await book.put_agent(an_agent())
        assert list(await book.agents(STORE)) == [an_agent()]
        await self.taken(log, await self.queue(log))
        worked = (await book.agent(STORE, MEI.id)).idle_since
        assert worked != NOON
        later = an_agent(at=NOON + timedelta(hours=1))
        await book.put_agent(replace(later, state=PresenceState.AWAY, capacity=9))
        assert await book.agent(STORE, MEI.id) == replace(
            later, state=PresenceState.AWAY, capacity=9, idle_since=worked
        )
        await book.set_state(STORE, MEI.id, PresenceState.OFFLINE)
        await book.seen(STORE, MEI.id, NOON)
        found = await book.agent(STORE, MEI.id)
        assert (found.state, found.seen_at) == (PresenceState.OFFLINE, NOON)
        assert await book.agents(StoreId("elsewhere")) == []

    async def test_a_ticket_is_opened_added_to_and_closed(self, log: ConversationLog, book: DeskBook) -> None:
        opened = await log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None)
        asked = TicketOpened(TICKET, HandoffReason.CUSTOMER_REQUEST, EVERYBODY, "发票开错了")
        await self.change(log, opened.id, [asked], 1)
        await self.change(log, opened.id, [ContactLeft(TICKET, "anne@orchard.example", "抬头写公司")], 1)
        found = await book.open_ticket(opened.id)
        assert found is not None
        assert (found.message, found.contact) == ("发票开错了\n抬头写公司", "anne@orchard.example")
        assert list(await book.tickets(STORE, TicketState.OPEN)) == [found]
        await self.change(log, opened.id, [TicketClosed(TICKET, MEI.id, "已重开")], 1)
        closed = await book.ticket(STORE, TICKET)
        assert (closed.state, closed.closed_by, closed.answer) == (TicketState.CLOSED, MEI.id, "已重开")
        assert await book.open_ticket(opened.id) is None
        assert await book.tickets(STORE, TicketState.OPEN) == []
        with pytest.raises(NotFound):
            await book.ticket(StoreId("elsewhere"), TICKET)

    async def test_a_ticket_s_answer_is_no_passage_of_its_own(self, log: ConversationLog, book: DeskBook) -> None:
        opened = await log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None)
        standing = Standing(Owner.BOT, 1)
        in_ = standing.to_answer_ticket(MEI)
        out: OwnerChanged = standing.after(in_).ticket_answered()
        await self.change(log, opened.id, [in_, out], 1)
        assert await book.of_conversation(opened.id) == []
        assert (await book.standing(opened.id))[0].epoch == 3
