"""Who the shopper is: identity tokens that a merchant's site signs with the store's identity key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import jwt
import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.api.incoming import clean_line
from assistant.api.tokens import ALGORITHM, required_claims
from assistant.domain.conversation import SIGNED_IN, Shopper
from assistant.domain.errors import InvalidInput, NotReady, Unauthorized
from assistant.domain.ids import ShopperId, StoreId, new_id
from assistant.domain.ports import Clock

LONGEST_LIFE = timedelta(hours=24)
CLOCK_SKEW = timedelta(seconds=60)
MAX_SUBJECT_CHARS = 200
MAX_NAME_CHARS = 80
MIN_KEY_BYTES = 32


class IdentityKeys(Protocol):
    """The secret that each store's site signs its shoppers' identity with."""

    def key(self, store_id: StoreId) -> str | None:
        """The store's key of at least 32 bytes, None if it has none. Raises NotReady if the keys cannot be read."""
        ...


class FileIdentityKeys:
    """Keys from a YAML file, `store id: key`. Read again whenever the file changes; no file means no keys."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, str] = {}
        self._stamp: tuple[int, int] | None = None

    def key(self, store_id: StoreId) -> str | None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        if stamp != self._stamp:
            self._keys = self._read()
            self._stamp = stamp
        return self._keys.get(store_id)

    def _read(self) -> dict[str, str]:
        try:
            content = yaml.safe_load(self._path.read_text("utf-8")) or {}
            keys = TypeAdapter(dict[str, str]).validate_python(content)
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
            # The parser's message would quote the line, and with it the secret.
            raise NotReady(
                f"{self._path.name} cannot be read: it must map each store id to its key, one `store: key` a line."
            ) from error
        for store, key in keys.items():
            if len(key.encode()) < MIN_KEY_BYTES:
                raise NotReady(f"{self._path.name}: the key of store {store} has fewer than {MIN_KEY_BYTES} bytes.")
        return keys


def anonymous() -> Shopper:
    """A shopper that nobody has vouched for."""
    return Shopper(ShopperId(new_id("shp")))


def identified(store_id: StoreId, token: str, *, keys: IdentityKeys, clock: Clock) -> Shopper:
    """The shopper a merchant's site vouches for. Their id is `user:` and the token's `sub`.

    Raises Unauthorized, with a `reason` code and what the site's developer has to change.
    """
    key = keys.key(store_id)
    if key is None:
        raise _refused("no_identity_key", f"Store {store_id} has no identity key, so it cannot identify shoppers.")
    claims = _verified(token, key)
    _check_times(claims, clock.now())
    try:
        subject = clean_line(_text(claims, "sub"), max_chars=MAX_SUBJECT_CHARS)
        name = clean_line(_text(claims, "name"), max_chars=MAX_NAME_CHARS)
    except InvalidInput as error:
        raise _refused("bad_claim", f"The identity token's sub or name cannot be used: {error.detail}") from error
    if not subject:
        raise _refused("bad_claim", "The identity token's sub is empty.")
    return Shopper(ShopperId(f"{SIGNED_IN}{subject}"), identified=True, name=name)


def _verified(token: str, key: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, key, algorithms=[ALGORITHM], options=required_claims("sub", "exp"))
    except jwt.MissingRequiredClaimError as error:
        raise _refused("missing_claim", f"The identity token lacks the claim {error.claim}.") from error
    except jwt.InvalidSignatureError as error:
        raise _refused(
            "wrong_signature", "The identity token is not signed with the store's current identity key."
        ) from error
    except jwt.InvalidAlgorithmError as error:
        raise _refused("wrong_algorithm", f"The identity token must be signed with {ALGORITHM}.") from error
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _refused("invalid", "The identity token is not a readable JSON Web Token.") from error


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    expires_at = _time(claims, "exp")
    if expires_at <= now:
        raise _refused("expired", f"The identity token expired at {expires_at.isoformat()}; sign a new one.")
    if expires_at > now + LONGEST_LIFE + CLOCK_SKEW:
        raise _refused("lives_too_long", "The identity token's exp must be at most 24 hours away.")
    if "nbf" in claims and _time(claims, "nbf") > now + CLOCK_SKEW:
        raise _refused("not_yet_valid", "The identity token is not valid yet (nbf); compare the servers' clocks.")


def _time(claims: dict[str, Any], claim: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(claims[claim]), UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise _refused("bad_claim", f"The identity token's {claim} must be seconds since 1970.") from error


def _text(claims: dict[str, Any], claim: str) -> str:
    value = claims.get(claim, "")
    if not isinstance(value, str):
        raise InvalidInput(f"{claim} must be text")
    return value


def _refused(reason: str, detail: str) -> Unauthorized:
    return Unauthorized(detail, reason=reason)
