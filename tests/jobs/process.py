"""Another process: `python -m tests.jobs.process JOBS DONE` runs a job of ten units to its end, or takes it up again.

It writes each unit that is done to the file DONE, and says when it begins one.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from assistant.domain.ids import JobId
from assistant.domain.jobs import Arguments
from assistant.jobs import DurableJobs
from tests.conformance.jobs import settled

UNITS = 10


def written(file: Path) -> int:
    return len(file.read_text().split()) if file.exists() else 0


def write(file: Path, number: int) -> None:
    with file.open("a") as lines:
        lines.write(f"{number}\n")


async def main(path: str, done: str) -> None:
    async def work(job_id: JobId, arguments: Arguments) -> None:
        for number in range(written(Path(done)), UNITS):
            print(f"began {number}", flush=True)  # noqa: T201
            await asyncio.sleep(0.05)
            write(Path(done), number)

    jobs = DurableJobs(Path(path))
    jobs.register("work", work)
    if not await jobs.resume():
        await jobs.start("work", JobId("job_1"), {})
    await settled(jobs, JobId("job_1"))
    await jobs.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
