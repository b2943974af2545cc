"""A small store that is imported once a test session, by the embedder that a fresh installation has."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex
import structlog
from hypothesis import settings

from assistant.bootstrap import application
from assistant.settings import Settings
from tests.small_shop import SMALL_STORE, write_small_shop

pytest_plugins = ("tests.extras",)


def pytest_configure() -> None:
    """One profile for all property tests: machines are busy, so how long an example takes says nothing.

    In CI the examples are the same every time; elsewhere each run looks for new ones.
    """
    parent = settings.get_profile("ci" if "CI" in os.environ else "default")
    settings.register_profile("storebot", parent, deadline=None)
    settings.load_profile("storebot")
    # Tests open the assistant hundreds of times, each time with the same patterns: more than are remembered otherwise.
    regex._main._MAXCACHE = 10_000
    for name in [name for name in os.environ if name.startswith("STOREBOT_LLM_")]:
        del os.environ[name]  # no test reaches the language model of whoever runs it
    # A turn that a busy machine holds up is no failed turn; tests of what is too late set a time of their own.
    os.environ.setdefault("STOREBOT_TURN_TIMEOUT_S", "300")
    _log_plainly()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the store SMALL_STORE. Read it or copy it, but do not write to it.

    Workers of pytest-xdist share it: the first imports, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    data, done = shared / "small-store", shared / "small-store.done"
    with (shared / "small-store.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(data, ignore_errors=True)
            shutil.rmtree(shared / "small-shop", ignore_errors=True)
            asyncio.run(_import(write_small_shop(shared / "small-shop"), data))
            done.touch()
    return data


@pytest.fixture
def small_data_dir(small_store: Path, tmp_path: Path) -> Path:
    """A copy of `small_store` for one test to write to."""
    return shutil.copytree(small_store, tmp_path / "small-store")


async def _import(shop: Path, data: Path) -> None:
    async with application(Settings(data_dir=data)) as app:
        report = await app.import_store(str(shop), SMALL_STORE)
    assert not report.refused, report.refusals


@pytest.fixture(autouse=True)
def logging_as_it_comes() -> Iterator[None]:
    """A test that sets up logging, as a command does, leaves it to the next one as it comes."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    _log_plainly()
    # Its handler writes to a stream that is closed with the test.
    root.handlers[:], root.level = [each for each in root.handlers if each in handlers], level


def _log_plainly() -> None:
    """Tracebacks as the programs write them: the usual ones print local variables, which takes seconds, and whatever
    waits for a time meanwhile waits in vain."""
    structlog.reset_defaults()
    *processors, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*processors, plain])
