"""How often somebody may say who they are and be nobody: what keeps strangers from trying out a shop's customers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.domain.folding import fold
from assistant.domain.ids import StoreId

_WINDOW = timedelta(hours=1)
_SHARED = "postcode"  # a whole street has the same


@dataclass(slots=True)
class Guesses:
    """Particulars that fitted nobody in the last hour, over all conversations. One process holds its own counts.

    same: how often a store takes wrong ones that name the same e-mail address, phone number, name or order; in_all: how
    often it takes any.
    """

    same: int = 6
    in_all: int = 200
    _wrong: dict[tuple[StoreId, str, str], deque[datetime]] = field(default_factory=dict)

    def may(self, store_id: StoreId, particulars: Mapping[str, str], now: datetime) -> bool:
        """Whether the store's system may be asked whose these are."""
        self._forget(now)
        return all(len(self._wrong.get(key, ())) < most for key, most in self._counted(store_id, particulars))

    def wrong(self, store_id: StoreId, particulars: Mapping[str, str], now: datetime) -> None:
        """They fitted nobody."""
        for key, _ in self._counted(store_id, particulars):
            self._wrong.setdefault(key, deque()).append(now)

    def _counted(self, store_id: StoreId, particulars: Mapping[str, str]) -> list[tuple[tuple[StoreId, str, str], int]]:
        named = ((name, "".join(fold(value).split())) for name, value in particulars.items() if name != _SHARED)
        return [((store_id, "", ""), self.in_all), *(((store_id, *each), self.same) for each in named)]

    def _forget(self, now: datetime) -> None:
        """A store's total bounds how much there can be."""
        for key, times in list(self._wrong.items()):
            while times and times[0] <= now - _WINDOW:
                times.popleft()
            if not times:
                del self._wrong[key]
