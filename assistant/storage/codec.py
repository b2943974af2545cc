"""Domain objects to JSON and back.

Payloads are told apart by their `type` field. Unknown fields are ignored on reading, so that an older program can read
what a newer one wrote.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import Discriminator, TypeAdapter

from assistant.domain.backend import JsonObject
from assistant.domain.conversation import Focus, Shopper
from assistant.domain.effects import Call, Plan
from assistant.domain.errors import InvalidInput
from assistant.domain.events import Payload
from assistant.domain.store import Store

T = TypeVar("T")


def dump_payload(payload: Payload) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _dump(_payloads(), payload)


def load_payload(document: str) -> Payload:
    return _payloads().validate_json(document)


def dump_focus(focus: Focus) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _dump(_focuses(), focus)


def load_focus(document: str) -> Focus:
    return _focuses().validate_json(document)


def dump_shopper(shopper: Shopper) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _dump(_shoppers(), shopper)


def load_shopper(document: str) -> Shopper:
    return _shoppers().validate_json(document)


def dump_store(store: Store) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _dump(_stores(), store)


def load_store(document: str) -> Store:
    return _stores().validate_json(document)


def dump_plan(plan: Plan) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _written(_plans().dump_python(plan))


def load_plan(document: str) -> Plan:
    return _plans().validate_python(_read(document))


def dump_call(call: Call) -> str:
    """Raises InvalidInput for text that UTF-8 cannot hold."""
    return _written(_calls().dump_python(call))


def load_call(document: str) -> Call:
    return _calls().validate_python(_read(document))


def dump_object(value: JsonObject) -> str:
    """A Decimal as the number that it is, with the digits that a double holds; other numbers with a point are read as
    Decimals again."""
    return _written(value)


def load_object(document: str) -> JsonObject:
    found: JsonObject = _read(document)
    return found


def not_utf8() -> InvalidInput:
    return InvalidInput("The text contains half of a surrogate pair, which is not a character; send whole characters")


def _written(value: object) -> str:
    document = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number)
    if any("\ud800" <= character <= "\udfff" for character in document):
        raise not_utf8()
    return document


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _read(document: str) -> Any:
    return json.loads(document, parse_float=Decimal)


def _dump(adapter: TypeAdapter[T], value: T) -> str:
    try:
        return adapter.dump_json(value).decode()
    except ValueError as error:  # pydantic has no narrower error for lone surrogates
        if "surrogates not allowed" in str(error):
            raise not_utf8() from error
        raise


# Building an adapter takes milliseconds, using it microseconds.


@cache
def _payloads() -> TypeAdapter[Payload]:
    return TypeAdapter(Annotated[Payload, Discriminator("type")])


@cache
def _focuses() -> TypeAdapter[Focus]:
    return TypeAdapter(Focus)


@cache
def _shoppers() -> TypeAdapter[Shopper]:
    return TypeAdapter(Shopper)


@cache
def _stores() -> TypeAdapter[Store]:
    return TypeAdapter(Store)


@cache
def _plans() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


@cache
def _calls() -> TypeAdapter[Call]:
    return TypeAdapter(Call)
