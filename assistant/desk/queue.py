"""The queue of a store: who comes into it, what they are told, who is asked to take them, and what comes of waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog

from assistant.desk import routing, waiting
from assistant.desk.entering import Bot, Case, Entries
from assistant.desk.ownership import Standing
from assistant.desk.routing import Floor, GivenUp, LeftAlone, Missed, Offer
from assistant.domain.conversation import Conversation, Owner
from assistant.domain.desk import Handoff, Outlook, PresenceState, Service, Wanted
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.events import ContactLeft, Event, MessageReceived, Payload, QueueMoved, TicketOpened
from assistant.domain.folding import fold
from assistant.domain.ids import ConversationId, StoreId, TicketId, new_id
from assistant.domain.reply import HandoffReason
from assistant.domain.skills import SkillGroup
from assistant.domain.store import Store
from assistant.nlu import grammar
from assistant.nlu.phrases import Phrases

_log = structlog.get_logger(__name__)
_ROUNDS = 4  # of what follows from what was done
_SHORT = 48  # characters of a line that says no more than that nobody is needed
_NOTE = 500  # characters
_Doing = Callable[[Case], Awaitable[bool]]


class Queue:
    """The `HumanDesk` of all stores. What is due is worked out from what is on record, by `mind`."""

    def __init__(self, entries: Entries, bot: Bot) -> None:
        self._entries = entries
        self._bot = bot
        self._since = entries.clock.now()
        self._leaving = Phrases(grammar.word_lists("dialogue")["leaves_queue"])
        self._told: dict[ConversationId, QueueMoved] = {}

    async def outlook(self, conversation: Conversation, store: Store, wanted: Wanted) -> Outlook:
        if store.desk is None or conversation.test:
            return Outlook(Service.NONE)
        floor = await self.floor(store)
        group = routing.group_for(store.desk, wanted)
        hours = group.hours or store.hours
        if floor.serves(group) and floor.anybody(group, wanted.language):
            change = Standing(conversation.owner, conversation.epoch).queued(group.name)
            ahead = sum(each.waits and each.group == group.name for each in floor.handoffs)
            minutes = await self._minutes(floor, group, wanted.language, ahead)
            return Outlook(Service.QUEUE, (change,), ahead, minutes, hours)
        ticket = await self._ticket(conversation, wanted.reason, group, wanted.note)
        return Outlook(Service.NOBODY if floor.serves(group) else Service.CLOSED, (ticket,), hours=hours)

    async def stir(self, store_id: StoreId) -> None:
        await self.mind(store_id)
        await self._entries.live.stir(store_id)

    async def heard(self, conversation: Conversation, messages: Sequence[Event]) -> None:
        """Who waits may say that they no longer do."""
        if conversation.owner is Owner.QUEUE and messages and self._leaves(messages[-1]):
            try:
                await self.leave(conversation.id)
            except Conflict:
                return  # somebody has just come
        await self._entries.live.stir(conversation.store_id)

    async def leave(self, conversation_id: ConversationId) -> None:
        """The shopper waits no longer; harmless where they do not wait. Raises NotFound, and EpochChanged where
        somebody has just come."""
        case = await self._entries.case(None, conversation_id)
        if case.conversation.owner is not Owner.QUEUE:
            return
        _, unanswered = await self._entries.log.unanswered(conversation_id)
        nothing_else = all(self._leaves(event) for event in unanswered)
        left = case.standing.left(case.words.say("desk_left"))
        await self._entries.enter(self._bot, case, [left], answered=nothing_else)
        await self.stir(case.store.id)

    async def leave_contact(self, conversation_id: ConversationId, contact: str, message: str) -> TicketId:
        """The shopper leaves a contact or a message: with the ticket that is open, or with a new one.

        Raises NotFound, also where the store has no desk, and Conflict where a human serves them now.
        """
        case = await self._entries.case(None, conversation_id)
        if case.store.desk is None:
            raise NotFound("The store has no desk, so nobody would read this.", conversation_id=conversation_id)
        if case.conversation.owner is Owner.AGENT:
            raise Conflict("A human serves the conversation now; write to them.", owner=Owner.AGENT.value)
        ticket = await self._entries.book.open_ticket(conversation_id)
        ticket_id = ticket.id if ticket is not None else TicketId(new_id("ticket"))
        payloads: list[Payload] = []
        if ticket is None:
            group = routing.group_for(case.settings, Wanted(HandoffReason.CUSTOMER_REQUEST, "", case.words.tag))
            payloads.append(TicketOpened(ticket_id, HandoffReason.CUSTOMER_REQUEST, group.name, ""))
        payloads.append(ContactLeft(ticket_id, contact, message, case.words.say("contact_noted")))
        await self._entries.enter(self._bot, case, payloads)
        await self.stir(case.store.id)
        return ticket_id

    async def place(self, conversation_id: ConversationId) -> QueueMoved | None:
        """Where a conversation stands in the queue; None where it does not wait."""
        conversation, handoff = await self._entries.book.standing(conversation_id)
        if handoff is None or not handoff.waits:
            return None
        return await self._place(await self.floor(await self._entries.stores.get(conversation.store_id)), handoff)

    async def floor(self, store: Store) -> Floor:
        """The store's desk as it stands now."""
        assert store.desk is not None, "a store without a desk has no floor"
        book = self._entries.book
        handoffs, agents = await book.open_handoffs(store.id), await book.agents(store.id)
        return Floor(store.desk, store.hours, handoffs, agents, self._entries.clock.now(), self._since)

    async def mind(self, store_id: StoreId) -> None:
        """Do what is due now at a store's desk: offer what waits, ask the next one, give up, and tell those who wait.

        Called when something has happened, and every now and then; twice at once is harmless.
        """
        try:
            store = await self._entries.stores.get(store_id)
        except NotFound:
            return
        if store.desk is None:
            return
        changed = False
        for _ in range(_ROUNDS):
            due = (await self.floor(store)).due()
            done = [await self._do(each, store) for each in due]
            changed = changed or any(done)
            if not any(done):
                break
        await self._tell_places(await self.floor(store))
        if changed:
            await self._entries.live.stir(store_id)

    async def mind_all(self) -> None:
        for store_id in await self._entries.book.stores_with_handoffs():
            try:
                await self.mind(store_id)
            except Exception:
                _log.exception("desk_not_minded", store_id=store_id)

    async def _do(self, due: routing.Due, store: Store) -> bool:
        book = self._entries.book
        match due:
            case Offer():
                return await book.offer(due.handoff.id, due.agent.id, due.until)
            case Missed():
                if not await book.pass_by(due.handoff.id, due.agent_id, missed=True):
                    return False
                if due.away:
                    await book.set_state(store.id, due.agent_id, PresenceState.AWAY)
                return True
            case GivenUp():
                return await self._done(self._give_up, due.handoff)
            case LeftAlone():
                return await self._done(self._to_others, due.handoff)

    async def _done(self, what: _Doing, handoff: Handoff) -> bool:
        try:
            return await what(await self._entries.case(handoff.store_id, handoff.conversation_id))
        except Conflict:
            return False  # somebody was quicker

    async def _give_up(self, case: Case) -> bool:
        """The shopper is told, the bot goes on, and a ticket keeps what they wanted."""
        assert case.handoff is not None
        reason = case.handoff.reason or HandoffReason.CUSTOMER_REQUEST
        group = case.settings.group(case.handoff.group)
        ticket = await self._ticket(case.conversation, reason, group, case.handoff.note)
        said = [case.words.say("desk_nobody"), *self.promised(case), case.words.say("ask_contact")]
        change = case.standing.given_up("".join(said) if case.words.tag.startswith("zh") else " ".join(said))
        await self._entries.enter(self._bot, case, [change, ticket], answered=True)
        return True

    def promised(self, case: Case) -> list[str]:
        """What the store has said of the time in which tickets are answered."""
        within = case.settings.answers_within
        return [case.words.say("ticket_within", within=case.words.in_language(within))] if within else []

    async def _to_others(self, case: Case) -> bool:
        """Back into the queue, if the shopper waits for a word."""
        assert case.handoff is not None
        _, unanswered = await self._entries.log.unanswered(case.conversation.id)
        if not unanswered:
            return False
        change = case.standing.left_alone(case.handoff.group, case.words.say("desk_agent_gone"))
        await self._entries.enter(self._bot, case, [change])
        return True

    async def _ticket(
        self, conversation: Conversation, reason: HandoffReason, group: SkillGroup, note: str
    ) -> TicketOpened | ContactLeft:
        """A new ticket, or what is added to the one that is open."""
        ticket = await self._entries.book.open_ticket(conversation.id)
        if ticket is not None:
            return ContactLeft(ticket.id, "", note[:_NOTE])
        return TicketOpened(TicketId(new_id("ticket")), reason, group.name, note[:_NOTE])

    async def _tell_places(self, floor: Floor) -> None:
        """Those who wait learn where they stand, when that has changed."""
        told: dict[ConversationId, QueueMoved] = {}
        for handoff in floor.handoffs:
            if handoff.waits:
                told[handoff.conversation_id] = place = await self._place(floor, handoff)
                if self._told.get(handoff.conversation_id) != place:
                    await self._entries.live.signal(handoff.conversation_id, place)
        here = {handoff.conversation_id for handoff in floor.handoffs}
        self._told = {key: place for key, place in self._told.items() if key not in here} | told

    async def _place(self, floor: Floor, handoff: Handoff) -> QueueMoved:
        ahead = floor.ahead_of(handoff)
        group = floor.settings.group(handoff.group)
        return QueueMoved(ahead, await self._minutes(floor, group, handoff.language, ahead))

    async def _minutes(self, floor: Floor, group: SkillGroup, language: str, ahead: int) -> int | None:
        book = self._entries.book
        team = [agent for agent in floor.team(group, language) if agent.state is PresenceState.ONLINE]
        if not team:
            return None
        store_id = team[0].store_id
        serving = {agent.id for agent in team}
        return waiting.minutes(
            ahead,
            places=sum(agent.capacity for agent in team),
            taken=sum(not each.waits and each.agent in serving for each in floor.handoffs),
            waited=await book.waits(store_id, group.name, last=waiting.LOOKED_AT),
            handled=await book.handled(store_id, group.name, last=waiting.LOOKED_AT),
        )

    def _leaves(self, event: Event) -> bool:
        if not isinstance(event.payload, MessageReceived):
            return False
        said = fold(event.payload.message.text)
        return len(said) <= _SHORT and self._leaving.found_in(said)
