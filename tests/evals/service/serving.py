"""The small store, served with its evaluations, as a holder of a key sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from assistant.api.serving import serve_application
from assistant.bootstrap import Application, application
from assistant.domain.access import KeyScope
from assistant.domain.ids import StoreId
from assistant.settings import Settings
from evals.program import Program
from tests.small_shop import SMALL_STORE


def questions(count: int = 4) -> str:
    """Half of them have an answer in the small store."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        if number % 2:
            asked = {"question": f"[{number}] 伞能测心率吗？", "answerable": False}
        else:
            asked = {"question": f"[{number}] 这把伞多少钱？", "answerable": True, "answer_contains": [["79"]]}
        rows.append({"id": f"q{number}", "product_id": "RN-1", **asked})
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


@dataclass(frozen=True, slots=True)
class Served:
    app: Application
    client: httpx.AsyncClient
    path: str

    async def start(self, data: str = "", **order: Any) -> str:
        body = {"suite": "qa", **({"data": data} if data else {}), **order}
        response = await self.client.post(self.path, json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    async def get(self, rest: str) -> httpx.Response:
        return await self.client.get(f"{self.path}/{rest}")

    async def until(self, evaluation: str, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(300):
            told: dict[str, Any]
            while not good(told := (await self.get(evaluation)).json()):  # noqa: ASYNC110  # nobody announces it
                await asyncio.sleep(0.05)
        return told

    async def ended(self, evaluation: str) -> dict[str, Any]:
        return await self.until(evaluation, lambda told: told["state"] not in ("waiting", "running"))


@asynccontextmanager
async def serving(data_dir: Path, store_id: StoreId = SMALL_STORE, coalesce_ms: int = 0) -> AsyncIterator[Served]:
    """One process's life. A program whose files change meanwhile would run all cases anew, so here they never do."""
    unchanged = patch("evals.service.measuring.this_program", return_value=Program("0000000", "0", "unchanged"))
    async with application(Settings(data_dir=data_dir, coalesce_ms=coalesce_ms)) as app:
        http = serve_application(app)
        key = await app.keys.create(store_id, {KeyScope.EVALUATE}, "a test")
        headers = {"Authorization": f"Bearer {key.token}"}
        transport = httpx.ASGITransport(app=http)
        with unchanged:
            async with (
                http.router.lifespan_context(http),
                httpx.AsyncClient(transport=transport, base_url="http://bot.example", headers=headers) as client,
            ):
                yield Served(app, client, f"/v1/stores/{store_id}/evaluations")
