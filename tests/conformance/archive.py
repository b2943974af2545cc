"""What every implementation of the `Archive` port does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.desk.ownership import Speaker, Standing
from assistant.domain.archive import Archive, Outcome, Sought
from assistant.domain.conversation import Conversation, Focus, Owner, Shopper
from assistant.domain.events import AgentSaid, HandoffRequested
from assistant.domain.ids import AgentId, ConversationId, MessageId, ShopperId, StoreId
from assistant.domain.ports import ConversationLog
from assistant.domain.reply import Action, ActionKind, HandoffReason, Part
from assistant.domain.skills import GroupName
from tests.conformance.examples import STORE, a_message, replied

OTHER_STORE = StoreId("vineyard")
ANNE, BOB = Shopper(ShopperId("anne"), identified=True, name="Anne Élan"), Shopper(ShopperId("bob"))
MEI = Speaker(AgentId("mei"), "小美")


class ArchiveSuite:
    """Needs fixtures `log` and `archive` over the same data, with the stores STORE and OTHER_STORE; `archive` looks at
    six conversations a call."""

    async def talk(
        self,
        log: ConversationLog,
        *texts: str,
        shopper: Shopper = BOB,
        store_id: StoreId = STORE,
        test: bool = False,
        answer: str = "",
        kind: ActionKind = ActionKind.ANSWER,
    ) -> Conversation:
        """A conversation in which the shopper said these, and the last was answered where there is an answer."""
        opened = await log.open(store_id, shopper, "zh", greeting=replied(0), test=test)
        for place, text in enumerate(texts):
            event, _ = await log.receive(opened.id, a_message(f"m-{place}", text))
        if answer:
            said = replied(event.seq)
            reply = replace(said.reply, action=Action(kind), parts=(Part(answer),))
            await log.deliver(opened.id, replace(said, reply=reply), expected_epoch=1, focus=Focus())
        return opened

    async def found(self, archive: Archive, sought: Sought) -> list[ConversationId]:
        return [kept.conversation.id for kept in (await archive.find(STORE, sought)).kept]

    async def test_conversations_come_newest_first_with_what_a_list_shows(
        self, log: ConversationLog, archive: Archive
    ) -> None:
        first = await self.talk(log, "苹果几斤？", "在吗", shopper=ANNE, answer="十斤。")
        second = await self.talk(log, "梨呢？")
        newer, older = (await archive.find(STORE, Sought())).kept
        assert (newer.conversation.id, older.conversation.id) == (second.id, first.id)
        assert (older.opening, older.messages, older.outcome) == ("苹果几斤？", 2, Outcome.ANSWERED)
        assert older.conversation.shopper == ANNE
        assert older.last_at == (await log.events(first.id))[-1].at

    async def test_neither_tests_nor_other_stores_nor_silent_shoppers_are_shown(
        self, log: ConversationLog, archive: Archive
    ) -> None:
        await self.talk(log, "苹果", test=True)
        await self.talk(log, "苹果", store_id=OTHER_STORE)
        silent = await self.talk(log)
        for sought in (Sought(), Sought(text="苹果"), Sought(text=silent.id)):
            assert await self.found(archive, sought) == []

    async def test_a_text_is_found_in_what_anybody_said_and_nowhere_else(
        self, log: ConversationLog, archive: Archive
    ) -> None:
        talk = await self.talk(log, 'Is the "Tall" mug 100% blue?', answer="Yes_it is.")
        await self.talk(log, "other", answer="else")
        for text in ('"tall"', "100%", "YES_IT", talk.id):
            assert await self.found(archive, Sought(text=text)) == [talk.id], text
        # Names of fields, evidence, and what would match anything if it were a pattern.
        for text in ("parts", "client_message_id", "净重：5 kg", "100_", "%mug%"):
            assert await self.found(archive, Sought(text=text)) == [], text

    async def test_a_shopper_is_found_by_name_and_by_id(self, log: ConversationLog, archive: Archive) -> None:
        anne, bob = await self.talk(log, "one", shopper=ANNE), await self.talk(log, "two", shopper=BOB)
        for shopper, expected in (("ANNE", anne), ("Élan", anne), ("bob", bob)):
            assert await self.found(archive, Sought(shopper=shopper)) == [expected.id]
        assert await self.found(archive, Sought(shopper="identified")) == []

    async def test_a_conversation_is_found_by_when_it_began(self, log: ConversationLog, archive: Archive) -> None:
        talk = await self.talk(log, "one")
        began, moment = talk.created_at, timedelta(microseconds=1)
        assert await self.found(archive, Sought(since=began, until=began + moment)) == [talk.id]
        assert await self.found(archive, Sought(since=began + moment)) == []
        assert await self.found(archive, Sought(until=began)) == []

    async def test_the_outcome_is_the_worst_that_happened(self, log: ConversationLog, archive: Archive) -> None:
        waiting = await self.talk(log, "a")
        answered = await self.talk(log, "b", answer="yes")
        abstained = await self.talk(log, "c", answer="unknown", kind=ActionKind.ABSTAIN)
        queued = await self.talk(log, "d", answer="unknown", kind=ActionKind.ABSTAIN)
        asked = HandoffRequested(HandoffReason.CUSTOMER_REQUEST)
        waits = Standing(Owner.BOT, 1).queued(GroupName("everybody"))
        await log.change(queued.id, [asked, waits], expected_epoch=1)
        joined = await self.talk(log, "e", answer="yes")
        said = AgentSaid(MessageId("msg_1"), MEI.id, MEI.name, "hello")
        await log.change(joined.id, [Standing(Owner.BOT, 1).taken_by(MEI, ""), said], expected_epoch=1)
        expected = {
            Outcome.WAITING: [waiting.id],
            Outcome.ANSWERED: [answered.id],
            Outcome.ABSTAINED: [abstained.id],
            Outcome.HUMAN: [joined.id, queued.id],
        }
        assert {outcome: await self.found(archive, Sought(outcome=outcome)) for outcome in Outcome} == expected

    @pytest.mark.parametrize("sought", [Sought(), Sought(text="hello")])
    async def test_pages_follow_each_other_without_gap_or_repetition(
        self, log: ConversationLog, archive: Archive, sought: Sought
    ) -> None:
        talks = [(await self.talk(log, "hello")).id for _ in range(7)]
        pages, before = [], None
        while True:
            shelf = await archive.find(STORE, sought, before=before, limit=3)
            pages.append([kept.conversation.id for kept in shelf.kept])
            if (before := shelf.earlier) is None:
                break
        assert [id_ for page in pages for id_ in page] == talks[::-1]
        assert [len(page) for page in pages] == [3, 3, 1]

    async def test_a_search_for_what_is_rare_stops_and_goes_on_from_there(
        self, log: ConversationLog, archive: Archive
    ) -> None:
        rare = await self.talk(log, "rare", answer="unknown", kind=ActionKind.ABSTAIN)
        for _ in range(8):
            await self.talk(log, "usual", answer="yes")
        sought = Sought(outcome=Outcome.ABSTAINED)
        first = await archive.find(STORE, sought)
        assert (list(first.kept), first.earlier is None) == ([], False)
        second = await archive.find(STORE, sought, before=first.earlier)
        assert [kept.conversation.id for kept in second.kept] == [rare.id]
        assert second.earlier is None
