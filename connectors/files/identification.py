"""Whether somebody's particulars are those of a shopper's record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connectors.files.rows import ShopperRow
from connectors.particulars import same


def fits(row: ShopperRow, orders: Iterable[str], particulars: Mapping[str, str]) -> bool:
    """Whether every particular that is given is the record's own, and none is blank. orders: the shopper's, by id."""
    held = list(orders)
    return all(
        any(same(name, value, kept) for kept in (held if name == "order_id" else [_of(row, name)]))
        for name, value in particulars.items()
    )


def _of(row: ShopperRow, name: str) -> str:
    if name == "postcode":
        return row.address.postcode if row.address else ""
    if name in ("name", "email", "phone"):
        return str(getattr(row, name))
    value = (row.model_extra or {}).get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
