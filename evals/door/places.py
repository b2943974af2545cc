"""Opens the door: over an application in this process, or to a server at a URL."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

import httpx
import yaml
from fastapi import FastAPI

from assistant.api.app import create_app
from assistant.api.server import Server
from assistant.api.serving import services_of
from assistant.bootstrap import Application, application
from assistant.domain.errors import InvalidInput
from assistant.domain.ids import StoreId
from assistant.domain.ports import StoreBackends
from assistant.settings import Settings
from evals.door.http import HttpDoor
from evals.door.run_key import RunKey
from evals.target import Target

_HOST = "127.0.0.1"
_TIMEOUT = httpx.Timeout(30, read=120)


@asynccontextmanager
async def opened(
    target: Target, *, pause_ms: int = 0, backends: StoreBackends | None = None
) -> AsyncIterator[HttpDoor]:
    """The door to what is measured.

    In this process, pause_ms is how long the bot waits for more of a burst, and backends are the store systems that it
    calls; a server at a URL has its own. Raises InvalidInput where the target names no store, or no key for a URL;
    PackRefused where the store cannot be read.
    """
    if target.store is None:
        raise InvalidInput("This suite talks with a store: name one with --store.")
    if target.url is None:
        async with in_process(target, target.store, pause_ms=pause_ms, backends=backends) as door:
            yield door
        return
    if not target.key:
        raise InvalidInput(f"Evaluating at {target.url} needs an API key of store {target.store}, scope evaluate.")
    async with _client(target.url, trust_env=urlsplit(target.url).hostname != _HOST) as client:
        yield HttpDoor(client, target.store, target.key, target.identity_key)


@asynccontextmanager
async def in_process(
    target: Target, location: str, *, pause_ms: int = 0, backends: StoreBackends | None = None
) -> AsyncIterator[HttpDoor]:
    """Imports the store into the target's data folder and serves it there, on a free port of this machine only."""
    store_id = store_id_of(location)
    async with application(evaluation_settings(target.data_dir, pause_ms), backends=backends) as app:
        await app.import_store(location, store_id)
        async with door_of(app, store_id) as door:
            yield door


@asynccontextmanager
async def door_of(app: Application, store_id: StoreId) -> AsyncIterator[HttpDoor]:
    """The door of a store that an application in this process serves, on a free port of this machine only."""
    identity_key = _identity_key(app.settings.identity_keys_file, store_id)
    async with served(app, store_id) as (url, key), _client(url) as client:
        yield HttpDoor(client, store_id, key, identity_key)


@asynccontextmanager
async def served(app: Application, store_id: StoreId) -> AsyncIterator[tuple[str, str]]:
    """The API of an application in this process: its URL, of this machine only, and a key of the store."""
    key = RunKey(store_id, app.clock.now())
    async with _serving(create_app(replace(services_of(app), keys=key))) as url:
        yield url, key.token


def evaluation_settings(data_dir: Path, pause_ms: int = 0) -> Settings:
    """As a deployment has them, without limits to how much is asked."""
    return Settings(
        data_dir=data_dir,
        coalesce_ms=pause_ms,
        messages_per_minute=0,
        sessions_per_minute=0,
        requests_per_minute=0,
        streams_per_session=0,
    )


def store_id_of(location: str) -> StoreId:
    """The id under which a store is kept for evaluation: the same for the same place."""
    name, colon, path = location.rpartition(":")
    place = f"{name}{colon}{Path(path).expanduser().resolve()}"
    return StoreId(f"eval-{hashlib.sha256(place.encode()).hexdigest()[:16]}")


def _identity_key(file: Path, store_id: StoreId) -> str:
    """The store's identity key in the data folder, made there the first time."""
    keys = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
    if store_id not in keys:
        keys[store_id] = secrets.token_hex(32)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as temporary:
            yaml.safe_dump(keys, temporary)
        Path(name).replace(file)
    return str(keys[store_id])


def _client(url: str, *, trust_env: bool = False) -> httpx.AsyncClient:
    """`trust_env`: go through the proxies that the environment names."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)  # each case holds a stream and a request
    return httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, limits=limits, trust_env=trust_env)


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[str]:
    """The URL of the app, served in this event loop."""
    server = _Served(app, host=_HOST, port=0)
    serving = asyncio.create_task(server.serve(), name="evaluation server")
    listening = asyncio.create_task(server.listening.wait())
    try:
        await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
            raise RuntimeError("The server for the evaluation did not start.")
        yield f"http://{_HOST}:{server.bound_port}"
    finally:
        listening.cancel()
        server.should_exit = True
        await serving


class _Served(Server):
    """Serves beside other work: says when it listens, and leaves Ctrl+C to whoever runs the loop."""

    def __init__(self, app: FastAPI, *, host: str, port: int) -> None:
        super().__init__(app, host=host, port=port)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
