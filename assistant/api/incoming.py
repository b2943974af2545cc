"""Text as it comes in: what is cleaned silently, and what is refused."""

from __future__ import annotations

import re
import unicodedata

from assistant.domain.errors import InvalidInput, MessageTooLong

_SURROGATE = re.compile("[\ud800-\udfff]")
_KEPT_CONTROLS = "\n\t"


def clean_text(text: str) -> str:
    """Line ends become \\n, control characters (NUL among them) go, outer white space goes.

    Raises InvalidInput for half a surrogate pair: it has no UTF-8 form, so it could neither be stored nor sent back.
    """
    if found := _SURROGATE.search(text):
        raise InvalidInput(
            f"The text holds half a surrogate pair at character {found.start()}; send it as valid UTF-8.",
            position=found.start(),
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()


def clean_line(text: str, *, max_chars: int) -> str:
    """As `clean_text`, on one line. Raises InvalidInput when longer than `max_chars`."""
    line = " ".join(clean_text(text).split())
    if len(line) > max_chars:
        raise InvalidInput(f"{len(line)} characters are more than the {max_chars} allowed.", limit=max_chars)
    return line


def message_text(text: str, *, max_chars: int, loc: str = "body.text") -> str:
    """A message, cleaned. Raises MessageTooLong, with the limit, and InvalidInput when nothing is left.

    `loc` says where in the input it stands.
    """
    if len(text) > max_chars:
        raise MessageTooLong(
            f"The message has {len(text)} characters; at most {max_chars} are allowed.",
            limit=max_chars,
            length=len(text),
        )
    cleaned = clean_text(text)
    if not any(_visible(character) for character in cleaned):
        raise InvalidInput("The message is empty.", errors=[{"loc": loc, "msg": "must hold visible text"}])
    return cleaned


def _visible(character: str) -> bool:
    """Neither space nor a format mark. What this Python does not know, such as a newer emoji, counts as visible."""
    category = unicodedata.category(character)
    return category not in ("Cc", "Cf") and not category.startswith("Z")
