"""The HTTP server: uvicorn, ending open event streams before it waits for connections to close."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from assistant.api.stream import OpenStreams

GRACE_S = 10


class Server(uvicorn.Server):
    """Serves the app. Call `run()`, or `serve()` inside a loop; set `should_exit` to stop."""

    def __init__(
        self, app: FastAPI, *, host: str, port: int, trusted_proxies: str = "127.0.0.1", log_level: str = "warning"
    ) -> None:
        """`trusted_proxies`: addresses, comma-separated, whose X-Forwarded-For and -Proto headers are believed."""
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_level=log_level,
            forwarded_allow_ips=trusted_proxies,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        super().__init__(config)
        self._streams: OpenStreams = app.state.streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close()
        await super().shutdown(sockets)

    @property
    def bound_port(self) -> int:
        """The port that is listened on, once started: what port 0 became."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port
