"""Things read lately, kept up to a total weight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LeastRecentlyUsed(Generic[K, V]):
    """Drops what was not asked for longest once the weights sum to more than `capacity`. Safe to share by threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._weight = 0
        self._items: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key not in self._items:
                return None
            self._items.move_to_end(key)
            return self._items[key][0]

    def put(self, key: K, value: V, *, weight: int = 1) -> None:
        """Something heavier than the whole capacity is not kept."""
        with self._lock:
            if key in self._items:
                self._weight -= self._items.pop(key)[1]
            if weight > self._capacity:
                return
            self._items[key] = (value, weight)
            self._weight += weight
            while self._weight > self._capacity:
                self._weight -= self._items.popitem(last=False)[1][1]
