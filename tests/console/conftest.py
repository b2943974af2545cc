"""The console in a real browser: a server of its own process, and people who sign in to the store "mugs"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from assistant.bootstrap import Application, application
from assistant.domain.ids import StoreId
from assistant.domain.users import Role
from assistant.settings import Settings
from tests.browsers import browser, new_context
from tests.cli.conftest import endpoint, write_mugs
from tests.cli.test_serving import running
from tests.knowledge.embeddings_server import DIMENSION, EmbeddingsServer

__all__ = ["browser", "endpoint", "new_context"]

MUGS = StoreId("mugs")
PASSWORD = "eleven green kites"
OWNER, VIEWER = "mei@example.com", "lee@example.com"

Seed = Callable[[Application], Awaitable[None]]


async def nothing_more(app: Application) -> None:
    """The store and its people, and nothing else."""


@pytest.fixture(scope="module")
def seed() -> Seed:
    """What the store has besides, before the server starts; a file of tests says so with a fixture of this name."""
    return nothing_more


@dataclass(frozen=True, slots=True)
class Console:
    """A running server, and ways into its console."""

    url: str
    new_context: Callable[..., BrowserContext]
    complaints: list[str]

    def sign_in(
        self, email: str = OWNER, password: str = PASSWORD, *, language: str = "en", path: str = "", **options: object
    ) -> Page:
        """A page of a new browser, after the form was sent. language: of the browser."""
        page = self.new_context(locale={"zh": "zh-CN", "en": "en-US"}[language], **options).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.url}/console{path}")
        page.fill("#email", email)
        page.fill("#password", password)
        page.click("button[type=submit]")
        return page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, endpoint: EmbeddingsServer, seed: Seed) -> Iterator[str]:
    """The address of a server with the store, an owner who reads English and a viewer who reads Chinese."""
    folder = tmp_path_factory.mktemp("console")
    variables = {
        "STOREBOT_DATA_DIR": str(folder / "data"),
        "STOREBOT_EMBEDDER": "openai",
        "STOREBOT_EMBEDDER_MODEL": "bag-of-words",
        "STOREBOT_EMBEDDER_BASE_URL": endpoint.base_url,
        "STOREBOT_EMBEDDER_DIMENSION": str(DIMENSION),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        # In a thread: a browser that is open keeps an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _fill(Settings(), write_mugs(folder), seed)).result()
    with running("serve", environment=variables) as (url, _):
        yield url


async def _fill(settings: Settings, folder: Path, seed: Seed) -> None:
    async with application(settings) as app:
        await app.import_store(str(folder), MUGS)
        await app.users.add(MUGS, OWNER, Role.OWNER, name="Mei", language="en", password=PASSWORD)
        await app.users.add(MUGS, VIEWER, Role.VIEWER, name="小李", language="zh", password=PASSWORD)
        await seed(app)


@pytest.fixture
def console(served: str, new_context: Callable[..., BrowserContext]) -> Iterator[Console]:
    complaints: list[str] = []
    yield Console(served, new_context, complaints)
    assert complaints == []


def button(page: Page, name: str) -> Locator:
    found = page.get_by_role("button", name=name, exact=True)
    expect(found).to_be_visible()
    return found
