"""The arguments of a call as they are sent: all expressions worked out, checked against the operation's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from jsonschema.validators import Draft202012Validator

from assistant.domain.backend import JsonObject
from assistant.domain.effects import Call
from assistant.procedures.expressions import BadExpression, EvaluationFailed, Scope
from assistant.procedures.wording import as_shown

RESULTS = "results"


class NotCallable(Exception):
    """A call that cannot be made. reason: a code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def bound(call: Call, results: Mapping[str, JsonObject]) -> Call | None:
    """The call with all its arguments; None where it is not to be made. results: of the calls before, by their names.

    Amounts that hang on results are rounded as shoppers are shown them, like those that were bound with the yes.
    Raises NotCallable where an expression has no value.
    """
    if call.when is None and not call.later:
        return replace(call, arguments=canonical(call.arguments))
    scope = Scope({RESULTS: _of_same_order(call.name, results)})
    try:
        if call.when is not None and not scope.holds(call.when):
            return None
        later = {name: as_shown(scope.evaluate(text)) for name, text in call.later.items()}
    except (BadExpression, EvaluationFailed) as error:
        raise NotCallable("expression_failed", str(error)) from error
    return replace(call, arguments=canonical({**call.arguments, **later}), later={}, when=None)


def faults(value: JsonObject, schema: JsonObject) -> list[str]:
    """Where a value does not fit a JSON Schema: places only, for what stands there may be personal."""
    validator = Draft202012Validator(_plain(schema))
    return [error.json_path for error in validator.iter_errors(_plain(value))]


def canonical(value: JsonObject) -> dict[str, Any]:
    """JSON as the ledger gives it back, so that a call looks the same whether it is made at once or after a restart."""
    return {str(name): _canonical(item) for name, item in value.items()}


def _of_same_order(name: str, results: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    _, colon, order = name.partition(":")
    end = colon + order
    return {each.removesuffix(end): result for each, result in results.items() if each.endswith(end)}


def _canonical(value: object) -> Any:
    match value:
        case bool() | int() | str() | None:
            return value
        case float() | Decimal():
            return Decimal(repr(float(value)))
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): _canonical(item) for name, item in value.items()}
        case Sequence():
            return [_canonical(item) for item in value]
    raise NotCallable("invalid_arguments", f"{type(value).__name__} is not JSON")


def _plain(value: Any) -> Any:
    """As jsonschema takes it: numbers are int or float."""
    match value:
        case Decimal():
            return float(value)
        case str():
            return value
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case Sequence():
            return [_plain(item) for item in value]
    return value
