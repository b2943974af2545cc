"""The desk live: its queue, and the conversations that somebody looks at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.api.deps import ConversationIdPath, Services, ServicesDep
from assistant.api.desk import AtDesk, desk_view
from assistant.api.desk_schemas import AGENT_ID, ShopperTypingSignal, desk_event
from assistant.api.errors import documented
from assistant.api.links import media_url
from assistant.api.resume import stream_start
from assistant.api.schemas import signal_view
from assistant.api.stream import BATCH, RECONNECT_MS, OpenStreams, endless, sent_event, signs_of
from assistant.domain.access import Caller
from assistant.domain.errors import NotFound
from assistant.domain.events import ShopperTyping, Signal
from assistant.domain.ids import AgentId, ConversationId

LASTS = timedelta(minutes=10)  # after which the client comes back, and it is asked again whether it may

DESK_STREAM = {
    "description": "Server-Sent Events: `desk`, with the whole of it, at first and whenever something has changed.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "event: desk\ndata: {}\n\n"}},
}
CASE_STREAM = {
    "description": "As the shopper's stream, with what is for the desk, and `shopper_typing`.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "id: 3\nevent: note\ndata: {}\n\n"}},
}

router = APIRouter(prefix="/v1/stores/{store_id}/desk", tags=["desk"])


@router.get(
    "/events",
    operation_id="streamDesk",
    summary="Follow the desk (Server-Sent Events)",
    response_class=EventSourceResponse,
    responses=documented(401, 403, 404, 422, others={200: DESK_STREAM}),
)
async def stream_desk(
    request: Request,
    caller: AtDesk,
    services: ServicesDep,
    agent: Annotated[str | None, Query(pattern=AGENT_ID, description="Whose sign of life the stream is.")] = None,
) -> EventSourceResponse:
    """It ends every ten minutes: come back then. Whoever signed in counts as there while it is open."""
    await desk_view(services, caller.store_id)
    there = AgentId(caller.id) if caller.person else AgentId(agent) if agent else None
    return endless(_desk(services, request.app.state.streams, caller, there), services)


async def _desk(
    services: Services, streams: OpenStreams, caller: Caller, there: AgentId | None
) -> AsyncIterator[ServerSentEvent]:
    until = services.clock.now() + LASTS
    shown = ""
    async with (
        services.live.watch(caller.store_id) as watched,
        aclosing(signs_of(services, streams, watched, until)) as signs,
    ):
        yield ServerSentEvent(retry=RECONNECT_MS, comment="open", sep="\n")
        async for _ in signs:
            if there is not None:
                with suppress(NotFound):
                    await services.desks.serving.seen(caller.store_id, there)
            view = await desk_view(services, caller.store_id)
            now = view.model_dump_json(exclude={"at": True, "agents": {"__all__": {"seen_at"}}})
            if now != shown:
                shown = now
                yield sent_event(view, "desk")


@router.get(
    "/conversations/{conversation_id}/events",
    operation_id="streamCase",
    summary="Follow a conversation from the desk (Server-Sent Events)",
    response_class=EventSourceResponse,
    responses=documented(401, 403, 404, 409, 422, others={200: CASE_STREAM}),
)
async def stream_case(
    request: Request,
    caller: AtDesk,
    services: ServicesDep,
    conversation_id: ConversationIdPath,
    last_event_id: Annotated[str | None, Header(description="The id read last; goes before `after`.")] = None,
    after: Annotated[str, Query(description="The id read last, for a first connection.")] = "0",
) -> EventSourceResponse:
    """It ends every ten minutes: come back with the id read last."""
    case = await services.desks.entries.case(caller.store_id, ConversationId(conversation_id))
    start = stream_start(last_event_id, after, last_seq=case.conversation.last_seq)
    media = media_url(services.public_url or str(request.base_url), caller.store_id)
    return endless(_case(services, request.app.state.streams, case.conversation.id, start, media), services)


async def _case(
    services: Services, streams: OpenStreams, conversation_id: ConversationId, after: int, media: str
) -> AsyncIterator[ServerSentEvent]:
    until, sent = services.clock.now() + LASTS, after
    async with (
        services.live.listen(conversation_id) as heard,
        aclosing(signs_of(services, streams, heard, until)) as signs,
    ):
        yield ServerSentEvent(retry=RECONNECT_MS, comment="open", sep="\n")
        async for sign in signs:
            if isinstance(sign, int):
                while batch := await services.log.events(conversation_id, after=sent, limit=BATCH):
                    for event in batch:
                        yield sent_event(desk_event(event, media=media), event.payload.type, id=str(event.seq))
                    sent = batch[-1].seq
            elif (view := _sign_view(sign)) is not None:
                yield sent_event(view, sign.type)


def _sign_view(sign: Signal) -> BaseModel | None:
    if isinstance(sign, ShopperTyping):
        return ShopperTypingSignal(until=sign.until)
    return signal_view(sign)
