"""A store's procedures: read, checked, changed, switched, rolled back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import require
from assistant.api.deps import ServicesDep
from assistant.api.errors import documented
from assistant.domain.access import Caller, KeyScope
from assistant.domain.faults import Fault
from assistant.domain.procedure_versions import KeptProcedure, ProcedureVersion
from assistant.domain.procedures import ProcedureFile
from assistant.procedures.authoring import Authoring
from assistant.procedures.yaml_tree import MAX_CHARS

TEXTS = re.compile(r"/v1/stores/[^/]+/procedures(/[^/]+)?")
"""The paths whose bodies hold the text of a procedure."""
MAX_BODY_BYTES = 16 * MAX_CHARS
"""More than a text can take as JSON, with every character escaped: twelve bytes for one beyond the first plane."""

NAME = r"^[a-z][a-z0-9_-]{0,63}$"

router = APIRouter(prefix="/v1/stores/{store_id}/procedures", tags=["procedures"])

Key = Annotated[Caller, Depends(require(KeyScope.MANAGE))]
Name = Annotated[str, PathParameter(pattern=NAME, description="The procedure's name.", examples=["cancel"])]
Version = Annotated[
    str, PathParameter(pattern="^[0-9a-f]{16}$", description="A version's id.", examples=["c9c1d35372e95cda"])
]


class ProcedureText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MAX_CHARS, description="YAML, as docs/procedures.md describes it.")


class RollBack(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(
        default=None, pattern="^[0-9a-f]{16}$", description="Without it, the one kept before the one in force."
    )


class VersionView(BaseModel):
    version: str = Field(description="Follows from the text: the same text has the same version.")
    at: datetime = Field(description="When it was kept first.")
    by: str = Field(description="Who brought it.", examples=["import", "key console"])


class ProcedureSummary(BaseModel):
    name: str
    enabled: bool
    version: str = Field(description="The version in force.")
    changed_at: datetime
    changed_by: str


class ProcedureView(ProcedureSummary):
    text: str


class ProcedureWithVersions(ProcedureView):
    versions: list[VersionView] = Field(description="The newest first.")


class ProcedureList(BaseModel):
    procedures: list[ProcedureSummary]


class VersionText(VersionView):
    text: str


class FaultView(BaseModel):
    """What is wrong, and where."""

    file: str
    line: int = Field(description="Counts from 1; 0 means the whole file.")
    reason: str
    reason_zh: str


class CheckView(BaseModel):
    faults: list[FaultView] = Field(description="Empty where the text could be put into force.")


def _authoring(services: ServicesDep) -> Authoring:
    return services.authoring


Authors = Annotated[Authoring, Depends(_authoring)]


@router.get(
    "", operation_id="listProcedures", summary="List a store's procedures", responses=documented(401, 403, 404, 422)
)
async def list_procedures(key: Key, authoring: Authors) -> ProcedureList:
    """By name, those that are switched off as well."""
    return ProcedureList(procedures=[_summary(kept) for kept in await authoring.all(key.store_id)])


@router.post(
    "",
    operation_id="checkProcedure",
    summary="Check a procedure",
    responses=documented(400, 401, 403, 404, 413, 422),
)
async def check_procedure(key: Key, authoring: Authors, body: ProcedureText) -> CheckView:
    """As if it were put beside the store's others; nothing is changed."""
    faults = await authoring.faults(key.store_id, _file(body))
    return CheckView(faults=[_fault(fault) for fault in faults])


@router.get(
    "/{name}",
    operation_id="readProcedure",
    summary="Read a procedure and its versions",
    responses=documented(401, 403, 404, 422),
)
async def read_procedure(key: Key, authoring: Authors, name: Name) -> ProcedureWithVersions:
    kept = await authoring.get(key.store_id, name)
    versions = [_version(version) for version in await authoring.versions(key.store_id, name)]
    return ProcedureWithVersions(**_view(kept).model_dump(), versions=versions)


@router.get(
    "/{name}/versions/{version}",
    operation_id="readProcedureVersion",
    summary="Read a version of a procedure",
    responses=documented(401, 403, 404, 422),
)
async def read_version(key: Key, authoring: Authors, name: Name, version: Version) -> VersionText:
    found = await authoring.version(key.store_id, name, version)
    return VersionText(**_version(found).model_dump(), text=found.file.text)


@router.put(
    "/{name}",
    operation_id="putProcedure",
    summary="Put a procedure into force",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def put_procedure(key: Key, authoring: Authors, name: Name, body: ProcedureText) -> ProcedureView:
    """A new one, or a new version of one. It is checked together with the store's others; `faults` of the problem
    lists all that is wrong. It takes effect with the next message of a conversation."""
    return _view(await authoring.put(key.store_id, _file(body, name), by=key.name, name=name))


@router.post(
    "/{name}/enable",
    operation_id="enableProcedure",
    summary="Switch a procedure on",
    responses=documented(401, 403, 404, 409, 422),
)
async def enable_procedure(key: Key, authoring: Authors, name: Name) -> ProcedureView:
    return _view(await authoring.switch(key.store_id, name, enabled=True, by=key.name))


@router.post(
    "/{name}/disable",
    operation_id="disableProcedure",
    summary="Switch a procedure off",
    responses=documented(401, 403, 404, 409, 422),
)
async def disable_procedure(key: Key, authoring: Authors, name: Name) -> ProcedureView:
    """Nothing of it is lost; it is not started while it is off."""
    return _view(await authoring.switch(key.store_id, name, enabled=False, by=key.name))


@router.post(
    "/{name}/roll-back",
    operation_id="rollBackProcedure",
    summary="Put an earlier version into force",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def roll_back_procedure(key: Key, authoring: Authors, name: Name, body: RollBack) -> ProcedureView:
    return _view(await authoring.roll_back(key.store_id, name, body.version, by=key.name))


@router.delete(
    "/{name}",
    operation_id="deleteProcedure",
    summary="Take a procedure out of force",
    status_code=204,
    response_class=Response,
    responses=documented(401, 403, 404, 409, 422),
)
async def delete_procedure(key: Key, authoring: Authors, name: Name) -> None:
    """Its versions are kept for the audit log, and are there again when it is put anew."""
    await authoring.delete(key.store_id, name, by=key.name)


def _file(body: ProcedureText, name: str = "new") -> ProcedureFile:
    return ProcedureFile(f"procedures/{name}.yaml", body.text)


def _summary(kept: KeptProcedure) -> ProcedureSummary:
    return ProcedureSummary(
        name=kept.name,
        enabled=kept.enabled,
        version=kept.current.version,
        changed_at=kept.changed_at,
        changed_by=kept.changed_by,
    )


def _view(kept: KeptProcedure) -> ProcedureView:
    return ProcedureView(**_summary(kept).model_dump(), text=kept.current.file.text)


def _version(version: ProcedureVersion) -> VersionView:
    return VersionView(version=version.version, at=version.at, by=version.by)


def _fault(fault: Fault) -> FaultView:
    english, chinese = fault.text.in_language("en"), fault.text.in_language("zh")
    return FaultView(file=fault.file, line=fault.line, reason=english, reason_zh=chinese)
