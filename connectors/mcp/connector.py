"""The connector `mcp`."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from assistant.domain.backend import JsonObject, Risk, StoreBackend
from assistant.domain.errors import StoreSystemUnavailable
from assistant.domain.systems import Surroundings
from connectors.mapping.backend import MappedBackend
from connectors.mapping.checks import agreed
from connectors.mapping.persistence import Persistence, Trouble
from connectors.mcp.client import McpRemote, signature_of
from connectors.mcp.session import BROKEN, Connect, LimitedTransport, Session
from connectors.mcp.settings import McpMap, Server, read_mapping
from connectors.written import Faults, Written


class McpConnector:
    """Reads `mapping.yaml` from the system's folder; that it fits the server's tools is seen when it is opened."""

    def check(self, folder: Path, options: JsonObject) -> None:
        read_mapping(folder, options)

    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[StoreBackend]:
        return _opened(surroundings)


@asynccontextmanager
async def _opened(surroundings: Surroundings) -> AsyncIterator[StoreBackend]:
    mapping, written = read_mapping(surroundings.folder, surroundings.options)
    session = Session(_connect(mapping, surroundings.secret), mapping.server.within)
    try:
        yield await _backend(mapping, written, session, surroundings)
    finally:
        await session.close()


async def _backend(mapping: McpMap, written: Written, session: Session, surroundings: Surroundings) -> StoreBackend:
    """Raises SystemRefused with every fault that the server's tools bring to light."""
    try:
        async with session.use() as connection:
            tools = await connection.tools()
    except (Trouble, *BROKEN) as error:
        raise StoreSystemUnavailable(f"The MCP server does not answer: {error}.") from error
    named = {entry.call for _, entry in mapping.calls()}
    signatures = {name: signature_of(tool) for name, tool in tools.items() if name in named}
    faults = Faults()
    operations = agreed(mapping, written, faults, signatures.get)
    for name, entry in mapping.operations.items():
        hints = tools[entry.call].annotations if entry.call in tools else None
        if entry.risk is Risk.READ and hints is not None and hints.read_only_hint is False:
            zh, en = (
                "服务器声明该工具会修改数据，不能作为读操作",
                "the server says that the tool changes something: it is no read",
            )
            faults.add(written.file, written.line(("operations", name, "risk")), zh=f"{name}：{zh}", en=f"{name}: {en}")
    faults.check()
    remote = McpRemote(
        signatures,
        session,
        Persistence(mapping.patience, mapping.errors),
        mapping.patience.timeout,
        mapping.answer_at_most,
    )
    return MappedBackend(mapping, signatures, operations, remote, surroundings.clock)


def _connect(mapping: McpMap, secret: Callable[[str], str]) -> Connect:
    """Raises NotReady for a secret that is not set."""
    server = mapping.server
    if server.url is None:
        assert server.command_from is not None, "checked with the file"
        command, *arguments = shlex.split(secret(server.command_from))
        environment = {variable: secret(name) for variable, name in server.environment.items()}
        parameters = StdioServerParameters(command=command, args=arguments, env=environment)
        return lambda: Client(parameters, cache=None)
    return _over_http(server, server.url, mapping, secret)


def _over_http(server: Server, url: str, mapping: McpMap, secret: Callable[[str], str]) -> Connect:
    headers = {"Accept-Encoding": "identity"}
    if server.authorization is not None:
        headers[server.authorization.header] = server.authorization.value(secret(server.authorization.secret))

    @asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        """The client follows redirects only where the server itself is."""
        async with (
            httpx2.AsyncClient(
                transport=LimitedTransport(httpx2.AsyncHTTPTransport(trust_env=False), mapping.answer_at_most),
                headers=headers,
                timeout=httpx2.Timeout(mapping.patience.timeout, read=None),  # a call's time is limited apart
                trust_env=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            ) as http,
            Client(
                streamable_http_client(url, http_client=http, max_sse_event_size=mapping.answer_at_most), cache=None
            ) as client,
        ):
            yield client

    return connected
