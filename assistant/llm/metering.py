"""What a call of a model took, followed from its start to its end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.domain.models import ModelCall, Prompt
from assistant.llm.tokens import TokenCounter

DONE, STOPPED = "done", "stopped"
_A_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in the currency of the operator's choice."""

    tokens_in: Decimal
    tokens_out: Decimal

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        return (self.tokens_in * tokens_in + self.tokens_out * tokens_out) / _A_MILLION


@dataclass(slots=True)
class Meter:
    """One call under way. It starts running when it is made."""

    prompt: Prompt
    counter: TokenCounter
    prices: Prices | None = None
    _started: float = field(default_factory=time.perf_counter)
    _first_token_ms: float | None = None
    _written: list[str] = field(default_factory=list)
    _told: list[tuple[int, int]] = field(default_factory=list)
    _sent: list[Prompt] = field(default_factory=list)

    def sent(self, prompt: Prompt) -> None:
        """A request has gone out. It is counted where the endpoint tells nothing."""
        self._sent.append(prompt)

    def wrote(self, text: str) -> None:
        """A piece has come."""
        if self._first_token_ms is None:
            self._first_token_ms = self._milliseconds()
        self._written.append(text)

    def told(self, tokens_in: int, tokens_out: int) -> None:
        """The endpoint tells what a request and its answer took."""
        self._told.append((tokens_in, tokens_out))

    def ended(self, outcome: str) -> ModelCall:
        tokens_in, tokens_out = map(sum, zip(*self._told, strict=True)) if self._told else self._estimated()
        return ModelCall(
            purpose=self.prompt.purpose,
            model=self.counter.model,
            prompt=f"{self.prompt.name}@{self.prompt.version}",
            outcome=outcome,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            exact=bool(self._told) or self.counter.exact,
            milliseconds=self._milliseconds(),
            first_token_ms=self._first_token_ms,
            cost=self.prices.cost(tokens_in, tokens_out) if self.prices else None,
        )

    def _estimated(self) -> tuple[int, int]:
        tokens_in = sum(map(self.counter.of_prompt, self._sent))
        return tokens_in, self.counter.count("".join(self._written)) if self._written else 0

    def _milliseconds(self) -> float:
        return round((time.perf_counter() - self._started) * 1000, 3)
