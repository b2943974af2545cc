"""`operations.yaml`: what can be done, declared as data, and checked when it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.domain.backend import JsonObject, Operation, Risk
from assistant.domain.text import LocalText
from connectors.files.description import ORDERS, SHOPPERS, Description, Table
from connectors.files.values import OPERATORS, TESTS, operator_of, paths_in
from connectors.schemas import schema_fault
from connectors.written import Faults, Place, Written

_ALWAYS = frozenset({"arguments", "shopper", "now", "today"})
_NAME = r"^[a-z][a-z0-9_]{0,63}$"
Name = Annotated[str, Field(pattern=_NAME)]
Problem = tuple[Place, str, str]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Texts(_Written):
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def local(self) -> LocalText:
        return LocalText.of({"zh": self.zh, "en": self.en})


class Find(_Written):
    """A record that arguments name: of a table by its key, or of a list in a record found before by its fields.

    each: a list of arguments, of which every item finds one; the items go by the name, with what was found in them.
    optional: where there is none, the name is missing; else the call is answered with NotFound.
    """

    table: Annotated[str, Field(alias="in")]
    key: Any = None
    where: dict[str, Any] | None = None
    each: str | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Find:
        if (self.key is None) == (self.where is None):
            raise ValueError(
                "either `key` or `where` is needed: a record by its key, or an item of a list by its fields"
            )
        if self.where is not None and self.each is not None:
            raise ValueError("`each` goes with `key`")
        return self


class Refusal(_Written):
    """reason: a stable code for procedures. say: for people who read the log."""

    reason: Name
    condition: Annotated[dict[str, Any], Field(alias="if", min_length=1)]
    say: Texts | None = None


class Effect(_Written):
    """set: fields of a record that was found; add: a record to a table, which then goes by the name `as`."""

    set: str | None = None
    to: dict[str, Any] | None = None
    add: str | None = None
    record: dict[str, Any] | None = None
    name: Annotated[Name | None, Field(alias="as")] = None
    condition: Annotated[dict[str, Any] | None, Field(alias="if")] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Effect:
        sets, adds = (self.set is not None, self.to is not None), (self.add is not None, self.record is not None)
        if sorted((sets, adds)) != [(False, False), (True, True)]:
            raise ValueError("an effect is either `set: NAME, to: {...}` or `add: TABLE, record: {...}`")
        return self


class OperationYaml(_Written):
    risk: Risk
    title: Texts
    arguments: dict[str, Any]
    result: dict[str, Any] = Field(default_factory=lambda: {"type": "object"})
    find: dict[Name, Find] = Field(default_factory=dict)
    refuse_when: tuple[Refusal, ...] = ()
    effects: tuple[Effect, ...] = ()
    gives: dict[str, Any] = Field(default_factory=dict)


class OperationsYaml(_Written):
    operations: dict[Name, OperationYaml]


@dataclass(frozen=True, slots=True)
class Declared:
    """An operation, and how it is carried out. personal: whether it concerns a shopper."""

    operation: Operation
    steps: OperationYaml
    personal: bool


def read_operations(
    written: Written, tables: Mapping[str, Table], description: Description, faults: Faults
) -> dict[str, Declared]:
    """The operations of a file; what is wrong with them goes to `faults`."""
    file = written.model(OperationsYaml, faults)
    if file is None:
        return {}
    declared = {}
    for name, entry in file.operations.items():
        for place, zh, en in _problems(entry, tables, description):
            shown = ".".join(str(part) for part in place)
            line = written.line(("operations", name, *place))
            faults.add(written.file, line, zh=f"{name}.{shown}：{zh}", en=f"{name}.{shown}: {en}")
        operation = Operation(name, entry.risk, entry.title.local(), entry.arguments, entry.result)
        declared[name] = Declared(operation, entry, _is_personal(entry, tables))
    return declared


def _problems(entry: OperationYaml, tables: Mapping[str, Table], description: Description) -> Iterator[Problem]:
    for part, schema in (("arguments", entry.arguments), ("result", entry.result)):
        if fault := schema_fault(schema):
            yield (part,), f"不是有效的 JSON Schema：{fault}", fault
            return
    if entry.risk is Risk.READ and entry.effects:
        yield ("effects",), "读操作不能有 effects", "an operation of risk read has no effects"
    if entry.risk is not Risk.READ and not entry.effects:
        yield ("risk",), "没有 effects 的操作应为 read", "an operation without effects is of risk read"
    scope = _Scope(entry.arguments, set(_ALWAYS))
    yield from _of_find(entry, tables, scope)
    for number, refusal in enumerate(entry.refuse_when):
        yield from _of_condition(refusal.condition, ("refuse_when", number, "if"), scope)
    for number, effect in enumerate(entry.effects):
        yield from _of_effect(effect, ("effects", number), tables, scope, description)
    yield from _of_value(entry.gives, ("gives",), scope)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What paths can begin with, so far. lists: names of those that are several."""

    arguments: JsonObject
    names: set[str]

    def with_it(self) -> _Scope:
        """Where each of several is looked at in turn."""
        return _Scope(self.arguments, self.names | {"it"})

    def problem(self, path: str) -> tuple[str, str] | None:
        first, *rest = path.split(".")
        if first not in self.names:
            known = ", ".join(sorted(self.names))
            return f"${path}：没有 {first}；有：{known}", f"${path}: there is no {first}; there are: {known}"
        properties = self.arguments.get("properties", {})
        if first == "arguments" and rest and isinstance(properties, Mapping) and rest[0] not in properties:
            return f"${path}：没有参数 {rest[0]}", f"${path}: there is no argument {rest[0]}"
        return None


