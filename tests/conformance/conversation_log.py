"""What every implementation of the `ConversationLog` port does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from assistant.domain.conversation import Choice, Conversation, Focus, Owner, Page, Shopper
from assistant.domain.errors import (
    Conflict,
    EpochChanged,
    InvalidInput,
    MessageIdReused,
    NotFound,
    StorebotError,
    Superseded,
)
from assistant.domain.events import AgentSaid, HandoffRequested, MessageReceived, Noted, OwnerChanged, Rated
from assistant.domain.ids import AgentId, ConversationId, MessageId, ProductId, ShopperId, StoreId, TurnId
from assistant.domain.ports import ConversationLog, Stores
from assistant.domain.reply import HandoffReason
from tests.conformance.examples import STORE, a_message, a_store, replied

NOWHERE = ConversationId("conv_nowhere")
MEI = AgentId("mei")
SAID = AgentSaid(MessageId("msg_1"), MEI, "小美", "一箱 5 斤")
ANNE = Shopper(ShopperId("anne"), identified=True, name="安妮")


@dataclass(frozen=True)
class Storage:
    """One process's view of the stored data."""

    stores: Stores
    log: ConversationLog


Connect = Callable[[], Awaitable[Storage]]


async def begin(log: ConversationLog) -> ConversationId:
    return (await log.open(STORE, ANNE, "zh", greeting=None)).id


async def sequence(log: ConversationLog, conversation_id: ConversationId) -> list[int]:
    return [event.seq for event in await log.events(conversation_id)]


class ConversationLogFixtures:
    """Needs a fixture `connect`: each call opens the same, at first empty, data as another process would."""

    @pytest.fixture
    async def log(self, connect: Connect) -> ConversationLog:
        storage = await connect()
        await storage.stores.put(a_store())
        return storage.log

    @pytest.fixture
    async def conversation_id(self, log: ConversationLog) -> ConversationId:
        return await begin(log)


class OpeningSuite(ConversationLogFixtures):
    async def test_a_new_conversation_belongs_to_the_bot(self, log: ConversationLog) -> None:
        opened = await log.open(STORE, ANNE, "zh", greeting=None, test=True)
        assert opened == Conversation(
            id=opened.id,
            store_id=STORE,
            shopper=ANNE,
            language="zh",
            owner=Owner.BOT,
            epoch=opened.epoch,
            last_seq=0,
            answered_seq=0,
            focus=Focus(),
            created_at=opened.created_at,
            test=True,
        )
        assert opened.created_at.utcoffset() == timedelta(0)
        assert await log.get(opened.id) == opened
        assert await log.events(opened.id) == []

    async def test_a_greeting_is_the_first_event_and_answers_nothing(self, log: ConversationLog) -> None:
        greeting = replied(0)
        opened = await log.open(STORE, ANNE, "zh", greeting=greeting)
        assert [(event.seq, event.payload) for event in await log.events(opened.id)] == [(1, greeting)]
        assert (opened.last_seq, opened.answered_seq) == (1, 0)
        assert await log.unanswered(opened.id) == (opened, [])

    async def test_what_was_said_before_stands_at_the_beginning_and_waits_for_no_answer(
        self, log: ConversationLog
    ) -> None:
        asked, more = MessageReceived(a_message("h-1")), MessageReceived(a_message("h-2"))
        history = [asked, replied(1), more]
        opened = await log.open(STORE, ANNE, "zh", greeting=None, test=True, history=history)
        assert [(event.seq, event.payload) for event in await log.events(opened.id)] == list(enumerate(history, 1))
        assert (opened.last_seq, opened.answered_seq) == (3, 3)
        assert await log.unanswered(opened.id) == (opened, [])
        assert opened.id not in await log.awaiting_reply()

    async def test_a_conversation_goes_on_after_what_was_said_before(self, log: ConversationLog) -> None:
        history = [MessageReceived(a_message("h-1")), replied(2)]
        opened = await log.open(STORE, ANNE, "zh", greeting=replied(0), history=history)
        event, fresh = await log.receive(opened.id, a_message("m-1"))
        assert (event.seq, fresh) == (4, True)
        assert opened.id in await log.awaiting_reply()
        assert (await log.unanswered(opened.id))[1] == [event]
        [reply] = await log.deliver(opened.id, replied(4), expected_epoch=opened.epoch, focus=Focus())
        assert reply.seq == 5
        assert opened.id not in await log.awaiting_reply()

    async def test_a_message_of_the_history_sent_again_is_known(self, log: ConversationLog) -> None:
        said = a_message("h-1")
        opened = await log.open(STORE, ANNE, "zh", greeting=None, history=[MessageReceived(said)])
        event, fresh = await log.receive(opened.id, said)
        assert (event.seq, fresh) == (1, False)

    async def test_a_history_that_cannot_have_been_is_refused(self, log: ConversationLog) -> None:
        message = MessageReceived(a_message("h-1"))
        for history in ([replied(1), message], [message, replied(2)], [message, message]):
            with pytest.raises(InvalidInput):
                await log.open(STORE, ANNE, "zh", greeting=None, history=history)

    async def test_a_conversation_with_an_unknown_store_is_not_opened(self, log: ConversationLog) -> None:
        with pytest.raises(NotFound):
            await log.open(StoreId("elsewhere"), ANNE, "zh", greeting=None)

    async def test_an_unknown_conversation_is_not_found(self, log: ConversationLog) -> None:
        for call in (
            log.get(NOWHERE),
            log.receive(NOWHERE, a_message()),
            log.unanswered(NOWHERE),
            log.deliver(NOWHERE, replied(1), expected_epoch=1, focus=Focus()),
            log.append(NOWHERE, Rated(5)),
            log.events(NOWHERE),
            log.trace(NOWHERE, TurnId("turn_1")),
        ):
            with pytest.raises(NotFound):
                await call


