"""The widget's files, and whether the server is well."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from assistant.api.deps import ServicesDep
from assistant.domain.errors import NotReady

ASSETS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
SHARED_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # modules and style sheets are fetched from any shop's page
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
# Asked again each time and answered with 304 by ETag: a shop gets a new widget at once, and modules never mix versions.
REVALIDATE = "public, no-cache"
FOREVER = "public, max-age=31536000, immutable"
_HASHED = re.compile(r"\.[0-9a-f]{8,}\.")

router = APIRouter(tags=["server"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class StoreReadiness(BaseModel):
    store: str
    version: str | None = Field(description="The published version of its knowledge.")
    code: str | None = Field(description="Why there is none.", examples=["not_ready"])


class Readiness(BaseModel):
    status: Literal["ready", "not_ready"]
    stores: list[StoreReadiness]


@router.get("/healthz", operation_id="readHealth", summary="Is the process alive?")
async def read_health() -> Health:
    return Health()


@router.get(
    "/readyz",
    operation_id="readReadiness",
    summary="Can it serve?",
    responses={503: {"model": Readiness, "description": "No store has published knowledge."}},
)
async def read_readiness(response: Response, services: ServicesDep) -> Readiness:
    """Ready when at least one store can be served: one store's missing knowledge must not take the others off line."""
    stores: list[StoreReadiness] = []
    for store in await services.stores.all():
        try:
            scope = await services.knowledge.published(store.id)
            stores.append(StoreReadiness(store=store.id, version=scope.version_id, code=None))
        except NotReady as error:
            stores.append(StoreReadiness(store=store.id, version=None, code=error.code))
    ready = any(store.version for store in stores)
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not_ready", stores=stores)


@router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
async def read_loader(request: Request, services: ServicesDep) -> Any:
    """The script that a shop's page names."""
    return await _asset(request, services.widget_dir, "widget.js")


@router.api_route("/widget/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def read_asset(request: Request, services: ServicesDep, path: str) -> Any:
    """What the loader loads."""
    return await _asset(request, services.widget_dir, path)


async def _asset(request: Request, folder: Path, path: str) -> Response:
    name = PurePosixPath(path)
    content_type = ASSETS.get(name.suffix)
    if content_type is None or ".." in name.parts:
        raise HTTPException(404)
    response = await StaticFiles(directory=folder, check_dir=False).get_response(path, request.scope)
    response.headers.update(SHARED_HEADERS)
    response.headers["Cache-Control"] = FOREVER if _HASHED.search(name.name) else REVALIDATE
    if response.status_code == 200:
        response.headers["Content-Type"] = content_type
    return response
