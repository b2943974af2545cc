"""The `Evaluations` port: orders become jobs, and jobs results."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

from assistant.bootstrap import Application
from assistant.domain.errors import InvalidInput, NotFinished, NotFound
from assistant.domain.evaluations import Evaluation, Order
from assistant.domain.ids import EvaluationId, JobId, StoreId, new_id
from assistant.domain.jobs import Arguments, Job, JobState
from evals.service.records import Record, Records, Standing

JOB = "evaluation"
SUITES = ("qa", "routing")
"""Those that only talk. `scenarios` compares what is done to a shop's records, which a live shop is no place for."""


def evaluations(app: Application) -> StoreEvaluations:
    """The evaluations of what `app` serves. Its jobs are registered by this, so that a restart takes them up."""
    made = StoreEvaluations(app, Records(app.settings.data_dir / "evaluations" / "runs"))
    app.jobs.register(JOB, made.run)
    return made


class StoreEvaluations:
    """Evaluations of the stores of one application."""

    def __init__(self, app: Application, records: Records) -> None:
        self._app = app
        self._records = records
        self._standings: dict[EvaluationId, Standing] = {}  # of those that run now

    async def start(self, store_id: StoreId, order: Order) -> Evaluation:
        """As the port says; NotReady where the store has nothing published."""
        if order.suite not in SUITES:
            raise InvalidInput(
                f"The suite {order.suite} cannot run on a server; these can: {', '.join(SUITES)}. "
                "Run others with storebot-eval."
            )
        await self._app.knowledge.published(store_id)
        record = Record(
            EvaluationId(new_id("eval")), store_id, order.suite, order.options, order.folder, self._app.clock.now()
        )
        try:
            record = await asyncio.to_thread(self._accepted, record, order)
        except BaseException:
            await asyncio.to_thread(self._records.remove, store_id, record.id)
            raise
        await self._app.jobs.start(JOB, JobId(record.id), {"store": store_id})
        return await self.get(store_id, record.id)

    async def get(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation:
        record = await asyncio.to_thread(self._records.read, store_id, evaluation_id)
        try:
            job: Job | None = await self._app.jobs.get(JobId(evaluation_id))
        except NotFound:
            job = None
        return await asyncio.to_thread(self._told, record, job)

    async def of_store(self, store_id: StoreId) -> list[Evaluation]:
        records = await asyncio.to_thread(self._records.of_store, store_id)
        jobs: Mapping[str, Job] = {job.id: job for job in await self._app.jobs.of_name(JOB)} if records else {}
        return await asyncio.to_thread(lambda: [self._told(record, jobs.get(record.id)) for record in records])

    async def result(self, store_id: StoreId, evaluation_id: EvaluationId) -> str:
        record = await self._finished(store_id, evaluation_id)
        return await asyncio.to_thread(self._records.result(record).read_text, "utf-8")

    async def report(self, store_id: StoreId, evaluation_id: EvaluationId, language: str) -> str:
        record = await self._finished(store_id, evaluation_id)
        result = self._records.result(record)

        def made() -> str:
            from evals.service.measuring import report_of

            return report_of(result, result.with_name(f"report.{language}.html"), language)

        return await asyncio.to_thread(made)

    async def cancel(self, store_id: StoreId, evaluation_id: EvaluationId) -> Evaluation:
        await asyncio.to_thread(self._records.read, store_id, evaluation_id)
        await self._stop(evaluation_id)
        return await self.get(store_id, evaluation_id)

    async def delete(self, store_id: StoreId, evaluation_id: EvaluationId) -> None:
        await asyncio.to_thread(self._records.read, store_id, evaluation_id)
        await self._stop(evaluation_id)
        await asyncio.to_thread(self._records.remove, store_id, evaluation_id)

    async def run(self, job_id: JobId, arguments: Arguments) -> None:
        """The job: it goes on where the journal ends."""
        await asyncio.to_thread(import_module, "evals.service.measuring")
        from evals.service.measuring import measured

        store_id, evaluation_id = StoreId(str(arguments["store"])), EvaluationId(job_id)
        record = await asyncio.to_thread(self._records.read, store_id, evaluation_id)

        def tell(standing: Standing) -> None:
            self._standings[evaluation_id] = standing

        try:
            result = await measured(self._app, record, self._records.data(record), self._records.journals(record), tell)
            tell(Standing(len(result.outcomes), result.figures))
            await asyncio.to_thread(result.write, self._records.result(record))
        finally:
            # Not in a thread: a cancelled job must have left its standing when it is over.
            if (standing := self._standings.pop(evaluation_id, None)) is not None:
                self._records.write_standing(record, standing)
        await asyncio.to_thread(self._records.remove_journal, record)

    def _accepted(self, record: Record, order: Order) -> Record:
        """Keeps the cases, reads them as the run will, and makes the evaluation known."""
        from evals.service.measuring import cases_of

        suite_folder = self._app.suites.folder(record.store_id, order.folder) if order.folder else None
        data = self._records.put_data(record, order, suite_folder)
        record = replace(record, total=len(cases_of(record, data)) * record.options.runs)
        self._records.write(record)
        return record

    async def _stop(self, evaluation_id: EvaluationId) -> None:
        try:
            await self._app.jobs.cancel(JobId(evaluation_id))
        except NotFound:  # a crash came between the order and its job
            return

    async def _finished(self, store_id: StoreId, evaluation_id: EvaluationId) -> Record:
        evaluation = await self.get(store_id, evaluation_id)
        if evaluation.state is not JobState.DONE:
            raise NotFinished(
                f"The evaluation {evaluation_id} has no result: it is {evaluation.state.value}, {evaluation.done} of "
                f"{evaluation.total} done.",
                state=evaluation.state.value,
            )
        return await asyncio.to_thread(self._records.read, store_id, evaluation_id)

    def _told(self, record: Record, job: Job | None) -> Evaluation:
        standing = self._standings.get(record.id) or self._records.standing(record)
        state, error = (job.state, job.error) if job else (JobState.FAILED, "It was never begun; start another one.")
        return Evaluation(
            id=record.id,
            store_id=record.store_id,
            suite=record.suite,
            options=record.options,
            folder=record.folder,
            created_at=record.created_at,
            state=state,
            done=standing.done,
            total=record.total,
            figures=standing.figures,
            error=error,
        )
