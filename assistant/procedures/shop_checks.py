"""Whether a store can carry out what its procedures say: their intents, each other, and its system's operations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from assistant.domain.backend import Operation, Risk
from assistant.procedures import expressions
from assistant.procedures.document import Document, listed, meant
from assistant.procedures.expressions import BadExpression, EvaluationFailed
from assistant.procedures.written import WrittenCall, WrittenProcedure
from assistant.procedures.yaml_tree import Place


@dataclass(frozen=True, slots=True)
class Shop:
    """What procedures are checked against. languages: those every text has to be in. intents, operations: None where
    they are not known, and so not checked."""

    languages: tuple[str, ...] = ("zh", "en")
    intents: Collection[str] | None = None
    operations: Mapping[str, Operation] | None = None


def check_together(documents: Sequence[Document], shop: Shop) -> None:
    """The names, intents and suggestions of all procedures of a store."""
    files: dict[str, str] = {}
    started: dict[str, str] = {}
    for document in documents:
        name = document.written.procedure
        if name in files:
            document.add(("procedure",), "procedure_taken", name=name, file=files[name])
        files.setdefault(name, document.file)
        for number, intent in enumerate(document.written.intents):
            place: Place = ("intents", number)
            if intent in started:
                document.add(place, "intent_taken", name=intent, taken=started[intent])
            elif shop.intents is not None and intent not in shop.intents:
                document.add(place, "unknown_intent", name=intent, meant=meant(intent, shop.intents))
            started.setdefault(intent, name)
    for document in documents:
        for place, name in _named(document.written):
            if name not in files:
                document.add(place, "unknown_procedure", name=name, meant=meant(name, files))


def _named(written: WrittenProcedure) -> Iterator[tuple[Place, str]]:
    """Where a procedure names others."""
    for number, name in enumerate(written.after):
        yield ("after", number), name
    for number, rule in enumerate(written.rules):
        for which, name in enumerate(rule.suggest):
            yield ("rules", number, "suggest", which), name
        if rule.instead:
            yield ("rules", number, "instead"), rule.instead


def check_calls(document: Document, operations: Mapping[str, Operation] | None) -> None:
    """Looks and steps. Where operations are not known, every step counts as one that changes something."""
    written = document.written
    for number, look in enumerate(written.looks):
        operation = _operation(document, ("looks", number), look, operations)
        if operation is not None and operation.risk is not Risk.READ:
            document.add(("looks", number, "call"), "look_changes", name=look.call)
    changes = False
    for number, step in enumerate(written.steps):
        operation = _operation(document, ("steps", number), step, operations)
        changes |= operation is None or operation.risk is not Risk.READ
    if changes and written.confirm is None:
        document.add(("steps",), "needs_confirm")


def _operation(
    document: Document, place: Place, call: WrittenCall, operations: Mapping[str, Operation] | None
) -> Operation | None:
    """What is called, its arguments checked."""
    if operations is None:
        return None
    operation = operations.get(call.call)
    if operation is None:
        known = listed(operations)
        document.add(
            (*place, "call"), "unknown_operation", name=call.call, meant=meant(call.call, operations), known=known
        )
        return None
    schema: Any = operation.arguments
    taken: Mapping[str, Any] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in call.arguments:
            document.add((*place, "with"), "argument_missing", operation=operation.name, name=name)
    for name, text in call.arguments.items():
        here = (*place, "with", name)
        if name in taken:
            _constant(document, here, text, operation.name, taken[name])
        elif schema.get("additionalProperties", True) is False or taken:
            document.add(
                here,
                "argument_unknown",
                operation=operation.name,
                name=name,
                meant=meant(name, taken),
                known=listed(taken),
            )
    return operation


def _constant(document: Document, place: Place, text: str, operation: str, schema: Mapping[str, Any]) -> None:
    """An argument that is the same each time can be checked before it is ever sent."""
    try:
        if expressions.names(text):
            return
        value = expressions.evaluate(text, {})
    except (BadExpression, EvaluationFailed):
        return  # told where names are checked, or told when it is used
    wrong = next(iter(Draft202012Validator(schema).iter_errors(value)), None)
    if wrong is not None:
        document.add(place, "argument_odd", operation=operation, found=repr(value), what=wrong.message)
