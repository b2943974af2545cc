"""Puts the pages into a server. NiceGUI serves one application a process; so does this."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Literal
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui
from starlette.staticfiles import StaticFiles

from assistant.bootstrap import Application
from assistant.console.frame import PLACES, framed
from assistant.console.pages import conversations, team
from assistant.console.reasons import Explainer
from assistant.console.sign_in import sign_in_page
from assistant.console.texts import load_texts
from assistant.console.visitor import House, Visitor
from assistant.domain.errors import NotFound, Unauthorized
from assistant.domain.ids import StoreId
from assistant.domain.users import User

ROOT = "/console"
ICON = f"{ROOT}/static/icon.svg"
_LANGUAGES: dict[str, Literal["zh-CN", "en-US"]] = {"zh": "zh-CN", "en": "en-US"}
_SHOWN: dict[str, Callable[[Visitor], Awaitable[None]]] = {"conversations": conversations.show, "team": team.show}


def mount_console(
    app: FastAPI,
    application: Application,
    *,
    stay_token: Callable[[Request], str],
    csrf_token: Callable[[str], str],
    explainer: Explainer,
) -> None:
    """Serve the pages under /console."""
    house = House(application, load_texts(), stay_token, csrf_token, explainer)
    static = str(files(__package__) / "static")
    app.mount(f"{ROOT}/static", StaticFiles(directory=static), name="console-static")
    app.add_api_route(f"{ROOT}/sign-in", sign_in_page(house), methods=["GET"], include_in_schema=False)
    app.add_api_route(ROOT, _home(house), methods=["GET"], include_in_schema=False)
    for place in PLACES:
        ui.page(f"/{{store_id}}/{place.path}")(_page(house, place.path))
    ui.page("/{store_id}")(_store_home(house))
    ui.add_css((files(__package__) / "static" / "console.css").read_text("utf-8"), shared=True)
    ui.run_with(app, mount_path=ROOT, title="storebot", favicon=ICON, tailwind=False, show_welcome_message=False)


def _page(house: House, path: str) -> Callable[[Request, str], Awaitable[Response | None]]:
    scope = next(place.scope for place in PLACES if place.path == path)

    async def page(request: Request, store_id: str) -> Response | None:
        visitor = await _visitor(house, request, store_id)
        if visitor is None:
            return _to_sign_in(request)
        if scope not in visitor.scopes:
            return RedirectResponse(f"{ROOT}/{store_id}")
        _speak(visitor)
        with framed(visitor, path):
            await _SHOWN[path](visitor)
        return None

    return page


def _home(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def home(request: Request) -> Response:
        user = await _user(house, request)
        if user is None:
            return _to_sign_in(request)
        return RedirectResponse(f"{ROOT}/{next(iter(user.roles), 'none')}")

    return home


def _store_home(house: House) -> Callable[[Request, str], Awaitable[Response | None]]:
    async def home(request: Request, store_id: str) -> Response | None:
        visitor = await _visitor(house, request, store_id)
        if visitor is None:
            return _to_sign_in(request)
        first = next((place.path for place in PLACES if place.scope in visitor.scopes), None)
        if first is not None:
            return RedirectResponse(f"{ROOT}/{store_id}/{first}")
        _speak(visitor)
        ui.label(visitor.text("frame.nothing_here"))
        return None

    return home


async def _user(house: House, request: Request) -> User | None:
    try:
        return await house.application.users.signed_in(house.stay_token(request))
    except Unauthorized:
        return None


async def _visitor(house: House, request: Request, store_id: str) -> Visitor | None:
    """None for who is not signed in, or no member: whether there is such a store is not told."""
    user = await _user(house, request)
    if user is None or StoreId(store_id) not in user.roles:
        return None
    try:
        store = await house.application.stores.get(StoreId(store_id))
    except NotFound:
        return None
    return Visitor(house, user, store, house.stay_token(request))


def _to_sign_in(request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/sign-in?next={quote(request.url.path)}", status_code=303)


def _speak(visitor: Visitor) -> None:
    """Have the page's own widgets speak the visitor's language, and say so to the browser."""
    client = ui.context.client
    client.page = copy.copy(client.page)
    client.page.language = _LANGUAGES[visitor.language]
