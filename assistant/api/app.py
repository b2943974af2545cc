"""The application: routes, middleware and the OpenAPI document, around the services it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware

from assistant.api import (
    briefings,
    chat,
    desk,
    desk_stream,
    effects,
    errors,
    evaluations,
    explanations,
    model_usage,
    procedures,
    signing_in,
    site,
    stores,
    stream,
    traces,
    trials,
    users,
    waiting,
)
from assistant.api.deps import Services
from assistant.api.errors import Problem
from assistant.api.limits import RateLimiter
from assistant.api.middleware import BodyLimit, RequestContext
from assistant.api.origins import OwnOrigin, StoreCors
from assistant.api.schemas import SIGNALS

API_VERSION = "1.0.0"
DESCRIPTION = """\
The shopper's side of storebot: open a session, send messages, follow the event stream. With an API key, the side of
those who evaluate and manage it.

Errors are RFC 9457 problem documents with a stable `code`. Ids are sortable strings. Times are RFC 3339 in UTC.
"""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(services: Services, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The API over `services`. `lifespan` starts and stops what stands behind them; it ends after the last response."""
    app = FastAPI(
        title="storebot",
        version=API_VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        middleware=[
            Middleware(RequestContext),
            Middleware(StoreCors, stores=services.stores, own=OwnOrigin(services.public_url)),
            Middleware(errors.UnexpectedErrors),
            Middleware(
                BodyLimit,
                max_bytes=services.limits.max_body_bytes,
                larger=(
                    (evaluations.ORDERS, services.limits.max_evaluation_bytes),
                    (procedures.TEXTS, max(procedures.MAX_BODY_BYTES, services.limits.max_body_bytes)),
                ),
            ),
        ],
    )
    app.state.services = services
    app.state.rates = RateLimiter(services.clock)
    app.state.streams = stream.OpenStreams()
    errors.install(app)
    for router in (
        chat.router,
        stream.router,
        stores.router,
        traces.router,
        explanations.router,
        briefings.router,
        evaluations.router,
        trials.router,
        procedures.router,
        effects.router,
        model_usage.router,
        desk.router,
        desk_stream.router,
        waiting.router,
        signing_in.router,
        users.router,
        site.router,
    ):
        app.include_router(router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with the shapes that no route returns as JSON: problems and the stream's signals."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (Problem, *SIGNALS):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            components.update(schema.pop("$defs", {}))
            components[model.__name__] = schema
        app.openapi_schema = document
    return app.openapi_schema
