"""Carrying out a declared operation: what it finds, why it refuses, what it changes and what it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from assistant.domain.backend import OrderStage
from assistant.domain.errors import NotFound, OperationRefused, StoreSystemError
from connectors.files.description import ORDERS, SHOPPERS, Description
from connectors.files.moments import Moments
from connectors.files.operations import Effect, Find, OperationYaml
from connectors.files.records import Change, JsonDict, Place, Records, merged, place_of
from connectors.files.rows import ROWS
from connectors.files.values import MISSING, Known

EXISTS = "already_exists"
"""Why a record is not added whose key is taken."""


@dataclass(frozen=True, slots=True)
class _Item:
    """Something that was found: a record, or the item `number` of its list `items`."""

    place: Place
    items: str = ""
    number: int = 0


@dataclass
class Execution:
    """One call. Nothing is changed but what it keeps for itself; `changes` are for the journal.

    shopper: None where the operation concerns nobody. key: what new keys are made of.
    """

    records: Records
    description: Description
    moments: Moments
    shopper: str | None
    key: str
    changes: list[Change] = field(default_factory=list)
    _after: dict[Place, JsonDict] = field(default_factory=dict)
    _roots: dict[str, Any] = field(default_factory=dict)
    _found: dict[str, list[_Item]] = field(default_factory=dict)
    _made: int = 0

    def run(self, steps: OperationYaml, arguments: Mapping[str, Any]) -> JsonDict:
        """What the call gives. Raises NotFound, OperationRefused, and StoreSystemError for a fault in `steps`."""
        here = self.moments.now.astimezone(self.moments.zone)
        self._roots |= {
            "arguments": arguments,
            "now": here.isoformat(timespec="seconds"),
            "today": here.date().isoformat(),
        }
        if self.shopper is not None:
            self._found["shopper"] = [_Item(Place(SHOPPERS, "", self.shopper))]
            self._roots["shopper"] = self._view(self._found["shopper"][0])
        try:
            for name, find in steps.find.items():
                self._find(name, find)
            for refusal in steps.refuse_when:
                if self._known().holds(refusal.condition):
                    detail = refusal.say.en if refusal.say else f"The system refuses: {refusal.reason}."
                    raise OperationRefused(detail, reason=refusal.reason)
            for effect in steps.effects:
                if effect.condition is None or self._known().holds(effect.condition):
                    self._carry_out(effect)
            given: JsonDict = self._known().value(steps.gives)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise StoreSystemError(f"The operation cannot be worked out from these records: {error}.") from error
        return given

    def _known(self, **more: Any) -> Known:
        return Known({**self._roots, **more}, self._new_key)

    def _new_key(self, prefix: str) -> str:
        while True:
            self._made += 1
            digits = int(hashlib.sha256(f"{self.key}\0{self._made}".encode()).hexdigest(), 16) % 10**10
            key = f"{prefix}{digits:010d}"
            if not any(self.records.has_key(table, key) for table in self.records.tables):
                return key

    def _find(self, name: str, find: Find) -> None:
        if find.where is not None:
            items = [item] if (item := self._in_list(find.table, find.where)) else []
        elif find.each is not None:
            self._find_each(name, find)
            return
        else:
            place = self._own(find.table, self._known().value(find.key))
            items = [_Item(place)] if place else []
        if not items and not find.optional:
            raise NotFound(f"There is no such record of {find.table}.", table=find.table)
        self._found[name] = items
        self._roots[name] = self._view(items[0]) if items else MISSING

    def _find_each(self, name: str, find: Find) -> None:
        """Every item of the list becomes the record that it names, with the item's own fields over it."""
        wanted = self._known().value(find.each)
        found, views = [], []
        for item in wanted if isinstance(wanted, list) else []:
            place = self._own(find.table, self._known(it=item).value(find.key))
            if place is None:
                raise NotFound(f"There is no such record of {find.table}.", table=find.table)
            found.append(_Item(place))
            views.append({**self._view(found[-1]), **item})
        self._found[name], self._roots[name] = found, views

    def _own(self, table: str, key: object) -> Place | None:
        if key is MISSING or isinstance(key, dict | list):
            return None
        return next(
            (place for place in self._after if self._is_own(place, table, str(key))), None
        ) or self.records.find(table, str(key), self.shopper)

    def _is_own(self, place: Place, table: str, key: str) -> bool:
        kind = self.records.tables[table].owner
        return place.table == table and place.key == key and kind == "shopper" and place.owner == self.shopper

    def _in_list(self, path: str, where: Mapping[str, Any]) -> _Item | None:
        name, _, items = path.partition(".")
        wanted = self._known().value(where)
        record = self._found.get(name) or []
        if not record or not wanted:
            return None
        for number, item in enumerate(self._values(record[0].place).get(items) or []):
            if all(str(item.get(key)) == str(value) for key, value in wanted.items()):
                return _Item(record[0].place, items, number)
        return None

    def _carry_out(self, effect: Effect) -> None:
        if effect.set is None:
            self._add(effect)
            return
        views = self._roots.get(effect.set, MISSING)
        for item, view in zip(
            self._found.get(effect.set, []), views if isinstance(views, list) else [views], strict=False
        ):
            patch = self._written(self._known(it=view).value(effect.to))
            self._change(Change(item.place, self._patch(item, patch)))
        self._look_again()

    def _patch(self, item: _Item, patch: JsonDict) -> JsonDict:
        if not item.items:
            return patch
        items = list(self._values(item.place)[item.items])
        items[item.number] = merged(items[item.number], patch)
        return {item.items: items}

    def _add(self, effect: Effect) -> None:
        assert effect.add is not None
        table = self.records.tables[effect.add]
        values = self._written(self._known().value(effect.record))
        if table.owner == "shopper":
            values["shopper_id"] = self.shopper
        if table.owner == "order" and self._own(ORDERS, values.get("order_id", MISSING)) is None:
            raise NotFound("There is no such order.", table=ORDERS)
        place = place_of(table, values)
        if (
            place in self.records
            or place in self._after
            or (effect.add == ORDERS and self.records.has_key(ORDERS, place.key))
        ):
            raise OperationRefused(f"There is a record {place.key!r} of {effect.add} already.", reason=EXISTS)
        self._change(Change(place, values))
        if effect.name:
            self._found[effect.name] = [_Item(place)]
        self._look_again()

    def _written(self, values: Mapping[str, Any]) -> JsonDict:
        """As it is kept: names with dots as fields within fields, and "+30d" as the day that it means today."""
        told = self.moments.told("", _nested(values))
        assert isinstance(told, dict)
        return told

    def _change(self, change: Change) -> None:
        before = self._values(change.place) if change.place in self.records or change.place in self._after else {}
        after = merged(before, change.patch)
        if change.place.table in ROWS:
            try:
                ROWS[change.place.table].model_validate(after)
            except ValidationError as error:
                fields = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
                raise StoreSystemError(
                    f"The operation would spoil a record of {change.place.table}: {fields}."
                ) from error
        self._after[change.place] = after
        self.changes.append(change)

    def _look_again(self) -> None:
        for name, items in self._found.items():
            if items and not isinstance(self._roots.get(name), list):
                self._roots[name] = self._view(items[0])

    def _values(self, place: Place) -> JsonDict:
        return self._after[place] if place in self._after else self.records.at(place)

    def _view(self, item: _Item) -> JsonDict:
        """As paths see it: times in ISO 8601, and an order's stage beside its state."""
        values = self._values(item.place)
        if item.items:
            values = values[item.items][item.number]
        told = self.moments.told("", values)
        assert isinstance(told, dict)
        if item.place.table == ORDERS and not item.items:
            told["stage"] = self.description.states.get(str(values.get("state")), OrderStage.OTHER).value
        return told


def _nested(values: Mapping[str, Any]) -> JsonDict:
    """Names with dots are fields within fields: {"address.phone": "1"} is {"address": {"phone": "1"}}."""
    result: JsonDict = {}
    for name, value in values.items():
        *path, last = name.split(".")
        into = result
        for part in path:
            into = into.setdefault(part, {})
        into[last] = value
    return result
