"""A shopper's client: sends until it is told that a message is stored, follows the stream, resumes where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import orjson
from httpx_sse import aconnect_sse

StoredEvent = dict[str, Any]
"""A stored event as the API shows it: with `seq` and `type`."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A message to send. With `at_once` the next one follows without waiting for the reply."""

    client_message_id: str
    text: str
    product_id: str | None = None
    at_once: bool = False

    def body(self) -> dict[str, Any]:
        page = {"page": {"product_id": self.product_id}} if self.product_id else {}
        return {"client_message_id": self.client_message_id, "text": self.text, **page}


@dataclass(slots=True)
class Shopper:
    """`transcript` holds the stored events in the order in which the stream brought them, exactly as they came.

    streams: how often the event stream was opened. sent_again: messages that had been stored already when they were
    sent once more, because the answer to the first sending was lost.
    """

    client: httpx.AsyncClient
    store_id: str
    language: str
    sendings: Sequence[Sending]
    random: Random
    conversation_id: str = ""
    transcript: list[StoredEvent] = field(default_factory=list)
    streams: int = 0
    sent_again: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answered(self) -> int:
        """The sequence number of the last message that a reply has covered."""
        return max((event["answers"] for event in self.transcript if event["type"] == "reply"), default=0)

    async def converse(self) -> None:
        """The whole conversation, until the last message is seen to be answered.

        Raises httpx.HTTPStatusError when the server refuses something: then it is not the line that is at fault.
        """
        session = await self._ask("POST", f"/v1/stores/{self.store_id}/sessions", {"language": self.language})
        self.conversation_id = session["conversation_id"]
        self._headers = {"Authorization": f"Bearer {session['session_token']}"}
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow())
            for sending in self.sendings:
                accepted = await self._ask("POST", self._path("messages"), sending.body())
                self.sent_again += accepted["duplicate"]
                await asyncio.sleep(self.random.uniform(0, 0.05))
                if not sending.at_once:
                    await self._until_answered(accepted["seq"])
            following.cancel()

    async def history(self) -> list[StoredEvent]:
        """The whole conversation by the history endpoint."""
        events: list[StoredEvent] = []
        while True:
            after = events[-1]["seq"] if events else 0
            page = await self._ask("GET", self._path(f"history?after={after}&limit=5"))
            events += page["events"]
            if not page["events"] or events[-1]["seq"] >= page["last_seq"]:
                return events

    async def _follow(self) -> None:
        while True:
            with suppress(httpx.TransportError):  # cut, or the server is down: resume after the last id seen
                await self._listen()
            await self._pause()

    async def _listen(self) -> None:
        headers = dict(self._headers)
        if self.transcript:
            headers["Last-Event-ID"] = str(self.transcript[-1]["seq"])
        self.streams += 1
        async with aconnect_sse(self.client, "GET", self._path("events"), headers=headers) as source:
            source.response.raise_for_status()
            async for event in source.aiter_sse():
                data = orjson.loads(event.data) if event.data else {}
                if "seq" in data:
                    self.transcript.append(data)
                    self._grown.set()

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of the answer, asked for again until one comes through."""
        while True:
            try:
                response = await self.client.request(method, path, json=body, headers=self._headers)
            except httpx.TransportError:
                await self._pause()
                continue
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
            return answer

    async def _until_answered(self, seq: int) -> None:
        while self.answered < seq:
            self._grown.clear()
            await self._grown.wait()

    async def _pause(self) -> None:
        await asyncio.sleep(self.random.uniform(0.1, 0.6))

    def _path(self, rest: str) -> str:
        return f"/v1/conversations/{self.conversation_id}/{rest}"
