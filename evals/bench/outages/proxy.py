"""A line that breaks: passes TCP connections on, and cuts some of them anywhere in what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random

HOST = "127.0.0.1"
_CHUNK = 4096


class CuttingProxy:
    """`cut_share` of the connections end after 0 to `longest` bytes of answer; 0 bytes lose the answer altogether."""

    def __init__(self, upstream_port: int, *, random: Random, cut_share: float, longest: int = 12_000) -> None:
        self._upstream_port = upstream_port
        self._random = random
        self._cut_share = cut_share
        self._longest = longest
        self._port = 0
        self._open: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.cuts = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[CuttingProxy]:
        server = await asyncio.start_server(self._accept, HOST, 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for connection in self._open:
                connection.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    def _allowance(self) -> int | None:
        """Bytes of answer until this connection is cut; None for one that is left alone."""
        if self._random.random() >= self._cut_share:
            return None
        # Half of the cuts fall early, where an answer to a short request is.
        return self._random.randint(0, self._random.choice((600, self._longest)))

    async def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self.connections += 1
        passing = asyncio.create_task(self._pass_on(client, to_client))
        self._open.add(passing)
        passing.add_done_callback(self._open.discard)

    async def _pass_on(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_connection(HOST, self._upstream_port)
        except OSError:  # the server is down
            to_client.transport.abort()
            return
        there = asyncio.create_task(_copy(client, to_server, None))
        back = asyncio.create_task(_copy(server, to_client, self._allowance()))
        try:
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
            if back.done() and back.result():
                self.cuts += 1
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            for writer in (to_client, to_server):
                writer.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, allowance: int | None) -> bool:
    """Copy until either side ends, or `allowance` bytes have passed: True then."""
    with suppress(OSError):
        while allowance is None or allowance > 0:
            data = await reader.read(_CHUNK)
            if not data:
                return False
            if allowance is not None:
                data = data[:allowance]
                allowance -= len(data)
            writer.write(data)
            await writer.drain()
        return True
    return False
