"""Conversations: found by words, shopper, outcome and date; each as it went, with what the bot did and why.

What is looked for stands in the address, so that a list can be reloaded, passed on, and come back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from nicegui import ui

from assistant.console.frame import told
from assistant.console.pages.transcript import show_transcript
from assistant.console.visitor import Visitor
from assistant.domain.access import KeyScope
from assistant.domain.archive import Kept, Outcome, Sought
from assistant.domain.ids import ConversationId

_FIELDS = ("text", "shopper", "outcome", "since", "until")
_COLOURS = {Outcome.HUMAN: "human", Outcome.ABSTAINED: "abstained", Outcome.WAITING: "waiting"}


async def show(visitor: Visitor) -> None:
    """The list or, where the address names one, a conversation."""
    request = ui.context.client.request
    asked = {name: value for name, value in request.query_params.items() if value} if request else {}
    filters = {name: asked[name] for name in _FIELDS if name in asked}
    if "id" in asked:
        async with told(visitor):
            await show_transcript(visitor, ConversationId(asked["id"]), back=_address(visitor, filters))
        return
    _search(visitor, filters)
    await _list(visitor, filters, asked.get("before"))


def _address(visitor: Visitor, query: Mapping[str, str]) -> str:
    path = f"/{visitor.store.id}/conversations"  # below where the pages are mounted
    return f"{path}?{urlencode(query)}" if query else path


def _search(visitor: Visitor, filters: Mapping[str, str]) -> None:
    outcomes = {"": visitor.text("conversations.any")}
    outcomes |= {outcome.value: visitor.text(f"conversations.outcome.{outcome}") for outcome in Outcome}

    def go() -> None:
        query = {name: str(field.value or "").strip() for name, field in fields.items()}
        ui.navigate.to(_address(visitor, {name: value for name, value in query.items() if value}))

    with ui.element("section").classes("sheet"), ui.element("search").classes("search"):
        fields: dict[str, ui.input | ui.select] = {}
        for name in ("text", "shopper"):
            field = ui.input(visitor.text(f"conversations.{name}"), value=filters.get(name, ""))
            fields[name] = field.props("outlined dense clearable").on("keydown.enter", go)
        outcome = filters.get("outcome", "")
        choice = ui.select(
            outcomes, value=outcome if outcome in outcomes else "", label=visitor.text("conversations.outcome")
        )
        fields["outcome"] = choice.props("outlined dense options-dense")
        for name in ("since", "until"):
            field = ui.input(visitor.text(f"conversations.{name}"), value=filters.get(name, ""))
            fields[name] = field.props("outlined dense stack-label type=date").on("keydown.enter", go)
        with ui.row().classes("search-buttons"):
            ui.button(visitor.text("conversations.search"), icon="search", on_click=go).props("unelevated no-caps")
            if filters:
                everything = ui.button(visitor.text("conversations.clear")).props("flat no-caps")
                everything.on_click(lambda: ui.navigate.to(_address(visitor, {})))


async def _list(visitor: Visitor, filters: Mapping[str, str], before: str | None) -> None:
    caller = await visitor.check(KeyScope.VIEW)
    start = ConversationId(before) if before else None
    shelf = await visitor.application.archive.find(caller.store_id, _sought(visitor, filters), before=start, limit=30)
    with ui.element("section").classes("sheet"):
        for kept in shelf.kept:
            _entry(visitor, kept, _address(visitor, {**filters, "id": kept.conversation.id}))
        if not shelf.kept:
            name = "conversations.more_to_look" if shelf.earlier else "conversations.none"
            name = name if filters or before or shelf.earlier else "conversations.none_yet"
            with ui.column().classes("nothing"):
                ui.icon("forum").props("aria-hidden=true")
                ui.label(visitor.text(name))
        with ui.row().classes("pages"):
            if before:
                ui.link(visitor.text("conversations.newest"), _address(visitor, filters))
            if shelf.earlier:
                ui.link(visitor.text("conversations.earlier"), _address(visitor, {**filters, "before": shelf.earlier}))


def _sought(visitor: Visitor, filters: Mapping[str, str]) -> Sought:
    """Days are those of the store; what cannot be read is left out, as if it had not been filled in."""
    zone = ZoneInfo(visitor.store.hours.timezone)
    since, until = _day(filters.get("since")), _day(filters.get("until"))
    outcome = filters.get("outcome", "")
    return Sought(
        text=filters.get("text", ""),
        shopper=filters.get("shopper", ""),
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until and until < date.max else None,
    )


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _entry(visitor: Visitor, kept: Kept, address: str) -> None:
    shopper = kept.conversation.shopper
    began = kept.conversation.created_at.astimezone(ZoneInfo(visitor.store.hours.timezone))
    with ui.link(target=address).classes("entry talk-entry"):
        with ui.column().classes("entry-text"):
            ui.label(kept.opening).classes("entry-name one-line")
            said = visitor.text("conversations.messages", count=kept.messages)
            name = shopper.name or visitor.text("conversations.anonymous")
            ui.label(f"{name} · {began:%Y-%m-%d %H:%M} · {said}").classes("quiet")
        mark = ui.label(visitor.text(f"conversations.outcome.{kept.outcome}"))
        mark.classes(f"mark mark-{_COLOURS.get(kept.outcome, 'answered')}")
