"""What every simulated shopper does, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from evals.cases import Exchange
from evals.door import DoorClosed, Talk
from evals.door.traces import failure_of
from evals.simulator.script import Script


class SimulatorFault(Exception):
    """The simulated shopper could not go on: no fault of the assistant's."""


@dataclass(slots=True)
class Transcript:
    """What was said so far; it is there also when the conversation breaks off.

    stumbles: places where the shopper could not do what the script says and did the next best. tokens, cost: of a
    language model that plays the shopper.
    """

    talk: Talk
    exchanges: list[Exchange] = field(default_factory=list)
    stumbles: list[str] = field(default_factory=list)
    tokens: int = 0
    cost: Decimal = Decimal(0)

    async def say(self, *messages: str) -> Exchange:
        """Says it and hears the reply. Raises DoorClosed, also where the turn has failed in the assistant."""
        exchange = await self.talk.say(*messages)
        self.exchanges.append(exchange)
        if failed := failure_of(exchange.trace):
            raise DoorClosed(f"The turn failed: {failed}")
        return exchange


class SimulatedShopper(Protocol):
    async def play(self, script: Script, transcript: Transcript) -> None:
        """Plays the script to its end. Raises SimulatorFault, and DoorClosed as the conversation does."""
        ...
