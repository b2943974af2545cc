"""API keys, each kept with the SHA-256 digest of its secret.

A secret has 256 random bits, so that no salt or slow hash is needed: there is nothing to guess. The key's id is part of
what its holder sends, which makes finding it independent of the secret; the secret is then compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant.domain.access import KEY_PREFIX, ApiKey, KeyScope, NewApiKey
from assistant.domain.errors import InvalidInput, NotFound, Unauthorized
from assistant.domain.ids import ApiKeyId, StoreId, new_id
from assistant.domain.ports import Clock
from assistant.storage.database import Database
from assistant.storage.tables import api_keys

SECRET_BYTES = 32
LONGEST_NAME = 100
_ID_PREFIX = "key"


class SqlApiKeys:
    """The `ApiKeys` port over SQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, store_id: StoreId, scopes: AbstractSet[KeyScope], name: str, *, expires_at: datetime | None = None
    ) -> NewApiKey:
        now = self._clock.now()
        key = ApiKey(ApiKeyId(new_id(_ID_PREFIX)), store_id, frozenset(scopes), name.strip(), now, expires_at)
        _check(key, now)
        secret = secrets.token_urlsafe(SECRET_BYTES)

        def work(tx: Connection) -> None:
            tx.execute(_ADD, _values(key, _digest(secret)))

        try:
            await self._database.write(work)
        except IntegrityError as error:
            raise NotFound(f"There is no store {store_id!r}", store_id=store_id) from error
        return NewApiKey(key, f"{KEY_PREFIX}{key.id.removeprefix(f'{_ID_PREFIX}_')}_{secret}")

    async def verify(self, token: str) -> ApiKey:
        identifier, secret = _parts(token)

        def work(tx: Connection) -> Row[Any] | None:
            return tx.execute(_ONE, {"key": identifier}).first()

        row = await self._database.read(work)
        known = row.digest if row is not None else bytes(hashlib.sha256().digest_size)
        if not hmac.compare_digest(known, _digest(secret)) or row is None:
            raise _unknown()
        key = _key(row)
        if key.revoked_at is not None:
            raise Unauthorized("This API key was revoked; ask for another one.", reason="revoked")
        if key.expired(self._clock.now()):
            raise Unauthorized("This API key has expired; ask for another one.", reason="expired")
        return key

    async def of_store(self, store_id: StoreId) -> list[ApiKey]:
        def work(tx: Connection) -> list[ApiKey]:
            return [_key(row) for row in tx.execute(_OF_STORE, {"store": store_id})]

        return await self._database.read(work)

    async def revoke(self, store_id: StoreId, key_id: ApiKeyId) -> ApiKey:
        def work(tx: Connection) -> Row[Any] | None:
            tx.execute(_REVOKE, {"key": key_id, "store": store_id, "now": self._clock.now()})
            return tx.execute(_ONE_OF_STORE, {"key": key_id, "store": store_id}).first()

        row = await self._database.write(work)
        if row is None:
            raise NotFound(f"Store {store_id!r} has no key {key_id!r}", store_id=store_id, key_id=key_id)
        return _key(row)


def _check(key: ApiKey, now: datetime) -> None:
    if not key.scopes:
        raise InvalidInput(f"A key needs a scope: {', '.join(KeyScope)}.")
    if not 1 <= len(key.name) <= LONGEST_NAME or not key.name.isprintable():
        raise InvalidInput(f"A key needs a name of 1 to {LONGEST_NAME} printable characters that says what it is for.")
    if key.expired(now):
        raise InvalidInput("A key must expire in the future.")


def _parts(token: str) -> tuple[str, str]:
    """The id of the key and its secret. Raises Unauthorized for what cannot be a key."""
    identifier, underscore, secret = token.removeprefix(KEY_PREFIX).partition("_")
    if not token.startswith(KEY_PREFIX) or not underscore or not token.isascii():
        raise _unknown()
    return f"{_ID_PREFIX}_{identifier}", secret


def _unknown() -> Unauthorized:
    return Unauthorized("The API key is not one that this server issued.", reason="invalid")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _key(row: Row[Any]) -> ApiKey:
    known = {scope.value for scope in KeyScope}  # a newer program may have written others, which mean nothing here
    return ApiKey(
        id=row.id,
        store_id=row.store_id,
        scopes=frozenset(KeyScope(word) for word in row.scopes.split() if word in known),
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _values(key: ApiKey, digest: bytes) -> dict[str, object]:
    return {
        "id": key.id,
        "store_id": key.store_id,
        "scopes": " ".join(sorted(key.scopes)),
        "name": key.name,
        "digest": digest,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


_ADD = insert(api_keys)
_ONE = select(api_keys).where(api_keys.c.id == bindparam("key"))
_ONE_OF_STORE = _ONE.where(api_keys.c.store_id == bindparam("store"))
_OF_STORE = select(api_keys).where(api_keys.c.store_id == bindparam("store")).order_by(api_keys.c.id)
_REVOKE = (
    update(api_keys)
    .where(api_keys.c.id == bindparam("key"), api_keys.c.store_id == bindparam("store"))
    .values(revoked_at=func.coalesce(api_keys.c.revoked_at, bindparam("now", type_=api_keys.c.revoked_at.type)))
)
