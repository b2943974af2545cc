"""All records of a system: the files', with what was done since on top. They are told apart by table, owner and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from connectors.files.description import ORDERS, SHOPPERS, Table

JsonDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Which record: owner is the id of its shopper or order, "" where it has none."""

    table: str
    owner: str
    key: str


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a record, as a JSON merge patch (RFC 7386); of one that is not there, the record."""

    place: Place
    patch: JsonDict


def place_of(table: Table, values: Mapping[str, Any]) -> Place:
    owner = str(values.get(table.owner_field, "")) if table.owner_field else ""
    return Place(table.name, owner, str(values.get(table.key, "")))


def merged(values: Mapping[str, Any], patch: Mapping[str, Any]) -> JsonDict:
    """The values after a merge patch; neither is changed."""
    result = dict(values)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            before = result.get(name)
            result[name] = merged(before if isinstance(before, dict) else {}, value)
        else:
            result[name] = deepcopy(value)
    return result


@dataclass
class Records:
    """Values are never changed in place, so that what was read stays as it was."""

    tables: Mapping[str, Table]
    _values: dict[Place, JsonDict] = field(default_factory=dict)
    _of_owner: dict[tuple[str, str], dict[str, Place]] = field(default_factory=dict)
    _keys: set[tuple[str, str]] = field(default_factory=set)

    def copy(self) -> Records:
        """The same records, to be changed apart."""
        owned = {owner: dict(places) for owner, places in self._of_owner.items()}
        return Records(self.tables, dict(self._values), owned, set(self._keys))

    def put(self, place: Place, values: JsonDict) -> None:
        self._values[place] = values
        self._of_owner.setdefault((place.table, place.owner), {})[place.key] = place
        self._keys.add((place.table, place.key))

    def apply(self, change: Change) -> None:
        self.put(change.place, merged(self._values.get(change.place, {}), change.patch))

    def __contains__(self, place: Place) -> bool:
        return place in self._values

    def at(self, place: Place) -> JsonDict:
        return self._values[place]

    def shopper(self, shopper: str) -> JsonDict | None:
        return self._values.get(Place(SHOPPERS, "", shopper))

    def all_of(self, table: str) -> Iterator[JsonDict]:
        return (values for place, values in self._values.items() if place.table == table)

    def of_owner(self, table: str, owner: str) -> list[JsonDict]:
        return [self._values[place] for place in self._of_owner.get((table, owner), {}).values()]

    def find(self, table: str, key: str, shopper: str | None) -> Place | None:
        """The record of that key which is this shopper's, or nobody's; None where there is none."""
        kind = self.tables[table]
        if table == SHOPPERS:
            place = Place(SHOPPERS, "", key)
            return place if key == shopper and place in self._values else None
        if kind.owner == "nobody":
            owners = [""]
        elif shopper is None:
            owners = []
        elif kind.owner == "shopper":
            owners = [shopper]
        else:
            owners = list(self._of_owner.get((ORDERS, shopper), {}))
        places = (self._of_owner.get((table, owner), {}).get(key) for owner in owners)
        return next((place for place in places if place is not None), None)

    def has_key(self, table: str, key: str) -> bool:
        """Whether anybody has a record of that key."""
        return (table, key) in self._keys
