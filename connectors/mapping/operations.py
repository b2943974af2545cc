"""The operations that a mapping declares, with schemas from what the system says of its calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.domain.backend import JsonObject, Operation
from connectors.mapping.model import OperationMap
from connectors.mapping.remote import Signature
from connectors.schemas import schema_fault

RESULT = "result"
"""The member under which an answer stands that is no object."""

Fault = tuple[tuple[str, ...], str, str]
"""The place below the entry, and the reason in Chinese and English."""


def declared(name: str, entry: OperationMap, signature: Signature) -> Operation:
    """The operation, of an entry without faults."""
    return Operation(name, entry.risk, entry.title, _arguments(entry, signature), _result(entry, signature))


def faults(entry: OperationMap, signature: Signature) -> Iterator[Fault]:
    """What is wrong with an entry."""
    yield from _of_parameters(entry, signature)
    yield from _of_arguments(entry, signature)
    operation = declared("operation", entry, signature)
    for part, schema in (("arguments", operation.arguments), ("result_schema", operation.result)):
        if fault := _schema_fault(schema):
            yield (part,), f"不是有效的 JSON Schema：{fault}", fault


def no_parameter(call: str, name: str, signature: Signature) -> tuple[str, str]:
    """The reason in Chinese and English, with the parameters that there are."""
    known = ", ".join(sorted(signature.parameters)) or "-"
    return f"{call} 没有参数 {name}；有：{known}", f"{call} has no parameter {name}; it has: {known}"


def passed_on(entry: OperationMap, signature: Signature) -> Mapping[str, str]:
    """The parameters that an argument is told to as it is, with the argument's name."""
    return {
        target: entry.rename.get(target, target)
        for target in signature.parameters
        if target not in entry.values and target not in entry.without
    }


def _of_parameters(entry: OperationMap, signature: Signature) -> Iterator[Fault]:
    for part, names in (("rename", tuple(entry.rename)), ("without", entry.without)):
        for target in names:
            if target not in signature.parameters:
                yield (part, target), *no_parameter(entry.call, target, signature)
            elif target in entry.values:
                yield (part, target), f"{target} 已在 with 中给出", f"{target} is told in `with` already"
    for target in sorted(set(entry.without) & signature.required):
        yield ("without", target), f"{entry.call} 必须有 {target}", f"{entry.call} cannot do without {target}"
    passed = passed_on(entry, signature)
    if len(set(passed.values())) < len(passed):
        yield ("rename",), "两个参数同名", "two arguments have the same name"


def _of_arguments(entry: OperationMap, signature: Signature) -> Iterator[Fault]:
    passed = set(passed_on(entry, signature).values())
    if not any("arguments" in expression.names for expression in entry.values.values()):
        for name in sorted(entry.arguments.keys() - passed):
            yield (
                ("arguments", name),
                f"{name} 没有用处：with 中没有用到",
                f"{name} goes nowhere: `with` does not use it",
            )
    known = passed | entry.arguments.keys()
    for name in sorted(set(entry.required or ()) - known):
        yield ("required",), f"没有参数 {name}", f"there is no argument {name}"
    if entry.order is not None and entry.order not in known:
        names = ", ".join(sorted(known)) or "-"
        en = f"there is no argument {entry.order}; there are: {names}"
        yield ("order",), f"没有参数 {entry.order}；有：{names}", en


def _arguments(entry: OperationMap, signature: Signature) -> JsonObject:
    names = passed_on(entry, signature)
    properties = {name: dict(signature.parameters[target]) for target, name in names.items()}
    for name, refinement in entry.arguments.items():
        properties[name] = {**properties.get(name, {}), **refinement}
    required = {name for target, name in names.items() if target in signature.required} | set(entry.required or ())
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name in required],
        "additionalProperties": False,
        **({"$defs": signature.definitions} if signature.definitions else {}),
    }


def _result(entry: OperationMap, signature: Signature) -> JsonObject:
    if entry.result_schema is not None:
        return {"type": "object", **entry.result_schema}
    if entry.result is not None or not signature.result:
        return {"type": "object"}
    definitions = {"$defs": signature.definitions} if signature.definitions else {}
    kind = _kind(signature.result, signature.definitions)
    if kind == "object":
        return {**signature.result, "type": "object", **definitions}
    if kind is None:
        return {"type": "object"}
    return {"type": "object", "properties": {RESULT: signature.result}, **definitions}


def _kind(schema: object, definitions: JsonObject) -> object:
    for _ in range(20):
        if not isinstance(schema, Mapping):
            return None
        reference = schema.get("$ref")
        if "type" in schema or not isinstance(reference, str):
            return schema.get("type", "object" if "properties" in schema or "allOf" in schema else None)
        schema = definitions.get(reference.removeprefix("#/$defs/"))
    return None


def _schema_fault(schema: JsonObject) -> str:
    """Also what leads out of the schema: nothing is fetched because a schema names it."""
    outside = next((reference for reference in _references(schema) if not reference.startswith("#")), None)
    if outside is not None:
        return f"$ref {outside!r} leads out of the document"
    return schema_fault(schema)


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(schema, list | tuple):
        for item in schema:
            yield from _references(item)
