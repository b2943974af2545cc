"""What is known while the words for orders are read, and the orders that they leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.domain.backend import Order, OrderId
from assistant.domain.ids import ProductId
from assistant.domain.understanding import Clause


@dataclass(frozen=True, slots=True)
class Talk:
    """What a conversation was about: orders, the last one first, and those last shown in a list, in their order."""

    focus: Sequence[OrderId] = ()
    shown: Sequence[OrderId] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What is known while one text is read."""

    said: Clause
    text: str
    orders: tuple[Order, ...]
    talk: Talk
    today: date
    serves: Callable[[Order], bool]
    products: Collection[ProductId]
    names: Mapping[ProductId, Sequence[str]]
    doing: str

    def focus(self, among: Sequence[Order]) -> Order | None:
        by_id = {order.id: order for order in among}
        return next((by_id[id_] for id_ in self.talk.focus if id_ in by_id), None)


@dataclass(slots=True)
class Left:
    """The orders that the words so far leave."""

    orders: tuple[Order, ...]
    words: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    several: bool = False  # more than one is meant

    @property
    def told(self) -> bool:
        return bool(self.words or self.missing)

    def keep(self, fits: Callable[[Order], bool], *told: str) -> None:
        """Only those that fit; the words are of something that is not there where none does."""
        kept = tuple(order for order in self.orders if fits(order))
        if kept:
            self.orders = kept
            self.words += told
        else:
            self.missing += told
