"""The connector `http`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx2

from assistant.domain.backend import JsonObject, StoreBackend
from assistant.domain.systems import Surroundings
from connectors.http.client import HttpRemote
from connectors.http.settings import read_system
from connectors.mapping.backend import MappedBackend
from connectors.mapping.persistence import Persistence

_LIMITS = httpx2.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=5)


class HttpConnector:
    """Reads `mapping.yaml` and the OpenAPI document that it names from the system's folder."""

    def check(self, folder: Path, options: JsonObject) -> None:
        read_system(folder, options)

    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[StoreBackend]:
        return _opened(surroundings)


@asynccontextmanager
async def _opened(surroundings: Surroundings) -> AsyncIterator[StoreBackend]:
    """Nobody is called yet: a system that is down is met by the first call, which may be tried again."""
    system = read_system(surroundings.folder, surroundings.options)
    mapping = system.mapping
    secret = surroundings.secret(mapping.authorization.secret) if mapping.authorization else ""
    timeout = mapping.patience.timeout
    async with httpx2.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=httpx2.Timeout(timeout, connect=timeout / 2, pool=timeout / 2),  # before the whole attempt is given up
        limits=_LIMITS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # one shopper's session is never another's
    ) as client:
        persistence = Persistence(mapping.patience, mapping.errors)
        remote = HttpRemote(mapping, system.endpoints, client, persistence, surroundings.clock, secret)
        yield MappedBackend(mapping, system.signatures, system.operations, remote, surroundings.clock)
