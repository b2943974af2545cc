"""The server as operators run it: `storebot serve` in a process of its own, which can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil

HOST = "127.0.0.1"
UNLIMITED = {
    f"STOREBOT_{rate}": "0"
    for rate in ("MESSAGES_PER_MINUTE", "SESSIONS_PER_MINUTE", "REQUESTS_PER_MINUTE", "STREAMS_PER_SESSION")
}
"""Settings for shoppers who all share one address."""
_START_SECONDS = 120
_STOP_SECONDS = 20
_LOOKS_EVERY_SECONDS = 0.05
_SERVE = "import sys; from assistant.cli import main; main(sys.argv[1:])"  # the interpreter that runs this module


class ServerProcess:
    """`log` takes what the server writes; it is shown when the server does not start."""

    def __init__(self, data_dir: Path, *, log: Path) -> None:
        self.port = _free_port()
        self._log = log
        self._environment = {**os.environ, "STOREBOT_DATA_DIR": str(data_dir)}
        self._process: asyncio.subprocess.Process | None = None

    def configure(self, environment: Mapping[str, str]) -> None:
        """Settings for the next start."""
        self._environment.update(environment)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ServerProcess]:
        """Started; at the end stopped as by an operator, so that whatever it left open is closed."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def start(self) -> None:
        """Returns once requests are answered. Raises RuntimeError with the server's last words if they never are."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _SERVE, "serve", "--host", HOST, "--port", str(self.port)),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient() as client:
                while not await self._answers(client):  # noqa: ASYNC110 - another process sets no event
                    await asyncio.sleep(_LOOKS_EVERY_SECONDS)
        except BaseException:
            await self.kill()
            raise

    @property
    def resident_mb(self) -> float:
        """Its memory, in megabytes. Only while it runs."""
        if self._process is None:
            raise RuntimeError("the server has not been started")
        return float(psutil.Process(self._process.pid).memory_info().rss / 2**20)

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, flushed or said."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            await self.kill()

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        if self._process is not None and self._process.returncode is not None:
            words = self._log.read_text("utf-8", "replace")[-2000:]
            raise RuntimeError(f"The server ended with code {self._process.returncode} instead of starting:\n{words}")
        try:
            return (await client.get(f"http://{HOST}:{self.port}/healthz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
