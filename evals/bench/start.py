"""How long `storebot serve` takes to start, and how much memory it holds: at the start, and after conversations."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from random import Random
from time import perf_counter

import httpx

from evals.bench.outages.server import HOST, UNLIMITED, ServerProcess
from evals.bench.outages.shopper import Sending, Shopper
from evals.bench.section import Section, figure, percentile, table
from evals.bench.turns import Script, load_scripts
from evals.bench.workspace import DEMO, Workspace

_STARTS = 5


async def measure(workspace: Workspace) -> Section:
    data_dir = workspace.data_dir("start")
    shutil.copytree(await workspace.demo_data(), data_dir, dirs_exist_ok=True)
    server = ServerProcess(data_dir, log=data_dir / "server.log")
    server.configure({**UNLIMITED, "STOREBOT_COALESCE_MS": "0"})
    scripts = load_scripts()
    workspace.say("starting the server")
    seconds = [await _start(server) for _ in range(1 if workspace.small else _STARTS)]
    async with server.running():
        fresh = server.resident_mb
        await _converse(server, scripts)
        used = server.resident_mb
    return Section(
        name="start",
        title="Start and memory of the server",
        about=(
            f"`storebot serve` over the demo store, started {len(seconds)} times: seconds from the call to the first "
            "request that is answered, with Python and its libraries loaded from the disk's cache. Then its resident "
            "memory, the embedding model within: at the start, and after the "
            f"{sum(len(script.messages) for script in scripts)} messages of the part above over HTTP."
        ),
        tables=(
            table(
                ("start p50 s", "slowest s", "memory at the start MB", "after conversations MB"),
                [(figure(percentile(seconds, 0.5)), figure(max(seconds)), figure(fresh), figure(used))],
            ),
        ),
        data={"start_seconds": seconds, "resident_mb": {"at_start": fresh, "after_conversations": used}},
    )


async def _start(server: ServerProcess) -> float:
    started = perf_counter()
    async with server.running():
        return perf_counter() - started


async def _converse(server: ServerProcess, scripts: Sequence[Script]) -> None:
    """One shopper after the other, each waiting for every reply."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{server.port}") as client:
        for number, script in enumerate(scripts):
            sendings = [
                Sending(f"m-{place}", text, product_id=script.page) for place, text in enumerate(script.messages)
            ]
            await Shopper(client, DEMO, script.language, sendings, Random(number)).converse()
