"""What a caller with an API key may do: the key's scope and store against what is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.api.deps import Rates, Services, ServicesDep, StoreIdPath
from assistant.domain.access import ApiKey, KeyScope
from assistant.domain.errors import Forbidden, Unauthorized

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


def require(scope: KeyScope) -> Callable[..., Awaitable[ApiKey]]:
    """A dependency for routes under `/stores/{store_id}`: the key of a caller who may do what needs `scope` there."""

    async def permitted(store_id: StoreIdPath, services: ServicesDep, credentials: KeyBearer, _: Rates) -> ApiKey:
        key = await presented(services, credentials, scope)
        check_store(key, store_id)
        return key

    return permitted
