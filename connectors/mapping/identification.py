"""Whether somebody's particulars fit a shopper's record: compared here, however loosely the system searches."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.domain.backend import ShopperRecord
from assistant.domain.folding import fold
from connectors.mapping.expressions import Expression
from connectors.mapping.model import PARTICULARS


def fits(record: ShopperRecord, raw: object, given: Mapping[str, str], mapped: Mapping[str, Expression]) -> bool:
    """Whether all that is given is the record's. mapped: where in it other particulars than the usual stand.

    Raises DoesNotApply.
    """
    for name, value in given.items():
        kept = str(mapped[name].of(raw) or "") if name in mapped else _of(record, name)
        if not kept or _plain(name, kept) != _plain(name, value):
            return False
    return True


def _of(record: ShopperRecord, name: str) -> str:
    if name == "postcode":
        return record.address.postcode if record.address else ""
    return str(getattr(record, name)) if name in PARTICULARS else ""


def _plain(name: str, value: str) -> str:
    """Phones by their digits; postcodes without blanks; all else as a reader compares it."""
    if name == "phone":
        return "".join(character for character in value if character.isdigit()) or fold(value)
    return fold(value).replace(" ", "") if name == "postcode" else fold(value)
