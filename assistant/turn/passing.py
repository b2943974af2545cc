"""The steps of a turn that pass the conversation on to a human, and take what a shopper leaves for one."""

from __future__ import annotations

import structlog

from assistant.answers.passing import passed_on
from assistant.answers.plain import plain
from assistant.domain.desk import Outlook, Service, Wanted
from assistant.domain.events import ContactLeft, HandoffRequested
from assistant.domain.reply import ActionKind
from assistant.nlu import language
from assistant.procedures.failing import TROUBLES
from assistant.turn.steps import Tools
from assistant.turn.turn import Turn

_log = structlog.get_logger(__name__)
_CONTACTS = ("phone", "email")  # names of slots
_HUMAN = "human"  # the intent that says nothing of the matter


async def take_contact(turn: Turn, _: Tools) -> None:
    """What was left for a ticket, where a contact was asked for and the message holds one."""
    ticket = turn.focus.ticket
    if ticket is None:
        return
    given = [slot.text for slot in turn.read.whole.slots if slot.name in _CONTACTS]
    if not given:
        return
    turn.left_contact = True
    text = turn.voice.say("contact_noted")
    turn.also += (ContactLeft(ticket, ", ".join(dict.fromkeys(given)), turn.request.text[:500]),)
    turn.reply = turn.voice.in_script(plain(turn.voice, ActionKind.SMALL_TALK, "contact_noted", text))


async def pass_on(turn: Turn, tools: Tools) -> None:
    """Where a human is asked for, what becomes of it: stored with the reply, and said in it."""
    requests = [payload for payload in turn.also if isinstance(payload, HandoffRequested)]
    if not requests or turn.reply is None:
        return
    outlook = await _outlook(turn, requests[0], tools)
    others = tuple(payload for payload in turn.also if not isinstance(payload, HandoffRequested))
    turn.also = (*others, requests[0], *outlook.also)
    if turn.told_of_human and outlook.service is Service.NONE:
        return
    open_now = turn.voice.store.hours.open_at(tools.clock.now())
    turn.reply = turn.voice.in_script(passed_on(turn.reply, outlook, turn.voice, open_now=open_now))
    turn.trace.notes["passed_on"] = {"service": outlook.service.value, "ahead": outlook.ahead}


async def _outlook(turn: Turn, requested: HandoffRequested, tools: Tools) -> Outlook:
    conversation, store = turn.request.conversation, turn.request.store
    if tools.desk is None or store.desk is None:
        return Outlook(Service.NONE)
    products = [product for matter in turn.matters for product in matter.products]
    if not products and turn.focus.product_ids:
        products = await tools.knowledge.products(turn.scope, turn.focus.product_ids)
    categories = (text for product in products if product.category for text in product.category.texts)
    wanted = Wanted(
        requested.reason,
        requested.note,
        language.tag_of(turn.voice.language),
        requested.confidence,
        _intent(turn),
        tuple(product.id for product in products),
        tuple(dict.fromkeys(categories)),
        await _tier(turn),
    )
    return await tools.desk.outlook(conversation, store, wanted)


def _intent(turn: Turn) -> str:
    """What it is about: what the message says of it, or else what was talked of before."""
    told = [matter.routed.intent for matter in turn.matters if matter.routed is not None]
    return next((intent for intent in told if intent != _HUMAN), turn.focus.intent)


async def _tier(turn: Turn) -> str:
    """The shopper's rank in the store's system; "" where it is not known."""
    settings = turn.request.store.desk
    desk = turn.desk
    if settings is None or desk is None or desk.shopper is None or not any(group.tiers for group in settings.groups):
        return ""
    try:
        record = await desk.records().shopper()
    except TROUBLES as trouble:
        _log.warning("tier_not_known", error=str(trouble))
        return ""
    return str(record.fields.get(settings.tier_field, ""))
