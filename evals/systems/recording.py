"""A store system that remembers what was done to it."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.domain.backend import (
    Balance,
    Coupon,
    JsonObject,
    Operation,
    Order,
    OrderId,
    Risk,
    Shipment,
    ShopperRecord,
    ShopperRef,
)
from assistant.domain.errors import Conflict, InvalidInput, NotFound, OperationRefused
from assistant.domain.text import LocalText


class Arguments(BaseModel):
    """What a tool asks for; its schema is what the operation declares."""

    model_config = ConfigDict(extra="forbid", frozen=True)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Write:
    """An effect on the shop's records, in the words of its gold: the operation, and what it was told."""

    operation: str
    arguments: JsonObject


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """An operation and what it does. perform gives the result, and raises OperationRefused or NotFound having done
    nothing. recorded: the name that a write goes under, where that is another; fixed: arguments that go with it."""

    name: str
    risk: Risk
    title: LocalText
    arguments: type[A]
    perform: Callable[[ShopperRef, A], JsonObject]
    recorded: str = ""
    fixed: Callable[[ShopperRef], JsonObject] = lambda _: {}

    @property
    def operation(self) -> Operation:
        return Operation(self.name, self.risk, self.title, self.arguments.model_json_schema())

    def run(self, shopper: ShopperRef, arguments: JsonObject) -> tuple[JsonObject, Write]:
        """The result, and the write if it is one. Raises as StoreBackend.call does."""
        try:
            given = self.arguments.model_validate(arguments)
        except ValidationError as error:
            errors = [
                {"loc": ".".join(map(str, problem["loc"])), "msg": problem["msg"]}
                for problem in error.errors(include_url=False, include_input=False)
            ]
            raise InvalidInput(f"The arguments of {self.name} do not fit its schema.", errors=errors) from error
        result = self.perform(shopper, given)
        told = {**self.fixed(shopper), **given.model_dump(exclude_none=True)}
        return result, Write(self.recorded or self.name, told)


class Records:
    """Records by key over originals that stay as they are: one is copied when it is first asked for."""

    def __init__(self, originals: Mapping[str, Any]) -> None:
        self._originals = originals
        self._changed: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._changed:
            self._changed[key] = copy.deepcopy(self._originals[key])
        return self._changed[key]

    def __setitem__(self, key: str, record: Any) -> None:
        self._changed[key] = record

    def __contains__(self, key: object) -> bool:
        return key in self._changed or key in self._originals

    def __iter__(self) -> Iterator[str]:
        return iter({**self._originals, **self._changed})


@dataclass
class RecordingBackend(ABC):
    """The StoreBackend of one evaluated conversation.

    writes: the effects, in order. refused: writes that were asked for and had none, with the reason.
    """

    signs_in: ClassVar[bool]
    """Whether the shop's site vouches for its shoppers; else they say who they are."""
    identified_by: ClassVar[Sequence[frozenset[str]]] = ()

    writes: list[Write] = field(default_factory=list, init=False)
    refused: list[str] = field(default_factory=list, init=False)
    _done: dict[str, tuple[object, JsonObject]] = field(default_factory=dict, init=False)
    _tools: dict[str, Tool[Any]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._tools = {tool.name: tool for tool in self.tools()}

    @abstractmethod
    def tools(self) -> Iterable[Tool[Any]]:
        """What can be called."""

    @abstractmethod
    async def shopper(self, shopper: ShopperRef) -> ShopperRecord: ...

    @abstractmethod
    async def orders(self, shopper: ShopperRef) -> list[Order]: ...

    @abstractmethod
    async def shipments(self, shopper: ShopperRef, order_id: OrderId) -> list[Shipment]: ...

    @abstractmethod
    async def balances(self, shopper: ShopperRef) -> list[Balance]: ...

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {name: tool.operation for name, tool in self._tools.items()}

    async def identify(self, particulars: Mapping[str, str]) -> ShopperRecord | None:  # noqa: ARG002
        return None

    async def order(self, shopper: ShopperRef, order_id: OrderId) -> Order:
        found = next((order for order in await self.orders(shopper) if order.id == order_id), None)
        if found is None:
            raise no_order(order_id)
        return found

    async def coupons(self, shopper: ShopperRef) -> list[Coupon]:
        await self.shopper(shopper)
        return []

    async def call(
        self, operation: str, arguments: JsonObject, *, shopper: ShopperRef | None, idempotency_key: str
    ) -> JsonObject:
        tool = self._tools.get(operation)
        if tool is None:
            raise NotFound(f"The shop's system has no operation {operation!r}.", operation=operation)
        if shopper is None:
            raise InvalidInput(f"{operation} concerns a shopper; say which.")
        await self.shopper(shopper)
        if tool.risk is Risk.READ:
            return tool.run(shopper, arguments)[0]
        call = (operation, dict(arguments), shopper)
        if idempotency_key in self._done:
            before, result = self._done[idempotency_key]
            if before != call:
                raise Conflict(f"The idempotency key {idempotency_key!r} was used for another call.")
            return result
        try:
            result, write = tool.run(shopper, arguments)
        except (OperationRefused, NotFound, InvalidInput) as error:
            self.refused.append(f"{operation}: {error.detail}")
            raise
        self.writes.append(write)
        self._done[idempotency_key] = (call, result)
        return result

    async def outcome(self, idempotency_key: str) -> JsonObject | None:
        return self._done[idempotency_key][1] if idempotency_key in self._done else None


def no_order(order_id: str) -> NotFound:
    """The same for an order that does not exist and for one that is somebody else's."""
    return NotFound(f"There is no order {order_id!r}.", order_id=order_id)


def refuse(reason: str, detail: str) -> OperationRefused:
    return OperationRefused(detail, reason=reason)
