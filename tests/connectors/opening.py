"""A connector opened as the composition root does, with the secrets of the tests."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

from assistant.domain.backend import StoreBackend
from assistant.domain.errors import NotReady
from assistant.domain.ids import StoreId
from assistant.domain.systems import Connector, Surroundings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOW


def opened(connector: Connector, folder: Path, secrets: dict[str, str]) -> AbstractAsyncContextManager[StoreBackend]:
    def secret(name: str) -> str:
        if name not in secrets:
            raise NotReady(f"{name} is not set.")
        return secrets[name]

    return connector.open(Surroundings(StoreId("harbour"), folder, {}, folder / "data", Noon(), secret))
