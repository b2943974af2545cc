"""Evaluations: start a run of a suite against a store, watch it, fetch what came of it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.api.access import require
from assistant.api.deps import ID_PATTERN, ServicesDep
from assistant.api.errors import documented
from assistant.api.language import accepted, best
from assistant.api.schemas import LANGUAGE_TAG, Positive, Whole
from assistant.domain.access import Caller, KeyScope
from assistant.domain.errors import NotInstalled
from assistant.domain.evaluations import Evaluation, Options, Order
from assistant.domain.ids import EvaluationId
from assistant.domain.jobs import JobState
from assistant.domain.ports import Evaluations

# A report quotes what shops and models have written: as a page of its own it must not act in this server's name.
REPORT_HEADERS = {
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; img-src data:; font-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'",
}
REPORT = {"description": "One page that needs nothing else.", "content": {"text/html": {"schema": {"type": "string"}}}}
RESULT = {
    "description": "`suite`, `figures`, `intervals`, `environment`, `cases`.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}
ORDERS = re.compile(r"/v1/stores/[^/]+/evaluations")
"""The path whose bodies hold cases, and may be larger than others."""

router = APIRouter(prefix="/v1/stores/{store_id}/evaluations", tags=["evaluations"])

Key = Annotated[Caller, Depends(require(KeyScope.EVALUATE))]
Id = Annotated[
    str,
    PathParameter(
        pattern=ID_PATTERN,
        description="The evaluation's id.",
        examples=["eval_019ab1c2d3e47f60a1b2c3d4e5f60718"],
    ),
]


class OptionsModel(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)

    runs: Whole = Field(default=1, ge=1, le=100, description="How often each case runs.")
    limit: Positive | None = Field(default=None, description="How many cases, picked by the seed; null for all.")
    seed: Whole = Field(default=0, ge=0, le=2**53, description="Of every random choice.")
    concurrency: Whole = Field(default=1, ge=1, le=32, description="Cases at once; more than 1 makes each slower.")


class EvaluationOrder(BaseModel):
    """Either `data` or `folder`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"oneOf": [{"required": ["data"]}, {"required": ["folder"]}]}
    )

    suite: str = Field(pattern="^[a-z][a-z0-9_-]{0,63}$", description="qa or routing.", examples=["qa"])
    options: OptionsModel = OptionsModel()
    data: str = Field(default="", min_length=1, description="The cases, JSON Lines: one object a line.")
    folder: str = Field(
        default="",
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="A folder below `evaluations` in the store's folder, as it was imported last.",
        examples=["smoke"],
    )

    @model_validator(mode="after")
    def _one_source(self) -> EvaluationOrder:
        if len(self.model_fields_set & {"data", "folder"}) != 1:
            raise ValueError("give either data or folder")
        return self


class EvaluationView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    suite: str
    options: OptionsModel
    folder: str = Field(description="Empty where the cases were sent along.")
    created_at: datetime
    state: JobState
    done: int = Field(description="Runs of cases that are done.")
    total: int = Field(description="Runs of cases in all.")
    figures: dict[str, float] = Field(description="The figures so far; of a finished evaluation the final ones.")
    error: str = Field(description="Why it failed.")


class EvaluationList(BaseModel):
    evaluations: list[EvaluationView]


async def _installed(services: ServicesDep) -> Evaluations:
    if services.evaluations is None:
        raise NotInstalled("Evaluations are not installed on this server; install storebot with its package evals.")
    return services.evaluations


Installed = Annotated[Evaluations, Depends(_installed)]


@router.post(
    "",
    operation_id="startEvaluation",
    summary="Start an evaluation",
    status_code=202,
    response_description="It waits for its turn.",
    responses=documented(400, 401, 403, 404, 413, 422, 501, 503),
)
async def start_evaluation(key: Key, evaluations: Installed, body: EvaluationOrder) -> EvaluationView:
    """Everything that can be wrong is told at once; then the cases run one after the other, as test conversations."""
    options = Options(**body.options.model_dump())
    order = Order(body.suite, options, lines=body.data, folder=body.folder)
    return _view(await evaluations.start(key.store_id, order))


@router.get(
    "",
    operation_id="listEvaluations",
    summary="List a store's evaluations",
    responses=documented(401, 403, 422, 501, 503),
)
async def list_evaluations(key: Key, evaluations: Installed) -> EvaluationList:
    """The newest first."""
    return EvaluationList(evaluations=[_view(each) for each in await evaluations.of_store(key.store_id)])


@router.get(
    "/{evaluation_id}",
    operation_id="readEvaluation",
    summary="See how an evaluation is getting on",
    responses=documented(401, 403, 404, 422, 501, 503),
)
async def read_evaluation(key: Key, evaluations: Installed, evaluation_id: Id) -> EvaluationView:
    return _view(await evaluations.get(key.store_id, EvaluationId(evaluation_id)))


@router.get(
    "/{evaluation_id}/result",
    operation_id="readEvaluationResult",
    summary="Fetch the result of a finished evaluation",
    response_class=Response,
    responses=documented(401, 403, 404, 409, 422, 501, 503, others={200: RESULT}),
)
async def read_result(key: Key, evaluations: Installed, evaluation_id: Id) -> Response:
    """The same JSON that `storebot-eval run --json` writes."""
    result = await evaluations.result(key.store_id, EvaluationId(evaluation_id))
    return Response(result, media_type="application/json")


@router.get(
    "/{evaluation_id}/report",
    operation_id="readEvaluationReport",
    summary="Fetch the report of a finished evaluation",
    response_class=HTMLResponse,
    responses=documented(401, 403, 404, 409, 422, 501, 503, others={200: REPORT}),
)
async def read_report(
    request: Request,
    key: Key,
    evaluations: Installed,
    evaluation_id: Id,
    language: Annotated[
        str | None, Query(pattern=LANGUAGE_TAG, description="zh or en; without it Accept-Language decides.")
    ] = None,
) -> HTMLResponse:
    """The same page that `storebot-eval run --html` writes."""
    wanted = [language] if language else accepted(request.headers.get("accept-language", ""))
    spoken = best(wanted, ("en", "zh"))
    page = await evaluations.report(key.store_id, EvaluationId(evaluation_id), spoken)
    return HTMLResponse(page, headers={**REPORT_HEADERS, "Content-Language": spoken})


@router.post(
    "/{evaluation_id}/cancel",
    operation_id="cancelEvaluation",
    summary="Stop an evaluation",
    responses=documented(401, 403, 404, 422, 501, 503),
)
async def cancel_evaluation(key: Key, evaluations: Installed, evaluation_id: Id) -> EvaluationView:
    """One that is over stays as it is."""
    return _view(await evaluations.cancel(key.store_id, EvaluationId(evaluation_id)))


@router.delete(
    "/{evaluation_id}",
    operation_id="deleteEvaluation",
    summary="Delete an evaluation",
    status_code=204,
    response_class=Response,
    responses=documented(401, 403, 404, 422, 501, 503),
)
async def delete_evaluation(key: Key, evaluations: Installed, evaluation_id: Id) -> None:
    """It is stopped where it runs. Its cases, result and report are gone."""
    await evaluations.delete(key.store_id, EvaluationId(evaluation_id))


def _view(evaluation: Evaluation) -> EvaluationView:
    return EvaluationView.model_validate(evaluation)
