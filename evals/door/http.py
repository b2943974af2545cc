"""A shopper's client of the HTTP API: sends messages, follows the event stream, reads the traces."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from httpx_sse import aconnect_sse

from assistant.domain.conversation import Owner
from assistant.domain.ids import new_id
from evals.cases import Exchange
from evals.door.door import DoorClosed, Opening

_TRIES = 3  # of a request whose answer is lost on the way; sending again is harmless
_PAUSE_S = 0.3
_IDENTITY_LIFE_S = 3600
_OPEN: Mapping[str, Any] = {}  # the sign that the stream stands


@dataclass(frozen=True, slots=True)
class HttpDoor:
    """The door of one store at `client`'s base URL.

    key: an API key of the store with the scope `evaluate`. identity_key: the store's, which shoppers are signed in
    with; None where that is not known. patience_s: how long a reply may take.
    """

    client: httpx.AsyncClient
    store_id: str
    key: str = field(repr=False)
    identity_key: str | None = field(default=None, repr=False)
    patience_s: float = 60.0

    async def open(self, opening: Opening) -> HttpTalk:
        history = [{"role": said.role, "text": said.text} for said in opening.history]
        body: dict[str, Any] = {"evaluation": {"history": history}}
        if opening.language is not None:
            body["language"] = opening.language
        page = {"product_id": opening.product_id} if opening.product_id else None
        if page is not None:
            body["page"] = page
        if opening.shopper is not None:
            body["identity_token"] = self._identity_token(opening.shopper)
        session = await self.ask("POST", f"/v1/stores/{self.store_id}/sessions", self.key, body)
        return HttpTalk(self, str(session["conversation_id"]), str(session["session_token"]), page)

    def _identity_token(self, shopper: str) -> str:
        if self.identity_key is None:
            raise DoorClosed(
                f"Shopper {shopper} cannot sign in: the identity key of store {self.store_id} is not known here."
            )
        claims = {"sub": shopper, "exp": int(time.time()) + _IDENTITY_LIFE_S}
        return jwt.encode(claims, self.identity_key, algorithm="HS256")

    async def trace(self, conversation_id: str, turn_id: str) -> Mapping[str, Any]:
        """Why a turn went as it went; empty where it kept no trace."""
        response = await self._send("GET", f"/v1/conversations/{conversation_id}/turns/{turn_id}/trace", self.key)
        return {} if response.status_code == httpx.codes.NOT_FOUND else _answer(response)

    async def ask(self, method: str, path: str, token: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of the answer. Raises DoorClosed with what the server says is wrong."""
        return _answer(await self._send(method, path, token, body))

    async def _send(self, method: str, path: str, token: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        for left in reversed(range(_TRIES)):
            try:
                return await self.client.request(method, path, json=body, headers=headers)
            except httpx.TransportError as error:
                if not left:
                    raise DoorClosed(f"{method} {path}: {type(error).__name__}: {error}") from error
                await asyncio.sleep(_PAUSE_S)
        raise AssertionError("unreachable")


@dataclass(slots=True)
class HttpTalk:
    """One conversation through an HttpDoor."""

    door: HttpDoor
    conversation_id: str
    token: str = field(repr=False)
    page: Mapping[str, str] | None = None
    _seen: int = 0
    _owner: str = Owner.BOT

    async def say(self, *messages: str) -> Exchange:
        try:
            async with asyncio.timeout(self.door.patience_s), aclosing(self._events()) as events:
                await anext(events)
                return await self._exchange(messages, events)
        except TimeoutError as error:
            raise DoorClosed(f"No reply came within {self.door.patience_s:g} s.") from error

    async def _exchange(self, messages: tuple[str, ...], events: AsyncGenerator[Mapping[str, Any], None]) -> Exchange:
        first = last = 0
        sent = time.perf_counter()
        for message in messages:
            sent = time.perf_counter()
            last = await self._send(message)
            first = first or last
        earlier: list[Mapping[str, Any]] = []
        if self._owner != Owner.BOT:
            return Exchange(messages, None)
        async for event in events:
            if event.get("type") == "reply" and event["answers"] >= last:
                milliseconds = (time.perf_counter() - sent) * 1000
                trace = await self.door.trace(self.conversation_id, str(event["turn_id"]))
                return Exchange(messages, event["reply"], trace, milliseconds, tuple(earlier))
            if event.get("type") == "reply" and event["answers"] >= first:
                earlier.append(event["reply"])
            if self._owner != Owner.BOT:
                break
        return Exchange(messages, None, earlier=tuple(earlier))

    async def _send(self, message: str) -> int:
        """Sends a message; its place in the log."""
        body = {"client_message_id": new_id("m"), "text": message}
        accepted = await self.door.ask(
            "POST", self._path("messages"), self.token, body if self.page is None else {**body, "page": self.page}
        )
        return int(accepted["seq"])

    async def _events(self) -> AsyncGenerator[Mapping[str, Any], None]:
        """Stored events that were not seen yet, with an `_OPEN` each time that the stream stands. Never ends."""
        while True:
            headers = {"Authorization": f"Bearer {self.token}", "Last-Event-ID": str(self._seen)}
            try:
                async with aconnect_sse(self.door.client, "GET", self._path("events"), headers=headers) as source:
                    if source.response.is_error:
                        await source.response.aread()
                        _answer(source.response)
                    yield _OPEN
                    async with aclosing(source.aiter_sse()) as signs:
                        async for sign in signs:
                            event = json.loads(sign.data) if sign.data else {}
                            if "seq" in event:
                                self._note(event)
                                yield event
            except httpx.TransportError:
                await asyncio.sleep(_PAUSE_S)

    def _note(self, event: Mapping[str, Any]) -> None:
        self._seen = event["seq"]
        if event["type"] == "owner":
            self._owner = event["owner"]

    def _path(self, rest: str) -> str:
        return f"/v1/conversations/{self.conversation_id}/{rest}"


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The object that a good answer holds. Raises DoorClosed with the problem document of a bad one."""
    try:
        content = response.json()
    except ValueError:
        content = None
    if response.is_success and isinstance(content, dict):
        return content
    problem = content if isinstance(content, dict) else {}
    told = f"{problem.get('code', '')} {problem.get('detail', '')}".strip() or response.text[:200]
    raise DoorClosed(f"{response.request.method} {response.request.url.path}: {response.status_code} {told}")
