"""Live events within one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import cast

from assistant.domain.events import Signal
from assistant.domain.ids import ConversationId, StoreId


class MemoryLiveEvents:
    """The `LiveEvents` port for listeners on one event loop.

    A sender never waits. Of the numbers that wait for a listener only the greatest is kept, after the signals sent
    before it; of the signals the last `capacity`.
    """

    def __init__(self, *, capacity: int = 64) -> None:
        self._capacity = capacity
        self._listeners: defaultdict[ConversationId, set[_Listener]] = defaultdict(set)
        self._watchers: defaultdict[StoreId, set[_Listener]] = defaultdict(set)
        self._stirred = count(1)

    async def announce(self, conversation_id: ConversationId, seq: int) -> None:
        for listener in self._listeners.get(conversation_id, ()):
            listener.announce(seq)

    async def signal(self, conversation_id: ConversationId, signal: Signal) -> None:
        for listener in self._listeners.get(conversation_id, ()):
            listener.signal(signal)

    @asynccontextmanager
    async def listen(self, conversation_id: ConversationId) -> AsyncIterator[AsyncIterator[int | Signal]]:
        """The iterator ends when the context is left."""
        listener = _Listener(self._capacity)
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            listener.close()
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    async def stir(self, store_id: StoreId) -> None:
        number = next(self._stirred)
        for watcher in self._watchers.get(store_id, ()):
            watcher.announce(number)

    @asynccontextmanager
    async def watch(self, store_id: StoreId) -> AsyncIterator[AsyncIterator[int]]:
        """The iterator ends when the context is left."""
        watcher = _Listener(self._capacity)
        self._watchers[store_id].add(watcher)
        try:
            yield cast("AsyncIterator[int]", watcher)  # only numbers are put into it
        finally:
            watcher.close()
            self._watchers[store_id].discard(watcher)
            if not self._watchers[store_id]:
                del self._watchers[store_id]


class _Listener:
    """What waits for one listener. Cancelling a pending `anext` loses nothing."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._waiting: deque[int | Signal] = deque()
        self._seq = 0  # the greatest announced so far
        self._closed = False
        self._changed = asyncio.Event()

    def announce(self, seq: int) -> None:
        if seq <= self._seq:
            return
        if self._seq in self._waiting:
            self._waiting.remove(self._seq)
        self._seq = seq
        self._waiting.append(seq)
        self._changed.set()

    def signal(self, signal: Signal) -> None:
        waiting = [item for item in self._waiting if not isinstance(item, int)]
        if len(waiting) >= self._capacity:
            self._waiting.remove(waiting[0])
        self._waiting.append(signal)
        self._changed.set()

    def close(self) -> None:
        self._closed = True
        self._changed.set()

    def __aiter__(self) -> AsyncIterator[int | Signal]:
        return self

    async def __anext__(self) -> int | Signal:
        while not self._closed and not self._waiting:
            self._changed.clear()
            await self._changed.wait()
        if self._closed:
            raise StopAsyncIteration
        return self._waiting.popleft()
