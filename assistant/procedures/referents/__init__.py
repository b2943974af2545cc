"""What the words of a message mean in the shopper's own records: which order, items, variant, address, way to pay,
and under which conditions.

Pure functions over what was read of a message and the records given. Nothing is looked up here, and nothing decided
that the words leave open: then the result holds what the shopper has to choose from.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.procedures.referents.addresses import Addresses, AddressMeaning
from assistant.procedures.referents.conditions import Condition, Conditions, Kind, Known, MeasureReader, holds
from assistant.procedures.referents.exchanges import Exchanges, Offered, Replacement
from assistant.procedures.referents.lines import Item, Lines, Said
from assistant.procedures.referents.meaning import How, Meaning
from assistant.procedures.referents.naming import Naming
from assistant.procedures.referents.orders import Orders
from assistant.procedures.referents.payments import Payments, Ways
from assistant.procedures.referents.places import Places
from assistant.procedures.referents.roles import Roles
from assistant.procedures.referents.searching import Talk
from assistant.procedures.referents.stages import StageWords
from assistant.procedures.referents.values import Values
from assistant.procedures.referents.variants import Lack, Variant, Variants

__all__ = [
    "AddressMeaning",
    "Condition",
    "How",
    "Item",
    "Kind",
    "Known",
    "Lack",
    "Meaning",
    "Offered",
    "Referents",
    "Replacement",
    "Said",
    "Talk",
    "Variant",
    "Ways",
    "holds",
    "referents",
]


@dataclass(frozen=True, slots=True)
class Referents:
    """A reader for each sort of thing. Built once, by `referents`."""

    orders: Orders
    lines: Lines
    variants: Variants
    exchanges: Exchanges
    addresses: Addresses
    payments: Payments
    conditions: Conditions


def referents(measures: MeasureReader) -> Referents:
    """All readers, with their word lists. Raises ValueError naming file and line where a list is not well-formed."""
    naming, roles, places, stages = Naming(), Roles(), Places(), StageWords()
    values, conditions = Values(measures), Conditions(measures)
    variants = Variants(values)
    return Referents(
        orders=Orders(naming, roles, places, conditions, stages),
        lines=Lines(naming, roles, conditions, values, stages),
        variants=variants,
        exchanges=Exchanges(variants, measures, naming, roles),
        addresses=Addresses(places),
        payments=Payments(),
        conditions=conditions,
    )
