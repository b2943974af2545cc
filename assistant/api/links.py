"""Addresses that may be shown to a shopper."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

MEDIA_PREFIX = "media/"


def openable(url: str) -> str:
    """`url` if it is an http(s) address or a path, else "": a pack must not put `javascript:` behind a link."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return ""
    return url.strip() if scheme in ("", "http", "https") else ""


def picture_url(image: str, media: str) -> str:
    """The address of a product's picture: a path `media/...` of the store's packs is found under the URL `media`."""
    if image.startswith(MEDIA_PREFIX):
        return f"{media}/{quote(image.removeprefix(MEDIA_PREFIX))}"
    return openable(image)


def media_url(base: str, store_id: str) -> str:
    """The absolute URL of a store's pictures, on the server whose address is `base`."""
    return f"{base.rstrip('/')}/v1/stores/{quote(store_id, safe='')}/media"
