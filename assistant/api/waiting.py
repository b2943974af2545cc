"""A shopper's side of waiting for a human: where one stands, leaving, and leaving word."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.deps import Rates, ServicesDep, SessionDep
from assistant.api.errors import documented
from assistant.api.incoming import clean_line, clean_text
from assistant.domain.errors import InvalidInput
from assistant.domain.events import ShopperTyping

_TYPING_S = 6.0

router = APIRouter(prefix="/v1/conversations/{conversation_id}", tags=["conversations"])


class PlaceView(BaseModel):
    waiting: bool = Field(description="Whether the conversation is in the queue.")
    ahead: int = Field(description="How many go before it.")
    minutes: int | None = Field(description="How long it will take still; null where nothing tells.")


class ContactInput(BaseModel):
    """At least one of the two."""

    model_config = ConfigDict(extra="forbid")

    contact: str = Field(default="", max_length=200, description="A phone number, an e-mail address, or the like.")
    message: str = Field(default="", max_length=2000, description="What the shopper wants.")


class ContactAccepted(BaseModel):
    ticket_id: str


@router.get(
    "/queue",
    operation_id="readQueuePlace",
    summary="Ask where one stands in the queue",
    responses=documented(401, 403, 404, 422),
)
async def read_place(session: SessionDep, services: ServicesDep) -> PlaceView:
    place = await services.desks.queue.place(session.conversation_id)
    if place is None:
        return PlaceView(waiting=False, ahead=0, minutes=None)
    return PlaceView(waiting=True, ahead=place.ahead, minutes=place.minutes)


@router.post(
    "/queue/leave",
    operation_id="leaveQueue",
    summary="Wait for a human no longer",
    status_code=204,
    responses=documented(401, 403, 404, 409, 422),
)
async def leave_queue(session: SessionDep, services: ServicesDep) -> None:
    """The bot goes on. Harmless for who does not wait; 409 where a human has come in the same moment."""
    await services.desks.queue.leave(session.conversation_id)


@router.post(
    "/contact",
    operation_id="leaveContact",
    summary="Leave a contact or a message",
    status_code=201,
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def leave_contact(
    session: SessionDep, services: ServicesDep, rates: Rates, body: ContactInput
) -> ContactAccepted:
    """A person answers it later, in the conversation; 409 while a human serves it."""
    rates.take(f"contacts:{session.conversation_id}", services.limits.messages_per_session)
    contact, message = clean_line(body.contact, max_chars=200), clean_text(body.message)
    if not contact and not message:
        raise InvalidInput("There is nothing in it.", errors=[{"loc": "body", "msg": "needs a contact or a message"}])
    ticket_id = await services.desks.queue.leave_contact(session.conversation_id, contact, message)
    return ContactAccepted(ticket_id=ticket_id)


@router.post(
    "/typing",
    operation_id="typeToDesk",
    summary="Show who serves that one is writing",
    status_code=204,
    responses=documented(401, 403, 404, 422),
)
async def typing(session: SessionDep, services: ServicesDep) -> None:
    until = services.clock.now() + timedelta(seconds=_TYPING_S)
    await services.live.signal(session.conversation_id, ShopperTyping(until))
