"""DBOS, started and stopped: all that touches the library. Its calls block, so they are made on threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID, WorkflowStatus
from sqlalchemy import URL

from assistant.domain.errors import NotReady
from assistant.domain.ids import JobId
from assistant.jobs.queues import Queues

Run = Callable[[str, JobId, dict[str, Any]], Awaitable[None]]

LOOK_FOR_WORK_S = 0.25
LISTEN_S = 0.1  # how long stopping waits for a listener that jobs have no use for; a look of it costs nothing
# DBOS takes up again only what a process of the same version left. Jobs are repeatable, whatever program began them.
VERSION = "1"

_process = threading.Lock()  # DBOS is one for the whole process


class Engine:
    """A launched DBOS that runs jobs by `run`."""

    @classmethod
    def launch(cls, path: Path, names: Iterable[str], run: Run, queues: Queues) -> Engine:
        """`run` is called on an event loop of DBOS's own. Raises NotReady where another is launched in this process."""
        if not _process.acquire(blocking=False):
            raise NotReady("The jobs of another application run in this process.")
        # With a handler of its own on the logger, DBOS adds none, and what it logs goes where everything goes.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        engine = cls({name: _workflow(name, run) for name in names}, queues)
        try:
            DBOS(config=_config(path))
            DBOS.launch()
            for queue, at_once in queues:
                DBOS.register_queue(queue, worker_concurrency=at_once, polling_interval_sec=LOOK_FOR_WORK_S)
        except BaseException:
            engine.stop()
            raise
        return engine

    def __init__(self, workflows: dict[str, Callable[..., Any]], queues: Queues) -> None:
        self._workflows = workflows
        self._queues = queues

    def enqueue(self, name: str, job_id: JobId, arguments: dict[str, Any], after: float) -> None:
        with SetWorkflowID(job_id), SetEnqueueOptions(delay_seconds=after or None):
            DBOS.enqueue_workflow(self._queues.of(name), self._workflows[name], arguments)

    def statuses(self, job_ids: list[JobId]) -> list[WorkflowStatus]:
        return DBOS.list_workflows(workflow_ids=list(job_ids), load_input=False)

    def statuses_of(self, name: str) -> list[WorkflowStatus]:
        return DBOS.list_workflows(name=name, load_input=False, sort_desc=True)

    def cancel(self, job_id: JobId) -> None:
        DBOS.cancel_workflow(job_id)

    def stop(self) -> None:
        """Let go of everything. Jobs under way are left as they are, for the next launch."""
        DBOS.destroy(destroy_registry=True)
        _process.release()


def _config(path: Path) -> DBOSConfig:
    return {
        "name": "storebot",
        "application_version": VERSION,
        "system_database_url": URL.create("sqlite", database=str(path)).render_as_string(),
        "serializer": DBOSPortableJSONSerializer(),
        "enable_otlp": False,
        "log_level": "ERROR",
        "notification_listener_polling_interval_sec": LISTEN_S,
    }


def _workflow(name: str, run: Run) -> Callable[..., Any]:
    @DBOS.workflow(name=name)
    async def workflow(arguments: dict[str, Any]) -> None:
        await run(name, JobId(str(DBOS.workflow_id)), arguments)

    return workflow
