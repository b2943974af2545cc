"""Serving from the terminal: the port is taken first, so that a clash is told before anything else is done."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from assistant.api.server import Server
from assistant.settings import Settings


class PortTaken(Exception):
    """Nothing can listen there; `reason` is the operating system's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"{host}:{port}: {reason}")
        self.host, self.port, self.reason = host, port, reason


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port` (0: a free one). Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, reuse_port=False)
    except OSError as error:
        raise PortTaken(host, port, os.strerror(error.errno) if error.errno else str(error)) from error


def url_of(listening: socket.socket) -> str:
    """Where a browser on this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


async def run_server(app: FastAPI, listening: socket.socket, settings: Settings, announce: Callable[[], None]) -> None:
    """Serve until told to stop (Ctrl+C, SIGTERM); `announce` is called once requests are taken."""
    host, port = listening.getsockname()[:2]
    server = _CliServer(app, host=host, port=port, trusted_proxies=settings.trusted_proxies)
    server.announce = announce
    await server.serve(sockets=[listening])


class _CliServer(Server):
    announce: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but a signal that stopped the server is not raised again: storage has yet to be closed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
