"""What a mapped backend needs of the way in which a system is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from assistant.domain.backend import JsonObject, ShopperRef


@dataclass(frozen=True, slots=True)
class RemoteCall:
    """A call by the system's own name for it, and what it is told by parameter. shopper: for whom, if anybody."""

    name: str
    values: Mapping[str, object]
    shopper: ShopperRef | None = None


class Remote(Protocol):
    """Both methods give the answer as JSON, and raise Answered for one that tells of an error.

    They raise StoreSystemUnavailable when nothing was done and trying again is safe.
    """

    async def read(self, call: RemoteCall) -> object: ...

    async def write(self, call: RemoteCall, idempotency_key: str, *, repeatable: bool) -> object:
        """repeatable: the call carries its key, so that the system knows it again.

        Raises OutcomeUnknown when it went out and no answer came. An Answered that it raises is the system's only
        word on this call.
        """
        ...


class Answered(Exception):
    """The system has answered with an error, and so is there. text: what it said, whatever its form."""

    def __init__(self, status: int | None, body: object, text: str = "") -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.error: JsonObject = {"status": status, "body": body, "text": text}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call takes and gives, as JSON Schemas. definitions: what their `#/$defs/...` refer to."""

    parameters: Mapping[str, JsonObject]
    required: frozenset[str]
    result: JsonObject | None = None
    definitions: JsonObject = field(default_factory=dict)


def packed(value: object) -> str:
    """JSON; what the domain counts in decimals is told as a number."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
