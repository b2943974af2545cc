"""Links to products and pictures, product ids in them, and e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

import regex

from assistant.nlu.slots.line import Line, Placed

_URL = regex.compile(
    r"(?<![a-z0-9@.])(?:https?://|www\.|(?:[a-z0-9-]{1,63}\.){1,4}(?:com|cn|net|org|shop|store|io|co|hk|tw|uk|de|fr|eu)(?=/))"
    r"[a-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{2,2000}"
)
_TRAILING = ".,!?;:'\"()[]*~"
_IMAGE = regex.compile(r"\.(?:jpe?g|png|gif|webp|heic|bmp|avif|tiff?)(?:$|[!_.@])")
_ID_KEYS = (
    "id",
    "itemid",
    "item_id",
    "sku",
    "skuid",
    "sku_id",
    "productid",
    "product_id",
    "pid",
    "goodsid",
    "goods_id",
    "variant",
)
_DIGITS_IN_PATH = regex.compile(r"(?<![a-z0-9])\d{5,20}(?![a-z0-9])")
_CODE_IN_PATH = regex.compile(r"/(?:dp|gp/product|products?|p|item|goods|detail)/([a-z0-9][\w-]{2,80})")
_EMAIL = regex.compile(
    r"(?<![\p{Latin}\d_.+-])[a-z0-9][a-z0-9_.+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![a-z0-9-])"
)


class LinkFinder:
    """product_link with the product_id in it, image_link, email."""

    def find(self, line: Line) -> Iterator[Placed]:
        if "." not in line.even:
            return
        for match in _URL.finditer(line.even):
            start, end = match.start(), match.start() + len(match.group().rstrip(_TRAILING))
            yield from _link(line, start, end)
        if "@" in line.even:
            for match in _EMAIL.finditer(line.even):
                yield line.place("email", match.group(), match.start(), match.end(), 3)


def _link(line: Line, start: int, end: int) -> Iterator[Placed]:
    url = line.typed[start:end]
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        path, query = unquote(parts.path), parse_qsl(parts.query, max_num_fields=40)
    except ValueError:  # not an address after all ("http://[")
        return
    if _IMAGE.search(path.casefold()):
        yield line.place("image_link", url, start, end, 3)
        return
    yield line.place("product_link", url, start, end, 3)
    product = _product_in(path, query)
    at = line.typed.find(product, start, end) if product else -1
    if at >= 0:
        yield line.place("product_id", product, at, at + len(product), 3)


def _product_in(path: str, query: list[tuple[str, str]]) -> str:
    """The id of the product that a link leads to: a number in its path, one named as id, or what follows /products/."""
    if numbers := _DIGITS_IN_PATH.findall(path.casefold()):
        return str(numbers[-1])
    for key, value in query:
        if key.casefold() in _ID_KEYS and value.isascii() and value.isalnum():
            return value
    match = _CODE_IN_PATH.search(path.casefold())
    return path[match.start(1) : match.end(1)] if match else ""
