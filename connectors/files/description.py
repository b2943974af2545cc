"""`system.yaml`: what the files of a system mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from assistant.domain.backend import OrderStage

SHOPPERS, ORDERS, SHIPMENTS, BALANCES, COUPONS = "shoppers", "orders", "shipments", "balances", "coupons"
Owner = Literal["shopper", "order", "nobody"]


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one kind, in the file of that name. owner: whose they are, as their shopper_id or order_id says.

    key: the field that tells one record of an owner from another. items: the field that is a list; rows of a CSV with
    the same key are its items. numbers: fields that are numbers in a CSV.
    """

    name: str
    key: str = "id"
    owner: Owner = "nobody"
    items: str = ""
    numbers: frozenset[str] = frozenset()

    @property
    def owner_field(self) -> str:
        return "" if self.owner == "nobody" else f"{self.owner}_id"


KNOWN = (
    Table(SHOPPERS),
    Table(ORDERS, "id", "shopper", "lines", frozenset({"total", "lines.price", "lines.quantity"})),
    Table(SHIPMENTS, "number", "order", "steps"),
    Table(BALANCES, "id", "shopper", numbers=frozenset({"amount"})),
    Table(COUPONS, "id", "shopper"),
)
"""The tables that the port's reads show."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
    return name


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableYaml(_Written):
    key: str = "id"
    owner: Owner = "nobody"
    numbers: frozenset[str] = frozenset()


TableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Description(_Written):
    """states: the shop's own words for how far an order has come. tables: those beside the known ones.

    one_is_enough: whether a single particular may tell who a shopper is.
    """

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    states: Annotated[dict[str, OrderStage], Field(min_length=1)]
    one_is_enough: bool = False
    identified_by: tuple[Annotated[frozenset[str], Field(min_length=1)], ...] = ()
    tables: dict[TableName, TableYaml] = Field(default_factory=dict)

    @field_validator("identified_by")
    @classmethod
    def _two(cls, sets: tuple[frozenset[str], ...], info: ValidationInfo) -> tuple[frozenset[str], ...]:
        """What a stranger may know of somebody does not make them that somebody."""
        lone = next((name for names in sets if len(names) == 1 for name in names), None)
        if lone is not None and not info.data.get("one_is_enough", False):
            raise ValueError(
                f"whoever knows a shopper's {lone} could read and change that shopper's orders; ask for a second "
                f"particular, such as [{lone}, phone], or write `one_is_enough: true`"
            )
        return sets

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def all_tables(self) -> dict[str, Table]:
        """By name. What the file says of a known table's numbers is added; its key and owner stay."""
        found = {name: Table(name, told.key, told.owner, numbers=told.numbers) for name, told in self.tables.items()}
        for table in KNOWN:
            more = found[table.name].numbers if table.name in found else frozenset()
            found[table.name] = Table(table.name, table.key, table.owner, table.items, table.numbers | more)
        return found
