"""Who is at a page, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from assistant.answers.texts import Texts
from assistant.bootstrap import Application
from assistant.console.reasons import Explainer
from assistant.domain.access import Caller, KeyScope
from assistant.domain.errors import Forbidden
from assistant.domain.store import Store
from assistant.domain.users import User


@dataclass(frozen=True, slots=True)
class House:
    """What all pages stand on. stay_token: tells the token of a request's stay, "" where it has none. csrf_token: what
    requests of the page itself must bring besides. explainer: puts into words why a message was answered so."""

    application: Application
    texts: Texts
    stay_token: Callable[[Request], str]
    csrf_token: Callable[[str], str]
    explainer: Explainer


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user at a page of one store; `token` is that of their stay."""

    house: House
    user: User
    store: Store
    token: str

    @property
    def language(self) -> str:
        return self.user.language

    @property
    def application(self) -> Application:
        return self.house.application

    @property
    def scopes(self) -> frozenset[KeyScope]:
        """What they might do when the page was opened: for what is shown, not for what is done."""
        return self.user.scopes(self.store.id)

    def text(self, name: str, /, **values: object) -> str:
        return self.house.texts.say(name, self.language, **values)

    async def check(self, scope: KeyScope) -> Caller:
        """Who does something, where they may do it now.

        Raises Unauthorized where the stay is over, Forbidden where their role does not allow it.
        """
        user = await self.application.users.signed_in(self.token)
        scopes = user.scopes(self.store.id)
        if scope not in scopes:
            raise Forbidden(f"This needs the scope {scope}.", scope=scope.value)
        return Caller(self.store.id, user.id, user.name, scopes, person=True)
