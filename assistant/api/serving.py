"""The API over a running application: what `storebot serve`, the container and tests start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import entry_points

from fastapi import FastAPI

from assistant.api.app import create_app
from assistant.api.demo import demo_router
from assistant.api.deps import Services
from assistant.api.identity import FileIdentityKeys
from assistant.api.limits import Limits
from assistant.api.tokens import SessionTokens
from assistant.bootstrap import Application
from assistant.domain.ids import StoreId
from assistant.domain.ports import Evaluations

DEMO = StoreId("demo")
EVALUATIONS = "storebot.evaluations"


def serve_application(application: Application, *, demo: bool = False) -> FastAPI:
    """The HTTP application. Once started it takes up what an earlier process left undone; `demo` adds /demo."""
    services = replace(services_of(application), evaluations=_evaluations(application))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await application.effects.recover()
        await application.dispatcher.recover()
        await application.jobs.resume()
        async with application.desks.minding():
            yield

    app = create_app(services, lifespan=lifespan)
    if demo:
        app.include_router(demo_router(DEMO))
    return app


def _evaluations(application: Application) -> Evaluations | None:
    """Those of whichever package brings them; None where none does."""
    for entry in entry_points(group=EVALUATIONS):
        evaluations: Evaluations = entry.load()(application)
        return evaluations
    return None


def services_of(application: Application) -> Services:
    """What the routes stand on."""
    settings = application.settings
    return Services(
        stores=application.stores,
        log=application.log,
        live=application.live,
        knowledge=application.knowledge,
        clock=application.clock,
        sessions=SessionTokens(settings.signing_key(), timedelta(hours=settings.session_ttl_hours), application.clock),
        keys=application.keys,
        api_keys=application.keys,
        users=application.users,
        identity_keys=FileIdentityKeys(settings.identity_keys_file),
        dispatcher=application.dispatcher,
        authoring=application.authoring,
        explainer=application.rehearsal,
        briefings=application.briefings,
        trials=application.trials,
        effects=application.effects,
        model_usage=application.model_usage,
        desks=application.desks,
        media_dir=settings.media_dir,
        limits=Limits(
            max_message_chars=settings.max_message_chars,
            max_body_bytes=settings.max_body_bytes,
            max_evaluation_bytes=settings.max_evaluation_bytes,
            messages_per_session=settings.messages_per_minute,
            sessions_per_address=settings.sessions_per_minute,
            requests_per_address=settings.requests_per_minute,
            streams_per_session=settings.streams_per_session,
            heartbeat_s=settings.heartbeat_s,
        ),
        public_url=settings.public_url,
    )
