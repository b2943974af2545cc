"""Whether somebody's particulars are those of a shopper's record."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.domain.folding import fold
from connectors.files.rows import ShopperRow


def fits(row: ShopperRow, particulars: Mapping[str, str]) -> bool:
    """Whether every particular that is given is the record's own, and none is blank."""
    return all(
        _plain(name, value) != "" and _plain(name, value) == _plain(name, _of(row, name))
        for name, value in particulars.items()
    )


def _of(row: ShopperRow, name: str) -> str:
    if name == "postcode":
        return row.address.postcode if row.address else ""
    if name in ("name", "email", "phone"):
        return str(getattr(row, name))
    value = (row.model_extra or {}).get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _plain(name: str, value: str) -> str:
    """Phones by their digits; all else as a reader compares it, blanks or none."""
    if name == "phone":
        return "".join(character for character in value if character.isdigit())
    return "".join(fold(value).split())
