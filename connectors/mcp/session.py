"""A session with an MCP server: opened when it is needed, and anew once it is broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import anyio
import httpx2
import structlog
from mcp import Client, MCPError, Tool
from pydantic import ValidationError

from connectors.mapping.persistence import Trouble

BROKEN = (MCPError, OSError, RuntimeError, ValidationError, anyio.ClosedResourceError, anyio.BrokenResourceError)
"""What a call raises that was not answered as it should be."""

_CLOSING_AT_MOST = 10  # seconds
_PAGES_AT_MOST = 50
_log = structlog.get_logger(__name__)

Connect = Callable[[], AbstractAsyncContextManager[Client]]


@dataclass(eq=False)
class Connection:
    """A session, and the task that holds it open. Once retired it is used no more, and closed when nobody uses it."""

    client: Client
    task: asyncio.Task[None]
    leave: asyncio.Event
    users: int = 0
    retired: bool = False

    @property
    def usable(self) -> bool:
        return not self.retired and not self.task.done()

    def retire(self) -> None:
        self.retired = True
        self.left()

    def left(self) -> None:
        if self.retired and not self.users:
            self.leave.set()

    async def tools(self) -> Mapping[str, Tool]:
        """What the server offers now, by name. Raises one of BROKEN."""
        found: dict[str, Tool] = {}
        cursor: str | None = None
        for _ in range(_PAGES_AT_MOST):
            page = await self.client.list_tools(cursor=cursor, cache_mode="bypass")
            found |= {tool.name: tool for tool in page.tools}
            cursor = page.next_cursor
            if cursor is None:
                break
        return found


@dataclass
class Session:
    """timeout: for connecting, in seconds. Close it at the end."""

    connect: Connect
    timeout: float
    _connections: set[Connection] = field(default_factory=set, init=False)
    _current: Connection | None = field(default=None, init=False)
    _opening: asyncio.Task[Connection] | None = field(default=None, init=False)

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """Raises Trouble where the server cannot be reached: then nothing was sent."""
        connection = await self._usable()
        connection.users += 1
        try:
            yield connection
        finally:
            connection.users -= 1
            connection.left()

    async def _usable(self) -> Connection:
        """All who come while one is opened wait for the same."""
        if self._current is not None and self._current.usable:
            return self._current
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open(), name="mcp session opening")
        self._current = await asyncio.shield(self._opening)
        return self._current

    async def close(self) -> None:
        for connection in self._connections:
            connection.leave.set()
        tasks = [connection.task for connection in self._connections]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=_CLOSING_AT_MOST)
            for task in left:
                task.cancel()

    async def _open(self) -> Connection:
        """A session is entered and left by a task of its own, whoever uses it."""
        ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        leave = asyncio.Event()
        task = asyncio.create_task(self._hold(ready, leave), name="mcp session")
        try:
            async with asyncio.timeout(self.timeout):
                client = await ready
        except TimeoutError as error:
            task.cancel()
            raise Trouble("the MCP server does not answer", maybe_done=False) from error
        connection = Connection(client, task, leave)
        self._connections.add(connection)
        task.add_done_callback(lambda _: self._connections.discard(connection))
        return connection

    async def _hold(self, ready: asyncio.Future[Client], leave: asyncio.Event) -> None:
        try:
            async with self.connect() as client:
                ready.set_result(client)
                await leave.wait()
        except Exception as error:  # of whatever kind: a transport's failures come in groups
            _log.warning("mcp_session_ended", errors=sorted(_kinds(error)))
        finally:
            if not ready.done():
                ready.set_exception(Trouble("the MCP server cannot be reached", maybe_done=False))


def _kinds(error: BaseException) -> set[str]:
    """What has happened, without what was said: that may hold secrets and shoppers' data."""
    if isinstance(error, BaseExceptionGroup):
        return {kind for each in error.exceptions for kind in _kinds(each)}
    return {type(error).__name__}


class Unbounded(httpx2.TransportError):
    """A server sends more than is taken from it."""


@dataclass
class LimitedTransport(httpx2.AsyncBaseTransport):
    """Ends an answer of more than `limit` bytes; not an event stream, whose events are limited apart."""

    wrapped: httpx2.AsyncBaseTransport
    limit: int

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.wrapped.handle_async_request(request)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            await response.aclose()
            raise Unbounded("what is packed may be of any length, and was not asked for")
        if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _LimitedStream(response.stream, self.limit)
        return response

    async def aclose(self) -> None:
        await self.wrapped.aclose()


@dataclass
class _LimitedStream(httpx2.AsyncByteStream):
    wrapped: httpx2.AsyncByteStream
    limit: int

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for chunk in self.wrapped:
            length += len(chunk)
            if length > self.limit:
                raise Unbounded(f"more than {self.limit} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self.wrapped.aclose()
