"""Stores' models at endpoints that speak OpenAI's protocol."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.domain.backend import JsonObject
from assistant.domain.models import ModelCall, Prompt, Purpose, Tool
from assistant.llm.accounting import Account
from assistant.llm.masking import Mask
from assistant.llm.metering import DONE, STOPPED, Meter
from assistant.llm.troubles import Trouble

if TYPE_CHECKING:
    from assistant.llm.wire import Wire


@dataclass
class StoreModel:
    """A LanguageModel: the models of one store during one turn.

    Before a prompt goes out, personal data is masked and room is made for it below the ceiling; what comes is put into
    plain words again, and noted in the store's account.
    """

    wire_for: Callable[[Purpose], Wire]
    account: Account
    mask: Mask
    calls: list[ModelCall] = field(default_factory=list)

    async def write(self, prompt: Prompt) -> AsyncGenerator[str]:
        wire, masked = self.wire_for(prompt.purpose), self.mask.prompt(prompt)
        plain = self.mask.unmasking()
        async with self._metered(masked, wire) as meter, aclosing(wire.stream(masked, meter)) as pieces:
            async for piece in pieces:
                if shown := plain.heard(piece):
                    yield shown
            if shown := plain.rest():
                yield shown

    async def fill(self, prompt: Prompt, schema: JsonObject) -> JsonObject:
        wire, masked = self.wire_for(prompt.purpose), self.mask.prompt(prompt)
        async with self._metered(masked, wire) as meter:
            return self.mask.unmasked(await wire.fill(masked, schema, meter))

    async def work(self, prompt: Prompt, tools: Sequence[Tool], *, rounds: int) -> str:
        wire, masked = self.wire_for(prompt.purpose), self.mask.prompt(prompt)
        async with self._metered(masked, wire) as meter:
            written = await wire.work(masked, [self.mask.tool(tool) for tool in tools], rounds, meter)
            return self.mask.plain(written)

    def count(self, text: str) -> int:
        return self.wire_for(Purpose.ANSWER).counter.count(text)

    @asynccontextmanager
    async def _metered(self, prompt: Prompt, wire: Wire) -> AsyncIterator[Meter]:
        """Raises ModelUnavailable in the place of Trouble."""
        prices = wire.chat.endpoint.prices
        meter, outcome = Meter(prompt, wire.counter, prices), STOPPED
        made: list[ModelCall] = []
        try:
            async with self.account.room(prompt, wire.counter, prices) as made:
                try:
                    yield meter
                    outcome = DONE
                except Trouble as trouble:
                    outcome = trouble.reason
                    raise
                finally:
                    made.append(meter.ended(outcome))
                    self.calls.append(made[0])
        except Trouble as trouble:
            if not made:  # there was no room for it
                self.calls.append(meter.ended(trouble.reason))
            raise trouble.unavailable() from trouble
