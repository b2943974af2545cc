"""Gives every evaluated conversation a system of its own, so that what one does no other sees."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.domain.backend import StoreBackend
from assistant.domain.conversation import Conversation
from evals.systems.recording import RecordingBackend


@dataclass(slots=True)
class Sandboxes:
    """The StoreBackends of an evaluation."""

    _systems: dict[str, RecordingBackend] = field(default_factory=dict)

    def assign(self, conversation_id: str, system: RecordingBackend) -> None:
        self._systems[conversation_id] = system

    def release(self, conversation_id: str) -> None:
        self._systems.pop(conversation_id, None)

    async def of(self, conversation: Conversation) -> StoreBackend | None:
        return self._systems.get(conversation.id)
