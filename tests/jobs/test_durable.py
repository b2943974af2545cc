"""Jobs over DBOS: one at a time in a process, and not started where there is nothing to do."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from assistant.domain.errors import NotReady
from assistant.domain.ids import JobId
from assistant.domain.ports import Jobs
from assistant.jobs import DurableJobs
from tests.conformance.jobs import COUNT, WAIT, JobsSuite, Work, settled


@asynccontextmanager
async def at_work(path: Path, work: Work) -> AsyncIterator[DurableJobs]:
    jobs = DurableJobs(path)
    work.register(jobs)
    try:
        yield jobs
    finally:
        await jobs.close()


class TestDurableJobs(JobsSuite):
    @pytest.fixture
    def process(self, tmp_path: Path, work: Work) -> Callable[[], AbstractAsyncContextManager[Jobs]]:
        return lambda: at_work(tmp_path / "data" / "jobs.db", work)


async def test_without_jobs_nothing_is_started(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with at_work(data / "jobs.db", Work()) as jobs:
        assert await jobs.resume() == 0
        assert await jobs.of_name(COUNT) == []
    assert [file.name for file in data.parent.iterdir()] == []


async def test_finished_jobs_do_not_start_it_again(tmp_path: Path) -> None:
    async with at_work(tmp_path / "jobs.db", Work()) as jobs:
        await jobs.start(COUNT, JobId("job_1"), {})
        await settled(jobs, JobId("job_1"))
    threads = threading.active_count()
    async with at_work(tmp_path / "jobs.db", Work()) as jobs:
        assert await jobs.resume() == 0
        assert threading.active_count() <= threads


async def test_stopping_leaves_no_thread_of_its_own(tmp_path: Path) -> None:
    before = {thread.name for thread in threading.enumerate()}
    async with at_work(tmp_path / "jobs.db", work := Work()) as jobs:
        await jobs.start(WAIT, JobId("job_1"), {})
        await work.begun.wait()
    left = {thread.name for thread in threading.enumerate()} - before
    assert {name for name in left if not name.startswith("asyncio_")} == set()


async def test_it_says_nothing_while_all_is_well(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(tmp_path / "jobs.db", work := Work()) as jobs:
        await jobs.start(COUNT, JobId("job_1"), {})
        await settled(jobs, JobId("job_1"))
        await jobs.start(WAIT, JobId("job_2"), {})
        await work.begun.wait()
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("dbos")] == []


async def test_a_failure_is_told_in_the_log_where_other_lines_go(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(tmp_path / "jobs.db", Work()) as jobs:
        await jobs.start("fail", JobId("job_1"), {"what": "milk"})
        await settled(jobs, JobId("job_1"))
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "no milk left" in (errors[0].exc_text or str(errors[0].exc_info))
    own = [one for one in logging.getLogger("dbos").handlers if not isinstance(one, logging.NullHandler)]
    assert own == [], "the library prints lines of its own"


async def test_two_applications_of_a_process_do_not_run_jobs_at_the_same_time(tmp_path: Path) -> None:
    work = Work()
    async with at_work(tmp_path / "one.db", work) as one, at_work(tmp_path / "two.db", work) as two:
        await one.start(COUNT, JobId("job_1"), {})
        with pytest.raises(NotReady, match="another application"):
            await two.start(COUNT, JobId("job_2"), {})
        await settled(one, JobId("job_1"))
        await one.close()
        await two.start(COUNT, JobId("job_2"), {})
        await settled(two, JobId("job_2"))


async def test_jobs_that_another_process_is_at_are_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    async with at_work(path, work := Work()) as jobs:
        await jobs.start(WAIT, JobId("job_1"), {})
        await work.begun.wait()
        async with at_work(path, other := Work()) as second:
            assert await second.resume() == 0
            with pytest.raises(NotReady, match="Another process"):
                await second.start(COUNT, JobId("job_2"), {})
        assert other.calls == []


async def test_a_damaged_file_holds_up_nothing_but_its_jobs(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    path.write_bytes(b"no database" * 100)
    async with at_work(path, work := Work()) as jobs:
        assert await jobs.resume() == 0
        with pytest.raises(Exception, match="not a database"):
            await jobs.start(COUNT, JobId("job_1"), {})
        path.unlink()
        await jobs.start(COUNT, JobId("job_1"), {})
        await settled(jobs, JobId("job_1"))
    assert work.calls == [("job_1", {})]


async def test_after_it_is_closed_nothing_is_started(tmp_path: Path) -> None:
    async with at_work(tmp_path / "jobs.db", Work()) as jobs:
        await jobs.close()
        with pytest.raises(NotReady, match="closing"):
            await jobs.start(COUNT, JobId("job_1"), {})


async def test_a_caller_who_goes_away_does_not_leave_it_half_launched(tmp_path: Path) -> None:
    async with at_work(tmp_path / "jobs.db", work := Work()) as jobs:
        impatient = asyncio.create_task(jobs.start(COUNT, JobId("job_1"), {}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        await jobs.start(COUNT, JobId("job_2"), {})
        await settled(jobs, JobId("job_2"))
        assert ("job_2", {}) in work.calls


def test_a_job_of_a_killed_process_is_finished_by_the_next(tmp_path: Path) -> None:
    """Ten units of work, each written down when it is done; the process is killed in the middle."""
    done = tmp_path / "done.txt"

    def process() -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-m", "tests.jobs.process", str(tmp_path / "jobs.db"), str(done)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    with process() as first:
        assert first.stdout is not None
        for line in first.stdout:
            if line.strip() == "began 4":
                first.kill()
                break
    assert done.read_text().split() == ["0", "1", "2", "3"]
    with process() as second:
        told, _ = second.communicate(timeout=300)
    assert told.split("\n")[0] == "began 4", "what was done is not done again, and what was begun is begun once more"
    assert second.returncode == 0
    assert done.read_text().split() == [str(number) for number in range(10)]
