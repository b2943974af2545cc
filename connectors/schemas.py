"""JSON Schemas of operations: whether they are schemas, and whether arguments fit them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from assistant.domain.backend import JsonObject, Operation
from assistant.domain.errors import InvalidInput


class CheckedOperations:
    """Operations by name, with their schemas made ready. Raises ValueError, naming the operation, for a bad schema."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._validators: dict[str, Draft202012Validator] = {}
        for name, operation in operations.items():
            fault = schema_fault(operation.arguments)
            if fault:
                raise ValueError(f"{name}: {fault}")
            self._validators[name] = Draft202012Validator(operation.arguments)

    def check(self, operation: str, arguments: JsonObject) -> None:
        """Raises InvalidInput, its `errors` telling where arguments do not fit, and never what they are."""
        errors = list(_misfits(self._validators[operation], arguments))
        if errors:
            raise InvalidInput(f"The arguments of {operation} do not fit its schema.", errors=errors)


def schema_fault(schema: object) -> str:
    """What keeps this from being a JSON Schema (2020-12) of an object; "" if nothing does."""
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return "a JSON Schema of an object is needed, beginning with type: object"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = "/".join(str(part) for part in error.absolute_path)
        return f"{place}: {error.message}" if place else str(error.message)
    return ""


def misfits(schema: JsonObject, value: object) -> list[dict[str, str]]:
    """Where a value does not fit a schema: {"loc": "lines.0.quantity", "msg": "..."}."""
    return list(_misfits(Draft202012Validator(schema), value))


def _misfits(validator: Draft202012Validator, value: object) -> Iterator[dict[str, str]]:
    for error in validator.iter_errors(_as_json(value)):
        place = ".".join(str(part) for part in error.absolute_path)
        yield {"loc": place, "msg": _said(error.validator, error.validator_value, error.message)}


def _as_json(value: object) -> object:
    """As json.loads would have it: the validator knows no Decimal, no tuple and no other mapping than dict."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_json(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _said(keyword: object, wanted: object, message: str) -> str:
    """The library's messages quote the value, which may be an address; only those that name fields are kept."""
    if keyword in ("required", "additionalProperties", "dependentRequired", "unevaluatedProperties"):
        return message
    return f"does not fit {keyword}: {wanted}"[:200]
