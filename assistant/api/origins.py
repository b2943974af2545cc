"""Which sites may use a store's chat from a browser: its allow-list, and cross-origin resource sharing by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.errors import problem_response
from assistant.domain.errors import OriginNotAllowed
from assistant.domain.ports import Stores
from assistant.domain.store import Store

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[^/:@\[\]\s]+)(?::(?P<port>\d{1,5}|\*))?/?")
_DEFAULT_PORT = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Origin:
    """scheme, host and port of a site; in an allow-list the port may be "*"."""

    scheme: str
    host: str
    port: str

    @classmethod
    def parse(cls, text: str) -> Origin | None:
        """None for what is not an http(s) origin, such as the "null" of a sandboxed frame."""
        if not (match := _ORIGIN.fullmatch(text.strip().lower())):
            return None
        scheme = match["scheme"]
        return cls(scheme, match["host"], match["port"] or _DEFAULT_PORT[scheme])

    def allows(self, other: Origin) -> bool:
        same_port = self.port in ("*", other.port)
        return same_port and (self.scheme, self.host) == (other.scheme, other.host)


def listed(origin: str, allow_list: Iterable[str]) -> bool:
    """Whether an Origin header's value is on an allow-list; a "*" in the header itself never is."""
    asked = Origin.parse(origin)
    if asked is None or asked.port == "*":
        return False
    return any(entry.allows(asked) for text in allow_list if (entry := Origin.parse(text)))


@dataclass(frozen=True, slots=True)
class OwnOrigin:
    """This server as a browser sees it: `public_url` where that is set, else the Host of the request."""

    public_url: str | None = None

    def is_origin_of(self, origin: str, headers: Headers, scheme: str) -> bool:
        own = self.public_url or f"{scheme}://{headers.get('host', '')}"
        own_origin = re.match(r"https?://[^/]+", own.lower())
        return own_origin is not None and listed(origin, (own_origin[0],))


def check_origin(request: Request, store: Store, own: OwnOrigin) -> None:
    """Raises OriginNotAllowed when a browser says that it stands on a site that the store does not list.

    A request without an Origin header passes: browsers always send one from another site's page.
    """
    origin = request.headers.get("origin")
    if origin is None or own.is_origin_of(origin, request.headers, request.url.scheme) or listed(origin, store.origins):
        return
    raise OriginNotAllowed(
        f"{origin} is not among the origins of store {store.id}; add it to `origins` in store.yaml.", origin=origin
    )


class StoreCors:
    """Cross-origin headers for origins that any store lists; the routes check the one store that is asked for.

    A preflight carries neither token nor body, so it cannot name its store.
    """

    def __init__(self, app: ASGIApp, *, stores: Stores, own: OwnOrigin) -> None:
        self._app = app
        self._stores = stores
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        allowed = await self._allowed(origin, headers, scope["scheme"])
        if not allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            refusal = OriginNotAllowed(f"No store lists {origin} in `origins` of its store.yaml.", origin=origin)
            await problem_response(Request(scope), refusal)(scope, receive, send)
            return
        await self._shared_with((origin,) if allowed else ())(scope, receive, send)

    async def _allowed(self, origin: str, headers: Headers, scheme: str) -> bool:
        if self._own.is_origin_of(origin, headers, scheme):
            return True
        return any(listed(origin, store.origins) for store in await self._stores.all())

    def _shared_with(self, origins: tuple[str, ...]) -> CORSMiddleware:
        return CORSMiddleware(
            self._app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type", "Last-Event-ID", "X-Request-ID"),
            expose_headers=("X-Request-ID", "Retry-After"),
            max_age=600,
        )
