"""Tells in the conversation what a run has come to, where no turn is left to tell it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from assistant.answers.passing import passed_on
from assistant.answers.plain import plain
from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.conversation import Conversation, Owner
from assistant.domain.desk import HumanDesk, Service, Wanted
from assistant.domain.effects import Outcome, OutcomeState, Plan
from assistant.domain.errors import EpochChanged
from assistant.domain.events import Event, HandoffRequested, Noted, Payload, Replied
from assistant.domain.ids import TurnId
from assistant.domain.ports import Clock, ConversationLog, LiveEvents, Stores
from assistant.domain.procedures import Procedures
from assistant.domain.reply import ActionKind, HandoffReason, Reply
from assistant.nlu import language

_TRIES = 3  # the owner may change between the look and the message
_TEXTS = {
    OutcomeState.DONE: ("procedure_done", "done"),
    OutcomeState.REFUSED: ("procedure_system_refused", "failed"),
}
DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Teller:
    """Speaks to the shopper while the bot may, else to people at the desk."""

    log: ConversationLog
    live: LiveEvents
    stores: Stores
    procedures: Procedures
    texts: Texts
    clock: Clock
    desk: HumanDesk | None = None

    async def __call__(self, plan: Plan, outcome: Outcome) -> None:
        for _ in range(_TRIES):
            conversation = await self.log.get(plan.conversation_id)
            try:
                events = await self._told(conversation, plan, outcome)
            except EpochChanged:
                continue
            if events:
                await self.live.announce(conversation.id, events[-1].seq)
            if len(events) > 1 and self.desk is not None:
                await self.desk.stir(conversation.store_id)
            return

    async def _told(self, conversation: Conversation, plan: Plan, outcome: Outcome) -> list[Event]:
        note = f"{plan.procedure}: {outcome.state} {outcome.reason}".rstrip()
        if conversation.owner is not Owner.BOT:
            return [await self.log.append(conversation.id, Noted(f"{note} ({plan.run_id})"))]
        reply = await self._reply(conversation, plan, outcome)
        also: tuple[Payload, ...] = ()
        if reply.action.kind is ActionKind.HANDOFF:
            reply, also = await self._passed_on(conversation, reply, HandoffRequested(HandoffReason.TOOL_FAILURE, note))
        return await self.log.say(
            conversation.id,
            Replied(TurnId(f"turn_{plan.run_id}"), reply, answers=conversation.answered_seq),
            expected_epoch=conversation.epoch,
            also=also,
            trace=orjson.dumps({"run": plan.run_id, "outcome": outcome.state, "reason": outcome.reason}),
        )

    async def _passed_on(
        self, conversation: Conversation, reply: Reply, requested: HandoffRequested
    ) -> tuple[Reply, tuple[Payload, ...]]:
        """With what becomes of the request, where the store has a desk."""
        store = await self.stores.get(conversation.store_id)
        if self.desk is None or store.desk is None:
            return reply, (requested,)
        wanted = Wanted(requested.reason, requested.note, reply.language, intent=conversation.focus.intent)
        outlook = await self.desk.outlook(conversation, store, wanted)
        if outlook.service is Service.NONE:
            return reply, (requested,)
        voice = Voice(self.texts, store, language.of_tag(reply.language))
        told = passed_on(reply, outlook, voice, open_now=store.hours.open_at(self.clock.now()))
        return voice.in_script(told), (requested, *outlook.also)

    async def _reply(self, conversation: Conversation, plan: Plan, outcome: Outcome) -> Reply:
        store = await self.stores.get(plan.store_id)
        voice = Voice(self.texts, store, language.of_tag(conversation.focus.language or conversation.language))
        procedure = (await self.procedures.of(plan.store_id)).get(plan.procedure)
        matter = procedure.title.in_language(voice.language.tag) if procedure is not None else plan.procedure
        name, way = _TEXTS.get(outcome.state, ("procedure_uncertain", ""))
        if outcome.reason == DENIED and outcome.state is OutcomeState.REFUSED:
            name = "procedure_denied"
        kind, reason = ActionKind.PROCEDURE, f"{plan.procedure}.{way}"
        if not way:
            kind, reason = ActionKind.HANDOFF, HandoffReason.TOOL_FAILURE.value
        return voice.in_script(plain(voice, kind, reason, voice.say(name, matter=matter)))
