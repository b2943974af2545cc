"""The files of published shops, as importers read them."""

from __future__ import annotations

from pathlib import Path

from assistant.domain.errors import PackRefused

_MAX_BYTES = 50 * 1024 * 1024


def text_of(path: Path) -> str:
    """The text of a UTF-8 file. Raises PackRefused for one that is too large or in another encoding."""
    if path.stat().st_size > _MAX_BYTES:
        raise PackRefused(f"{path.name} is larger than {_MAX_BYTES // 1024**2} MB", file=path.name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackRefused(f"{path.name} is not UTF-8: {error.reason} at byte {error.start}", file=path.name) from error
