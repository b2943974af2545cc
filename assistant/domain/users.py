"""Users: the people of the stores who sign in, and what each may do in which store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from assistant.domain.access import KeyScope
from assistant.domain.ids import StoreId

UserId = NewType("UserId", str)


class Role(StrEnum):
    """What somebody is in a store."""

    OWNER = "owner"  # everything, also who else may do what
    EDITOR = "editor"  # what the store knows and how it behaves
    AGENT = "agent"  # talks with shoppers, says yes or no to what waits for it
    VIEWER = "viewer"  # looks at conversations and figures

    @property
    def scopes(self) -> frozenset[KeyScope]:
        """What the role allows, in the words that API keys have for it."""
        return _SCOPES[self]


_SCOPES: Mapping[Role, frozenset[KeyScope]] = {
    Role.OWNER: frozenset(KeyScope),
    Role.EDITOR: frozenset({KeyScope.VIEW, KeyScope.EVALUATE, KeyScope.MANAGE, KeyScope.AUDIT}),
    Role.AGENT: frozenset({KeyScope.VIEW, KeyScope.DESK, KeyScope.APPROVE}),
    Role.VIEWER: frozenset({KeyScope.VIEW}),
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in. email: in lower case, one user each. language: of what they are shown, "zh" or "en".
    roles: what they are, by store."""

    id: UserId
    email: str
    name: str
    language: str
    created_at: datetime
    roles: Mapping[StoreId, Role]

    def scopes(self, store_id: StoreId) -> frozenset[KeyScope]:
        """What they may do in a store; nothing where they are no member."""
        role = self.roles.get(store_id)
        return role.scopes if role is not None else frozenset()


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user's stay, from signing in until it is over. `token` is what their browser holds; nobody else keeps it."""

    user: User
    token: str
    expires_at: datetime


class Users(Protocol):
    """Who may sign in. Passwords are kept as Argon2id hashes, tokens as digests."""

    async def add(
        self, store_id: StoreId, email: str, role: Role, *, name: str = "", language: str = "zh", password: str = ""
    ) -> User:
        """Make somebody a member of a store; who is known already keeps name, language and password.

        Raises NotFound for no such store, Conflict for a member of it, InvalidInput for an address that is none, and
        for a password that is too weak or, for a new user, not there.
        """
        ...

    async def of_store(self, store_id: StoreId) -> list[User]:
        """The members of a store, the first first."""
        ...

    async def get(self, user_id: UserId) -> User:
        """Raises NotFound."""
        ...

    async def set_role(self, store_id: StoreId, user_id: UserId, role: Role) -> User:
        """Raises NotFound for no member, Conflict where the store would be left without an owner."""
        ...

    async def remove(self, store_id: StoreId, user_id: UserId) -> None:
        """Take somebody's part in a store away, at once. Raises as `set_role` does."""
        ...

    async def set_password(self, user_id: UserId, password: str, *, keeping: str = "") -> None:
        """Another password; every stay ends but that of the token `keeping`. Raises NotFound, InvalidInput."""
        ...

    async def sign_in(self, email: str, password: str) -> SignIn:
        """Raises Unauthorized, the same for an unknown address as for a wrong password, after as much work."""
        ...

    async def admit(self, user_id: UserId) -> SignIn:
        """Let in somebody for whom another system has vouched. Raises NotFound."""
        ...

    async def of_email(self, email: str) -> User:
        """Raises NotFound."""
        ...

    async def signed_in(self, token: str) -> User:
        """Whose stay this is. Raises Unauthorized where there is none, or it is over."""
        ...

    async def sign_out(self, token: str) -> None:
        """End a stay; harmless when it is over."""
        ...
