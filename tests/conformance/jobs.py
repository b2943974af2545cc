"""What every implementation of the `Jobs` port does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from assistant.domain.errors import NotFound
from assistant.domain.ids import JobId
from assistant.domain.jobs import Arguments, Job, JobState
from assistant.domain.ports import Jobs

COUNT, WAIT, FAIL, APART = "count", "wait", "fail", "apart"
NOWHERE = JobId("job_nowhere")

Process = Callable[[], AbstractAsyncContextManager[Jobs]]


@dataclass
class Work:
    """Functions to run, and what came of it."""

    calls: list[tuple[str, Arguments]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: int = 0
    loops: set[asyncio.AbstractEventLoop] = field(default_factory=set)

    def register(self, jobs: Jobs) -> None:
        jobs.register(COUNT, self.count)
        jobs.register(WAIT, self.wait)
        jobs.register(FAIL, self.fail)
        jobs.register(APART, self.count, at_once=1)

    async def count(self, job_id: JobId, arguments: Arguments) -> None:
        self.calls.append((job_id, arguments))
        self.loops.add(asyncio.get_running_loop())

    async def wait(self, job_id: JobId, arguments: Arguments) -> None:
        self.calls.append((job_id, arguments))
        self.begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.stopped += 1
            raise

    async def fail(self, job_id: JobId, arguments: Arguments) -> None:
        raise RuntimeError(f"no {arguments['what']} left")


async def settled(jobs: Jobs, job_id: JobId) -> Job:
    return await until(lambda: jobs.get(job_id), lambda job: job.state.over)


async def until(look: Callable[[], Awaitable[Job]], good: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(120):
        while not good(job := await look()):  # noqa: ASYNC110  # jobs announce nothing
            await asyncio.sleep(0.02)
    return job


class JobsSuite:
    """Needs a fixture `process`: each call gives a context in which the same jobs, at first none, are at work. The
    functions of the fixture `work` are registered there already."""

    @pytest.fixture
    def work(self) -> Work:
        return Work()

    @pytest.fixture
    async def jobs(self, process: Process) -> AsyncIterator[Jobs]:
        async with process() as jobs:
            yield jobs

    async def test_a_job_runs_with_its_id_and_arguments_where_the_application_runs(
        self, jobs: Jobs, work: Work
    ) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        arguments: Arguments = {"text": "苹果", "number": 2, "list": [1.5, None, True], "map": {"a": "b"}}
        await jobs.start(COUNT, JobId("job_1"), arguments)
        job = await settled(jobs, JobId("job_1"))
        assert job == Job(JobId("job_1"), COUNT, JobState.DONE, job.started_at)
        assert before < job.started_at < datetime.now(UTC) + timedelta(seconds=1)
        assert work.calls == [("job_1", arguments)]
        assert work.loops == {asyncio.get_running_loop()}

    async def test_a_job_waits_as_long_as_it_was_told_to(self, jobs: Jobs) -> None:
        begun = asyncio.get_running_loop().time()
        await jobs.start(COUNT, JobId("job_later"), {}, after=2.0)
        assert (await settled(jobs, JobId("job_later"))).state is JobState.DONE
        assert asyncio.get_running_loop().time() - begun >= 2.0

    async def test_a_job_with_a_number_of_its_own_waits_for_no_other(self, jobs: Jobs, work: Work) -> None:
        await jobs.start(WAIT, JobId("job_long"), {})
        await work.begun.wait()
        await jobs.start(APART, JobId("job_apart"), {})
        assert (await settled(jobs, JobId("job_apart"))).state is JobState.DONE

    async def test_a_job_started_twice_runs_once(self, jobs: Jobs, work: Work) -> None:
        for _ in range(2):
            await asyncio.gather(*(jobs.start(COUNT, JobId("job_1"), {}) for _ in range(3)))
            await settled(jobs, JobId("job_1"))
        assert len(work.calls) == 1

    async def test_a_job_that_fails_says_why(self, jobs: Jobs) -> None:
        await jobs.start(FAIL, JobId("job_1"), {"what": "milk"})
        job = await settled(jobs, JobId("job_1"))
        assert (job.state, job.error) == (JobState.FAILED, "no milk left")

    async def test_a_cancelled_job_is_stopped(self, jobs: Jobs, work: Work) -> None:
        await jobs.start(WAIT, JobId("job_1"), {})
        await work.begun.wait()
        assert (await jobs.get(JobId("job_1"))).state is JobState.RUNNING
        await jobs.cancel(JobId("job_1"))
        assert work.stopped == 1
        assert (await jobs.get(JobId("job_1"))).state is JobState.CANCELLED

    async def test_a_job_cancelled_before_its_turn_never_runs(self, jobs: Jobs, work: Work) -> None:
        await jobs.start(WAIT, JobId("job_1"), {})
        await work.begun.wait()
        await jobs.start(COUNT, JobId("job_2"), {})
        assert (await jobs.get(JobId("job_2"))).state is JobState.WAITING
        await jobs.cancel(JobId("job_2"))
        await jobs.start(COUNT, JobId("job_3"), {})
        await jobs.cancel(JobId("job_1"))
        await settled(jobs, JobId("job_3"))
        assert [job_id for job_id, _ in work.calls] == ["job_1", "job_3"]
        assert (await jobs.get(JobId("job_2"))).state is JobState.CANCELLED

    async def test_cancelling_what_is_over_changes_nothing(self, jobs: Jobs) -> None:
        await jobs.start(COUNT, JobId("job_1"), {})
        done = await settled(jobs, JobId("job_1"))
        await jobs.cancel(JobId("job_1"))
        assert await jobs.get(JobId("job_1")) == done

    async def test_jobs_are_listed_by_name_the_newest_first(self, jobs: Jobs) -> None:
        assert await jobs.of_name(COUNT) == []
        for number in range(3):
            await jobs.start(COUNT, JobId(f"job_{number}"), {})
            await settled(jobs, JobId(f"job_{number}"))
        await jobs.start(FAIL, JobId("job_9"), {"what": "milk"})
        assert [job.id for job in await jobs.of_name(COUNT)] == ["job_2", "job_1", "job_0"]

    async def test_what_is_not_there_is_not_found(self, jobs: Jobs) -> None:
        with pytest.raises(NotFound):
            await jobs.start("nothing", JobId("job_1"), {})
        for _ in range(2):
            for call in (jobs.get(NOWHERE), jobs.cancel(NOWHERE)):
                with pytest.raises(NotFound):
                    await call
            await jobs.start(COUNT, JobId("job_1"), {})

    async def test_what_a_process_left_unfinished_the_next_takes_up(self, process: Process, work: Work) -> None:
        async with process() as jobs:
            assert await jobs.resume() == 0
            await jobs.start(WAIT, JobId("job_1"), {"a": 1})
            await work.begun.wait()
            await jobs.start(COUNT, JobId("job_2"), {})
        assert work.stopped == 1
        work.begun.clear()
        async with process() as jobs:
            assert await jobs.resume() == 2
            await work.begun.wait()
            assert work.calls == [("job_1", {"a": 1})] * 2
            await jobs.cancel(JobId("job_1"))
            assert (await settled(jobs, JobId("job_2"))).state is JobState.DONE
        async with process() as jobs:
            assert await jobs.resume() == 0
            assert (await jobs.get(JobId("job_1"))).state is JobState.CANCELLED
        assert [job_id for job_id, _ in work.calls] == ["job_1", "job_1", "job_2"]

    async def test_a_finished_job_is_known_after_a_restart_and_runs_no_more(self, process: Process, work: Work) -> None:
        async with process() as jobs:
            await jobs.start(COUNT, JobId("job_1"), {})
            await settled(jobs, JobId("job_1"))
        async with process() as jobs:
            await jobs.start(COUNT, JobId("job_1"), {})
            assert (await jobs.get(JobId("job_1"))).state is JobState.DONE
        assert len(work.calls) == 1