class ReceivingSuite(ConversationLogFixtures):
    async def test_a_message_is_stored_as_it_was_sent(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        message = a_message(page=Page("https://orchard.example/apple", "苹果", ProductId("apple-5kg")))
        event, fresh = await log.receive(conversation_id, message)
        assert (event.seq, event.payload, fresh) == (1, MessageReceived(message), True)
        assert await log.events(conversation_id) == [event]

    async def test_a_message_sent_twice_is_stored_once(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        first, _ = await log.receive(conversation_id, a_message("m-1"))
        await log.receive(conversation_id, a_message("m-2"))
        assert await log.receive(conversation_id, a_message("m-1")) == (first, False)
        assert await sequence(log, conversation_id) == [1, 2]

    async def test_a_message_sent_many_times_at_once_is_stored_once(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        results = await asyncio.gather(*(log.receive(conversation_id, a_message()) for _ in range(20)))
        assert sorted(fresh for _, fresh in results) == [False] * 19 + [True]
        assert len({event.payload for event, _ in results}) == 1
        assert await sequence(log, conversation_id) == [1]

    @pytest.mark.parametrize(
        "other",
        [a_message(text="这箱梨有几斤？"), a_message(page=Page(product_id=ProductId("pear")))],
        ids=["text", "page"],
    )
    async def test_an_id_used_for_another_message_is_refused(
        self, log: ConversationLog, conversation_id: ConversationId, other: object
    ) -> None:
        await log.receive(conversation_id, a_message())
        with pytest.raises(MessageIdReused):
            await log.receive(conversation_id, other)  # type: ignore[arg-type]
        assert await sequence(log, conversation_id) == [1]

    async def test_client_message_ids_of_two_conversations_do_not_meet(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message(text="苹果"))
        _, fresh = await log.receive(await begin(log), a_message(text="梨"))
        assert fresh

    async def test_a_closed_conversation_takes_no_message_but_still_knows_the_old_ones(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        first, _ = await log.receive(conversation_id, a_message("m-1"))
        epoch = (await log.get(conversation_id)).epoch
        await log.append(conversation_id, OwnerChanged(Owner.CLOSED, epoch + 1))
        with pytest.raises(Conflict):
            await log.receive(conversation_id, a_message("m-2"))
        assert await log.receive(conversation_id, a_message("m-1")) == (first, False)

    @pytest.mark.parametrize("text", ["", "\x00", "a\x00b", "\u202e👩‍👩‍👧‍👧é", "'; --", "好" * 20_000])
    async def test_strange_text_comes_back_as_it_was_sent(
        self, log: ConversationLog, conversation_id: ConversationId, text: str
    ) -> None:
        await log.receive(conversation_id, a_message(text=text))
        [event] = await log.events(conversation_id)
        assert isinstance(event.payload, MessageReceived)
        assert event.payload.message.text == text

    async def test_half_a_character_is_refused_and_nothing_is_stored(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        for message in (
            a_message(text="\ud83d"),
            a_message(client_message_id="\udc00"),
            a_message(page=Page("\ud83d")),
        ):
            with pytest.raises(InvalidInput):
                await log.receive(conversation_id, message)
        assert await log.events(conversation_id) == []
        assert (await log.receive(conversation_id, a_message()))[0].seq == 1


class DeliveringSuite(ConversationLogFixtures):
    async def test_a_reply_answers_the_messages_it_covers(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        for client_message_id in ("m-1", "m-2"):
            await log.receive(conversation_id, a_message(client_message_id))
        before, messages = await log.unanswered(conversation_id)
        assert [event.seq for event in messages] == [1, 2]
        focus = Focus(product_ids=(ProductId("apple-5kg"),), last_question="几斤", abstained=1)
        reply = replied(2)
        [event] = await log.deliver(conversation_id, reply, expected_epoch=before.epoch, focus=focus)
        assert (event.seq, event.payload) == (3, reply)
        assert await log.events(conversation_id, after=2) == [event]
        after = replace(before, last_seq=3, answered_seq=2, focus=focus)
        assert await log.unanswered(conversation_id) == (after, [])

    async def test_what_comes_with_a_reply_follows_it(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        also = (HandoffRequested(HandoffReason.CUSTOMER_REQUEST, "人工"), OwnerChanged(Owner.QUEUE, epoch + 1))
        delivered = await log.deliver(
            conversation_id, replied(1, "turn_1"), expected_epoch=epoch, focus=Focus(), also=also
        )
        assert [event.seq for event in delivered] == [2, 3, 4]
        assert tuple(event.payload for event in delivered[1:]) == also
        conversation = await log.get(conversation_id)
        assert (conversation.owner, conversation.epoch, conversation.last_seq) == (Owner.QUEUE, epoch + 1, 4)

    async def test_the_bot_speaks_unasked_once_and_not_after_the_owner_changed(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        note = Noted("for the desk")
        said = await log.say(conversation_id, replied(9, "turn_a"), expected_epoch=epoch, also=(note,))
        assert [(event.seq, event.payload) for event in said] == [(2, replied(0, "turn_a")), (3, note)]
        assert await log.say(conversation_id, replied(0, "turn_a"), expected_epoch=epoch) == []
        conversation, messages = await log.unanswered(conversation_id)
        assert (conversation.last_seq, conversation.answered_seq) == (3, 0)
        assert len(messages) == 1, "the message is still to be answered"
        await log.append(conversation_id, OwnerChanged(Owner.AGENT, epoch + 1))
        with pytest.raises(EpochChanged):
            await log.say(conversation_id, replied(0, "turn_b"), expected_epoch=epoch)

    async def test_the_bot_does_not_speak_after_the_owner_changed(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        before, _ = await log.unanswered(conversation_id)
        await log.append(conversation_id, OwnerChanged(Owner.AGENT, before.epoch + 1))
        with pytest.raises(EpochChanged):
            await log.deliver(conversation_id, replied(1), expected_epoch=before.epoch, focus=Focus(abstained=9))
        after = await log.get(conversation_id)
        assert (after.last_seq, after.answered_seq, after.focus) == (2, 0, Focus())

    async def test_of_two_changes_of_owner_from_the_same_epoch_one_wins(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        epoch = (await log.get(conversation_id)).epoch
        results = await asyncio.gather(
            *(log.append(conversation_id, OwnerChanged(owner, epoch + 1)) for owner in (Owner.AGENT, Owner.QUEUE)),
            return_exceptions=True,
        )
        assert sorted(isinstance(result, EpochChanged) for result in results) == [False, True]
        assert await sequence(log, conversation_id) == [1]

    async def test_a_reply_is_superseded_by_a_newer_message(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message("m-1"))
        before, _ = await log.unanswered(conversation_id)
        await log.receive(conversation_id, a_message("m-2"))
        with pytest.raises(Superseded):
            await log.deliver(conversation_id, replied(1), expected_epoch=before.epoch, focus=Focus())
        assert await sequence(log, conversation_id) == [1, 2]

    async def test_an_event_that_is_no_message_supersedes_nothing(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        before, _ = await log.unanswered(conversation_id)
        await log.append(conversation_id, Rated(4, "快"))
        await log.deliver(conversation_id, replied(1), expected_epoch=before.epoch, focus=Focus())
        assert await sequence(log, conversation_id) == [1, 2, 3]

    async def test_of_many_replies_to_the_same_messages_one_is_delivered(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        results = await asyncio.gather(
            *(log.deliver(conversation_id, replied(1), expected_epoch=epoch, focus=Focus()) for _ in range(10)),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Superseded) for result in results) == 9
        assert await sequence(log, conversation_id) == [1, 2]

    async def test_a_reply_to_a_message_that_nobody_sent_is_refused(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        with pytest.raises(InvalidInput):
            await log.deliver(conversation_id, replied(2), expected_epoch=epoch, focus=Focus())

    async def test_messages_and_replies_do_not_pass_by_their_checks(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        for payload in (MessageReceived(a_message("m-2")), replied(1)):
            with pytest.raises(InvalidInput):
                await log.append(conversation_id, payload)
            with pytest.raises(InvalidInput):
                await log.deliver(conversation_id, replied(1), expected_epoch=epoch, focus=Focus(), also=(payload,))
        assert await sequence(log, conversation_id) == [1]

    async def test_a_delivery_that_fails_halfway_leaves_nothing(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        before, _ = await log.unanswered(conversation_id)
        for also in (OwnerChanged(Owner.QUEUE, before.epoch + 7), Rated(1, "\ud83d")):
            with pytest.raises(StorebotError):
                await log.deliver(conversation_id, replied(1), expected_epoch=before.epoch, focus=Focus(), also=(also,))
        assert (await log.unanswered(conversation_id))[0] == before
        assert await sequence(log, conversation_id) == [1]

    async def test_the_trace_of_a_turn_is_kept(self, log: ConversationLog, conversation_id: ConversationId) -> None:
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        trace = bytes(range(256))
        await log.deliver(conversation_id, replied(1, "turn_1"), expected_epoch=epoch, focus=Focus(), trace=trace)
        assert await log.trace(conversation_id, TurnId("turn_1")) == trace
        with pytest.raises(NotFound):
            await log.trace(conversation_id, TurnId("turn_2"))
        with pytest.raises(NotFound):
            await log.trace(await begin(log), TurnId("turn_1"))


class HumansSuite(ConversationLogFixtures):
    @pytest.fixture
    async def served(self, log: ConversationLog, conversation_id: ConversationId) -> int:
        """The epoch in which Mei serves the conversation, with one message of the shopper."""
        await log.receive(conversation_id, a_message())
        epoch = (await log.get(conversation_id)).epoch
        taken = OwnerChanged(Owner.AGENT, epoch + 1, "stepped_in", MEI, "小美", text="我是小美")
        await log.change(conversation_id, [taken], expected_epoch=epoch)
        return epoch + 1

    async def test_what_a_human_says_answers_every_message_before_it(
        self, log: ConversationLog, conversation_id: ConversationId, served: int
    ) -> None:
        assert (await log.unanswered(conversation_id))[1]
        [said], fresh = await log.change(conversation_id, [SAID], expected_epoch=served)
        assert (said.seq, said.payload, fresh) == (3, SAID, True)
        assert (await log.unanswered(conversation_id))[1] == []

    async def test_a_human_speaks_only_where_the_owner_is_an_agent(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        with pytest.raises(Conflict):
            await log.change(conversation_id, [SAID], expected_epoch=1)
        with pytest.raises(InvalidInput):
            await log.append(conversation_id, SAID)
        assert await log.events(conversation_id) == []

    async def test_to_take_over_and_say_something_is_one_step(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        taken = OwnerChanged(Owner.AGENT, 2, "stepped_in", MEI, "小美")
        events, _ = await log.change(conversation_id, [taken, SAID], expected_epoch=1)
        assert [event.payload for event in events] == [taken, SAID]

    async def test_what_a_human_says_twice_with_one_key_is_stored_once(
        self, log: ConversationLog, conversation_id: ConversationId, served: int
    ) -> None:
        [first], _ = await log.change(conversation_id, [SAID], expected_epoch=served, key="k-1")
        back = OwnerChanged(Owner.BOT, served + 1, "handed_back")
        await log.change(conversation_id, [back], expected_epoch=served)
        again = replace(SAID, id=MessageId("msg_2"))
        assert await log.change(conversation_id, [again], expected_epoch=served, key="k-1") == ([first], False)
        with pytest.raises(MessageIdReused):
            await log.change(conversation_id, [replace(SAID, text="不")], expected_epoch=served, key="k-1")

    async def test_a_shopper_may_use_the_key_of_an_agent(
        self, log: ConversationLog, conversation_id: ConversationId, served: int
    ) -> None:
        await log.change(conversation_id, [SAID], expected_epoch=served, key="k-1")
        assert (await log.receive(conversation_id, a_message("k-1")))[1]

    async def test_who_looked_before_the_owner_changed_changes_nothing(
        self, log: ConversationLog, conversation_id: ConversationId, served: int
    ) -> None:
        with pytest.raises(EpochChanged):
            await log.change(conversation_id, [SAID], expected_epoch=served - 1)
        assert len(await log.events(conversation_id)) == 2

    async def test_what_the_bot_waited_for_is_over_when_it_has_the_conversation_back(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await log.receive(conversation_id, a_message())
        focus = Focus(product_ids=(ProductId("apple-5kg"),), abstained=2, choices=(Choice("红", "红的几斤"),))
        queued = OwnerChanged(Owner.QUEUE, 2, "asked")
        await log.deliver(conversation_id, replied(1), expected_epoch=1, focus=focus, also=[queued])
        assert (await log.get(conversation_id)).focus == focus
        await log.change(conversation_id, [OwnerChanged(Owner.BOT, 3, "left")], expected_epoch=2)
        assert (await log.get(conversation_id)).focus == Focus(product_ids=(ProductId("apple-5kg"),))

    async def test_what_a_human_has_dealt_with_is_not_answered_once_more(
        self, log: ConversationLog, conversation_id: ConversationId, served: int
    ) -> None:
        back = OwnerChanged(Owner.BOT, served + 1, "handed_back")
        await log.change(conversation_id, [back], expected_epoch=served, answered=True)
        assert conversation_id not in await log.awaiting_reply()


class ReadingSuite(ConversationLogFixtures):
    async def test_events_are_read_page_by_page(self, log: ConversationLog, conversation_id: ConversationId) -> None:
        for number in range(5):
            await log.append(conversation_id, Rated(5, str(number)))
        assert [event.seq for event in await log.events(conversation_id, after=1, limit=2)] == [2, 3]
        assert [event.seq for event in await log.events(conversation_id, after=3, limit=2)] == [4, 5]
        assert await log.events(conversation_id, after=5) == []

    @pytest.mark.parametrize(("after", "limit", "count"), [(-1, 500, 2), (10**30, 500, 0), (0, 0, 0), (0, -1, 0)])
    async def test_a_page_out_of_range_is_harmless(
        self, log: ConversationLog, conversation_id: ConversationId, after: int, limit: int, count: int
    ) -> None:
        for number in range(2):
            await log.append(conversation_id, Rated(5, str(number)))
        assert len(await log.events(conversation_id, after=after, limit=limit)) == count

    async def test_times_have_a_time_zone_and_rise_with_the_numbers(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        await asyncio.gather(*(log.append(conversation_id, Rated(5)) for _ in range(10)))
        times = [event.at for event in await log.events(conversation_id)]
        assert times == sorted(times)
        assert all(at.utcoffset() == timedelta(0) for at in times)

    async def test_unanswered_messages_are_of_the_same_moment_as_the_conversation(
        self, log: ConversationLog, conversation_id: ConversationId
    ) -> None:
        seen = []

        async def write() -> None:
            for number in range(30):
                event, _ = await log.receive(conversation_id, a_message(f"m-{number}"))
                if number % 3 == 0:
                    conversation = await log.get(conversation_id)
                    await log.deliver(
                        conversation_id, replied(event.seq), expected_epoch=conversation.epoch, focus=Focus()
                    )

        writing = asyncio.create_task(write())
        while not writing.done():
            seen.append(await log.unanswered(conversation_id))
        await writing
        messages = [e.seq for e in await log.events(conversation_id) if isinstance(e.payload, MessageReceived)]
        assert len({conversation.last_seq for conversation, _ in seen}) > 1
        for conversation, waiting in seen:
            expected = [seq for seq in messages if conversation.answered_seq < seq <= conversation.last_seq]
            assert [event.seq for event in waiting] == expected


class RestartSuite(ConversationLogFixtures):
    async def test_another_process_sees_everything_and_goes_on_numbering(
        self, log: ConversationLog, conversation_id: ConversationId, connect: Connect
    ) -> None:
        await log.receive(conversation_id, a_message("m-1"))
        other = (await connect()).log
        assert await other.get(conversation_id) == await log.get(conversation_id)
        assert (await other.receive(conversation_id, a_message("m-2")))[0].seq == 2
        assert await log.events(conversation_id) == await other.events(conversation_id)

    async def test_writers_of_several_processes_leave_no_gap(
        self, log: ConversationLog, conversation_id: ConversationId, connect: Connect
    ) -> None:
        logs = [log, (await connect()).log, (await connect()).log]

        async def reply(log: ConversationLog) -> None:
            conversation, messages = await log.unanswered(conversation_id)
            if messages:
                with suppress(Superseded):
                    last = replied(messages[-1].seq)
                    await log.deliver(conversation_id, last, expected_epoch=conversation.epoch, focus=Focus())

        async def work(number: int) -> None:
            writer = logs[number % len(logs)]
            await writer.receive(conversation_id, a_message(f"m-{number}"))
            await reply(writer)

        await asyncio.gather(*(work(number) for number in range(45)))
        conversation, waiting = await log.unanswered(conversation_id)
        assert await sequence(log, conversation_id) == list(range(1, conversation.last_seq + 1))
        assert conversation.last_seq > 45
        assert waiting == []

    async def test_what_a_restart_must_take_up_again_is_known(self, log: ConversationLog, connect: Connect) -> None:
        waiting, answered, empty, taken_over = [await begin(log) for _ in range(4)]
        for conversation_id in (waiting, answered, taken_over):
            await log.receive(conversation_id, a_message())
        epoch = (await log.get(answered)).epoch
        await log.deliver(answered, replied(1), expected_epoch=epoch, focus=Focus())
        await log.append(taken_over, OwnerChanged(Owner.AGENT, epoch + 1))
        await log.append(empty, Rated(3))
        assert await (await connect()).log.awaiting_reply() == [waiting]


class ConversationLogSuite(OpeningSuite, ReceivingSuite, DeliveringSuite, HumansSuite, ReadingSuite, RestartSuite):
    """All of the port. Needs a fixture `connect`: each call opens the same, at first empty, data as another process
    would."""
