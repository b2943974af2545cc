"""The step of a turn that calls a human where no word asked for one: useless again, a rising temper, a lot of money.

Only where the store has a desk; elsewhere a reply offers to note that a human is wanted, and the shopper decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import structlog

from assistant.domain.events import HandoffRequested
from assistant.domain.reply import Action, ActionKind, HandoffReason, Part
from assistant.nlu.mood import worsening
from assistant.procedures.failing import TROUBLES
from assistant.turn.steps import Tools, moods_of
from assistant.turn.turn import Turn

_log = structlog.get_logger(__name__)
_LAST_WORD = (ActionKind.HANDOFF, ActionKind.REFUSE)
_USELESS = 2  # useless answers in a row, of which the last hands over
_BUYING = "presale"


@dataclass(frozen=True, slots=True)
class _Call:
    """Why a human is called. says: the text that leads over to them, by name; "" for none."""

    reason: HandoffReason
    confidence: float
    says: str = ""


async def escalate(turn: Turn, tools: Tools) -> None:
    """Hands over after what the turn has to say, for the first of these reasons that holds."""
    reply = turn.reply
    if reply is None or turn.request.store.desk is None or reply.action.kind in _LAST_WORD or turn.left_contact:
        return
    call = _useless(turn) or _temper(turn, tools) or await _much_money(turn)
    if call is None:
        return
    if turn.desk is not None:
        turn.desk.drop_runs()
    turn.also += (HandoffRequested(call.reason, turn.request.text[:500], round(call.confidence, 3)),)
    kept = reply.parts[:1] if reply.action.kind is ActionKind.ABSTAIN else reply.parts
    sorry = (Part(turn.voice.continuing().say(call.says)),) if call.says else ()
    action = Action(ActionKind.HANDOFF, call.reason.value)
    called = replace(reply, action=action, parts=(*kept, *sorry), quick_replies=(), expects=None)
    turn.reply = turn.voice.in_script(called)
    turn.trace.notes["escalated"] = call.reason.value


def _useless(turn: Turn) -> _Call | None:
    """One more answer that is of no use."""
    assert turn.reply is not None
    if turn.reply.action.kind is ActionKind.ABSTAIN and turn.focus.abstained + 1 >= _USELESS:
        return _Call(HandoffReason.REPEATED_FAILURE, 0.9, "sorry_trouble")
    return None


def _temper(turn: Turn, tools: Tools) -> _Call | None:
    """The mood goes down over the conversation."""
    if not worsening(moods_of(turn, tools.reader)):
        return None
    return _Call(HandoffReason.COMPLAINT_ESCALATION, turn.read.mood.score, "sorry_trouble")


async def _much_money(turn: Turn) -> _Call | None:
    """An order about which something is to be done, or what is asked for, is worth as much as a human's time."""
    settings = turn.request.store.desk
    least = settings.high_value if settings is not None else None
    if least is None or max(_basket(turn), await _order_value(turn)) < least:
        return None
    return _Call(HandoffReason.VIP_OR_HIGH_VALUE, 1.0)


def _basket(turn: Turn) -> Decimal:
    """The price of as many as are asked for, of one product."""
    worth = Decimal(0)
    for matter in turn.matters:
        buying = matter.routed is not None and matter.routed.intent.startswith(_BUYING)
        quantities = [Decimal(slot.value) for slot in matter.read.slots if slot.name == "quantity"]
        if buying and len(matter.products) == 1 and len(quantities) == 1 and (price := matter.products[0].price):
            worth = max(worth, quantities[0] * price.amount)
    return worth


async def _order_value(turn: Turn) -> Decimal:
    """Of the order that a procedure asks about, before anything is done to it."""
    desk = turn.desk
    last = desk.passed[-1] if desk is not None and desk.passed else None
    if desk is None or last is None or last.run is None or not last.orders:
        return Decimal(0)
    try:
        orders = await desk.records().orders()
    except TROUBLES as trouble:
        _log.warning("order_value_not_known", error=str(trouble))
        return Decimal(0)
    totals = (order.total.amount for order in orders if order.id in last.orders and order.total is not None)
    return max(totals, default=Decimal(0))
