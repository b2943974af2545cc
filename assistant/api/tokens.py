"""Session tokens: what a browser holds to speak in one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt.types import Options

from assistant.domain.conversation import Conversation
from assistant.domain.errors import Unauthorized
from assistant.domain.ids import ConversationId, ShopperId, StoreId
from assistant.domain.ports import Clock

ALGORITHM = "HS256"
PURPOSE = "session"


@dataclass(frozen=True, slots=True)
class Session:
    """What a valid session token says: who may speak in which conversation, until when.

    test: the conversation was opened for an evaluation, by a holder of an API key; no rate is kept for it.
    """

    conversation_id: ConversationId
    store_id: StoreId
    shopper_id: ShopperId
    expires_at: datetime
    test: bool = False


class SessionTokens:
    """Issues and reads session tokens: JSON Web Tokens signed with HS256 by the server's own key."""

    def __init__(self, secret: str, ttl: timedelta, clock: Clock) -> None:
        """`secret` has at least 32 bytes; a token is good for `ttl`."""
        self._secret = secret
        self._ttl = ttl
        self._clock = clock

    def issue(self, conversation: Conversation) -> tuple[str, Session]:
        """A new token for the conversation, and what it says."""
        expires_at = (self._clock.now() + self._ttl).replace(microsecond=0)
        session = Session(
            conversation.id, conversation.store_id, conversation.shopper.id, expires_at, conversation.test
        )
        claims = {
            "purpose": PURPOSE,
            "conversation": session.conversation_id,
            "store": session.store_id,
            "shopper": session.shopper_id,
            "exp": int(expires_at.timestamp()),
            **({"test": True} if session.test else {}),
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), session

    def read(self, token: str) -> Session:
        """Raises Unauthorized, saying whether the token is garbled, foreign or expired."""
        claims = self._verified(token)
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        if expires_at <= self._clock.now():
            raise Unauthorized("The session token has expired; open a new session.", reason="expired")
        return Session(
            conversation_id=ConversationId(claims["conversation"]),
            store_id=StoreId(claims["store"]),
            shopper_id=ShopperId(claims["shopper"]),
            expires_at=expires_at,
            test=claims.get("test") is True,
        )

    def _verified(self, token: str) -> dict[str, Any]:
        required = required_claims("purpose", "conversation", "store", "shopper", "exp")
        try:
            claims = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=required)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthorized("The session token is not one that this server issued.", reason="invalid") from error
        if claims["purpose"] != PURPOSE:
            raise Unauthorized("This token is not a session token.", reason="wrong_purpose")
        return claims


def required_claims(*claims: str) -> Options:
    """Decoding options: these claims must be there. Times are compared by the caller, with its own Clock."""
    return {
        "require": list(claims),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": False,
    }
