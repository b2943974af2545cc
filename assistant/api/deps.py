"""What the routes need: the services they stand on, and who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi import Path as PathParameter
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

import assistant
from assistant.api.identity import IdentityKeys
from assistant.api.limits import Limits, RateLimiter, address_key
from assistant.api.origins import OwnOrigin, check_origin
from assistant.api.tokens import Session, SessionTokens
from assistant.desk.briefing import Briefings
from assistant.desk.desks import Desks
from assistant.domain.access import KEY_PREFIX, ApiKey
from assistant.domain.effects import Effects
from assistant.domain.errors import Forbidden, Unauthorized
from assistant.domain.events import Replied
from assistant.domain.explanation import Asked, Explained
from assistant.domain.ids import ConversationId, StoreId
from assistant.domain.models import ModelUsage
from assistant.domain.ports import ApiKeys, Clock, ConversationLog, Evaluations, Knowledge, LiveEvents, Stores
from assistant.domain.store import Store
from assistant.domain.trial import Tried, TryOut
from assistant.domain.users import Users
from assistant.procedures.authoring import Authoring


class Dispatcher(Protocol):
    """Starts turns. The API tells it that something came in; whether the bot may speak, the dispatcher decides."""

    def notify(self, conversation_id: ConversationId, /) -> None:
        """A message was stored: start a turn, or extend the one under way. Returns at once and never raises."""
        ...

    def left(self, conversation_id: ConversationId, /) -> None:
        """The shopper has gone: what only they wait for need not go on. Returns at once and never raises."""
        ...

    async def greet(self, store: Store, language: str, /) -> Replied:
        """The greeting that opens a conversation; `language` is one of the store's."""
        ...


class Explainer(Protocol):
    """Answers a message before nobody, and says why it answers so."""

    async def explain(self, asked: Asked, /) -> Explained:
        """Raises NotFound for a store or product that there is not, NotReady where nothing is published."""
        ...


class ProcedureTrials(Protocol):
    """Plays conversations in which a store's procedures are tried and nothing is done."""

    async def play(self, asked: TryOut, /) -> list[Tried]:
        """What comes of each message.

        Raises NotFound for a store, a system, a procedure or a shopper that there is not, NotReady where nothing is
        published, and StoreSystemError where the store's system cannot be asked.
        """
        ...


class KeyReader(Protocol):
    """What tells who holds a key."""

    async def verify(self, token: str, /) -> ApiKey:
        """The key whose token this is. Raises Unauthorized."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """All that the API stands on. `bootstrap` builds it; nothing else does outside tests.

    keys tells whose key is believed; api_keys are those of the stores, to be listed, made and ended.
    media_dir holds a folder of pictures for each store id. public_url is this server as browsers see it; None takes
    the Host header's word for it. widget_dir holds widget.js and what it loads. evaluations: None where they are not
    installed.
    """

    stores: Stores
    log: ConversationLog
    live: LiveEvents
    knowledge: Knowledge
    clock: Clock
    sessions: SessionTokens
    keys: KeyReader
    api_keys: ApiKeys
    users: Users
    identity_keys: IdentityKeys
    dispatcher: Dispatcher
    authoring: Authoring
    explainer: Explainer
    briefings: Briefings
    trials: ProcedureTrials
    effects: Effects
    model_usage: ModelUsage
    desks: Desks
    media_dir: Path
    limits: Limits = field(default_factory=Limits)
    public_url: str | None = None
    widget_dir: Path = field(default_factory=lambda: Path(assistant.__file__).parent / "widget")
    evaluations: Evaluations | None = None


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


_session_bearer = HTTPBearer(
    auto_error=False, scheme_name="session", bearerFormat="JWT", description="The `session_token` of a session."
)
SessionBearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_session_bearer)]


async def _rates(request: Request, services: ServicesDep) -> RateLimiter:
    """The limiter, after this request was counted for its client address.

    Requests with an API key, or in a test conversation that one has opened, are not counted: an evaluation asks much in
    little time, and a key can be revoked.
    """
    rates: RateLimiter = request.app.state.rates
    if not await _vouched_for(request, services):
        rates.take(f"address:{client(request)}", services.limits.requests_per_address)
    return rates


async def _vouched_for(request: Request, services: Services) -> bool:
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer":
        return False
    try:
        if token.startswith(KEY_PREFIX):
            return bool(await services.keys.verify(token))
        return services.sessions.read(token).test
    except Unauthorized:
        return False


Rates = Annotated[RateLimiter, Depends(_rates)]

ID_PATTERN = "^[A-Za-z0-9_-]{1,64}$"
"""Of ids that this server makes."""
StoreIdPath = Annotated[
    str, PathParameter(min_length=1, max_length=100, description="The store's id.", examples=["demo"])
]
ConversationIdPath = Annotated[
    str,
    PathParameter(
        pattern=ID_PATTERN,
        description="The conversation's id.",
        examples=["conv_019ab1c2d3e47f60a1b2c3d4e5f60718"],
    ),
]


async def _store(request: Request, store_id: StoreIdPath, services: ServicesDep, _: Rates) -> Store:
    """The store of the path, for a caller whose site may use it."""
    store = await services.stores.get(StoreId(store_id))
    check_origin(request, store, OwnOrigin(services.public_url))
    return store


async def _session(
    request: Request,
    conversation_id: ConversationIdPath,
    services: ServicesDep,
    credentials: SessionBearer,
    _: Rates,
) -> Session:
    """The session of a caller who may speak in the conversation of the path."""
    if credentials is None:
        raise Unauthorized(
            "Send the session token as `Authorization: Bearer TOKEN`; opening a session gives one.", reason="missing"
        )
    session = services.sessions.read(credentials.credentials)
    if session.conversation_id != conversation_id:
        raise Forbidden("The session token is for another conversation.")
    check_origin(request, await services.stores.get(session.store_id), OwnOrigin(services.public_url))
    return session


StoreDep = Annotated[Store, Depends(_store)]
SessionDep = Annotated[Session, Depends(_session)]


def client(request: Request) -> str:
    """The client's address as rates are counted by. Behind a proxy the server takes it from trusted headers."""
    return address_key(request.client.host if request.client else None)
