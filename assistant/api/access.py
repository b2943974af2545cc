"""What a caller may do who is no shopper: the scopes of their API key, or of their role, against what is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.api.deps import Rates, Services, ServicesDep, StoreIdPath
from assistant.api.stay import check_csrf, stay_token
from assistant.domain.access import ApiKey, Caller, KeyScope
from assistant.domain.errors import Forbidden, Unauthorized
from assistant.domain.ids import StoreId

_key_bearer = HTTPBearer(
    auto_error=False, scheme_name="api_key", bearerFormat="sbk_…", description="An API key of the store."
)
KeyBearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_key_bearer)]


async def presented(services: Services, credentials: HTTPAuthorizationCredentials | None, scope: KeyScope) -> ApiKey:
    """The caller's key. Raises Unauthorized where there is no good one, Forbidden where it lacks the scope."""
    if credentials is None:
        raise Unauthorized(
            "Send an API key as `Authorization: Bearer sbk_…`; `storebot keys create` makes one.", reason="missing"
        )
    key = await services.keys.verify(credentials.credentials)
    if scope not in key.scopes:
        raise Forbidden(
            f"This needs a key with the scope {scope}; this key has {', '.join(sorted(key.scopes)) or 'none'}.",
            scope=scope.value,
        )
    return key


def check_store(key: ApiKey, store_id: str) -> None:
    """Raises Forbidden where the key is another store's."""
    if key.store_id != store_id:
        raise Forbidden(f"This key is not for store {store_id}.", store_id=store_id)


def require(scope: KeyScope) -> Callable[..., Awaitable[Caller]]:
    """A dependency for routes under `/stores/{store_id}`: the caller, who may do what needs `scope` there."""

    async def permitted(
        request: Request, store_id: StoreIdPath, services: ServicesDep, credentials: KeyBearer, _: Rates
    ) -> Caller:
        token = stay_token(request, services)
        if credentials is None and token:
            check_csrf(request, token)
            return await _member(services, token, StoreId(store_id), scope)
        key = await presented(services, credentials, scope)
        check_store(key, store_id)
        return Caller(key.store_id, key.id, f"key {key.name}", key.scopes)

    return permitted


async def _member(services: Services, token: str, store_id: StoreId, scope: KeyScope) -> Caller:
    """Who signed in. Raises Forbidden where their role in the store does not allow it."""
    user = await services.users.signed_in(token)
    scopes = user.scopes(store_id)
    if not scopes:
        raise Forbidden(f"You are no member of store {store_id}.", store_id=store_id)
    if scope not in scopes:
        role = user.roles[store_id].value
        raise Forbidden(
            f"This needs the scope {scope}, which the role {role} does not have.", scope=scope.value, role=role
        )
    return Caller(store_id, user.id, user.name, scopes, person=True)
