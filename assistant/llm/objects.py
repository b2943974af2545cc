"""Objects out of what a model wrote: the JSON in it, held against a schema."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from assistant.domain.backend import JsonObject


class NoSuchObject(ValueError):
    """What was written holds no object that keeps to the schema; the message says what is wrong, for the model."""


def object_in(text: str, schema: JsonObject) -> JsonObject:
    """The first JSON object in a text, whatever stands around it. Raises NoSuchObject."""
    found = _first_object(text)
    if found is None:
        raise NoSuchObject("there is no JSON object in the answer")
    faults = sorted(Draft202012Validator(schema).iter_errors(found), key=lambda fault: list(map(str, fault.path)))
    if faults:
        places = (f"{'/'.join(map(str, fault.absolute_path)) or 'the object'}: {fault.message}" for fault in faults[:5])
        raise NoSuchObject("; ".join(places)[:1000])
    return found


def _first_object(text: str) -> dict[str, Any] | None:
    decoder, start = json.JSONDecoder(), text.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        return found if isinstance(found, dict) else None
    return None
