"""A door behind which a script answers instead of the assistant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from evals.cases import Exchange
from evals.door import DoorClosed, Opening
from evals.target import Target

Reply = Mapping[str, object]
Answer = tuple[Reply | None, Mapping[str, object]]
Script = Callable[[Opening, tuple[str, ...]], Answer]
"""What comes back, and the trace of it. What it raises comes out of the conversation."""


def reply(kind: str, text: str = "", reason: str = "", **fields: object) -> dict[str, object]:
    """A reply as the API gives it, as far as suites read it."""
    action = {"kind": kind, "reason": reason}
    return {"action": action, "text": text, "expects": None, "cards": [], "table": None, "evidence": [], **fields}


def answers(kind: str, text: str = "", **notes: object) -> Answer:
    """A reply, and a trace with these notes."""
    return reply(kind, text), {"milliseconds": {}, "notes": notes, "failed": None}


def failing() -> Answer:
    """What the API gives where a turn has failed: an apology, and the error in the trace."""
    return reply("abstain", "Sorry.", "failed"), {"milliseconds": {}, "notes": {}, "failed": "ValueError: broken"}


@dataclass
class ScriptedTalk:
    script: Script
    opening: Opening
    conversation_id: str

    async def say(self, *messages: str) -> Exchange:
        found, trace = self.script(self.opening, messages)
        return Exchange(messages, found, trace, milliseconds=5.0)


@dataclass
class ScriptedDoor:
    """openings: how each conversation was opened, in order."""

    script: Script
    openings: list[Opening] = field(default_factory=list)

    async def open(self, opening: Opening) -> ScriptedTalk:
        self.openings.append(opening)
        return ScriptedTalk(self.script, opening, f"conv_{len(self.openings)}")

    def __call__(self, target: Target) -> AbstractAsyncContextManager[ScriptedDoor]:
        """As the function that opens a door."""
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ScriptedDoor]:
        yield self


def crashing(opening: Opening, messages: tuple[str, ...]) -> Answer:
    raise DoorClosed("500 internal_error")


def abstaining(opening: Opening, messages: tuple[str, ...]) -> Answer:
    return answers("abstain", "我不知道")
