"""What happens around every request: its id, its log line, headers that protect browsers, the size of its body."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.domain.ids import new_id

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_API_PATHS = ("/v1/", "/healthz", "/readyz")
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class RequestContext:
    """Gives each request an id (the caller's X-Request-ID if it is harmless), binds it to the log, and logs one line.

    The line holds method, path, status and duration; never a query, a header or a body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("x-request-id", "")
        request_id = asked if _SAFE_ID.fullmatch(asked) else new_id("req")
        status = 0
        begun = time.perf_counter()

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _protect(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, with_headers)
            finally:
                structlog.get_logger("access").info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - begun) * 1000, 1),
                )


class BodyLimit:
    """Refuses bodies larger than `max_bytes` with a 413, by their announced length or as soon as they exceed it.

    `larger` names paths that have a limit of their own.
    Starlette's limiter answers in plain text where the length was announced; every error here is a problem document.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, larger: Sequence[tuple[re.Pattern[str], int]] = ()) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        limits = (limit for path, limit in self._larger if path.fullmatch(scope["path"]))
        max_bytes = next(limits, self._max_bytes)
        too_long = announced.isdigit() and int(announced[:20]) > max_bytes
        received = 0

        async def limited() -> Message:
            nonlocal received
            if too_long:
                raise _too_large(max_bytes)
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise _too_large(max_bytes)
            return message

        await self._app(scope, limited, send)


def _too_large(max_bytes: int) -> HTTPException:
    return HTTPException(413, f"The body has more than the {max_bytes} bytes allowed.")


def _protect(headers: MutableHeaders, path: str, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    if path.startswith(_API_PATHS):
        headers.setdefault("Content-Security-Policy", _API_POLICY)
        headers.setdefault("Cache-Control", "no-store")
