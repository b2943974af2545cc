"""Whether somebody's particulars fit a shopper's record: compared here, however loosely the system searches."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.domain.backend import ShopperRecord
from connectors.mapping.expressions import Expression
from connectors.mapping.model import PARTICULARS
from connectors.particulars import same


def fits(record: ShopperRecord, raw: object, given: Mapping[str, str], mapped: Mapping[str, Expression]) -> bool:
    """Whether all that is given is the record's. mapped: where in it other particulars than the usual stand.

    Raises DoesNotApply.
    """
    for name, value in given.items():
        kept = str(mapped[name].of(raw) or "") if name in mapped else _of(record, name)
        if not same(name, kept, value):
            return False
    return True


def _of(record: ShopperRecord, name: str) -> str:
    if name == "postcode":
        return record.address.postcode if record.address else ""
    return str(getattr(record, name)) if name in PARTICULARS else ""
