"""Language models: what they are asked, and what comes of it.

What a model writes is a proposal: it is shown once it is verified, and does nothing by itself.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from assistant.domain.backend import JsonObject
from assistant.domain.ids import StoreId
from assistant.domain.store import Store


class Purpose(StrEnum):
    """What a model is called for. A store may have another model for understanding than for what it writes."""

    UNDERSTAND = "understand"
    ANSWER = "answer"
    SUMMARISE = "summarise"  # a conversation, for the human who takes it over
    SUGGEST = "suggest"  # a reply, to that human
    DRAFT = "draft"  # an entry for the FAQ


class Speaker(StrEnum):
    STORE = "system"  # what the store has the model know and do
    SHOPPER = "user"
    BOT = "assistant"


@dataclass(frozen=True, slots=True)
class Line:
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """name and version: of the file that it was made from. lines: as they are sent; what is the same in every prompt of
    a store stands first, so that providers find it in their caches. most_tokens: that the model may write. personal:
    texts in them that are known to be somebody's own, such as a name in an order; they are kept from the model, as is
    what looks personal.
    """

    purpose: Purpose
    name: str
    version: str
    lines: tuple[Line, ...]
    most_tokens: int
    personal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may ask for by name. arguments: a JSON Schema of an object.

    call: what it is then told. It reads, or notes what the model proposes; it changes nothing.
    """

    name: str
    description: str
    arguments: JsonObject
    call: Callable[[JsonObject], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of an endpoint, for traces, figures and accounts.

    outcome: "done", "stopped" (nobody waits for it any more), or the reason of ModelUnavailable. exact: whether the
    endpoint told the numbers of tokens; else they are estimates. cost: in the currency that the prices are set in, None
    where none are set. first_token_ms: None where none came.
    """

    purpose: Purpose
    model: str
    prompt: str  # its name and version: "answer@1"
    outcome: str
    tokens_in: int
    tokens_out: int
    exact: bool
    milliseconds: float
    first_token_ms: float | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens in and out, and their cost in the currency that the prices are set in."""

    tokens: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.tokens - other.tokens, self.cost - other.cost)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a store's calls may take a day. None: as much as they like."""

    tokens: int | None = None
    cost: Decimal | None = None

    def is_passed(self, spent: Spent) -> bool:
        over_tokens = self.tokens is not None and spent.tokens > self.tokens
        return over_tokens or (self.cost is not None and spent.cost > self.cost)

    def or_lower(self, other: Ceiling) -> Ceiling:
        """Both at once."""
        tokens = [one for one in (self.tokens, other.tokens) if one is not None]
        costs = [one for one in (self.cost, other.cost) if one is not None]
        return Ceiling(min(tokens, default=None), min(costs, default=None))


@dataclass(frozen=True, slots=True)
class UsageLine:
    """The calls of one store, day, purpose, model and outcome, taken together. estimated: how many of them tell
    estimates. cost: None where no prices were set."""

    day: date
    purpose: str
    model: str
    outcome: str
    calls: int
    estimated: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None


class ModelUsage(Protocol):
    """What stores' models have taken, kept for good."""

    async def add(self, store_id: StoreId, day: date, call: ModelCall) -> None: ...

    async def spent(self, store_id: StoreId, day: date) -> Spent: ...

    async def lines(self, store_id: StoreId, first: date, last: date) -> list[UsageLine]:
        """Of the days from `first` to `last`, both included, in their order."""
        ...


class LanguageModel(Protocol):
    """A store's models during one turn. Every method raises ModelUnavailable (assistant.domain.errors). To stop one,
    cancel it or close it."""

    def write(self, prompt: Prompt) -> AsyncGenerator[str]:
        """What the model writes, piece by piece as it comes. Close the generator (`contextlib.aclosing`) to stop the
        model at once. Where it raises, what came before is all that came."""
        ...

    async def fill(self, prompt: Prompt, schema: JsonObject) -> JsonObject:
        """An object that keeps to a JSON Schema."""
        ...

    async def work(self, prompt: Prompt, tools: Sequence[Tool], *, rounds: int) -> str:
        """What the model writes in the end, once it has called tools in at most `rounds` rounds."""
        ...

    def count(self, text: str) -> int:
        """The tokens of a text: exact where the encoding is known, else an estimate that is rather too high."""
        ...

    @property
    def calls(self) -> Sequence[ModelCall]:
        """The calls made so far, in order."""
        ...


class LanguageModels(Protocol):
    def of(self, store: Store) -> LanguageModel | None:
        """For one turn of a store; None where the store has no model."""
        ...
