"""The log keeps what the state machine promises, whatever bot, humans and shopper do in whatever order."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assistant.desk.ownership import Speaker, Standing
from assistant.domain.conversation import Focus, Owner, Shopper
from assistant.domain.errors import Conflict
from assistant.domain.events import AgentSaid, HandoffRequested, MessageReceived, OwnerChanged, Payload, Replied
from assistant.domain.ids import AgentId, MessageId, ShopperId, new_id
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import GroupName
from assistant.storage import SqlConversationLog, SqlDeskBook, SqlStores, open_database
from tests.conformance.examples import STORE, TickingClock, a_message, a_store, replied

T = TypeVar("T")
AGENTS = [Speaker(AgentId("mei"), "小美"), Speaker(AgentId("tom"), "Tom")]
GROUP = GroupName("everybody")
ASKED = HandoffRequested(HandoffReason.COMPLAINT_ESCALATION, "坏了", 0.8)


class Talk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.database = open_database(f"sqlite:///{Path(self.folder.name) / 'storebot.db'}")
        self.log = SqlConversationLog(self.database, TickingClock())
        self.book = SqlDeskBook(self.database)
        self.accepted: list[Any] = []
        self.seen_by_bot: list[tuple[int, int]] = []  # epoch and last message, of turns under way

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self.loop.run_until_complete(awaited())

    @initialize()
    def begin(self) -> None:
        self.run(self.database.upgrade())
        self.run(SqlStores(self.database).put(a_store()))
        self.id = self.run(self.log.open(STORE, Shopper(ShopperId("anne")), "zh", greeting=None)).id
        self.standing = Standing(Owner.BOT, 1)

    def change(self, move: Callable[[Standing], OwnerChanged], *also: Payload, epochs_ago: int = 0) -> None:
        """A change worked out by somebody who looked `epochs_ago` changes before."""
        try:
            change = move(self.standing)
        except Conflict:
            return
        expected = self.standing.epoch - epochs_ago
        try:
            events, _ = self.run(self.log.change(self.id, [*also, change], expected_epoch=expected))
        except Conflict:
            assert epochs_ago > 0, "what is up to date was refused"
            return
        assert epochs_ago == 0, "what is out of date was taken"
        self.accepted += [event.payload for event in events]
        self.standing = self.standing.after(change)

    @rule(text=st.sampled_from(["在吗", "多少钱？", "不用了"]))
    def the_shopper_writes(self, text: str) -> None:
        message = a_message(new_id("m"), text)
        try:
            event, _ = self.run(self.log.receive(self.id, message))
        except Conflict:
            assert self.standing.owner is Owner.CLOSED
            return
        assert self.standing.owner is not Owner.CLOSED
        self.accepted.append(event.payload)

    @rule()
    def a_turn_begins(self) -> None:
        conversation, waiting = self.run(self.log.unanswered(self.id))
        if conversation.owner is Owner.BOT and waiting:
            self.seen_by_bot.append((conversation.epoch, waiting[-1].seq))

    @rule(hands_over=st.booleans())
    def a_turn_ends(self, hands_over: bool) -> None:
        if not self.seen_by_bot:
            return
        epoch, last = self.seen_by_bot.pop(0)
        also: tuple[Payload, ...] = ()
        if hands_over:
            also = (ASKED, Standing(Owner.BOT, epoch).queued(GROUP))
        try:
            events = self.run(self.log.deliver(self.id, replied(last), expected_epoch=epoch, focus=Focus(), also=also))
        except Conflict:
            return
        assert self.standing.owner is Owner.BOT, "the bot spoke out of turn"
        assert epoch == self.standing.epoch
        self.accepted += [event.payload for event in events]
        if hands_over:
            self.standing = self.standing.after(also[-1])  # type: ignore[arg-type]

    @rule(agent=st.sampled_from(AGENTS), epochs_ago=st.integers(0, 2))
    def an_agent_takes_it(self, agent: Speaker, epochs_ago: int) -> None:
        self.change(lambda standing: standing.taken_by(agent, "来了"), epochs_ago=epochs_ago)

    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_passes_it_on(self, agent: Speaker) -> None:
        self.change(lambda standing: standing.passed_to(agent, ""))

    @rule()
    def an_agent_passes_it_to_a_group(self) -> None:
        self.change(lambda standing: standing.passed_to_group(GROUP, ""))

    @rule(epochs_ago=st.integers(0, 1))
    def an_agent_hands_it_back(self, epochs_ago: int) -> None:
        self.change(lambda standing: standing.handed_back(""), epochs_ago=epochs_ago)

    @rule()
    def the_shopper_leaves_the_queue(self) -> None:
        self.change(lambda standing: standing.left(""))

    @rule()
    def it_is_closed(self) -> None:
        self.change(lambda standing: standing.closed("", "done"))

    @rule(key=st.sampled_from(["", "k1", "k2"]))
    def an_agent_writes(self, key: str) -> None:
        said = AgentSaid(MessageId(new_id("msg")), AGENTS[0].id, "小美", "你好")
        try:
            events, fresh = self.run(self.log.change(self.id, [said], expected_epoch=self.standing.epoch, key=key))
        except Conflict:
            assert self.standing.owner is not Owner.AGENT
            return
        if fresh:
            assert self.standing.owner is Owner.AGENT
            self.accepted += [event.payload for event in events]
        else:
            assert key

    @invariant()
    def the_log_holds_all_that_was_accepted_and_nothing_else(self) -> None:
        if not hasattr(self, "id"):
            return
        events = self.run(self.log.events(self.id))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.payload for event in events] == self.accepted

    @invariant()
    def epochs_rise_by_one_and_the_bot_speaks_only_where_it_is_the_owner(self) -> None:
        if not hasattr(self, "id"):
            return
        owner, epoch = Owner.BOT, 1
        for event in self.run(self.log.events(self.id)):
            match event.payload:
                case OwnerChanged() as change:
                    assert change.epoch == epoch + 1
                    owner, epoch = change.owner, change.epoch
                case Replied():
                    assert owner is Owner.BOT
                case AgentSaid():
                    assert owner is Owner.AGENT
                case MessageReceived():
                    assert owner is not Owner.CLOSED
        assert (owner, epoch) == (self.standing.owner, self.standing.epoch)

    @invariant()
    def the_desk_knows_what_the_log_says(self) -> None:
        if not hasattr(self, "id"):
            return
        conversation, handoff = self.run(self.book.standing(self.id))
        assert (conversation.owner, conversation.epoch) == (self.standing.owner, self.standing.epoch)
        assert (handoff is not None) is (conversation.owner in (Owner.QUEUE, Owner.AGENT))
        if handoff is not None:
            assert handoff.waits is (conversation.owner is Owner.QUEUE)
            assert handoff.agent == self.standing.agent
        every = self.run(self.book.of_conversation(self.id))
        assert sum(each.ended_at is None for each in every) <= 1

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()


TestTalk = Talk.TestCase
TestTalk.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
