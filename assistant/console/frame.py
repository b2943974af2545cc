"""What every page has around it: the store, the ways to the other pages, and who is here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import structlog
from nicegui import ui

from assistant.console.visitor import Visitor
from assistant.domain.access import KeyScope
from assistant.domain.errors import StorebotError, Unauthorized

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A page, as the menu shows it: its path below the store's, its icon, and what one must be allowed to see it."""

    path: str
    icon: str
    scope: KeyScope


PLACES = (
    Place("conversations", "forum", KeyScope.VIEW),
    Place("team", "group", KeyScope.ADMIN),
)


@contextmanager
def framed(visitor: Visitor, here: str) -> Iterator[None]:
    """The page's own part goes inside. here: the path of its place."""
    title = visitor.text(f"place.{here}")
    ui.page_title(f"{title} · {visitor.store.name.in_language(visitor.language)}")
    ui.colors(primary="#1d6b52", secondary="#5b6661", negative="#b3261e", positive="#1d6b52")
    with ui.header(elevated=False).classes("frame-header"):
        menu = ui.button(icon="menu").props(f'flat round dense color=white aria-label="{visitor.text("frame.menu")}"')
        menu.classes("frame-menu")
        ui.label(visitor.store.name.in_language(visitor.language)).classes("frame-store")
        ui.space()
        _person(visitor)
    drawer = ui.left_drawer(value=None).props("show-if-above breakpoint=900 width=220 bordered")
    with drawer, ui.element("nav").props(f'aria-label="{visitor.text("frame.menu")}"').classes("frame-nav"):
        for place in PLACES:
            if place.scope in visitor.scopes:
                _way(visitor, place, here=place.path == here)
    menu.on_click(drawer.toggle)
    with ui.element("div").classes("frame-main"):
        ui.html(f"<h1>{title}</h1>", sanitize=False)
        yield


def _way(visitor: Visitor, place: Place, *, here: bool) -> None:
    with ui.link(target=f"/{visitor.store.id}/{place.path}").classes("frame-way") as link:
        ui.icon(place.icon).props("aria-hidden=true")
        ui.label(visitor.text(f"place.{place.path}"))
    if here:
        link.props("aria-current=page")


def _person(visitor: Visitor) -> None:
    with ui.button(visitor.user.name, icon="account_circle").props("flat no-caps color=white"), ui.menu():
        others = [store_id for store_id in visitor.user.roles if store_id != visitor.store.id]
        for store_id in others:
            ui.menu_item(store_id, lambda to=store_id: ui.navigate.to(f"/{to}"))
        if others:
            ui.separator()
        csrf = visitor.house.csrf_token(visitor.token)
        leave = (
            f"fetch('/v1/sign-out', {{method: 'POST', headers: {{'X-CSRF-Token': '{csrf}'}}}})"
            ".then(() => location.assign('/console/sign-in'))"
        )
        ui.menu_item(visitor.text("frame.sign_out"), lambda: ui.run_javascript(leave))


@asynccontextmanager
async def told(visitor: Visitor) -> AsyncIterator[None]:
    """Around what a user has asked for: what went wrong is told to them, in their language, and the page stays."""
    try:
        yield
    except Unauthorized:
        ui.navigate.to("/sign-in")
    except StorebotError as error:
        ui.notify(
            error.in_language(visitor.language),
            type="negative",
            position="top",
            close_button=visitor.text("frame.close"),
        )
    except Exception:
        _log.exception("page_action_failed", store_id=visitor.store.id, user_id=visitor.user.id)
        ui.notify(visitor.text("frame.failed"), type="negative", position="top")
