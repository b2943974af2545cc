"""The `Jobs` port over DBOS, which keeps what is to be done in a database of its own and takes it up after a crash.

A job is a DBOS workflow without steps: it runs anew from its beginning, and its function finds out what it has done.
DBOS is one for the whole process and works on threads and an event loop of its own; here it is started when there is
something for it to do, and functions run on the event loop of the application.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from assistant.domain.errors import NotFound, NotReady
from assistant.domain.ids import JobId
from assistant.domain.jobs import Arguments, Job, JobFunction, JobState
from assistant.jobs.database import JobsDatabase
from assistant.jobs.queues import Queues

if TYPE_CHECKING:
    from dbos import WorkflowStatus

    from assistant.jobs.engine import Engine

_log = structlog.get_logger(__name__)

_STATES = {
    "DELAYED": JobState.WAITING,
    "ENQUEUED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}


class DurableJobs:
    """Jobs in a SQLite file. One process at a time runs those of a file, and one such object those of a process."""

    def __init__(self, path: Path, *, at_once: int = 1) -> None:
        """`at_once`: how many jobs run at the same time, those apart that are registered with a number of their own;
        others wait. Nothing is touched yet."""
        self._database = JobsDatabase(path)
        self._queues = Queues(at_once)
        self._functions: dict[str, JobFunction] = {}
        self._running: dict[JobId, asyncio.Task[None]] = {}
        self._cancelled: set[JobId] = set()
        self._launching: asyncio.Task[Engine] | None = None
        self._closed = False

    def register(self, name: str, function: JobFunction, *, at_once: int | None = None) -> None:
        self._functions[name] = function
        if at_once is not None:
            self._queues.own[name] = at_once

    async def start(self, name: str, job_id: JobId, arguments: Arguments, *, after: float = 0.0) -> None:
        """As the port says; NotReady where another process runs the jobs of this file."""
        if name not in self._functions:
            raise NotFound(f"Nothing is registered to run as {name!r}.")
        engine = await self._launched()
        await asyncio.to_thread(engine.enqueue, name, job_id, dict(arguments), after)

    async def get(self, job_id: JobId) -> Job:
        return _job(await self._status(job_id))

    async def of_name(self, name: str) -> list[Job]:
        if not self._database.exists():
            return []
        engine = await self._launched()
        found = await asyncio.to_thread(engine.statuses_of, name)
        return [_job(status) for status in found]

    async def cancel(self, job_id: JobId) -> None:
        await self._status(job_id)
        engine = await self._launched()
        self._cancelled.add(job_id)
        await asyncio.to_thread(engine.cancel, job_id)
        if (task := self._running.get(job_id)) is not None:
            task.cancel()
            await asyncio.wait([task])

    async def resume(self) -> int:
        """As the port says; 0, with a line in the log, where they cannot be: shoppers are served all the same."""
        try:
            unfinished = await asyncio.to_thread(self._database.unfinished)
            if unfinished:
                await self._launched()
        except NotReady as taken:  # the other process is at them
            _log.warning("jobs_not_taken_up", reason=taken.detail)
            return 0
        except Exception:
            _log.exception("jobs_not_taken_up")
            return 0
        return unfinished

    async def close(self) -> None:
        """Stop what runs; it is taken up at the next start."""
        self._closed = True
        launching, self._launching = self._launching, None
        if launching is None:
            return
        [engine] = await asyncio.gather(launching, return_exceptions=True)
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not isinstance(engine, BaseException):
            await asyncio.to_thread(engine.stop)
            self._database.release()

    async def _status(self, job_id: JobId) -> WorkflowStatus:
        found = []
        if self._database.exists():
            engine = await self._launched()
            found = await asyncio.to_thread(engine.statuses, [job_id])
        if not found:
            raise NotFound(f"There is no job {job_id!r}.", job_id=job_id)
        return found[0]

    async def _launched(self) -> Engine:
        """DBOS, launched once, by a task of its own: a request that goes away must not leave it half launched."""
        if self._closed:
            raise NotReady("The application is closing; try again once it has started anew.")
        if self._launching is None or (self._launching.done() and self._launching.exception()):
            self._launching = asyncio.create_task(self._launch())
        return await asyncio.shield(self._launching)

    async def _launch(self) -> Engine:
        loop = asyncio.get_running_loop()

        async def run(name: str, job_id: JobId, arguments: Arguments) -> None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._run(name, job_id, arguments), loop))

        def launched() -> Engine:
            from assistant.jobs.engine import Engine  # takes a third of a second to load; most servers never need it

            return Engine.launch(self._database.path, self._functions, run, self._queues)

        self._database.take()
        try:
            return await asyncio.to_thread(launched)
        except BaseException:
            self._database.release()
            raise

    async def _run(self, name: str, job_id: JobId, arguments: Arguments) -> None:
        """One run of a job, on the application's event loop. A cancellation says nothing to DBOS of how it ended."""
        if self._closed or job_id in self._cancelled:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None
        self._running[job_id] = task
        try:
            await self._functions[name](job_id, arguments)
        finally:
            del self._running[job_id]


def _job(status: WorkflowStatus) -> Job:
    started = datetime.fromtimestamp((status.created_at or 0) / 1000, UTC)
    return Job(JobId(status.workflow_id), status.name, _STATES[status.status], started, str(status.error or ""))
