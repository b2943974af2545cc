"""Live delivery of events to whoever listens now. The log of a conversation, which is the truth, lives in `storage`."""

from assistant.events.memory import MemoryLiveEvents

__all__ = ["MemoryLiveEvents"]
