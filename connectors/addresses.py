"""Where a system is called, and what lets us in."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def _header(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
        raise ValueError(f"{name!r} is no name of a header")
    return name


HeaderName = Annotated[str, AfterValidator(_header)]


class Authorization(BaseModel):
    """The header that lets us in: prefix ("Bearer"), and the value of a secret, which stands in no file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: HeaderName = "Authorization"
    prefix: str = ""
    secret: str

    def value(self, secret: str) -> str:
        return f"{self.prefix} {secret}".strip()


def checked_address(address: str, *, allow_http: bool) -> str:
    """Raises ValueError for what is no address, would be read along by others, or holds a password."""
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("it must be an address such as https://shop.example/api")
    if parts.username or parts.password:
        raise ValueError("it must hold no password; name a secret under `authorization`")
    if parts.scheme == "http" and parts.hostname not in _HERE and not allow_http:
        raise ValueError("it must begin with https:// (or say `allow_http: true`)")
    return address
