"""The cookie that a signed-in user's browser holds, and the proof that a request with it comes from our own pages.

Scripts cannot read the cookie, and other sites' requests do not carry it but for plain links (SameSite=Lax). A request
that changes something must also bring a token derived from it, which only our own pages have been told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from fastapi import Request, Response

from assistant.api.deps import Services
from assistant.domain.errors import Forbidden
from assistant.domain.users import SignIn

CSRF_HEADER = "X-CSRF-Token"
_NAME = "storebot_stay"
_HARMLESS = ("GET", "HEAD", "OPTIONS")


def stay_token(request: Request, services: Services) -> str:
    """The token of the caller's stay; "" where they hold none."""
    return request.cookies.get(_name(request, services), "")


def keep_stay(request: Request, response: Response, services: Services, signed: SignIn) -> None:
    """Have the browser hold the token until the stay is over."""
    response.set_cookie(
        _name(request, services),
        signed.token,
        max_age=int((signed.expires_at - services.clock.now()).total_seconds()),
        path="/",
        secure=_is_secure(request, services),
        httponly=True,
        samesite="lax",
    )


def drop_stay(request: Request, response: Response, services: Services) -> None:
    """Have the browser forget it."""
    secure = _is_secure(request, services)
    response.delete_cookie(_name(request, services), path="/", secure=secure, httponly=True, samesite="lax")


def csrf_token(token: str) -> str:
    """What a request that changes something must bring besides the cookie."""
    digest = hmac.new(token.encode("utf-8", "replace"), b"csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check_csrf(request: Request, token: str) -> None:
    """Raises Forbidden where a request that changes something does not prove that it comes from our own pages."""
    brought = request.headers.get(CSRF_HEADER, "")
    if request.method in _HARMLESS or hmac.compare_digest(brought.encode(), csrf_token(token).encode()):
        return
    raise Forbidden(f"Send the `csrf_token` of your sign-in as {CSRF_HEADER}.", reason="csrf")


def _is_secure(request: Request, services: Services) -> bool:
    return (services.public_url or str(request.url)).startswith("https://")


def _name(request: Request, services: Services) -> str:
    """With the prefix that has browsers refuse the cookie from anybody but this very host over TLS."""
    return f"__Host-{_NAME}" if _is_secure(request, services) else _NAME
