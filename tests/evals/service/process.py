"""Another process: `python -m tests.evals.service.process DATA_DIR` serves the small store and asks twelve questions.

It goes on with what an earlier process began, says how many are done, and in the end, as JSON, what came of it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from tests.evals.service.serving import questions, serving


async def main(data_dir: str) -> None:
    async with serving(Path(data_dir), coalesce_ms=100) as served:
        known = (await served.client.get(served.path)).json()["evaluations"]
        evaluation = known[0]["id"] if known else await served.start(questions(12))

        def over(told: dict[str, Any]) -> bool:
            print(f"done {told['done']}", flush=True)  # noqa: T201
            return told["state"] not in ("waiting", "running")

        ended = await served.until(evaluation, over)
        result = (await served.get(f"{evaluation}/result")).json()
        ended["resumed"] = result["environment"]["resumed"]
        print(orjson.dumps(ended).decode())  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
