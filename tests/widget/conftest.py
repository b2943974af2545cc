"""A real browser, a real server in a thread, and a shopper who uses the widget as people do."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from fake_server import FakeShop, create_app
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browsers import DESKTOP, PHONE, browser, new_context

__all__ = ["DESKTOP", "PHONE", "browser", "new_context"]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI app on a free port of this machine; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the test server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class Shopper:
    """Somebody at the widget, on one page of the shop."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("storebot-widget .launcher")
        self.panel = page.locator("storebot-widget .panel")
        self.field = page.locator("storebot-widget .composer textarea")
        self.log = page.get_by_role("log")
        self.said = self.log.locator(".from-shopper")
        self.answers = self.log.locator(".from-shop")
        self.quick = self.panel.locator(".quick button")
        self.sheet = page.locator("storebot-widget .sheet")
        self.banner = self.panel.locator(".banner")

    def open(self) -> Shopper:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        expect(self.answers.first).to_be_visible()
        return self

    def ask(self, text: str) -> Locator:
        """Send a message; the bubble it became."""
        count = self.said.count()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.said).to_have_count(count + 1)
        return self.said.nth(count)

    def answered(self, text: str) -> Locator:
        answer = self.answers.filter(has_text=text).last
        expect(answer).to_be_visible()
        return answer

    def transcript(self) -> list[str]:
        """Messages as they stand on the screen, without footnotes and buttons."""
        return self.log.locator(".bubble").evaluate_all(
            "bubbles => bubbles.map((bubble) => { const copy = bubble.cloneNode(true);"
            " copy.querySelectorAll('button, .unseen, .table').forEach((part) => part.remove());"
            " return [...copy.querySelectorAll('p')].map((p) => p.textContent).join('\\n') })"
        )


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
def address(shop: FakeShop) -> Iterator[str]:
    with serving(create_app(shop)) as url:
        yield url


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What pages complained about. Must be empty in the end; a test that provokes network errors clears it."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def visit(address: str, new_context: Callable[..., BrowserContext], errors: list[str]) -> Callable[..., Shopper]:
    """Opens the fake shop's page in a new browser profile, or in `context`."""

    def go(context: BrowserContext | None = None, **query: str) -> Shopper:
        page = (context or new_context()).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.goto(f"{address}/page?{urlencode(query)}")
        shopper = Shopper(page)
        expect(shopper.launcher).to_be_visible()
        return shopper

    return go


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: STOREBOT_SCREENSHOTS, else a temporary folder."""
    chosen = os.environ.get("STOREBOT_SCREENSHOTS")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
