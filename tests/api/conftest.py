from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.world import Opened, World, opened, world_in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as world:
        yield world


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app in this process."""
    transport = httpx.ASGITransport(app=world.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        yield client


@pytest.fixture
async def session(client: httpx.AsyncClient) -> Opened:
    return opened(await client.post("/v1/stores/lamps/sessions", json={}))
