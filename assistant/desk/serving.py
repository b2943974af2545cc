"""What agents do: come and go, take conversations, speak, pass them on, hand them back, close them, answer tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from assistant.desk.entering import Bot, Case, Entries
from assistant.desk.ownership import Speaker, Standing
from assistant.desk.queue import Queue
from assistant.domain.conversation import Owner
from assistant.domain.desk import Agent, PresenceState, Ticket, TicketState
from assistant.domain.errors import Conflict, InvalidInput
from assistant.domain.events import AgentSaid, AgentTyping, Event, Noted, Payload, TicketClosed
from assistant.domain.ids import AgentId, ConversationId, MessageId, StoreId, TicketId, new_id
from assistant.domain.skills import GroupName

_TYPING_S = 6.0


@dataclass(frozen=True, slots=True)
class At:
    """Which conversation somebody means, and how they saw it last: epoch 0 means however it stands."""

    store_id: StoreId
    conversation_id: ConversationId
    epoch: int = 0


class Serving:
    """All that agents do, for every store. Every method raises NotFound for what is not the store's, and Conflict
    (EpochChanged where somebody was quicker) for what cannot be done as things stand."""

    def __init__(self, entries: Entries, queue: Queue, bot: Bot) -> None:
        self._entries = entries
        self._queue = queue
        self._bot = bot

    async def come(self, agent: Agent) -> Agent:
        """Enter an agent and what they say of themselves, and give them what waits."""
        await self._entries.book.put_agent(agent)
        await self._queue.stir(agent.store_id)
        return await self._entries.book.agent(agent.store_id, agent.id)

    async def seen(self, store_id: StoreId, agent_id: AgentId) -> None:
        """A sign of life, which every desk that is open gives at least once a minute."""
        await self._entries.book.seen(store_id, agent_id, self._entries.clock.now())

    async def set_state(self, store_id: StoreId, agent_id: AgentId, state: PresenceState) -> Agent:
        agent = await self._entries.book.agent(store_id, agent_id)
        return await self.come(replace(agent, state=state, seen_at=self._entries.clock.now()))

    async def take(self, at: At, agent_id: AgentId) -> Case:
        """Speak in a conversation from now on, whoever does now; harmless for who has it already."""
        agent = await self._speaker(at.store_id, agent_id)
        case = await self._case(at, agent_id)
        if case.standing.agent == agent.id:
            return case
        self._check(case, at)
        change = case.standing.taken_by(agent, case.words.say("desk_taken", who=agent.name))
        await self._entries.enter(self._bot, case, [change])
        return await self._after(at)

    async def decline(self, at: At, agent_id: AgentId) -> None:
        """Not to take what one is asked to; harmless where one is not asked."""
        case = await self._case(at, agent_id)
        if case.handoff is not None:
            await self._entries.book.pass_by(case.handoff.id, agent_id, missed=False)
            await self._queue.stir(at.store_id)

    async def say(self, at: At, agent_id: AgentId, text: str, *, key: str = "", take_over: bool = False) -> Event:
        """A word to the shopper. Who speaks takes the conversation, from bot and queue at once, from another agent only
        with `take_over`. key: of the client; with the same one the same word is said once."""
        agent = await self._speaker(at.store_id, agent_id)
        case = await self._case(at, agent_id)
        said = AgentSaid(MessageId(new_id("msg")), agent.id, agent.name, text)
        payloads: list[Payload] = [said]
        if case.standing.agent != agent.id:
            if case.conversation.owner is Owner.AGENT and not take_over:
                raise Conflict(
                    f"{case.standing.agent} has the conversation; take it over first.", agent=case.standing.agent
                )
            self._check(case, at)
            change = case.standing.taken_by(agent, case.words.say("desk_taken", who=agent.name))
            payloads.insert(0, change)
        events, fresh = await self._entries.enter(self._bot, case, payloads, key=key)
        if fresh:
            await self._queue.stir(at.store_id)
        return events[-1]

    async def note(
        self, at: At, agent_id: AgentId, text: str, *, mentions: Sequence[AgentId] = (), key: str = ""
    ) -> Event:
        """A word to others at the desk, of which shoppers see nothing. mentions: whom it is for."""
        agent = await self._speaker(at.store_id, agent_id)
        for mentioned in mentions:
            await self._speaker(at.store_id, mentioned)
        case = await self._case(at, agent_id)
        noted = Noted(text, agent.id, agent.name, tuple(mentions))
        events, _ = await self._entries.enter(self._bot, case, [noted], key=key)
        await self._entries.live.stir(at.store_id)
        return events[-1]

    async def typing(self, at: At, agent_id: AgentId) -> None:
        """The shopper sees that somebody writes; nothing for who does not have the conversation."""
        case = await self._case(at, agent_id)
        if case.standing.agent == agent_id and case.handoff is not None:
            until = self._entries.clock.now() + timedelta(seconds=_TYPING_S)
            await self._entries.live.signal(at.conversation_id, AgentTyping(case.handoff.agent_name, until))

    async def pass_to_agent(self, at: At, agent_id: AgentId, to: AgentId, note: str) -> Case:
        other = await self._speaker(at.store_id, to)
        case = await self._own(at, agent_id)
        change = case.standing.passed_to(other, case.words.say("desk_passed_on", who=other.name), note)
        return await self._entered(at, case, [change])

    async def pass_to_group(self, at: At, agent_id: AgentId, to: GroupName, note: str) -> Case:
        case = await self._own(at, agent_id)
        group = next((group for group in case.settings.groups if group.name == to), None)
        if group is None:
            known = ", ".join(group.name for group in case.settings.groups)
            raise InvalidInput(f"There is no group {to!r}; the store has {known}.", group=to)
        text = case.words.say("desk_passed_to_group", group=case.words.in_language(group.title))
        return await self._entered(at, case, [case.standing.passed_to_group(group.name, text, note)])

    async def hand_back(self, at: At, agent_id: AgentId) -> Case:
        """The bot goes on, and answers what nobody has; harmless where it has the conversation."""
        case = await self._case(at, agent_id)
        if case.conversation.owner is Owner.BOT:
            return case
        case = await self._own(at, agent_id)
        return await self._entered(
            at, case, [case.standing.handed_back(case.words.say("desk_handed_back", bot=case.words.bot))]
        )

    async def close(self, at: At, agent_id: AgentId, reason: str) -> Case:
        """The end; harmless where it is closed. reason: for the desk, in words of its own or from a list of its own."""
        case = await self._case(at, agent_id)
        if case.conversation.owner is Owner.CLOSED:
            return case
        if case.conversation.owner is Owner.AGENT:
            case = await self._own(at, agent_id)
        self._check(case, at)
        closed = case.standing.closed(case.words.say("desk_closed"), reason)
        await self._entries.enter(self._bot, case, [closed], answered=True)
        return await self._after(at)

    async def close_ticket(self, store_id: StoreId, ticket_id: TicketId, agent_id: AgentId, answer: str) -> Ticket:
        """A person has done with it. The answer reaches the shopper in the conversation, where the bot goes on after
        it; "" says nothing. Harmless where the ticket was closed before."""
        agent = await self._speaker(store_id, agent_id)
        ticket = await self._entries.book.ticket(store_id, ticket_id)
        if ticket.state is TicketState.CLOSED:
            return ticket
        case = await self._entries.case(store_id, ticket.conversation_id)
        payloads: list[Payload] = [TicketClosed(ticket_id, agent.id, answer)]
        if answer:
            payloads = _answering(case.standing, agent, answer, *payloads)
        await self._entries.enter(self._bot, case, payloads)
        await self._queue.stir(store_id)
        return await self._entries.book.ticket(store_id, ticket_id)

    async def _speaker(self, store_id: StoreId, agent_id: AgentId) -> Speaker:
        agent = await self._entries.book.agent(store_id, agent_id)
        return Speaker(agent.id, agent.name)

    async def _case(self, at: At, agent_id: AgentId) -> Case:
        """What somebody does is a sign of life."""
        await self.seen(at.store_id, agent_id)
        return await self._entries.case(at.store_id, at.conversation_id)

    async def _own(self, at: At, agent_id: AgentId) -> Case:
        """A conversation that the agent has. Raises Conflict for one that they do not."""
        await self._speaker(at.store_id, agent_id)
        case = await self._case(at, agent_id)
        if case.standing.agent != agent_id:
            raise Conflict(
                f"The conversation is not {agent_id}'s: take it first.",
                owner=case.conversation.owner.value,
                agent=case.standing.agent,
            )
        self._check(case, at)
        return case

    def _check(self, case: Case, at: At) -> None:
        if at.epoch and at.epoch != case.conversation.epoch:
            raise Conflict(
                f"The conversation's owner has changed since: epoch {case.conversation.epoch}, not {at.epoch}.",
                owner=case.conversation.owner.value,
                agent=case.standing.agent,
            )

    async def _entered(self, at: At, case: Case, payloads: Sequence[Payload]) -> Case:
        await self._entries.enter(self._bot, case, payloads)
        return await self._after(at)

    async def _after(self, at: At) -> Case:
        await self._queue.stir(at.store_id)
        return await self._entries.case(at.store_id, at.conversation_id)


def _answering(standing: Standing, agent: Speaker, answer: str, *then: Payload) -> list[Payload]:
    """The answer to a ticket, from who speaks now or for as long as it takes."""
    said = AgentSaid(MessageId(new_id("msg")), agent.id, agent.name, answer)
    match standing.owner:
        case Owner.AGENT if standing.agent == agent.id:
            return [said, *then]
        case Owner.QUEUE | Owner.AGENT:
            return [standing.taken_by(agent, ""), said, *then]
        case _:
            speaks = standing.to_answer_ticket(agent)
            return [speaks, said, *then, standing.after(speaks).ticket_answered()]