def _of_find(entry: OperationYaml, tables: Mapping[str, Table], scope: _Scope) -> Iterator[Problem]:
    for name, find in entry.find.items():
        place = ("find", name)
        if name in scope.names:
            yield place, f"{name} 已有其他含义", f"{name} means something else"
        if find.where is not None:
            first = find.table.partition(".")[0]
            if first not in entry.find or "." not in find.table:
                zh = "应为已找到的记录中的列表，例如 order.lines"
                yield (*place, "in"), zh, "a list of a record found before is needed, such as order.lines"
            yield from _of_value(find.where, (*place, "where"), scope)
        elif find.table not in tables:
            known = ", ".join(sorted(tables))
            zh = f"没有表 {find.table}；有：{known}"
            yield (*place, "in"), zh, f"there is no table {find.table}; there are: {known}"
        if find.each is not None:
            yield from _of_value(find.each, (*place, "each"), scope)
            yield from _of_value(find.key, (*place, "key"), scope.with_it())
        elif find.key is not None:
            yield from _of_value(find.key, (*place, "key"), scope)
        scope.names.add(name)


def _of_effect(
    effect: Effect, place: Place, tables: Mapping[str, Table], scope: _Scope, description: Description
) -> Iterator[Problem]:
    if effect.condition:
        yield from _of_condition(effect.condition, (*place, "if"), scope)
    if effect.set is not None:
        if effect.set not in scope.names - _ALWAYS | {"shopper"}:
            yield (*place, "set"), f"没有找到过 {effect.set}", f"no record {effect.set} was found"
        yield from _of_value(effect.to, (*place, "to"), scope.with_it())
        state = (effect.to or {}).get("state") if effect.set == "order" else None
    else:
        assert effect.record is not None
        yield from _of_addition(effect, place, tables)
        yield from _of_value(effect.record, (*place, "record"), scope)
        state = effect.record.get("state") if effect.add == ORDERS else None
        if effect.name:
            scope.names.add(effect.name)
    if isinstance(state, str) and not state.startswith("$") and state not in description.states:
        yield place, f"system.yaml 的 states 中没有 {state}", f"the state {state} is not among `states` of system.yaml"


def _of_addition(effect: Effect, place: Place, tables: Mapping[str, Table]) -> Iterator[Problem]:
    assert effect.record is not None
    table = tables.get(effect.add or "")
    if table is None:
        known = ", ".join(sorted(tables))
        zh, en = f"没有表 {effect.add}；有：{known}", f"there is no table {effect.add}; there are: {known}"
        yield (*place, "add"), zh, en
    elif table.name == SHOPPERS:
        yield (*place, "add"), "不能新增顾客", "shoppers cannot be added"
    else:
        needed = {table.key} | ({"order_id"} if table.owner == "order" else set())
        for name in sorted(needed - effect.record.keys()):
            yield (*place, "record"), f"缺少 {name}", f"{name} is missing"


def _of_value(written: Any, place: Place, scope: _Scope) -> Iterator[Problem]:
    for path in paths_in(written):
        if problem := scope.problem(path):
            yield place, *problem
    yield from _of_operators(written, place)


def _of_operators(written: Any, place: Place) -> Iterator[Problem]:
    if isinstance(written, Mapping):
        unknown = [name for name in written if name.startswith("$") and name not in OPERATORS]
        for name in unknown:
            known = ", ".join(OPERATORS)
            yield (*place, name), f"没有运算 {name}；有：{known}", f"there is no {name}; there are: {known}"
        operator = operator_of(written)
        wanted = {operator, "of"} if operator in ("$sum", "$keep") else {operator}
        if operator and (set(written) != wanted or (operator in OPERATORS[:3] and not _is_several(written[operator]))):
            zh, en = f"{operator} 的写法有误", f"{operator} is not written as it should be: see the documentation"
            yield (*place, operator), zh, en
        for name, item in written.items():
            yield from _of_operators(item, (*place, name))
    elif isinstance(written, list):
        for number, item in enumerate(written):
            yield from _of_operators(item, (*place, number))


def _is_several(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1


def _of_condition(condition: Mapping[str, Any], place: Place, scope: _Scope) -> Iterator[Problem]:
    for path, test in condition.items():
        if problem := scope.problem(path.removeprefix("$")):
            yield (*place, path), *problem
        tests = test if isinstance(test, Mapping) else {}
        for name in tests.keys() - set(TESTS):
            known = ", ".join(TESTS)
            yield (*place, path), f"没有比较 {name}；有：{known}", f"there is no test {name}; there are: {known}"
        if len(tests.keys() & {"not", "present", "any"}) and len(tests) > 1:
            yield (*place, path), "这里只能有一项比较", "only one test can stand here"
        if isinstance(tests.get("any"), Mapping):
            inner = {f"it.{name}": inner for name, inner in tests["any"].items()}
            yield from _of_condition(inner, (*place, path, "any"), scope.with_it())
        else:
            yield from _of_value(list(tests.values()) if tests else test, (*place, path), scope.with_it())


def _is_personal(entry: OperationYaml, tables: Mapping[str, Table]) -> bool:
    """Whether anything in it is a shopper's."""
    named = [find.table for find in entry.find.values()] + [effect.add or "" for effect in entry.effects]
    if any(name in tables and (tables[name].owner != "nobody" or name == SHOPPERS) for name in named):
        return True
    values = [refusal.condition for refusal in entry.refuse_when]
    paths = [*paths_in(entry.gives), *(path for condition in values for path in condition)]
    return any(path.split(".")[0] == "shopper" for path in paths)
