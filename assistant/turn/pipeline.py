"""The pipeline: named steps over one typed Turn, each timed; from unanswered messages to a reply that may be sent."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from assistant.answers.facts import abstention
from assistant.answers.verification import replies
from assistant.answers.voice import Voice
from assistant.domain.conversation import Choice, Conversation, Focus, Owner
from assistant.domain.events import AgentSaid, Event, MessageReceived, OwnerChanged, Replied
from assistant.domain.ids import TurnId, new_id
from assistant.domain.reply import ActionKind, ExpectsKind
from assistant.domain.store import Store
from assistant.domain.understanding import Route
from assistant.nlu import language
from assistant.turn import notes
from assistant.turn.audience import Audience
from assistant.turn.consult import consult
from assistant.turn.decide import decide
from assistant.turn.escalating import escalate
from assistant.turn.passing import pass_on, take_contact
from assistant.turn.phrase import phrase
from assistant.turn.serve import open_desk, take_up
from assistant.turn.steps import Tools, embed, recall, resolve, route, understand
from assistant.turn.turn import Matter, Request, Said, Turn

_ABOUT_SOMETHING = frozenset(Route) - {Route.SMALL_TALK, Route.HANDOFF, Route.REFUSE}

Step = Callable[[Turn, Tools], Awaitable[None]]


async def check(turn: Turn, _: Tools) -> None:
    """Drops what the evidence does not hold; a reply that loses its substance becomes an abstention."""
    assert turn.reply is not None
    read = (word for matter in turn.matters for word in (matter.question.whole, *_read(matter)))
    said = " ".join((turn.request.text, *read, _names(turn)))
    faults = replies.faults(turn.reply, said)
    if not faults:
        return
    turn.trace.notes["unsupported"] = faults
    kept = tuple(
        part
        for part in turn.reply.parts
        if not (part.evidence_ids and replies.unsupported(part, turn.reply.evidence, said))
    )
    if turn.reply.expects is not None and turn.reply.expects.kind is ExpectsKind.CONFIRMATION:
        kept = ()  # what is not shown in full cannot be agreed to
        if turn.desk is not None:
            turn.desk.drop_runs()
    if any(part.evidence_ids for part in kept):
        turn.reply = replace(turn.reply, parts=kept)
    else:
        turn.reply = turn.voice.in_script(abstention(turn.voice, turn.voice.say("abstain"), "not_verified"))


def _read(matter: Matter) -> list[str]:
    """What the shopper said, in figures: "两件" is 2."""
    return [slot.value for slot in matter.read.slots if slot.name == "quantity"]


def _names(turn: Turn) -> str:
    """Names of the products the turn is about: a model number in a name is no statement."""
    products = [product for matter in turn.matters for product in matter.products]
    return " ".join(f"{product.title} {turn.voice.name(product)}" for product in products)


STEPS: tuple[Step, ...] = (
    open_desk,
    understand,
    recall,
    resolve,
    take_up,
    embed,
    route,
    take_contact,
    consult,
    decide,
    phrase,
    check,
    escalate,
    pass_on,
)


def coalesced(
    conversation: Conversation, store: Store, messages: Sequence[Event], before: Sequence[Event] = ()
) -> Request:
    """One request from all messages not yet answered: their texts in lines, the page of the last.

    `before`: the events just before them, as far back as a turn remembers.
    """
    payloads = [event.payload for event in messages if isinstance(event.payload, MessageReceived)]
    return Request(
        turn_id=TurnId(new_id("turn")),
        conversation=conversation,
        store=store,
        text="\n".join(payload.message.text for payload in payloads),
        page=payloads[-1].message.page,
        answers=messages[-1].seq,
        before=tuple(said for event in _since_handed_back(before) if (said := _said(event))),
    )


def _since_handed_back(before: Sequence[Event]) -> Sequence[Event]:
    """What was said since the bot had the conversation back last: what led to a human does not lead there again."""
    for place in range(len(before) - 1, -1, -1):
        payload = before[place].payload
        if isinstance(payload, OwnerChanged) and payload.owner is Owner.BOT:
            return before[place + 1 :]
    return before


def _said(event: Event) -> Said | None:
    match event.payload:
        case MessageReceived(message):
            return Said(message.text, by_shopper=True)
        case Replied(reply=reply, answers=answers):
            return Said(reply.text, reply.action) if answers else None  # a greeting answers nothing
        case AgentSaid(text=text):
            return Said(text)
        case _:
            return None


async def run(request: Request, tools: Tools, audience: Audience | None = None) -> Turn:
    """Runs all steps, for an audience (None: nobody is shown anything before the end).

    Raises NotReady when the store has nothing published; what stops a step (an embedder that is gone, a time-out)
    passes through to the dispatcher.
    """
    scope = await tools.knowledge.published(request.store.id)
    spoken = language.of_tag(request.conversation.language)
    today = tools.clock.now().astimezone(ZoneInfo(request.store.hours.timezone)).date()
    turn = Turn(request, scope, Voice(tools.texts, request.store, spoken, today), request.conversation.focus)
    turn.model = tools.models.of(request.store) if tools.models else None
    turn.audience = audience or turn.audience
    for step in STEPS:
        started = time.perf_counter()
        await step(turn, tools)
        turn.trace.milliseconds[step.__name__] = round((time.perf_counter() - started) * 1000, 3)
    notes.of_model(turn)
    return turn


def focus_after(turn: Turn) -> Focus:
    """What the conversation is about once this turn's reply is sent: what its last question was about."""
    before, reply = turn.focus, turn.reply
    assert reply is not None
    focus = replace(
        before,
        page_product_id=turn.request.page.product_id or before.page_product_id,
        language=language.tag_of(turn.voice.language),
        choices=_choices_after(turn),
        abstained=before.abstained + 1 if reply.action.kind is ActionKind.ABSTAIN else 0,
        service=before.service if turn.desk is None else turn.desk.state,
        ticket=None,
    )
    for matter in turn.matters:
        if matter.routed is not None and matter.routed.route in _ABOUT_SOMETHING:
            focus = _after(matter, focus)
    if turn.desk is not None and turn.desk.passed and turn.desk.passed[-1].orders:
        # The order that procedures were last about is what is talked about now, and no product that was before.
        served = turn.desk.passed[-1].products
        focus = replace(focus, product_ids=served if len(served) == 1 else ())
    return focus


def _choices_after(turn: Turn) -> tuple[Choice, ...]:
    """What may be chosen next: what was just offered; after a digression, what was offered before it."""
    offered = tuple(choice for matter in turn.matters for choice in matter.offered)
    digresses = not any(matter.products or matter.chosen or matter.shown for matter in turn.matters)
    return offered or (turn.focus.choices if digresses else ())


def _after(matter: Matter, focus: Focus) -> Focus:
    cards = matter.reply.cards if matter.reply else ()
    shown = matter.shown or (tuple(card.product_id for card in cards) if len(cards) > 1 else ())
    return replace(
        focus,
        product_ids=tuple(product.id for product in matter.products) or (() if shown else focus.product_ids),
        shown=shown or focus.shown,
        last_question=matter.question.whole or focus.last_question,
        intent=matter.routed.intent if matter.routed is not None else focus.intent,
    )
