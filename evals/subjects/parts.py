"""The application that the assistant's own parts are taken from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.bootstrap import Application, application
from assistant.domain.errors import InvalidInput
from assistant.settings import Settings
from evals.target import Target


@asynccontextmanager
async def opened(target: Target) -> AsyncIterator[Application]:
    """The assistant in this process. Raises InvalidInput for a target at a URL: its parts cannot be reached there."""
    if target.url is not None:
        raise InvalidInput("This suite measures a part of the assistant, which only this process has: leave out --url.")
    async with application(Settings(data_dir=target.data_dir)) as app:
        yield app
