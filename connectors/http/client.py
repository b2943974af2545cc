"""Calls of a system over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx2

from assistant.domain.errors import InvalidInput, OutcomeUnknown, StoreSystemUnavailable
from assistant.domain.ports import Clock
from assistant.domain.remotes import asked_pause
from connectors.http.openapi import Endpoint
from connectors.http.settings import HttpMap
from connectors.mapping.persistence import Persistence, Trouble
from connectors.mapping.remote import Answered, RemoteCall, packed

_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_ERROR_AT_MOST = 64 * 1024
_BUSY = 429
_NOT_CARRIED_OUT = frozenset({307, 308})  # the same is to be asked for elsewhere


_Parameter = tuple[str, str | int | float | bool | None]


class _TooLong(Exception):
    """An answer has more bytes than allowed."""


class _CannotStand(ValueError):
    """A value that has no place in a path or header."""

    def __init__(self, name: str, place: str) -> None:
        super().__init__(f"{name} has characters, or lacks some, that {place} cannot do with")
        self.name = name


@dataclass
class HttpRemote:
    """client: without redirects of its own, proxies from the environment, or cookies. secret: the value, or ""."""

    mapping: HttpMap
    endpoints: Mapping[str, Endpoint]
    client: httpx2.AsyncClient
    persistence: Persistence
    clock: Clock
    secret: str = field(default="", repr=False)

    async def read(self, call: RemoteCall) -> object:
        try:
            request = self._request(call)
        except _CannotStand as error:
            raise Answered(404, None) from error  # nothing is known by a name that cannot be told

        async def attempt() -> object:
            try:
                return _json(await self._sent(request))
            except (_TooLong, ValueError) as error:
                raise StoreSystemUnavailable(f"The answer of the store's system cannot be used ({error}).") from error

        return await self.persistence.read(attempt)

    async def write(self, call: RemoteCall, idempotency_key: str, *, repeatable: bool) -> object:
        header = self.mapping.idempotency_header
        try:
            request = self._request(call, {header: _header_value("the key", idempotency_key)} if header else {})
        except _CannotStand as error:
            raise InvalidInput(str(error), errors=[{"loc": error.name, "msg": str(error)}]) from error

        async def attempt() -> object:
            try:
                return _json(await self._sent(request))
            except (_TooLong, ValueError) as error:
                raise OutcomeUnknown(f"The call was carried out, but its answer cannot be used ({error}).") from error

        return await self.persistence.write(attempt, repeatable=repeatable or header is not None)

    def _request(self, call: RemoteCall, headers: Mapping[str, str] | None = None) -> httpx2.Request:
        """Raises _CannotStand."""
        endpoint = self.endpoints[call.name]
        path, query, told = endpoint.path, list[_Parameter](), dict(headers or {})
        members: dict[str, object] = {}
        for target, value in call.values.items():
            place = endpoint.places[target]
            if place == "path":
                path = path.replace(f"{{{target}}}", _segment(target, value))
            elif place == "query":
                query += [(target, _scalar(one)) for one in (value if isinstance(value, list | tuple) else [value])]
            elif place == "header":
                told[target] = _header_value(target, _scalar(value))
            else:
                members[endpoint.names[target]] = value
        if self.mapping.shopper_header and call.shopper:
            told[self.mapping.shopper_header] = _header_value("shopper", call.shopper)
        if (authorization := self.mapping.authorization) is not None:
            told[authorization.header] = authorization.value(self.secret)
        sends = bool(members) or any(endpoint.names.values())  # an object may be empty, but has to be there
        if sends:
            told["Content-Type"] = "application/json"
        return self.client.build_request(
            endpoint.method,
            self.mapping.base_url.rstrip("/") + path,
            params=query or None,
            headers={"Accept": "application/json", **told},
            content=packed(members.get("", members)).encode() if sends else None,
        )

    async def _sent(self, request: httpx2.Request) -> bytes:
        """The body of a good answer. Raises Trouble, Answered, and _TooLong for a good one that is too long."""
        try:
            async with asyncio.timeout(self.mapping.patience.timeout):
                response = await self.client.send(request, stream=True)
                try:
                    return await self._body(response)
                finally:
                    await response.aclose()
        except _NOT_SENT as error:
            raise Trouble(type(error).__name__, maybe_done=False) from error
        except TimeoutError as error:
            raise Trouble("no answer in time", maybe_done=True) from error
        except httpx2.HTTPError as error:
            raise Trouble(type(error).__name__, maybe_done=True) from error

    async def _body(self, response: httpx2.Response) -> bytes:
        status = response.status_code
        if status == _BUSY:
            asked = asked_pause(response.headers.get("Retry-After", ""), self.clock.now())
            raise Trouble("it is busy (429)", maybe_done=False, retry_after=asked, counts=False)
        if status >= 500:
            asked = asked_pause(response.headers.get("Retry-After", ""), self.clock.now())
            raise Trouble(f"status {status}", maybe_done=True, retry_after=asked)
        if 300 <= status < 400:
            raise Trouble(f"a redirect ({status}), which is not followed", maybe_done=status not in _NOT_CARRIED_OUT)
        if status >= 400:
            raise Answered(status, *await _told(response))
        return await _limited(response, self.mapping.answer_at_most)


async def _told(response: httpx2.Response) -> tuple[object, str]:
    """The body of an error, as JSON where it is some, and as text."""
    try:
        text = (await _limited(response, _ERROR_AT_MOST)).decode("utf-8", "replace")
    except _TooLong:
        return None, ""
    try:
        return json.loads(text), text
    except (ValueError, RecursionError):
        return None, text


async def _limited(response: httpx2.Response, limit: int) -> bytes:
    """The whole body. A length that is announced is believed only where it is too much."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _TooLong(f"more than {limit} bytes")
    found = bytearray()
    async for chunk in response.aiter_bytes():  # unpacked, whatever it was packed to
        found += chunk
        if len(found) > limit:
            raise _TooLong(f"more than {limit} bytes")
    return bytes(found)


def _json(body: bytes) -> object:
    """Raises ValueError."""
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is no JSON") from error


def _segment(name: str, value: object) -> str:
    """One part of a path, which leads nowhere else."""
    text = _scalar(value)
    if not text.strip() or text in (".", "..") or not text.isprintable():
        raise _CannotStand(name, "a path")
    return quote(text, safe="")


def _header_value(name: str, text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise _CannotStand(name, "a header")
    return text


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
