"""One conversation, as it went: what was said, what the bot did, what it rests on, and why."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import orjson
from nicegui import ui

from assistant.console.frame import told
from assistant.console.reasons import Matter, Reasons, Row
from assistant.console.visitor import Visitor
from assistant.domain.access import KeyScope
from assistant.domain.conversation import Conversation
from assistant.domain.errors import NotFound
from assistant.domain.events import (
    AgentSaid,
    ContactLeft,
    Event,
    HandoffRequested,
    MessageReceived,
    Noted,
    OwnerChanged,
    Rated,
    Replied,
    TicketClosed,
    TicketOpened,
)
from assistant.domain.explanation import Explained
from assistant.domain.ids import ConversationId
from assistant.domain.reply import Reply

_PAGE = 500


async def show_transcript(visitor: Visitor, conversation_id: ConversationId, *, back: str) -> None:
    """Raises Forbidden, and NotFound where the store has no such conversation with a shopper."""
    ui.link(visitor.text("transcript.back"), back).classes("back")
    caller = await visitor.check(KeyScope.VIEW)
    try:
        conversation = await visitor.application.log.get(conversation_id)
        if conversation.store_id != caller.store_id or conversation.test:
            raise NotFound("Another store's.")
    except NotFound:
        with ui.element("section").classes("sheet"), ui.column().classes("nothing"):
            ui.label(visitor.text("transcript.unknown"))
        return
    with ui.element("section").classes("sheet talk"):
        _head(visitor, conversation)
        said: list[str] = []
        for event in await _events(visitor, conversation.id):
            _event(visitor, event, said)


async def _events(visitor: Visitor, conversation_id: ConversationId) -> list[Event]:
    events: list[Event] = []
    while True:
        after = events[-1].seq if events else 0
        page = await visitor.application.log.events(conversation_id, after=after, limit=_PAGE)
        events += page
        if len(page) < _PAGE:
            return events


def _head(visitor: Visitor, conversation: Conversation) -> None:
    shopper = conversation.shopper
    began = conversation.created_at.astimezone(ZoneInfo(visitor.store.hours.timezone))
    name = shopper.name or visitor.text("conversations.anonymous")
    ui.html(visitor.text("transcript.with"), sanitize=False, tag="h2")
    _rows(
        (
            Row(visitor.text("conversations.shopper"), name),
            Row(visitor.text("transcript.began"), f"{began:%Y-%m-%d %H:%M}"),
            Row(visitor.text("transcript.owner"), visitor.text(f"transcript.owner.{conversation.owner}")),
            Row(visitor.text("transcript.id"), conversation.id),
        )
    )


def _event(visitor: Visitor, event: Event, said: list[str]) -> None:
    """said: what the shopper has said since the last reply; changed as the conversation goes on."""
    payload = event.payload
    match payload:
        case MessageReceived():
            said.append(payload.message.text)
            with _bubble(visitor, event, "shopper", visitor.text("conversations.shopper")):
                ui.label(payload.message.text).classes("words")
        case Replied():
            with _bubble(visitor, event, "bot", visitor.text("transcript.bot")):
                _reply(visitor, payload.reply)
                if payload.answers:
                    _why(visitor, event, payload, "\n".join(said))
            said.clear()
        case AgentSaid():
            with _bubble(visitor, event, "agent", payload.name):
                ui.label(payload.text).classes("words")
        case _:
            line = _line(visitor, payload)
            if line:
                ui.label(f"{_clock(visitor, event)} · {line}").classes("talk-line quiet")


def _line(visitor: Visitor, payload: Any) -> str:
    """What happened, in a line."""
    match payload:
        case HandoffRequested():
            return visitor.text(
                "transcript.handoff",
                reason=visitor.text(f"transcript.reason.{payload.reason}"),
                sure=f"{payload.confidence:.0%}",
            )
        case OwnerChanged():
            name = f"transcript.change.{payload.reason}" if payload.reason else f"transcript.owner.{payload.owner}"
            line = visitor.text(name)
            return f"{line} · {payload.name}" if payload.name else line
        case TicketOpened():
            return visitor.text("transcript.ticket", message=payload.message)
        case ContactLeft():
            return visitor.text("transcript.contact", contact=payload.contact)
        case TicketClosed():
            return visitor.text("transcript.ticket_closed", answer=payload.answer)
        case Rated():
            return visitor.text("transcript.rated", score=payload.score, comment=payload.comment)
        case Noted():
            return visitor.text("transcript.noted", text=payload.text)
    return ""


def _clock(visitor: Visitor, event: Event) -> str:
    return f"{event.at.astimezone(ZoneInfo(visitor.store.hours.timezone)):%H:%M}"


def _bubble(visitor: Visitor, event: Event, kind: str, name: str) -> ui.element:
    with ui.element("article").classes(f"bubble bubble-{kind}") as bubble:
        ui.label(f"{name} · {_clock(visitor, event)}").classes("bubble-name quiet")
    return bubble


def _reply(visitor: Visitor, reply: Reply) -> None:
    ui.label(reply.text).classes("words")
    if reply.table is not None:
        columns = [{"name": str(n), "label": name, "field": str(n)} for n, name in enumerate(reply.table.columns)]
        rows = [{str(n): cell for n, cell in enumerate(row)} for row in reply.table.rows]
        ui.table(columns=columns, rows=rows).props("flat dense bordered hide-bottom wrap-cells")
    for card in reply.cards:
        ui.label(" · ".join(part for part in (card.title, card.price, card.note) if part)).classes("card-line")
    with ui.row().classes("bubble-did"):
        kind = reply.action.kind
        ui.label(visitor.text(f"transcript.did.{kind}")).classes(f"mark mark-{_marked(kind)}")
        for quick in reply.quick_replies:
            ui.label(quick.label).classes("quick")
    used = {identifier for part in reply.parts for identifier in part.evidence_ids}
    shown = {(each.title, each.text, each.source): each for each in reply.evidence if each.id in used}
    if shown:
        title = visitor.text("transcript.evidence", count=len(shown))
        with ui.expansion(title, icon="fact_check").classes("more").props("dense"):
            for evidence in shown.values():
                with ui.column().classes("evidence"):
                    ui.label(evidence.title).classes("entry-name")
                    ui.label(evidence.text).classes("words")
                    ui.label(evidence.source).classes("quiet")


def _marked(kind: str) -> str:
    return {"abstain": "abstained", "handoff": "human", "clarify": "waiting"}.get(kind, "answered")


def _why(visitor: Visitor, event: Event, replied: Replied, text: str) -> None:
    """Looked up when it is opened, once."""
    with ui.expansion(visitor.text("transcript.why"), icon="psychology").classes("more").props("dense") as more:
        place = ui.column().classes("why")
        with place:
            ui.spinner().props(f'aria-label="{visitor.text("transcript.loading")}"')

    async def load() -> None:
        if not more.value or place.default_slot.children[0].tag != "q-spinner":
            return
        async with told(visitor):
            await visitor.check(KeyScope.VIEW)
            reasons = await _reasons(visitor, event.conversation_id, replied, text)
            place.clear()
            with place:
                _show_reasons(visitor, reasons)

    more.on_value_change(load)


async def _reasons(visitor: Visitor, conversation_id: ConversationId, replied: Replied, text: str) -> Reasons | None:
    """None where nothing was kept of how the reply came about."""
    try:
        kept = await visitor.application.log.trace(conversation_id, replied.turn_id)
    except NotFound:
        return None
    trace = orjson.loads(kept)
    matters = trace.get("notes", {}).get("matters", ())
    if not matters:
        return None
    tools = await visitor.application.tuned.of(visitor.store)
    named = {name for matter in matters for name in (*matter.get("intents", ()), matter.get("intent", ""))}
    labels = {name: tools.labels.of(name) for name in named if name}
    return visitor.house.explainer(text, Explained(replied.reply, trace, labels), visitor.language)


def _show_reasons(visitor: Visitor, reasons: Reasons | None) -> None:
    if reasons is None:
        ui.label(visitor.text("transcript.no_trace")).classes("quiet")
        return
    _rows(reasons.message)
    for matter in reasons.matters:
        _matter(matter, reasons.looked_title)
    for dropped in reasons.dropped:
        ui.label(dropped).classes("quiet")


def _matter(matter: Matter, looked_title: str) -> None:
    if matter.title:
        ui.label(f"{matter.title} · {matter.said}").classes("entry-name")
    _rows((*matter.rows, matter.why))
    if matter.looked:
        ui.label(looked_title).classes("quiet")
        for looked in matter.looked:
            with ui.row().classes("looked looked-chosen" if looked.chosen else "looked"):
                ui.label(looked.likely).classes("looked-likely")
                with ui.column().classes("entry-text"):
                    ui.label(looked.text).classes("words")
                    ui.label(looked.source).classes("quiet")
                    ui.label(looked.signals).classes("quiet")


def _rows(rows: tuple[Row, ...]) -> None:
    with ui.element("dl").classes("rows"):
        for row in rows:
            with ui.element("dt"):
                ui.label(row.name)
            with ui.element("dd"):
                ui.label(row.text).classes("words")
