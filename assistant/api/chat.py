"""A shopper's side of a conversation: open a session, send a message, read the history, rate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from assistant.api.access import KeyBearer, check_store, presented
from assistant.api.deps import Rates, Services, ServicesDep, SessionDep, StoreDep, client
from assistant.api.errors import documented
from assistant.api.history import told
from assistant.api.identity import anonymous, identified
from assistant.api.incoming import clean_text, message_text
from assistant.api.language import accepted, best
from assistant.api.limits import RateLimiter
from assistant.api.links import media_url
from assistant.api.resume import resume_point
from assistant.api.schemas import (
    GreetedStore,
    History,
    MessageAccepted,
    MessageInput,
    PageInput,
    RatingAccepted,
    RatingInput,
    SessionInput,
    SessionView,
    stored_event,
)
from assistant.api.tokens import Session
from assistant.domain.access import KeyScope
from assistant.domain.conversation import Conversation, Message, Owner, Page, Shopper
from assistant.domain.errors import Conflict, Forbidden
from assistant.domain.events import Rated, Replied
from assistant.domain.ids import MessageId, ProductId, new_id
from assistant.domain.store import Store

MAX_URL_CHARS = 2048
MAX_TITLE_CHARS = 300

router = APIRouter(prefix="/v1", tags=["conversations"])


@router.post(
    "/stores/{store_id}/sessions",
    operation_id="openSession",
    summary="Open a conversation, or continue one",
    status_code=201,
    response_description="A new conversation; its greeting is event 1.",
    openapi_extra={"security": [{}]},  # the key is for evaluations only
    responses=documented(
        *(400, 401, 403, 404, 409, 413, 422, 503),
        others={200: {"model": SessionView, "description": "An earlier conversation goes on."}},
    ),
)
async def open_session(
    request: Request,
    response: Response,
    store: StoreDep,
    services: ServicesDep,
    rates: Rates,
    body: SessionInput,
    credentials: KeyBearer,
    accept_language: Annotated[str, Header(description="Used where the body names no language.")] = "",
) -> SessionView:
    """With `session_token` the same conversation goes on and its token is renewed; without it a new one begins.

    `identity_token` names the shopper, vouched for by the merchant's site. `evaluation` opens a test conversation.
    """
    if body.evaluation is None:
        rates.take(f"sessions:{client(request)}", services.limits.sessions_per_address)
    else:
        check_store(await presented(services, credentials, KeyScope.EVALUATE), store.id)
    shopper = None
    if body.identity_token is not None:
        shopper = identified(store.id, body.identity_token, keys=services.identity_keys, clock=services.clock)
    if body.session_token is not None:
        conversation = await _continued(services, store, body, shopper)
        greeting = await _first_words(services, conversation)
        response.status_code = 200
    else:
        wanted = [body.language] if body.language else accepted(accept_language)
        language = best(wanted, store.languages)
        conversation, greeting = await _begun(services, store, language, shopper or anonymous(), body)
    token, session = services.sessions.issue(conversation)
    language = conversation.language
    return SessionView(
        conversation_id=conversation.id,
        session_token=token,
        expires_at=session.expires_at,
        store=GreetedStore(
            id=store.id,
            name=store.name.in_language(language),
            persona=store.persona.name.in_language(language),
            languages=list(store.languages),
            greeting=greeting,
        ),
        language=language,
        resumed=body.session_token is not None,
    )


@router.post(
    "/conversations/{conversation_id}/messages",
    operation_id="sendMessage",
    summary="Send a message",
    status_code=202,
    response_description="The message is stored; the reply comes as an event.",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
async def send_message(session: SessionDep, services: ServicesDep, rates: Rates, body: MessageInput) -> MessageAccepted:
    """Sending a message again with the same `client_message_id` is harmless; with another body it is a 409."""
    _count_message(session, services, rates)
    text = message_text(body.text, max_chars=services.limits.max_message_chars)
    message = Message(MessageId(new_id("msg")), body.client_message_id, text, _page(body.page))
    event, fresh = await services.log.receive(session.conversation_id, message)
    if fresh:
        services.dispatcher.notify(session.conversation_id)
        await services.live.announce(session.conversation_id, event.seq)
    stored = getattr(event.payload, "message", message)
    return MessageAccepted(message_id=stored.id, seq=event.seq, duplicate=not fresh)


@router.get(
    "/conversations/{conversation_id}/history",
    operation_id="readHistory",
    summary="Read the stored events of a conversation",
    responses=documented(401, 403, 404, 409, 422),
)
async def read_history(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    after: Annotated[str, Query(pattern="^[0-9]{1,18}$", description="Events after this seq.", examples=["0"])] = "0",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> History:
    """Events with a seq greater than `after`, in order. An `after` that this conversation never had is a 409."""
    conversation = await services.log.get(session.conversation_id)
    start = resume_point(after, last_seq=conversation.last_seq, name="after")
    events = await services.log.events(session.conversation_id, after=start, limit=limit)
    media = media_url(services.public_url or str(request.base_url), session.store_id)
    return History(
        events=[stored_event(event, media=media) for event in events],
        last_seq=max([conversation.last_seq, *(event.seq for event in events)]),
    )


@router.post(
    "/conversations/{conversation_id}/rating",
    operation_id="rateConversation",
    summary="Rate the conversation",
    status_code=201,
    responses=documented(400, 401, 403, 404, 413, 422),
)
async def rate_conversation(
    session: SessionDep, services: ServicesDep, rates: Rates, body: RatingInput
) -> RatingAccepted:
    """A shopper may rate again; the last rating counts."""
    _count_message(session, services, rates)
    event = await services.log.append(session.conversation_id, Rated(body.score, clean_text(body.comment)))
    await services.live.announce(session.conversation_id, event.seq)
    return RatingAccepted(seq=event.seq)


def _count_message(session: Session, services: Services, rates: RateLimiter) -> None:
    if not session.test:
        rates.take(f"messages:{session.conversation_id}", services.limits.messages_per_session)


async def _begun(
    services: Services, store: Store, language: str, shopper: Shopper, body: SessionInput
) -> tuple[Conversation, str]:
    """A new conversation and its greeting, which is left out where something was said before."""
    test = body.evaluation is not None
    history = told(body.evaluation.history, language, _page(body.page)) if body.evaluation else []
    greeted = None if history else await services.dispatcher.greet(store, language)
    conversation = await services.log.open(store.id, shopper, language, greeting=greeted, test=test, history=history)
    return conversation, greeted.reply.text if greeted else ""


async def _continued(services: Services, store: Store, body: SessionInput, shopper: Shopper | None) -> Conversation:
    assert body.session_token is not None
    session = services.sessions.read(body.session_token)
    if body.evaluation is not None:
        raise Conflict("An evaluation begins a conversation of its own; leave out session_token.")
    if session.store_id != store.id:
        raise Forbidden("The session token is for a conversation with another store.")
    conversation = await services.log.get(session.conversation_id)
    if shopper is not None and shopper.id != conversation.shopper.id:
        raise Forbidden("The conversation belongs to another shopper; open a new one, without session_token.")
    if conversation.owner is Owner.CLOSED:
        raise Conflict("The conversation is closed; open a new one, without session_token.")
    return conversation


async def _first_words(services: Services, conversation: Conversation) -> str:
    first = await services.log.events(conversation.id, limit=1)
    return first[0].payload.reply.text if first and isinstance(first[0].payload, Replied) else ""


def _page(page: PageInput | None) -> Page:
    if page is None:
        return Page()
    return Page(
        url=clean_text(page.url)[:MAX_URL_CHARS],
        title=clean_text(page.title)[:MAX_TITLE_CHARS],
        product_id=ProductId(page.product_id) if page.product_id else None,
    )
