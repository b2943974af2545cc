"""The event stream: stored events in order, none lost and none twice, with passing signals between them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.api.deps import Services, ServicesDep, SessionDep
from assistant.api.errors import documented
from assistant.api.links import media_url
from assistant.api.resume import stream_start
from assistant.api.schemas import signal_view, stored_event
from assistant.api.tokens import Session
from assistant.domain.errors import TooManyRequests
from assistant.domain.events import Event, Replied, Signal
from assistant.domain.ids import ConversationId, TurnId

BATCH = 200
SEND_TIMEOUT_S = 30.0
SHUTDOWN_GRACE_S = 2.0  # sse-starlette cuts a stream on its own when the process stops; let it end by itself first
RECONNECT_MS = 1000

STREAM = {
    "description": "A stream without end: `event` is the type, `data` its JSON. Only stored events have an `id`, their "
    "seq; `typing`, `delta` and `dropped` are passing signals.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "id: 3\nevent: reply\ndata: {}\n\n"}},
}

router = APIRouter(prefix="/v1", tags=["conversations"])


Left = Callable[[ConversationId], None]


class OpenStreams:
    """The streams that are open now, so that they can be counted, and ended when the server stops."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()
        self._open: Counter[ConversationId] = Counter()

    def __len__(self) -> int:
        return self._open.total()

    def close(self) -> None:
        """End every stream at a whole event; clients come back with the id they read last."""
        self._closing.set()

    async def closed(self) -> None:
        await self._closing.wait()

    def check(self, conversation_id: ConversationId, limit: int) -> None:
        """Raises TooManyRequests when `limit` streams of the conversation are open already (0: no limit)."""
        if 0 < limit <= self._open[conversation_id]:
            raise TooManyRequests(
                f"{limit} streams of this conversation are open; close one first.", retry_after=5, limit=limit
            )

    @asynccontextmanager
    async def counted(self, conversation_id: ConversationId, left: Left, after_s: float) -> AsyncIterator[None]:
        """Counts a stream as open. `left` is told once the last one of a conversation has been closed for `after_s`:
        its shopper has left then. Who has never opened a stream is not known to leave."""
        self._open[conversation_id] += 1
        try:
            yield
        finally:
            self._open[conversation_id] -= 1
            if not self._open[conversation_id]:
                del self._open[conversation_id]
                asyncio.get_running_loop().call_later(after_s, self._tell_left, conversation_id, left)

    def _tell_left(self, conversation_id: ConversationId, left: Left) -> None:
        if conversation_id not in self._open:
            left(conversation_id)


@router.get(
    "/conversations/{conversation_id}/events",
    operation_id="streamEvents",
    summary="Follow a conversation (Server-Sent Events)",
    response_class=EventSourceResponse,
    responses=documented(401, 403, 404, 409, 422, others={200: STREAM}),
)
async def stream_events(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    last_event_id: Annotated[str | None, Header(description="The id read last; goes before `after`.")] = None,
    after: Annotated[str, Query(description="The id read last, for a first connection.")] = "0",
) -> EventSourceResponse:
    """First what was stored after the given id, then what happens, until the client leaves or the token expires."""
    streams: OpenStreams = request.app.state.streams
    streams.check(session.conversation_id, services.limits.streams_per_session)
    conversation = await services.log.get(session.conversation_id)
    start = stream_start(last_event_id, after, last_seq=conversation.last_seq)
    media = media_url(services.public_url or str(request.base_url), session.store_id)
    follower = Follower(services, streams, session, media)
    return endless(follower.events(start), services)


@dataclass(frozen=True, slots=True)
class Follower:
    """Reads one conversation for one client."""

    services: Services
    streams: OpenStreams
    session: Session
    media: str

    async def events(self, after: int) -> AsyncIterator[ServerSentEvent]:
        """Listens before it reads, so that nothing falls between the log read and what is announced.

        Announcements only say that there is more: what is sent always comes from the log, after the last seq sent. The
        log is also read again when nothing was heard for a heartbeat, so a lost announcement only costs time.
        """
        conversation_id, services = self.session.conversation_id, self.services
        sent, finished = after, TurnId("")
        async with (
            self.streams.counted(conversation_id, services.dispatcher.left, services.limits.left_after_s),
            services.live.listen(conversation_id) as heard,
            aclosing(signs_of(services, self.streams, heard, self.session.expires_at)) as signs,
        ):
            yield ServerSentEvent(retry=RECONNECT_MS, comment="open", sep="\n")
            async for sign in signs:
                if isinstance(sign, int):
                    async for event in self._log_after(sent):
                        yield sent_event(stored_event(event, media=self.media), event.payload.type, id=str(event.seq))
                        sent = event.seq
                        finished = event.payload.turn_id if isinstance(event.payload, Replied) else finished
                elif getattr(sign, "turn_id", None) != finished and (view := signal_view(sign)):
                    # A signal that its own reply has overtaken says nothing any more.
                    yield sent_event(view, sign.type)

    async def _log_after(self, seq: int) -> AsyncIterator[Event]:
        while batch := await self.services.log.events(self.session.conversation_id, after=seq, limit=BATCH):
            for event in batch:
                yield event
            seq = batch[-1].seq


async def signs_of(
    services: Services, streams: OpenStreams, heard: AsyncIterator[int | Signal], until: datetime
) -> AsyncGenerator[int | Signal, None]:
    """What is heard, and a number whenever to read again. Ends with the server, the listener, or at `until`."""
    closing = asyncio.create_task(streams.closed())
    next_one: asyncio.Task[int | Signal | None] | None = None
    try:
        yield 0
        while services.clock.now() < until:
            next_one = next_one or asyncio.create_task(_next(heard))
            await asyncio.wait(
                (next_one, closing), timeout=services.limits.heartbeat_s, return_when=asyncio.FIRST_COMPLETED
            )
            if closing.done():
                return
            if not next_one.done():
                yield 0
                continue
            sign = next_one.result()
            if sign is None:
                return
            next_one = None
            yield sign
    finally:
        for waiting in (closing, next_one):
            if waiting is not None:
                waiting.cancel()
                with suppress(asyncio.CancelledError):
                    await waiting


def endless(events: AsyncIterator[ServerSentEvent], services: Services) -> EventSourceResponse:
    """A stream as all are sent."""
    return EventSourceResponse(
        events,
        ping=services.limits.heartbeat_s,
        ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
        sep="\n",
        send_timeout=SEND_TIMEOUT_S,
        shutdown_grace_period=SHUTDOWN_GRACE_S,
    )


async def _next(signs: AsyncIterator[int | Signal]) -> int | Signal | None:
    """None at the end: a task cannot end with StopAsyncIteration."""
    return await anext(signs, None)


def sent_event(view: BaseModel, name: str, *, id: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(data=view.model_dump_json(), event=name, id=id, sep="\n")
