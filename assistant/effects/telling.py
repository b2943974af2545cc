"""Tells in the conversation what a run has come to, where no turn is left to tell it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from assistant.answers.plain import plain
from assistant.answers.texts import Texts
from assistant.answers.voice import Voice
from assistant.domain.conversation import Conversation, Owner
from assistant.domain.effects import Outcome, OutcomeState, Plan
from assistant.domain.errors import EpochChanged
from assistant.domain.events import Event, HandoffRequested, Noted, Payload, Replied
from assistant.domain.ids import TurnId
from assistant.domain.ports import ConversationLog, LiveEvents, Stores
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

    async def __call__(self, plan: Plan, outcome: Outcome) -> None:
        for _ in range(_TRIES):
            conversation = await self.log.get(plan.conversation_id)
            try:
                events = await self._told(conversation, plan, outcome)
            except EpochChanged:
                continue
            if events:
                await self.live.announce(conversation.id, events[-1].seq)
            return

    async def _told(self, conversation: Conversation, plan: Plan, outcome: Outcome) -> list[Event]:
        note = f"{plan.procedure}: {outcome.state} {outcome.reason}".rstrip()
        if conversation.owner is not Owner.BOT:
            return [await self.log.append(conversation.id, Noted(f"{note} ({plan.run_id})"))]
        reply = await self._reply(conversation, plan, outcome)
        also: tuple[Payload, ...] = ()
        if reply.action.kind is ActionKind.HANDOFF:
            also = (HandoffRequested(HandoffReason.TOOL_FAILURE, note),)
        return await self.log.say(
            conversation.id,
            Replied(TurnId(f"turn_{plan.run_id}"), reply, answers=conversation.answered_seq),
            expected_epoch=conversation.epoch,
            also=also,
            trace=orjson.dumps({"run": plan.run_id, "outcome": outcome.state, "reason": outcome.reason}),
        )

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
