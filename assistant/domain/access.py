"""Access: who may use the parts of the API that are not for shoppers, and for which store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.domain.ids import ApiKeyId, StoreId

KEY_PREFIX = "sbk_"
"""How every key begins that is handed out: what leaks can be recognised, and told apart from a session token."""


class KeyScope(StrEnum):
    """What the holder of a key, or a user by their role, may do."""

    EVALUATE = "evaluate"  # open test conversations, read their traces, run evaluations
    MANAGE = "manage"  # change what the store knows and how it behaves
    APPROVE = "approve"  # decide on what waits for a human's yes
    AUDIT = "audit"  # read what was done in the store's system, for whom and why
    VIEW = "view"  # read conversations and figures
    DESK = "desk"  # talk with shoppers
    ADMIN = "admin"  # say who may do what: users, keys, settings


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of one store, without its secret, which nobody keeps. `name` says for people what it is used for."""

    id: ApiKeyId
    store_id: StoreId
    scopes: frozenset[KeyScope]
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for something in a store, and may. id: of the key, or of the user who signed in. name: for people and
    logs. person: whether somebody signed in, not a program by its key."""

    store_id: StoreId
    id: str
    name: str
    scopes: frozenset[KeyScope]
    person: bool = False


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made. `token` is what its holder sends; it cannot be had again."""

    key: ApiKey
    token: str
